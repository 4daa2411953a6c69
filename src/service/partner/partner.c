/*
 * Partner Center's users of a customer: GET and PATCH of
 * /v1/customers/{tenant}/users/{id}. Source: the service's reference "Update
 * user accounts for a customer", "Partner Center REST headers" and "Partner
 * Center REST error codes".
 *
 * A key without a tenant is in the tenant of --customer-id.
 */
#include "service/service.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/json.h"
#include "base/version.h"
#include "service/json_user.h"
#include "service/partner/columns.h"
#include "service/partner/errors.h"
#include "service/partner/identity.h"
#include "service/partner/partner.h"

/* HTTP statuses (RFC 9110, sections 15.3.5 and 13.1.1). */
#define NO_CONTENT          204
#define PRECONDITION_FAILED 412 /* of If-Match */

#define LAST_SECOND 253402300799 /* of the year 9999 */

struct user {
    struct json_user json; /* as GET returned it, with the changes */
    char tenant[GUID_SIZE];
    char id[GUID_SIZE];
    bool secret; /* it contains a password */
};

/* ---- requests ----------------------------------------------------------- */

static int build_headers(const struct call_context *context,
                         struct buffer *headers)
{
    return buffer_printf(headers,
                         "Authorization: Bearer %s\n"
                         "MS-Contract-Version: v1\n"
                         "X-Locale: en-US\n"
                         "Content-Type: application/json\n"
                         "Accept: application/json\n"
                         "User-Agent: bauser-batch/" BAUSER_VERSION "\n",
                         context->access_token);
}

/* The parts of a key, completed with the tenant of --customer-id. */
static struct key_parts complete_key(const struct call_context *context,
                                     const char *key)
{
    struct key_parts parts = service_split_key(key);

    if (!parts.tenant) {
        parts.tenant = context->customer_id;
        parts.tenant_len = strlen(parts.tenant);
    }
    return parts;
}

/* The service recognizes a repeated call by its MS-RequestId. MS-CorrelationId
 * identifies each call in the logs of both sides. */
static int put_ids(const struct call_context *context,
                   struct http_request *request, const char *request_id)
{
    char correlation_id[GUID_SIZE];

    guid_make(context->random, correlation_id);
    return buffer_printf(&request->headers,
                         "MS-RequestId: %s\nMS-CorrelationId: %s\n", request_id,
                         correlation_id);
}

int partner_put_ids(const struct call_context *context,
                    struct http_request *request)
{
    char request_id[GUID_SIZE];

    guid_make(context->random, request_id);
    return put_ids(context, request, request_id);
}

static int put_path(struct http_request *request, struct key_parts parts)
{
    return buffer_printf(&request->path, "/v1/customers/%.*s/users/%s",
                         (int)parts.tenant_len, parts.tenant, parts.id);
}

static int build_get(const struct call_context *context, const char *key,
                     struct http_request *request)
{
    request->method = HTTP_GET;
    /* If libcurl repeated it, two calls would have the same MS-CorrelationId.
     */
    request->once = true;
    if (put_path(request, complete_key(context, key)))
        return -1;
    return partner_put_ids(context, request);
}

/* Fills in the body of a PATCH with the changed columns only. */
static int put_changes(struct json_user *patch, const struct user *user,
                       column_mask changed)
{
    for (unsigned i = 0; i < patch->count; i++)
        if ((changed & column_bit(i)) &&
            json_user_put(patch, i, json_user_value(&user->json, i)))
            return -1;
    return 0;
}

static int print_changes(const struct user *user, column_mask changed,
                         struct buffer *body)
{
    static const char empty[] =
        "{\"attributes\":{\"objectType\":\"CustomerUser\"}}";
    struct json_refusal refusal;
    struct json_user patch = {
        .columns = partner_columns,
        .count = PARTNER_COLUMN_COUNT,
        .document = json_parse(empty, strlen(empty), &refusal),
    };
    int result = -1;

    errno = ENOMEM;
    if (!patch.document)
        return -1;
    patch.object = patch.document;
    if (put_changes(&patch, user, changed) == 0)
        result = json_print(patch.document, body);
    json_wipe(patch.document);
    return result;
}

/* An entity tag is quoted (RFC 9110, section 8.8.3), but the service's
 * attributes.etag may not be. */
