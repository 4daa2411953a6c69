#include "service/api_error.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define MIN_REDACTED 3 /* bytes of a value */

void api_error_init(struct api_error *api_error,
                    const struct http_response *response)
{
    *api_error = (struct api_error){.http_status = response->status};
    api_error_set_tracking_id(api_error, response->tracking_id);
}

/* ---- errors of the way to the service ------------------------------------ */

void api_error_init_transport(struct api_error *api_error,
                              const struct http_response *response,
                              bool permanent)
{
    static const char *const names[] = {
        [HTTP_OK] = "",
        [HTTP_CONNECT_FAILED] = "ConnectionFailed",
        [HTTP_TLS_FAILED] = "TlsFailed",
        [HTTP_TIMED_OUT] = "Timeout",
        [HTTP_BROKEN] = "ConnectionLost",
        [HTTP_TOO_LARGE] = "ResponseTooLarge",
        [HTTP_NO_MEMORY] = "OutOfMemory",
    };

    api_error_init(api_error, response);
    api_error->action = API_ERROR_RETRY;
    if (response->failure == HTTP_NO_MEMORY)
        api_error->action = API_ERROR_MEMORY;
    else if (response->failure == HTTP_TOO_LARGE && permanent)
        api_error->action = API_ERROR_FAIL;
    api_error->not_applied = !response->sent;
    (void)text_clean(api_error->name, sizeof(api_error->name),
                     names[response->failure]);
    (void)text_clean(api_error->text, sizeof(api_error->text), response->text);
}

/* What a status means if no error of the service explains it. */
static enum api_error_action action_of_status(long status)
{
    if (status == 401)
        return API_ERROR_SIGN_IN;
    if (status == 429)
        return API_ERROR_THROTTLE;
    if (status == 408 || status >= 500 || status / 100 == 2)
        return API_ERROR_RETRY;
    return API_ERROR_FAIL;
}

void api_error_init_unexpected(struct api_error *api_error,
                               const struct http_response *response,
                               const char *why)
{
    long status = response->status;
    char type[64];

    api_error_init(api_error, response);
    api_error->action = action_of_status(status);
    /* A proxy may respond after the service has applied an update, but a call
     * is refused with one of these two before it is processed. */
    api_error->not_applied = status == 401 || status == 429;
    (void)text_clean(api_error->name, sizeof(api_error->name),
                     status / 100 == 2 ? "UnexpectedResponse" : "HttpError");
    (void)text_clean(type, sizeof(type), response->content_type);
    (void)snprintf(api_error->text, sizeof(api_error->text),
                   "unexpected response with HTTP status %ld: %s (%zu %s%s%s)",
                   status, why, response->len,
                   response->len == 1 ? "byte" : "bytes", *type ? " of " : "",
                   type);
}

/* ---- errors of the service ----------------------------------------------- */

/* Is it the status of a call that is refused before it changes anything? */
static bool is_refusal(long status)
{
    return status / 100 == 3 || (status / 100 == 4 && status != 408);
}

void api_error_set(struct api_error *api_error, bool numbered, long code,
                   const char *name, const char *message)
{
    long status = api_error->http_status;

    api_error->numbered = numbered;
    api_error->code = code;
    (void)text_clean(api_error->name, sizeof(api_error->name), name);
    api_error->truncated =
        text_clean(api_error->text, sizeof(api_error->text), message);
    api_error->action =
        status / 100 == 2 ? API_ERROR_FAIL : action_of_status(status);
    api_error->not_applied = is_refusal(status);
}

/* Appends what there is room for. */
static void append(struct api_error *api_error, const char *text)
{
    size_t len = strlen(api_error->text);

    if (!api_error->truncated)
        api_error->truncated = text_clean(api_error->text + len,
                                          sizeof(api_error->text) - len, text);
}

void api_error_add_message(struct api_error *api_error, const char *message)
{
    if (*api_error->text)
        append(api_error, "; ");
    append(api_error, message);
}

void api_error_blame_value(struct api_error *api_error)
{
    api_error->action = API_ERROR_FAIL;
    api_error->not_applied = true;
}

void api_error_set_tracking_id(struct api_error *api_error,
                               const char *tracking_id)
{
    (void)text_clean(api_error->tracking_id, sizeof(api_error->tracking_id),
                     tracking_id);
}

/* ---- errors that this program finds -------------------------------------- */

void api_error_set_local(struct api_error *api_error, const char *name,
                         const char *text)
{
    api_error->action = API_ERROR_FAIL;
    api_error->not_applied = true;
    api_error->concurrency = false;
    api_error->column = NULL;
    api_error->numbered = false;
    (void)text_clean(api_error->name, sizeof(api_error->name), name);
    (void)text_clean(api_error->text, sizeof(api_error->text), text);
}

int api_error_refuse_user(struct api_error *api_error, enum api_error_user why)
{
    static const struct {
        const char *name, *text;
    } refusals[] = {
        [API_ERROR_USER_WRONG] =
            {"WrongUser",
             "GetUser returned another user than the requested one"},
        [API_ERROR_USER_NO_STAMP] =
            {"MaskedUser",
             "GetUser returned the user without its TimeStamp: the signed-in "
             "user may not see all of this user; sign in as one who may"},
        [API_ERROR_USER_MASKED] =
            {"MaskedUser",
             "GetUser returned the user with values masked by asterisks: the "
             "signed-in user may not see all of this user; sign in as one who "
             "may"},
        [API_ERROR_USER_TYPE] =
            {"UnexpectedType",
             "GetUser returned the user with a member of another type than the "
             "service describes"},
    };

    api_error_set_local(api_error, refusals[why].name, refusals[why].text);
    return -1;
}

void api_error_set_memory(struct api_error *api_error)
{
    api_error_set_local(api_error, "OutOfMemory", "out of memory");
    api_error->action = API_ERROR_MEMORY;
}

/* ---- redaction ----------------------------------------------------------- */

/* Redacts a value of which the truncation left only the beginning. */
static void redact_end(struct api_error *api_error, const char *value,
                       size_t len)
{
    size_t end = strlen(api_error->text);
    size_t longest = len - 1 < end ? len - 1 : end;

    for (size_t part = longest; part >= MIN_REDACTED; part--) {
        if (memcmp(api_error->text + end - part, value, part) != 0)
            continue;
        memcpy(api_error->text + end - part, "***", sizeof("***"));
        return;
    }
}

void api_error_redact(struct api_error *api_error, const char *value)
{
    char shown[sizeof(api_error->text)]; /* as it is in the message */
    char *found = api_error->text;
    size_t len;

    (void)text_clean(shown, sizeof(shown), value);
    len = strlen(shown);
    if (len < MIN_REDACTED)
        return;
    while ((found = strstr(found, shown))) {
        memset(found, '*', 3);
        memmove(found + 3, found + len, strlen(found + len) + 1);
        found += 3;
    }
    if (api_error->truncated)
        redact_end(api_error, shown, len);
}
