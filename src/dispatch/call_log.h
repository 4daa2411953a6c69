/*
 * Log entries and messages about calls.
 */
#ifndef DISPATCH_CALL_LOG_H
#define DISPATCH_CALL_LOG_H

#include <stdint.h>

#include "base/error.h"
#include "cli/credentials.h"
#include "net/oauth.h"
#include "report/log.h"
#include "user/circuit_breaker.h"
#include "user/user_task.h"

/* Bytes of a failure's text: the longest one of a token endpoint, with its ids,
 * and what is before it. */
#define CALL_LOG_FAILURE_SIZE (OAUTH_TEXT_SIZE + 100)

/* "GetUser" or "UpdateUser". */
const char *call_log_name(enum circuit_call call);

/* Logs that the last call of the task failed, and is repeated after a delay (in
 * milliseconds). per_minute: the calls that the rate limiter admits in a
 * minute; 0: no limit. log may be NULL. */
void call_log_retry(struct log *log, const struct user_task *task,
                    int64_t delay, unsigned per_minute);

/* Formats the failure of a call for later messages. whose: the key of its
 * group, a user's or, if list is true, a page's; NULL: it was a token call.
 * name, text: of the error; may be empty. */
void call_log_format_failure(char failure[CALL_LOG_FAILURE_SIZE],
                             const char *whose, bool list, const char *name,
                             const char *text);

/* Fills in the error of a run that stops because of this task: ERROR_SIGN_IN,
 * ERROR_STOPPED, or ERROR_LOCAL without memory. A rejected sign-in names those
 * of the credentials that may be wrong. */
void call_log_explain_stop(const struct user_task *task,
                           const struct credentials *credentials,
                           struct error *error);

#endif