static int put_etag(struct buffer *headers, const char *etag)
{
    const char *quote = strchr(etag, '"') ? "" : "\"";

    return buffer_printf(headers, "If-Match: %s%s%s\n", quote, etag, quote);
}

static int build_update(const struct call_context *context,
                        const struct user *user, const struct sent *sent,
                        struct http_request *request)
{
    const struct key_parts parts = {user->tenant, strlen(user->tenant),
                                    user->id};

    request->method = HTTP_PATCH;
    request->once = true;
    request->secret = user->secret;
    if (put_path(request, parts) || put_ids(context, request, sent->request_id))
        return -1;
    if (*sent->stamps && put_etag(&request->headers, sent->stamps))
        return -1;
    return print_changes(user, sent->changed, &request->body);
}

/* ---- the user as a document --------------------------------------------- */

static const char *user_value(const struct user *user, unsigned column)
{
    if (column == PARTNER_COLUMN_TENANT)
        return user->tenant;
    if (partner_columns[column].write_only)
        return NULL;
    return json_user_value(&user->json, column);
}

static void user_last_modified(const struct user *user,
                               char last_modified[SERVICE_TIME_SIZE])
{
    (void)user;
    *last_modified = '\0';
}

static const struct cJSON *find_etag(const struct user *user)
{
    return json_member(json_member(user->json.object, "attributes"), "etag");
}

static void user_stamps(const struct user *user,
                        char stamps[SERVICE_STAMPS_SIZE])
{
    const char *etag = json_text(find_etag(user));

    /* can_send_etag() has checked that it fits. */
    (void)snprintf(stamps, SERVICE_STAMPS_SIZE, "%s", etag ? etag : "");
}

static int user_set(struct user *user, unsigned column, const char *value)
{
    user->secret = user->secret || partner_columns[column].secret;
    return json_user_set(&user->json, column, value);
}

static void user_free(struct user *user)
{
    if (!user)
        return;
    if (user->secret)
        json_wipe(user->json.document);
    else
        json_free(user->json.document);
    free(user);
}

/* ---- responses ---------------------------------------------------------- */

/* Can the etag be sent back in a header? HTTP ignores spaces around the value,
 * so an etag with such spaces would no longer match. A control character could
 * end the header. */
static bool can_send_etag(const struct cJSON *etag)
{
    const char *text = json_text(etag);
    size_t len = text ? strlen(text) : 0;

    if (!etag || json_is_null(etag))
        return true;
    if (!text || !json_is_string(etag) || len >= SERVICE_STAMPS_SIZE ||
        (len > 0 && (text[0] == ' ' || text[len - 1] == ' ')))
        return false;
    while (*text && (unsigned char)*text >= ' ' && *text != 0x7F)
        text++;
    return !*text;
}

/* Is it the requested user, and can it be updated safely? */
static int check_user(struct user *user, struct api_error *api_error)
{
    const char *id;

    if (json_user_find(&user->json) || !can_send_etag(find_etag(user)))
        return api_error_refuse_user(api_error, API_ERROR_USER_TYPE);
    id = user_value(user, PARTNER_COLUMN_ID);
    if (!id || strcasecmp(id, user->id) != 0)
        return api_error_refuse_user(api_error, API_ERROR_USER_WRONG);
    if (json_has_masked_text(user->json.object))
        return api_error_refuse_user(api_error, API_ERROR_USER_MASKED);
    return 0;
}

static void set_key(struct user *user, struct key_parts parts)
{
    (void)snprintf(user->tenant, sizeof(user->tenant), "%.*s",
                   (int)parts.tenant_len, parts.tenant);
    (void)snprintf(user->id, sizeof(user->id), "%s", parts.id);
}

/* Each resource of the service has a type, and each user an id. */
static bool is_resource(const struct cJSON *document)
{
    return json_member(document, "id") ||
           json_member(json_member(document, "attributes"), "objectType");
}

/* A user that owns the document. NULL: out of memory; the document is freed. */
static struct user *user_new(struct cJSON *document, struct key_parts parts,
                             struct api_error *api_error)
{
    struct user *user = calloc(1, sizeof(*user));

    if (!user) {
        json_free(document);
        api_error_set_memory(api_error);
        return NULL;
    }
    user->json = (struct json_user){
        .columns = partner_columns,
        .count = PARTNER_COLUMN_COUNT,
        .document = document,
        .object = document,
    };
    set_key(user, parts);
    return user;
}

