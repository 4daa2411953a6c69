#include "refusal.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define API       REFUSAL_API
#define OPERATION REFUSAL_OPERATION
#define OAUTH     REFUSAL_OAUTH

static const struct meaning {
    int code;
    unsigned status;
    enum refusal_shape shape;
    const char *name;
    const char *message;
} meanings[] = {
    {0, 500, API, "InternalError", "An internal error has occurred."},
    {100, 400, API, "NullRequest", "The request message is null."},
    {105, 401, API, "InvalidCredentials",
     "Authentication failed. The supplied credentials are invalid, or the "
     "account is inactive."},
    {106, 403, API, "UserIsNotAuthorized",
     "The user does not represent an authorized user."},
    {108, 403, API, "UserCompromised", "The account is locked."},
    {109, 401, API, "AuthenticationTokenExpired",
     "The authentication token has expired."},
    {116, 400, API, "RequestMissingHeaders",
     "The request is missing a required header."},
    {117, 429, API, "CallRateExceeded",
     "Too many calls were made within a minute."},
    {120, 403, API, "UserLoginAccessDenied",
     "The credentials are not valid for the person who signs in."},
    {122, 403, API, "PersonalIdentityNotAvailable",
     "A work account is needed to sign in."},
    {123, 403, API, "WorkIdentityNotAvailable",
     "A personal account is needed to sign in."},
    {124, 403, API, "PersonalIdentityMigratedToWork",
     "The personal account is no longer accepted."},
    {125, 403, API, "PersonalIdentityNotAllowedByCustomer",
     "The organisation requires a work account."},
    {126, 401, API, "IdentityTypeMismatch",
     "The identity type does not match the one that the customer requires."},
    {200, 400, OPERATION, "", "The city of the address is not valid."},
    {201, 400, OPERATION, "ApiInputValidationError",
     "An element of the input failed validation."},
    {202, 400, OPERATION, "ApiExecutionError",
     "The operation cannot be completed."},
    {203, 400, OPERATION, "NullParameter", "A required parameter is null."},
    {204, 400, API, "OperationNotSupported", "The operation is not supported."},
    {205, 400, OPERATION, "InvalidVersion",
     "Line 1 of the address is not valid."},
    {207, 400, OPERATION, "ConcurrentRequestOverLimit",
     "Line 3 of the address is not valid."},
    {209, 400, OPERATION, "TimestampNotMatch",
     "The time stamp does not match."},
    {210, 400, OPERATION, "EntityNotExistent", "The user does not exist."},
    {211, 400, OPERATION, "NameTooLong", "The name is too long."},
    {303, 400, API, "ApiVersionNoLongerSupported",
     "The version of the API is no longer supported."},
    {1001, 403, OPERATION, "",
     "The user is not authorized to perform this action."},
    {3101, 401, API, "OAuthTokenInvalid",
     "The access token is not valid for this service."},
    /* Partner Center, with its own codes. */
    {400, 400, API, "", "The request is not valid."},
    {401, 401, API, "", "The access token is missing, unknown or expired."},
    {403, 403, API, "", "The access to this resource is forbidden."},
    {409, 409, API, "", "The request conflicts with another one."},
    {429, 429, API, "", "Too many calls were made."},
    {2055, 400, API, "", "The etag is out of date."},
    {3000, 400, API, "", "The value of a property is not valid."},
    {20002, 403, API, "", "There is no relationship with this customer."},
    {60002, 404, API, "", "The user was not found."},
    /* The token endpoint. The first code of a name is the default for the
     * name. */
    {70000, 400, OAUTH, "invalid_grant",
     "The provided value for the input parameter 'refresh_token' is not "
     "valid."},
    {700082, 400, OAUTH, "invalid_grant",
     "The refresh token has expired due to inactivity."},
    {70008, 400, OAUTH, "invalid_grant",
     "The provided authorization code has expired."},
    {54005, 400, OAUTH, "invalid_grant",
     "OAuth2 Authorization code was already redeemed."},
    {500112, 400, OAUTH, "invalid_grant",
     "The reply address does not match the reply address provided when "
     "requesting Authorization code."},
    {501481, 400, OAUTH, "invalid_grant",
     "The Code_Verifier does not match the code_challenge supplied in the "
     "authorization request."},
    {70016, 400, OAUTH, "authorization_pending",
     "OAuth 2.0 device flow error. Authorization is pending. Continue "
     "polling."},
    {70017, 400, OAUTH, "slow_down", "The device code is polled too often."},
    {70018, 400, OAUTH, "bad_verification_code",
     "The device code is not valid."},
    {70019, 400, OAUTH, "expired_token", "The verification code expired."},
    {70020, 400, OAUTH, "authorization_declined",
     "The user declined the sign-in."},
    {7000215, 401, OAUTH, "invalid_client", "Invalid client secret provided."},
    {7000218, 401, OAUTH, "invalid_client",
     "The request body must contain the following parameter: "
     "'client_assertion' or 'client_secret'."},
    {700025, 401, OAUTH, "invalid_client",
     "Client is public so neither 'client_assertion' nor 'client_secret' "
     "should be presented."},
    {700016, 400, OAUTH, "unauthorized_client",
     "Application with that identifier was not found in the directory."},
    {900144, 400, OAUTH, "invalid_request",
     "The request body must contain all parameters."},
    {70003, 400, OAUTH, "unsupported_grant_type",
     "The app requested an unsupported grant type."},
    {70011, 400, OAUTH, "invalid_scope",
     "The provided value for the input parameter 'scope' is not valid."},
    {50076, 400, OAUTH, "interaction_required",
     "You must use multi-factor authentication to access the resource."},
    {90033, 503, OAUTH, "temporarily_unavailable",
     "A transient error has occurred. Please try again."},
};

