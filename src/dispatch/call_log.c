#include "dispatch/call_log.h"

#include <stdio.h>

/* Why the call is repeated. One that succeeded did not show enough. */
static const char *event_of(const struct api_error *api_error)
{
    switch (api_error->action) {
    case API_ERROR_NONE:
        return "read-again";
    case API_ERROR_THROTTLE:
        return "throttle";
    case API_ERROR_STALE:
        return "stale-version";
    default:
        return "retry";
    }
}

const char *call_log_name(enum circuit_call call)
{
    return call == CIRCUIT_GET ? "GetUser" : "UpdateUser";
}

static const char *name_of_call(const struct user_task *task)
{
    if (task->result.group->list)
        return "List";
    return call_log_name(task->last_call == TASK_FETCHING ? CIRCUIT_GET
                                                          : CIRCUIT_UPDATE);
}

void call_log_retry(struct log *log, const struct user_task *task,
                    int64_t delay, unsigned per_minute)
{
    const struct api_error *api_error = &task->result.outcome.last;
    bool throttled = api_error->action == API_ERROR_THROTTLE;
    struct log_entry entry = {
        .level = LOG_LEVEL_WARN,
        .event = event_of(api_error),
        .user = task->result.group->key,
        .call = name_of_call(task),
        .attempt = task->result.outcome.attempts,
        .http_status = api_error->http_status,
        .code = api_error->numbered ? api_error->code : 0,
        .name = api_error->name,
        .tracking_id = api_error->tracking_id,
        .wait_ms = delay,
        .per_minute = throttled ? per_minute : 0,
        .text = api_error->text,
    };

    log_put(log, &entry);
}

void call_log_format_failure(char failure[CALL_LOG_FAILURE_SIZE],
                             const char *whose, bool list, const char *name,
                             const char *text)
{
    (void)snprintf(
        failure, CALL_LOG_FAILURE_SIZE, "%s%s: %.40s%s%.*s",
        whose && !list ? "user " : "", whose ? whose : "the token endpoint",
        name, *name && *text ? ": " : "", whose ? 120 : OAUTH_TEXT_SIZE, text);
}

static const char *advise_sign_in(const struct api_error *last,
                                  const struct credentials *credentials)
{
    bool renewed = credentials->refresh_file != NULL;

    if (last->action == API_ERROR_ACCOUNT)
        return "; sign in as a user who is permitted to";
    if (!credentials->developer_token || last->access_token)
        return renewed ? "; sign in again with --sign-in"
                       : "; get a valid access token (BAUSER_ACCESS_TOKEN), or "
                         "use --sign-in";
    return renewed ? "; check the developer token (BAUSER_DEVELOPER_TOKEN), or "
                     "sign in again with --sign-in"
                   : "; check the access token (BAUSER_ACCESS_TOKEN, or use "
                     "--sign-in) and the developer token "
                     "(BAUSER_DEVELOPER_TOKEN)";
}

void call_log_explain_stop(const struct user_task *task,
                           const struct credentials *credentials,
                           struct error *error)
{
    const struct api_error *last = &task->result.outcome.last;
    bool sign_in =
        last->action == API_ERROR_SIGN_IN || last->action == API_ERROR_ACCOUNT;

    if (last->action == API_ERROR_MEMORY) {
        error_memory(error);
        return;
    }
    error_set(error, sign_in ? ERROR_SIGN_IN : ERROR_STOPPED,
              "the service rejects %s; %s%s: %s%s%s (HTTP status %ld, "
              "TrackingId %s)%s",
              sign_in ? "the sign-in" : "all calls",
              task->result.group->list ? "" : "user ", task->result.group->key,
              last->name, *last->name && *last->text ? ": " : "", last->text,
              last->http_status,
              *last->tracking_id ? last->tracking_id : "not given",
              sign_in ? advise_sign_in(last, credentials) : "");
}
