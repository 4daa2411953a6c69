#include "service/api_error.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The errors of Customer Management. One that is not here means that the rows
 * are refused. Where a number stands for two errors (207: too many requests
 * at once, or an address line; 209: a stale time stamp, or a postal code), the
 * name decides; with the number alone the column says which value it could be,
 * and the task decides by evidence. Source: the service's list of operation
 * error codes. */
static const struct {
    long code;
    const char *name;
    enum fault_action action;
    const char *column; /* NULL: the number alone says it too */
} meanings[] = {
    {0, "InternalError", FAULT_RETRY, NULL},
    {100, "NullRequest", FAULT_FAIL, NULL},
    {105, "InvalidCredentials", FAULT_SIGN_IN, NULL},
    {106, "UserIsNotAuthorized", FAULT_FAIL, NULL},
    {108, "UserCompromised", FAULT_ACCOUNT, NULL},
    {109, "AuthenticationTokenExpired", FAULT_SIGN_IN, NULL},
    {116, "RequestMissingHeaders", FAULT_STOP, NULL},
    {117, "CallRateExceeded", FAULT_THROTTLE, NULL},
    {120, "UserLoginAccessDenied", FAULT_ACCOUNT, NULL},
    {122, "PersonalIdentityNotAvailable", FAULT_ACCOUNT, NULL},
    {123, "WorkIdentityNotAvailable", FAULT_ACCOUNT, NULL},
    {124, "PersonalIdentityMigratedToWork", FAULT_ACCOUNT, NULL},
    {125, "PersonalIdentityNotAllowedByCustomer", FAULT_ACCOUNT, NULL},
    {200, "", FAULT_FAIL, NULL},
    {201, "ApiInputValidationError", FAULT_FAIL, NULL},
    {202, "ApiExecutionError", FAULT_FAIL, NULL},
    {203, "NullParameter", FAULT_FAIL, NULL},
    {204, "OperationNotSupported", FAULT_STOP, NULL},
    {205, "InvalidVersion", FAULT_STOP, "Line1"},
    {207, "ConcurrentRequestOverLimit", FAULT_THROTTLE, "Line3"},
    {209, "TimestampNotMatch", FAULT_STALE, "PostalCode"},
    {210, "EntityNotExistent", FAULT_FAIL, NULL},
    {211, "NameTooLong", FAULT_FAIL, NULL},
    {303, "ApiVersionNoLongerSupported", FAULT_STOP, NULL},
    {1001, "", FAULT_FAIL, NULL},
};

/* Bytes of the shortest value that is masked. */
#define MASK_MIN 3

void fault_init(struct fault *fault, const struct http_response *response)
{
    *fault = (struct fault){.http_status = response->status};
    fault_set_tracking_id(fault, response->tracking_id);
}

void fault_of_transport(struct fault *fault,
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

    fault_init(fault, response);
    fault->action = FAULT_RETRY;
    if (response->failure == HTTP_NO_MEMORY)
        fault->action = FAULT_MEMORY;
    else if (response->failure == HTTP_TOO_LARGE && lasting)
        fault->action = FAULT_FAIL;
    fault->certain = !response->sent;
    (void)text_clean(fault->name, sizeof(fault->name),
                     names[response->failure]);
    (void)text_clean(fault->text, sizeof(fault->text), response->text);
}

/* What a status means where no error of the service's explains it. */
static enum fault_action action_of_status(long status)
{
    if (status == 401)
        return FAULT_SIGN_IN;
    if (status == 429)
        return FAULT_THROTTLE;
    if (status == 408 || status >= 500 || status / 100 == 2)
        return FAULT_RETRY;
    return FAULT_FAIL;
}

