/*
 * Removes values of users and secrets from the messages of the service, which
 * may repeat them.
 */
#ifndef USER_REDACT_H
#define USER_REDACT_H

#include "service/api_error.h"
#include "service/row.h"
#include "service/service.h"

/* Replaces values by "***" in the error's message, the longest first, as
 * api_error_redact(): each cell of the rows, each personal value of the user
 * (NULL: unknown), and each secret of the context. Without memory, the message
 * becomes empty. */
void redact_error(struct api_error *api_error,
                  const struct call_context *context,
                  const struct service *service, const struct row *rows,
                  const struct user *user);

#endif
