#include "service/api_error.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* The errors of Customer Management. One that is not here means that the rows
 * are refused. Where a number stands for two errors (207: too many requests
 * at once, or an address line; 209: a stale time stamp, or a postal code), the
 * name decides; with the number alone the column says which value it could be,
 * and the task decides by evidence. Source: the service's list of operation
 * error codes. */
static const struct {
    long code;
    const char *name;
    enum api_error_action action;
    const char *column; /* NULL: the number alone says it too */
} meanings[] = {
    {0, "InternalError", API_ERROR_RETRY, NULL},
    {100, "NullRequest", API_ERROR_FAIL, NULL},
    {105, "InvalidCredentials", API_ERROR_SIGN_IN, NULL},
    {106, "UserIsNotAuthorized", API_ERROR_FAIL, NULL},
    {108, "UserCompromised", API_ERROR_ACCOUNT, NULL},
    {109, "AuthenticationTokenExpired", API_ERROR_SIGN_IN, NULL},
    {116, "RequestMissingHeaders", API_ERROR_STOP, NULL},
    {117, "CallRateExceeded", API_ERROR_THROTTLE, NULL},
    {120, "UserLoginAccessDenied", API_ERROR_ACCOUNT, NULL},
    {122, "PersonalIdentityNotAvailable", API_ERROR_ACCOUNT, NULL},
    {123, "WorkIdentityNotAvailable", API_ERROR_ACCOUNT, NULL},
    {124, "PersonalIdentityMigratedToWork", API_ERROR_ACCOUNT, NULL},
    {125, "PersonalIdentityNotAllowedByCustomer", API_ERROR_ACCOUNT, NULL},
    {200, "", API_ERROR_FAIL, NULL},
    {201, "ApiInputValidationError", API_ERROR_FAIL, NULL},
    {202, "ApiExecutionError", API_ERROR_FAIL, NULL},
    {203, "NullParameter", API_ERROR_FAIL, NULL},
    {204, "OperationNotSupported", API_ERROR_STOP, NULL},
    {205, "InvalidVersion", API_ERROR_STOP, "Line1"},
    {207, "ConcurrentRequestOverLimit", API_ERROR_THROTTLE, "Line3"},
    {209, "TimestampNotMatch", API_ERROR_STALE, "PostalCode"},
    {210, "EntityNotExistent", API_ERROR_FAIL, NULL},
    {211, "NameTooLong", API_ERROR_FAIL, NULL},
    {303, "ApiVersionNoLongerSupported", API_ERROR_STOP, NULL},
    {1001, "", API_ERROR_FAIL, NULL},
};

/* Bytes of the shortest value that is masked. */
#define MASK_MIN 3

void api_error_init(struct api_error *api_error,
                    const struct http_response *response)
{
    *api_error = (struct api_error){.http_status = response->status};
    api_error_set_tracking_id(api_error, response->tracking_id);
}

void api_error_of_transport(struct api_error *api_error,
                            const struct http_response *response, bool lasting)
{
    static const char *const names[] = {
        [HTTP_OK] = "",
        [HTTP_CONNECT_FAILED] = "ConnectionFailed",
        [HTTP_TLS_FAILED] = "TlsFailed",
        [HTTP_TIMED_OUT] = "Timeout",
        [HTTP_BROKEN] = "ConnectionLost",
        [HTTP_TOO_LARGE] = "AnswerTooLarge",
        [HTTP_NO_MEMORY] = "OutOfMemory",
    };

    api_error_init(api_error, response);
    api_error->action = API_ERROR_RETRY;
    if (response->failure == HTTP_NO_MEMORY)
        api_error->action = API_ERROR_MEMORY;
    else if (response->failure == HTTP_TOO_LARGE && lasting)
        api_error->action = API_ERROR_FAIL;
    api_error->certain = !response->sent;
    (void)utf8_clean(api_error->name, sizeof(api_error->name),
                     names[response->failure]);
    (void)utf8_clean(api_error->text, sizeof(api_error->text), response->text);
}

/* What a status means where no error of the service's explains it. */
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

void api_error_of_foreign_answer(struct api_error *api_error,
                                 const struct http_response *response,
                                 const char *why)
{
    long status = response->status;
    char type[64];

    api_error_init(api_error, response);
    api_error->action = action_of_status(status);
    /* Who answers for the service can't tell what the service did, but these
     * two are given at the door. */
    api_error->certain = status == 401 || status == 429;
    (void)utf8_clean(api_error->name, sizeof(api_error->name),
                     status / 100 == 2 ? "UnreadableAnswer" : "HttpError");
    (void)utf8_clean(type, sizeof(type), response->content_type);
    (void)snprintf(api_error->text, sizeof(api_error->text),
                   "HTTP status %ld with an answer that can't be used: %s (%zu "
                   "bytes%s%s)",
                   status, why, response->len, *type ? " of " : "", type);
}

/* Was the call refused before it changed anything? */
static bool refused_outright(long status)
{
    return status / 100 == 3 || (status / 100 == 4 && status != 408);
}

/* Decides by the status of an answer that holds an error. */
static void classify_status(struct api_error *api_error)
{
    long status = api_error->http_status;

    api_error->action =
        status / 100 == 2 ? API_ERROR_FAIL : action_of_status(status);
    api_error->certain = refused_outright(status);
}