#define MEANINGS (sizeof meanings / sizeof *meanings)

static const struct meaning *find(int code)
{
    static const struct meaning other = {-1, 400, OPERATION, "",
                                         "The operation failed."};

    for (size_t i = 0; i < MEANINGS; i++)
        if (meanings[i].code == code)
            return &meanings[i];
    return &other;
}

void refusal_init(struct refusal *refusal)
{
    refusal->status = 0;
    refusal->status_forced = false;
    refusal->shape = REFUSAL_API;
    refusal->count = 0;
}

void refusal_add(struct refusal *refusal, int code, const char *message,
                 const char *details)
{
    const struct meaning *meaning = find(code);

    if (refusal->count == REFUSAL_ERRORS)
        return;
    if (refusal->count == 0) {
        refusal->status = meaning->status;
        refusal->shape = meaning->shape;
    }
    struct refusal_error *error = &refusal->errors[refusal->count++];
    error->code = code;
    error->name = meaning->name;
    snprintf(error->message, sizeof error->message, "%s",
             message != NULL ? message : meaning->message);
    snprintf(error->details, sizeof error->details, "%s", details);
}

int refusal_doubt(struct refusal *refusal, int code, const char *message,
                  const char *details)
{
    char text[sizeof refusal->errors->message];

    if (refusal->strict) {
        snprintf(text, sizeof text, "%s The service is not known to refuse it.",
                 message);
        refusal_add(refusal, code, text, details);
        return -1;
    }
    if (refusal->doubt[0] == '\0')
        snprintf(refusal->doubt, sizeof refusal->doubt, "%s", message);
    return 0;
}

const char *refusal_name(int code)
{
    return find(code)->name;
}

int refusal_code(const char *name)
{
    for (size_t i = 0; i < MEANINGS; i++)
        if (*name != '\0' && strcmp(meanings[i].name, name) == 0)
            return meanings[i].code;
    return -1;
}

int refusal_find_shape(const char *name)
{
    static const struct {
        const char *name;
        enum refusal_shape shape;
    } shapes[] = {
        {"AdApiFaultDetail", REFUSAL_API},
        {"ApiFault", REFUSAL_OPERATION},
        {"unknown", REFUSAL_UNKNOWN},
        {"none", REFUSAL_NONE},
    };

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(shapes[i].name, name) == 0)
            return (int)shapes[i].shape;
    return -1;
}
