/*
 * Bing Ads REST, Customer Management version 13: POST .../User/Query is
 * GetUser, PUT .../User is UpdateUser. Source: the service's reference of
 * GetUser and UpdateUser, "Request JSON" and "Response JSON".
 */
#include "service/service.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/number.h"
#include "base/version.h"
#include "service/bing/columns.h"
#include "service/bing/errors.h"
#include "service/bing/identity.h"
#include "service/bing/list.h"
#include "service/bing/rest.h"
#include "service/bing/user.h"
#include "service/json_user.h"

struct user {
    struct json_user json; /* {"User": {...}}: the body of UpdateUser */
};

/* ---- requests ----------------------------------------------------------- */

static int build_headers(const struct call_context *context,
                         struct buffer *headers)
{
    if (buffer_printf(headers,
                      "Authorization: Bearer %s\n"
                      "DeveloperToken: %s\n"
                      "Content-Type: application/json\n"
                      "Accept: application/json\n"
                      "User-Agent: bauser-batch/" BAUSER_VERSION "\n",
                      context->access_token, context->developer_token))
        return -1;
    if (context->customer_id &&
        buffer_printf(headers, "CustomerId: %s\n", context->customer_id))
        return -1;
    if (context->account_id &&
        buffer_printf(headers, "CustomerAccountId: %s\n", context->account_id))
        return -1;
    if (context->google && buffer_puts(headers, "IdentityProvider: Google\n"))
        return -1;
    return 0;
}

static int build_get(const struct call_context *context, const char *key,
                     struct http_request *request)
{
    (void)context;
    request->method = HTTP_POST;
    request->once = false;
    if (buffer_puts(&request->path, "/CustomerManagement/v13/User/Query") ||
        buffer_puts(&request->body, "{\"UserId\":\"") ||
        buffer_puts(&request->body, key) || buffer_puts(&request->body, "\"}"))
        return -1;
    return 0;
}

static int build_update(const struct call_context *context,
                        const struct user *user, const struct sent *sent,
                        struct http_request *request)
{
    (void)context;
    (void)sent;
    request->method = HTTP_PUT;
    request->once = true;
    if (buffer_puts(&request->path, "/CustomerManagement/v13/User") ||
        json_print(user->json.document, &request->body))
        return -1;
    return 0;
}

/* ---- the user as a document --------------------------------------------- */

static const char *user_value(const struct user *user, unsigned column)
{
    return json_user_value(&user->json, column);
}

static void user_last_modified(const struct user *user,
                               char last_modified[SERVICE_TIME_SIZE])
{
    (void)bing_user_put_time(user_value(user, BING_COLUMN_LAST_MODIFIED_TIME),
                             last_modified);
}

static void user_stamps(const struct user *user,
                        char stamps[SERVICE_STAMPS_SIZE])
{
    bing_user_put_stamps(user_value(user, BING_COLUMN_TIME_STAMP),
                         user_value(user, BING_COLUMN_ADDRESS_TIME_STAMP),
                         stamps);
}

static int user_set(struct user *user, unsigned column, const char *value)
{
    return json_user_set(&user->json, column, value);
}

static void user_free(struct user *user)
{
    if (!user)
        return;
    json_free(user->json.document);
    free(user);
}

/* ---- responses ---------------------------------------------------------- */

/* Fills in the error from the service's own error object; false: the response
 * has none. */
bool rest_parse_errors(struct api_error *api_error, const struct cJSON *root)
{
    static const char *const lists[] = {"Errors", "OperationErrors",
                                        "BatchErrors"};
    const char *tracking = json_text(json_member(root, "TrackingId"));
    bool found = false;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct cJSON *list = json_member(root, lists[i]);
        const struct cJSON *part =
            json_is_array(list) ? json_first(list) : NULL;

        for (; part; part = json_next(part)) {
            const char *number = json_text(json_member(part, "Code"));
            const char *name = json_text(json_member(part, "ErrorCode"));
            int64_t code = 0;
            bool numbered = number && number_parse_long(number, &code) == 0;

            if (!numbered && !name)
                continue;
            bing_errors_add(api_error, numbered, (long)code, name,
                            json_text(json_member(part, "Message")));
            found = true;
        }
    }
    if (found && tracking && *tracking)
        api_error_set_tracking_id(api_error, tracking);
    return found;
}