/* Decides by the service's own error, and by the status where that error is
 * not known. */
static void classify(struct api_error *api_error)
{
    long status = api_error->http_status;

    classify_status(api_error);
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        bool by_name = strcmp(api_error->name, meanings[i].name) == 0;

        if (*api_error->name
                ? !by_name
                : !api_error->numbered || api_error->code != meanings[i].code)
            continue;
        api_error->action = meanings[i].action;
        api_error->column = by_name ? NULL : meanings[i].column;
        if (!api_error->column)
            (void)utf8_clean(api_error->name, sizeof(api_error->name),
                             meanings[i].name);
        api_error->certain = status < 500 ||
                             api_error->action == API_ERROR_STALE ||
                             api_error->action == API_ERROR_THROTTLE ||
                             api_error->action == API_ERROR_SIGN_IN ||
                             api_error->action == API_ERROR_ACCOUNT ||
                             api_error->action == API_ERROR_STOP;
        break;
    }
    if (api_error->numbered && api_error->code == 0)
        api_error->certain = false;
}

void api_error_add(struct api_error *api_error, bool numbered, long code,
                   const char *name, const char *message)
{
    size_t len = strlen(api_error->text);
    bool first = len == 0 && !api_error->numbered && !*api_error->name;

    if (first) {
        api_error->numbered = numbered;
        api_error->code = code;
        (void)utf8_clean(api_error->name, sizeof(api_error->name), name);
        classify(api_error);
    }
    if (len > 0 && !api_error->cut)
        api_error->cut = utf8_clean(api_error->text + len,
                                    sizeof(api_error->text) - len, "; ");
    len = strlen(api_error->text);
    if (!api_error->cut)
        api_error->cut = utf8_clean(api_error->text + len,
                                    sizeof(api_error->text) - len, message);
}

void api_error_set_error(struct api_error *api_error, bool numbered, long code,
                         const char *name, const char *message)
{
    api_error->numbered = numbered;
    api_error->code = code;
    (void)utf8_clean(api_error->name, sizeof(api_error->name), name);
    api_error->cut =
        utf8_clean(api_error->text, sizeof(api_error->text), message);
    classify_status(api_error);
}

void api_error_is_value(struct api_error *api_error)
{
    api_error->action = API_ERROR_FAIL;
    api_error->certain = true;
}

void api_error_is_no_value(struct api_error *api_error)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == api_error->code)
            (void)utf8_clean(api_error->name, sizeof(api_error->name),
                             meanings[i].name);
    api_error->column = NULL;
}

void api_error_set_local(struct api_error *api_error, const char *name,
                         const char *text)
{
    api_error->action = API_ERROR_FAIL;
    api_error->certain = true;
    api_error->numbered = false;
    (void)utf8_clean(api_error->name, sizeof(api_error->name), name);
    (void)utf8_clean(api_error->text, sizeof(api_error->text), text);
}

int api_error_refuse_user(struct api_error *api_error, enum api_error_user why)
{
    static const struct {
        const char *name, *text;
    } refusals[] = {
        [API_ERROR_USER_OTHER] =
            {"WrongUser",
             "GetUser answered with another user; nothing was sent"},
        [API_ERROR_USER_BARE] =
            {"MaskedUser",
             "GetUser's answer has no TimeStamp: the signed-in user may not "
             "see all of this user; nothing was sent"},
        [API_ERROR_USER_MASKED] =
            {"MaskedUser",
             "GetUser's answer has members masked by asterisks: the signed-in "
             "user may not see all of this user; nothing was sent"},
        [API_ERROR_USER_ODD] =
            {"InvalidAnswer",
             "GetUser's answer has a member of another kind than the service "
             "describes"},
    };

    api_error_set_local(api_error, refusals[why].name, refusals[why].text);
    return -1;
}

void api_error_set_memory(struct api_error *api_error)
{
    api_error_set_local(api_error, "OutOfMemory", "out of memory");
    api_error->action = API_ERROR_MEMORY;
}

void api_error_set_tracking_id(struct api_error *api_error,
                               const char *tracking_id)
{
    (void)utf8_clean(api_error->tracking_id, sizeof(api_error->tracking_id),
                     tracking_id);
}

/* A value of which the cut has left only the beginning. */
static void mask_split(struct api_error *api_error, const char *value,
                       size_t len)
{
    size_t end = strlen(api_error->text);
    size_t most = len - 1 < end ? len - 1 : end;

    for (size_t part = most; part >= MASK_MIN; part--) {
        if (memcmp(api_error->text + end - part, value, part) != 0)
            continue;
        memcpy(api_error->text + end - part, "***", sizeof("***"));
        return;
    }
}

void api_error_redact(struct api_error *api_error, const char *value)
{
    char shown[sizeof(api_error->text)]; /* cleaned, as the message is */
    char *found = api_error->text;
    size_t len;

    (void)utf8_clean(shown, sizeof(shown), value);
    len = strlen(shown);
    if (len < MASK_MIN)
        return;
    while ((found = strstr(found, shown))) {
        memset(found, '*', 3);
        memmove(found + 3, found + len, strlen(found + len) + 1);
        found += 3;
    }
    if (api_error->cut)
        mask_split(api_error, shown, len);
}
