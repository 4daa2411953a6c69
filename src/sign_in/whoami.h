/*
 * --whoami: shows who is signed in, and how long the sign-in lasts.
 */
#ifndef SIGN_IN_WHOAMI_H
#define SIGN_IN_WHOAMI_H

#include <signal.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "setup/platform.h"

/* Days after which a refresh token that is not used expires, and from which on
 * its age is a warning. Source: Microsoft identity platform, "Refresh tokens":
 * 90 days by default. */
#define WHOAMI_DAYS_VALID   90
#define WHOAMI_DAYS_WARNING 60

/* Signs in and prints what is known. -1 with ERROR_USAGE if the service does
 * not say who is signed in, ERROR_SIGN_IN if it rejects the sign-in,
 * ERROR_STOPPED after a signal or temporary failures, or ERROR_LOCAL. */
int whoami_show(const struct platform *platform, const struct options *options,
                const struct credentials *credentials,
                const volatile sig_atomic_t *stop, FILE *out,
                struct error *error);

#endif
