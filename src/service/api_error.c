#include "service/api_error.h"

#include <stdio.h>
#include <string.h>

#include "base/guid.h"
#include "base/utf8.h"

void api_error_init(struct api_error *api_error,
                    const struct http_response *response)
{
    *api_error = (struct api_error){.http_status = response->status};
    api_error_set_tracking_id(api_error, response->tracking_id);
}

/* ---- errors between this program and the service ------------------------- */

void api_error_init_transport(struct api_error *api_error,
                              const struct http_response *response,
                              bool permanent)
{
    api_error_init(api_error, response);
    api_error->action = API_ERROR_RETRY;
    if (response->failure == HTTP_NO_MEMORY)
        api_error->action = API_ERROR_MEMORY;
    else if (response->failure == HTTP_TOO_LARGE && permanent)
        api_error->action = API_ERROR_FAIL;
    api_error->not_applied = !response->sent;
    (void)utf8_clean(api_error->name, sizeof(api_error->name),
                     http_failure_name(response->failure));
    (void)utf8_clean(api_error->text, sizeof(api_error->text), response->text);
}

/* The action for the HTTP status of a failure, or for all others. */
static enum api_error_action action_of_status(long status,
                                              enum api_error_action others)
{
    if (status == 401)
        return API_ERROR_SIGN_IN;
    if (status == 429)
        return API_ERROR_THROTTLE;
    if (status == 408 || status >= 500)
        return API_ERROR_RETRY;
    return others;
}

void api_error_init_unexpected(struct api_error *api_error,
                               const struct http_response *response,
                               const char *why)
{
    long status = response->status;

    api_error_init(api_error, response);
    /* 407 is an error of the proxy, for whatever call. */
    api_error->action = action_of_status(
        status, status / 100 == 2 || status == 407 ? API_ERROR_RETRY
                                                   : API_ERROR_UNEXPECTED);
    /* A proxy may respond after the service has applied an update. But 401 and
     * 429 mean that a call was refused before it was processed. */
    api_error->not_applied = status == 401 || status == 429;
    (void)utf8_clean(api_error->name, sizeof(api_error->name),
                     http_unexpected_name(status));
    http_explain_unexpected(response, why, api_error->text,
                            sizeof(api_error->text));
}

void api_error_init_unusable(struct api_error *api_error,
                             const struct http_response *response,
                             const char *why, const char *member)
{
    char name[128];

    api_error_init_unexpected(api_error, response, why);
    api_error->action = API_ERROR_FAIL;
    api_error->not_applied = true;
    (void)utf8_clean(name, sizeof(name), member);
    (void)snprintf(api_error->text, sizeof(api_error->text),
                   "GetUser returned a user that can't be sent back unchanged: "
                   "%s%s%s",
                   why, *name ? " in " : "", name);
}

/* ---- errors of the service ----------------------------------------------- */

/* Does the service refuse calls with this status before they change anything?
 */
static bool is_refusal(long status)
{
    return status / 100 == 3 || (status / 100 == 4 && status != 408);
}

static bool is_name(const char *name)
{
    size_t len = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz"
                                     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
                      : 0;

    return len > 0 && !name[len] && len < sizeof(((struct api_error *)0)->name);
}

void api_error_set(struct api_error *api_error, bool numbered, long code,
                   const char *name, const char *message)
{
    long status = api_error->http_status;

    api_error->reported = true;
    api_error->rights = status == 403;
    api_error->numbered = numbered;
    api_error->code = code;
    (void)utf8_clean(api_error->name, sizeof(api_error->name),
                     is_name(name) ? name : NULL);
    api_error->truncated = utf8_clean(api_error->text, sizeof(api_error->text),
                                      is_name(name) ? NULL : name);
    api_error_add_message(api_error, message);
    api_error->action = action_of_status(status, API_ERROR_FAIL);
    api_error->not_applied = is_refusal(status);
}

/* Appends as much of the text as fits. */
static void append(struct api_error *api_error, const char *text)
{
    size_t len = strlen(api_error->text);

    if (!api_error->truncated)
        api_error->truncated = utf8_clean(api_error->text + len,
                                          sizeof(api_error->text) - len, text);
}

void api_error_add_message(struct api_error *api_error, const char *message)
{
    if (*api_error->text && message)
        append(api_error, "; ");
    append(api_error, message);
}

void api_error_blame_value(struct api_error *api_error)
{
    api_error->action = API_ERROR_FAIL;
    api_error->not_applied = true;
}

static bool is_tracking_id(const char *text)
{
    size_t digits = strspn(text, "0123456789abcdefABCDEF");

    return guid_is_one(text) || (digits == 32 && !text[digits]);
}

void api_error_set_tracking_id(struct api_error *api_error,
                               const char *tracking_id)
{
    if (tracking_id && is_tracking_id(tracking_id))
        (void)utf8_clean(api_error->tracking_id, sizeof(api_error->tracking_id),
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
    api_error->reported = api_error->rights = api_error->access_token = false;
    api_error->numbered = false;
    (void)utf8_clean(api_error->name, sizeof(api_error->name), name);
    (void)utf8_clean(api_error->text, sizeof(api_error->text), text);
}

int api_error_refuse_user(struct api_error *api_error, enum api_error_user why)
{
    static const struct {
        const char *name, *text;
    } refusals[] = {
        [API_ERROR_USER_WRONG] =
            {"WrongUser",
             "GetUser returned another user than the requested user"},
        [API_ERROR_USER_SEVERAL] = {"WrongUser",
                                    "GetUser returned several users"},
        [API_ERROR_USER_NO_STAMP] =
            {"MaskedUser",
             "GetUser returned the user without its TimeStamp, probably "
             "because "
             "the signed-in user is not allowed to see the whole user; sign in "
             "with an account that is"},
        [API_ERROR_USER_MASKED] =
            {"MaskedUser",
             "GetUser returned the user with values masked by asterisks, "
             "because the signed-in user is not allowed to see the whole user; "
             "sign in with an account that is"},
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
    api_error->not_applied = false;
}

void api_error_init_memory(struct api_error *api_error,
                           const struct http_response *response)
{
    api_error_init(api_error, response);
    api_error_set_memory(api_error);
}
