/*
 * Removes values of users and secrets from the messages of the service, which
 * may repeat them.
 */
#ifndef USER_REDACT_H
#define USER_REDACT_H

#include "service/api_error.h"
#include "service/row.h"
#include "service/service.h"

/* Replaces each value of the rows and of the user (NULL: unknown), and each
 * secret of the calls, by "***" in the error's message, the longest first. If
 * there is no memory, the message becomes empty. */
void redact_error(struct api_error *api_error,
                  const struct call_context *context,
                  const struct service *service, const struct row *rows,
                  const struct user *user);

#endif