static int parse_get(const struct call_context *context,
                     const struct http_response *response, const char *key,
                     struct user **user, struct api_error *api_error)
{
    struct cJSON *document =
        json_user_parse(response, "\"id\"", partner_errors_parse, api_error);
    struct user *made;

    if (!document)
        return -1;
    made = user_new(document, complete_key(context, key), api_error);
    if (!made)
        return -1;
    if (!is_resource(document)) {
        api_error_init_unexpected(api_error, response, "JSON without a user");
        goto err;
    }
    if (check_user(made, api_error))
        goto err;
    *user = made;
    return 0;

err:
    user_free(made);
    return -1;
}

/* The response does not contain the time of the update, so its Date is used. */
static void put_time(int64_t date, char text[SERVICE_TIME_SIZE])
{
    time_t seconds = (time_t)date;
    struct tm tm;

    if (date < 0 || date > LAST_SECOND || !gmtime_r(&seconds, &tm) ||
        strftime(text, SERVICE_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
        *text = '\0';
}

/* Is the response all that the service says about an update that only sets what
 * can't be read back? Then it can't be verified, and must not be sent twice. */
static bool is_acknowledged(const struct http_response *response,
                            column_mask changed)
{
    if (response->failure != HTTP_OK || response->len > 0 ||
        (response->status != 200 && response->status != NO_CONTENT))
        return false;
    for (unsigned i = 0; i < PARTNER_COLUMN_COUNT; i++)
        if ((changed & column_bit(i)) && !partner_columns[i].write_only)
            return false;
    return true;
}

/* Takes the user from the response; -1: it has another one, or none. */
static int take_updated(const struct http_response *response,
                        struct cJSON *document, struct key_parts parts,
                        struct updated *updated, struct api_error *api_error)
{
    struct user *user = user_new(document, parts, api_error);
    const char *id;

    if (!user)
        return -1;
    if (json_user_find(&user->json) ||
        !(id = user_value(user, PARTNER_COLUMN_ID)) ||
        strcasecmp(id, user->id) != 0) {
        user_free(user);
        api_error_init_unexpected(api_error, response,
                                  "JSON without this user");
        return -1;
    }
    updated->user = user;
    return 0;
}

static int parse_update(const struct call_context *context,
                        const struct http_response *response, const char *key,
                        const struct sent *sent, struct updated *updated,
                        struct api_error *api_error)
{
    struct cJSON *document;

    updated->user = NULL;
    put_time(response->date, updated->last_modified);
    if (is_acknowledged(response, sent->changed)) {
        api_error_init(api_error, response);
        return 0;
    }
    document = json_user_parse(response, NULL, partner_errors_parse, api_error);
    if (document)
        return take_updated(response, document, complete_key(context, key),
                            updated, api_error);
    /* Whoever sends it: the update has not passed the condition. */
    if (response->failure == HTTP_OK &&
        response->status == PRECONDITION_FAILED && *sent->stamps)
        partner_errors_set_stale(api_error);
    return -1;
}

const struct service service_partner = {
    .name = "partner-center",
    .title = "Partner Center",
    .production = "https://api.partnercenter.microsoft.com",
    .scope = "https://api.partnercenter.microsoft.com/user_impersonation "
             "offline_access",
    .stale_error = PARTNER_ERROR_STALE,
    .missing_error = PARTNER_ERROR_MISSING,
    .columns = partner_columns,
    .column_count = PARTNER_COLUMN_COUNT,
    .key = PARTNER_COLUMN_ID,
    .tenant = PARTNER_COLUMN_TENANT,
    .user_name = PARTNER_COLUMN_USER_NAME,
    .user_customer = PARTNER_COLUMN_TENANT,
    .last_modified = COLUMN_MAX,
    .customer = CUSTOMER_TENANT,
    .idempotent = true,
    .dated = true,
    .tracking_header = "MS-CorrelationId",
    .list = &partner_list,
    .identity = &partner_identity,
    .build_headers = build_headers,
    .build_get = build_get,
    .build_update = build_update,
    .parse_get = parse_get,
    .parse_update = parse_update,
    .user_value = user_value,
    .user_last_modified = user_last_modified,
    .user_stamps = user_stamps,
    .user_set = user_set,
    .user_free = user_free,
};