void fault_of_foreign_answer(struct fault *fault,
                             const struct http_response *response,
                             const char *why)
{
    long status = response->status;
    char type[64];

    fault_init(fault, response);
    fault->action = action_of_status(status);
    /* Who answers for the service can't tell what the service did, but these
     * two are given at the door. */
    fault->certain = status == 401 || status == 429;
    (void)text_clean(fault->name, sizeof(fault->name),
                     status / 100 == 2 ? "UnreadableAnswer" : "HttpError");
    (void)text_clean(type, sizeof(type), response->content_type);
    (void)snprintf(fault->text, sizeof(fault->text),
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
static void classify_status(struct fault *fault)
{
    long status = fault->http_status;

    fault->action = status / 100 == 2 ? FAULT_FAIL : action_of_status(status);
    fault->certain = refused_outright(status);
}

/* Decides by the service's own error, and by the status where that error is
 * not known. */
static void classify(struct fault *fault)
{
    long status = fault->http_status;

    classify_status(fault);
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
        bool by_name = strcmp(fault->name, meanings[i].name) == 0;

        if (*fault->name ? !by_name
                         : !fault->numbered || fault->code != meanings[i].code)
            continue;
        fault->action = meanings[i].action;
        fault->column = by_name ? NULL : meanings[i].column;
        if (!fault->column)
            (void)text_clean(fault->name, sizeof(fault->name),
                             meanings[i].name);
        fault->certain =
            status < 500 || fault->action == FAULT_STALE ||
            fault->action == FAULT_THROTTLE || fault->action == FAULT_SIGN_IN ||
            fault->action == FAULT_ACCOUNT || fault->action == FAULT_STOP;
        break;
    }
    if (fault->numbered && fault->code == 0)
        fault->certain = false;
}

void fault_add(struct fault *fault, bool numbered, long code, const char *name,
               const char *message)
{
    size_t len = strlen(fault->text);
    bool first = len == 0 && !fault->numbered && !*fault->name;

    if (first) {
        fault->numbered = numbered;
        fault->code = code;
        (void)text_clean(fault->name, sizeof(fault->name), name);
        classify(fault);
    }
    if (len > 0 && !fault->cut)
        fault->cut =
            text_clean(fault->text + len, sizeof(fault->text) - len, "; ");
    len = strlen(fault->text);
    if (!fault->cut)
        fault->cut =
            text_clean(fault->text + len, sizeof(fault->text) - len, message);
}

void fault_set_error(struct fault *fault, bool numbered, long code,
                     const char *name, const char *message)
{
    fault->numbered = numbered;
    fault->code = code;
    (void)text_clean(fault->name, sizeof(fault->name), name);
    fault->cut = text_clean(fault->text, sizeof(fault->text), message);
    classify_status(fault);
}

void fault_is_value(struct fault *fault)
{
    fault->action = FAULT_FAIL;
    fault->certain = true;
}

void fault_is_no_value(struct fault *fault)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
        if (meanings[i].code == fault->code)
            (void)text_clean(fault->name, sizeof(fault->name),
                             meanings[i].name);
    fault->column = NULL;
}

void fault_set_local(struct fault *fault, const char *name, const char *text)
{
    fault->action = FAULT_FAIL;
    fault->certain = true;
    fault->numbered = false;
    (void)text_clean(fault->name, sizeof(fault->name), name);
    (void)text_clean(fault->text, sizeof(fault->text), text);
}

int fault_refuse_user(struct fault *fault, enum fault_user why)
{
    static const struct {
        const char *name, *text;
    } refusals[] = {
        [FAULT_USER_OTHER] =
            {"WrongUser",
             "GetUser answered with another user; nothing was sent"},
        [FAULT_USER_BARE] =
            {"MaskedUser",
             "GetUser's answer has no TimeStamp: the signed-in user may not "
             "see all of this user; nothing was sent"},
        [FAULT_USER_MASKED] =
            {"MaskedUser",
             "GetUser's answer has members masked by asterisks: the signed-in "
             "user may not see all of this user; nothing was sent"},
        [FAULT_USER_ODD] =
            {"InvalidAnswer",
             "GetUser's answer has a member of another kind than the service "
             "describes"},
    };

    fault_set_local(fault, refusals[why].name, refusals[why].text);
    return -1;
}

void fault_set_memory(struct fault *fault)
{
    fault_set_local(fault, "OutOfMemory", "out of memory");
    fault->action = FAULT_MEMORY;
}

void fault_set_tracking_id(struct fault *fault, const char *tracking_id)
{
    (void)text_clean(fault->tracking_id, sizeof(fault->tracking_id),
                     tracking_id);
}

/* A value of which the cut has left only the beginning. */
static void mask_split(struct fault *fault, const char *value, size_t len)
{
    size_t end = strlen(fault->text);
    size_t most = len - 1 < end ? len - 1 : end;

    for (size_t part = most; part >= MASK_MIN; part--) {
        if (memcmp(fault->text + end - part, value, part) != 0)
            continue;
        memcpy(fault->text + end - part, "***", sizeof("***"));
        return;
    }
}

void fault_mask(struct fault *fault, const char *value)
{
    char shown[sizeof(fault->text)]; /* cleaned, as the message is */
    char *found = fault->text;
    size_t len;

    (void)text_clean(shown, sizeof(shown), value);
    len = strlen(shown);
    if (len < MASK_MIN)
        return;
    while ((found = strstr(found, shown))) {
        memset(found, '*', 3);
        memmove(found + 3, found + len, strlen(found + len) + 1);
        found += 3;
    }
    if (fault->cut)
        mask_split(fault, shown, len);
}
