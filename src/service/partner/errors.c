#include "service/partner/errors.h"

#include <string.h>

#include "base/json.h"
#include "base/number.h"

#define ETAG_OUT_OF_DATE 2055
#define USER_NOT_FOUND   60002

/* HTTP statuses (RFC 9110, section 15.5.10, and RFC 6585, section 4). */
#define CONFLICT       409
#define TOO_MANY_CALLS 429

/* Gateways send a code, too, but no description. */
static bool is_error(const struct cJSON *object)
{
    const char *code = json_text(json_member(object, "code"));

    return code && *code && json_member(object, "description");
}

/* The error: the response itself, or a member of it. NULL: there is none. */
static const struct cJSON *find_error(const struct cJSON *root)
{
    const struct cJSON *part;

    if (is_error(root))
        return root;
    for (part = json_first(root); part; part = json_next(part))
        if (is_error(part))
            return part;
    return NULL;
}

static const char *name_of(int64_t code)
{
    switch (code) {
    case ETAG_OUT_OF_DATE:
        return PARTNER_ERROR_STALE;
    case USER_NOT_FOUND:
        return PARTNER_ERROR_MISSING;
    default:
        return NULL;
    }
}

void partner_errors_set_stale(struct api_error *api_error)
{
    api_error->action = API_ERROR_STALE;
    api_error->not_applied = true;
}

/* Another change of the user is not finished. */
static void set_busy(struct api_error *api_error)
{
    api_error->action = API_ERROR_RETRY;
    api_error->one_user = true;
}

/* The service refuses too many calls with a body of its own. */
static bool is_throttling(const struct api_error *api_error,
                          const struct cJSON *root)
{
    const char *status = json_text(json_member(root, "statusCode"));

    return api_error->http_status == TOO_MANY_CALLS && status &&
           strcmp(status, "429") == 0 && json_member(root, "message");
}

bool partner_errors_parse(struct api_error *api_error, const struct cJSON *root)
{
    bool is_user = api_error->http_status == 200 && json_member(root, "id");
    const struct cJSON *error = is_user ? NULL : find_error(root);
    const char *number = json_text(json_member(error, "code"));
    const char *text = json_text(json_member(error, "description"));
    int64_t code = 0;
    bool numbered;

    if (is_throttling(api_error, root)) {
        api_error_set(api_error, false, 0, NULL,
                      json_text(json_member(root, "message")));
        return true;
    }
    if (!error)
        return false;
    numbered = number_parse_long(number, &code) == 0;
    api_error_set(api_error, numbered, (long)code,
                  numbered ? name_of(code) : number, text);
    if (code == ETAG_OUT_OF_DATE)
        partner_errors_set_stale(api_error);
    if (api_error->http_status == CONFLICT)
        set_busy(api_error);
    return true;
}
