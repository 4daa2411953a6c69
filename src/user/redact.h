/*
 * Keeps values of users, and what signs in, out of what the service's messages
 * repeat.
 */
#ifndef USER_REDACT_H
#define USER_REDACT_H

#include "service/api_error.h"
#include "service/row.h"
#include "service/service.h"

/* Replaces in the fault's message each value of the rows and of the user (NULL:
 * not known), and the secrets of the calls, by "***", the longest first.
 * Without memory the message is emptied: rather nothing than a name. */
void redact_error(struct api_error *api_error,
                  const struct call_context *context,
                  const struct service *service, const struct row *rows,
                  const struct user *user);

#endif