/* Finds the user's columns. -1: it can't be sent back. */
static int check_user(struct user *user, const char *key,
                      struct api_error *api_error)
{
    const struct cJSON *address =
        json_member(json_member(user->json.object, "ContactInfo"), "Address");
    struct bing_user_facts facts;

    if (json_user_find(&user->json))
        return api_error_refuse_user(api_error, API_ERROR_USER_TYPE);
    facts = (struct bing_user_facts){
        .id = user_value(user, BING_COLUMN_ID),
        .time_stamp = user_value(user, BING_COLUMN_TIME_STAMP),
        .address_time_stamp = user_value(user, BING_COLUMN_ADDRESS_TIME_STAMP),
        .has_address = json_is_object(address),
        .has_masked_text = json_has_masked_text(user->json.object),
    };
    return bing_user_check(&facts, key, api_error);
}

/* A user that owns the document. NULL: out of memory; the document is freed. */
static struct user *user_new(struct cJSON *document,
                             struct api_error *api_error)
{
    struct user *user = calloc(1, sizeof(*user));

    if (!user) {
        json_free(document);
        api_error_set_memory(api_error);
        return NULL;
    }
    user->json = (struct json_user){
        .columns = service_rest.columns,
        .count = service_rest.column_count,
        .document = document,
        .object = json_member(document, "User"),
    };
    return user;
}

static int parse_get(const struct call_context *context,
                     const struct http_response *response, const char *key,
                     struct user **user, struct api_error *api_error)
{
    struct cJSON *document =
        json_user_parse(response, "\"User\"", rest_parse_errors, api_error);
    struct user *made;
    const char *number;

    (void)context;
    if (!document) {
        bing_errors_rule_out_value(api_error);
        return -1;
    }
    made = user_new(document, api_error);
    if (!made)
        return -1;
    if (!made->json.object || json_is_null(made->json.object)) {
        api_error_init_unexpected(api_error, response, "JSON without a User");
        goto err;
    }
    if (!json_is_object(made->json.object)) {
        (void)api_error_refuse_user(api_error, API_ERROR_USER_TYPE);
        goto err;
    }
    json_keep_only(document, "User");
    number = json_find_long_number(made->json.object);
    if (number) {
        api_error_init_unusable(api_error, response,
                                "a number that cannot be represented exactly",
                                number);
        goto err;
    }
    if (check_user(made, key, api_error))
        goto err;
    *user = made;
    return 0;

err:
    user_free(made);
    return -1;
}

static int parse_update(const struct call_context *context,
                        const struct http_response *response, const char *key,
                        const struct sent *sent, struct updated *updated,
                        struct api_error *api_error)
{
    struct cJSON *document =
        json_user_parse(response, NULL, rest_parse_errors, api_error);
    int result;

    (void)context;
    (void)key;
    (void)sent;
    updated->user = NULL;
    if (!document)
        return -1;
    result =
        bing_user_put_time(json_text(json_member(document, "LastModifiedTime")),
                           updated->last_modified);
    if (result)
        api_error_init_unexpected(api_error, response,
                                  "JSON without a LastModifiedTime");
    json_free(document);
    return result;
}

const struct service service_rest = {
    .name = "rest",
    .title = "Bing Ads REST v13",
    .production = BING_PRODUCTION,
    .sandbox = BING_SANDBOX,
    .scope = BING_SCOPE,
    .sandbox_scope = BING_SANDBOX_SCOPE,
    .stale_error = BING_ERROR_STALE,
    .missing_error = BING_ERROR_MISSING,
    .columns = bing_columns,
    .column_count = BING_COLUMN_COUNT,
    .key = BING_COLUMN_ID,
    .tenant = COLUMN_MAX,
    .user_name = BING_COLUMN_USER_NAME,
    .user_customer = BING_COLUMN_CUSTOMER_ID,
    .last_modified = BING_COLUMN_LAST_MODIFIED_TIME,
    .customer = CUSTOMER_NUMBER,
    .developer_token = true,
    .google = true,
    .tracking_header = "TrackingId",
    .list = &bing_rest_list,
    .identity = &bing_rest_identity,
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
