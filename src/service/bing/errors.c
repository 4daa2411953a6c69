#include "service/bing/errors.h"

#include <string.h>

#include "base/utf8.h"

/* An error that is not in the table means that the rows are refused. A number
 * with a column is ambiguous: it means either the error of this name, or that
 * the value of the column is refused. */
struct meaning {
    long code;
    const char *name;
    enum api_error_action action;
    const char *column; /* NULL: the number has one meaning */
    bool concurrency;
};

#define BAD_CREDENTIALS 105 /* access token or developer token */
#define NOT_AUTHORIZED  106 /* over SOAP, its HTTP status is 500 */

static const struct meaning meanings[] = {
    {0, "InternalError", API_ERROR_RETRY, NULL, false},
    {100, "NullRequest", API_ERROR_FAIL, NULL, false},
    {BAD_CREDENTIALS, "InvalidCredentials", API_ERROR_SIGN_IN, NULL, false},
    {NOT_AUTHORIZED, "UserIsNotAuthorized", API_ERROR_FAIL, NULL, false},
    {108, "UserCompromised", API_ERROR_ACCOUNT, NULL, false},
    {109, "AuthenticationTokenExpired", API_ERROR_SIGN_IN, NULL, false},
    {116, "RequestMissingHeaders", API_ERROR_STOP, NULL, false},
    {117, "CallRateExceeded", API_ERROR_THROTTLE, NULL, false},
    {120, "UserLoginAccessDenied", API_ERROR_ACCOUNT, NULL, false},
    {122, "PersonalIdentityNotAvailable", API_ERROR_ACCOUNT, NULL, false},
    {123, "WorkIdentityNotAvailable", API_ERROR_ACCOUNT, NULL, false},
    {124, "PersonalIdentityMigratedToWork", API_ERROR_ACCOUNT, NULL, false},
    {125, "PersonalIdentityNotAllowedByCustomer", API_ERROR_ACCOUNT, NULL,
     false},
    {126, "IdentityTypeMismatch", API_ERROR_SIGN_IN, NULL, false},
    {200, "", API_ERROR_FAIL, NULL, false},
    {201, "ApiInputValidationError", API_ERROR_FAIL, NULL, false},
    {202, "ApiExecutionError", API_ERROR_FAIL, NULL, false},
    {203, "NullParameter", API_ERROR_FAIL, NULL, false},
    {204, "OperationNotSupported", API_ERROR_STOP, NULL, false},
    {205, "InvalidVersion", API_ERROR_STOP, "Line1", false},
    {207, "ConcurrentRequestOverLimit", API_ERROR_THROTTLE, "Line3", true},
    {209, BING_ERROR_STALE, API_ERROR_STALE, "PostalCode", false},
    {210, BING_ERROR_MISSING, API_ERROR_FAIL, NULL, false},
    {211, "NameTooLong", API_ERROR_FAIL, NULL, false},
    {303, "ApiVersionNoLongerSupported", API_ERROR_STOP, NULL, false},
    {1001, "", API_ERROR_FAIL, NULL, false},
    {3101, "OAuthTokenInvalid", API_ERROR_SIGN_IN, NULL, false},
};

#define MEANINGS (sizeof(meanings) / sizeof(meanings[0]))

static const struct meaning *find_by_name(const char *name)
{
    for (size_t i = 0; i < MEANINGS; i++)
        if (strcmp(meanings[i].name, name) == 0)
            return &meanings[i];
    return NULL;
}

static const struct meaning *find_by_code(long code)
{
    for (size_t i = 0; i < MEANINGS; i++)
        if (meanings[i].code == code)
            return &meanings[i];
    return NULL;
}

/* Does the service refuse a call with this error before it changes anything,
 * whatever the HTTP status says? */
static bool is_refusal(enum api_error_action action)
{
    return action == API_ERROR_STALE || action == API_ERROR_THROTTLE ||
           action == API_ERROR_SIGN_IN || action == API_ERROR_ACCOUNT ||
           action == API_ERROR_STOP;
}

/* The error is not, or no longer, ambiguous. */
static void set_meaning(struct api_error *api_error,
                        const struct meaning *meaning)
{
    api_error->column = NULL;
    api_error->concurrency = meaning->concurrency;
    (void)utf8_clean(api_error->name, sizeof(api_error->name), meaning->name);
}

/* Decides by name or number what api_error_set() has decided by the status. */
static void classify(struct api_error *api_error)
{
    bool named = *api_error->name;
    const struct meaning *meaning = NULL;

    if (named)
        meaning = find_by_name(api_error->name);
    else if (api_error->numbered)
        meaning = find_by_code(api_error->code);
    if (meaning) {
        api_error->action = meaning->action;
        api_error->rights = meaning->code == NOT_AUTHORIZED;
        api_error->access_token = meaning->action == API_ERROR_SIGN_IN &&
                                  meaning->code != BAD_CREDENTIALS;
        api_error->not_applied =
            api_error->http_status < 500 || is_refusal(meaning->action);
        if (named || !meaning->column)
            set_meaning(api_error, meaning);
        else
            api_error->column = meaning->column;
    }
    /* An internal error may come after the update was applied. */
    if (api_error->numbered && api_error->code == 0)
        api_error->not_applied = false;
}

void bing_errors_add(struct api_error *api_error, bool numbered, long code,
                     const char *name, const char *message)
{
    bool first = !*api_error->text && !api_error->numbered && !*api_error->name;

    if (first) {
        api_error_set(api_error, numbered, code, name, NULL);
        classify(api_error);
    }
    api_error_add_message(api_error, message);
}

void bing_errors_rule_out_value(struct api_error *api_error)
{
    const struct meaning *meaning = find_by_code(api_error->code);

    if (api_error->column && meaning)
        set_meaning(api_error, meaning);
}
