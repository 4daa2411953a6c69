/*
 * The scopes that the sign-in knows.
 */
#ifndef SCOPES_H
#define SCOPES_H

#include <stdbool.h>

#include "text.h"

/* Is it one of the resources, with or without " offline_access"? *offline: is a
 * refresh token requested? */
bool scopes_is_known(const char *scope, bool *offline);

/* The scope of users who sign in with Google. */
#define SCOPES_GOOGLE "openid email profile"

/* What is granted instead if the user accepts less. */
#define SCOPES_NARROW "https://ads.microsoft.com/ads.manage offline_access"

/* Appends the granted scope as token responses show it: without
 * offline_access. */
void scopes_show(const char *scope, struct text *out);

#endif
