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
#include "service/bing/bing_columns.h"
#include "service/bing/bing_user.h"
#include "service/json_user.h"

struct user {
    struct json_user json; /* of {"User": {...}}: what UpdateUser takes */
};

/* ---- building ----------------------------------------------------------- */

static int build_headers(const struct session *session, struct buffer *headers)
{
    if (buffer_printf(headers,
                      "Authorization: Bearer %s\n"
                      "DeveloperToken: %s\n"
                      "Content-Type: application/json\n"
                      "Accept: application/json\n"
                      "User-Agent: bauser-batch/" BAUSER_VERSION "\n",
                      session->access_token, session->developer_token))
        return -1;
    if (session->customer_id &&
        buffer_printf(headers, "CustomerId: %s\n", session->customer_id))
        return -1;
    if (session->account_id &&
        buffer_printf(headers, "CustomerAccountId: %s\n", session->account_id))
        return -1;
    return 0;
}

static int build_get(const struct session *session, const char *key,
                     struct http_request *request)
{
    (void)session;
    request->method = HTTP_POST;
    request->once = false;
    if (buffer_puts(&request->path, "/CustomerManagement/v13/User/Query") ||
        buffer_puts(&request->body, "{\"UserId\":\"") ||
        buffer_puts(&request->body, key) || buffer_puts(&request->body, "\"}"))
        return -1;
    return 0;
}

static int build_update(const struct session *session, const struct user *user,
                        const struct sent *sent, struct http_request *request)
{
    (void)session;
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
    bing_user_last_modified(&service_rest, user, last_modified);
}

static void user_stamps(const struct user *user,
                        char stamps[SERVICE_STAMPS_SIZE])
{
    bing_user_stamps(&service_rest, user, stamps);
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

/* ---- reading ------------------------------------------------------------ */

/* Fills the fault from the service's own error object; false where the answer
 * holds none. */
static bool take_errors(struct api_error *api_error, const struct cJSON *root)
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
            api_error_add(api_error, numbered, (long)code, name,
                          json_text(json_member(part, "Message")));
            found = true;
        }
    }
    if (found && tracking && *tracking)
        api_error_set_tracking_id(api_error, tracking);
    return found;
}

/* Is this a user that UpdateUser may be given back? */
static int check_user(struct user *user, const char *key,
                      struct api_error *api_error)
{
    const struct cJSON *address =
        json_member(json_member(user->json.object, "ContactInfo"), "Address");

    if (json_user_find(&user->json))
        return api_error_refuse_user(api_error, API_ERROR_USER_ODD);
    return bing_user_check(&service_rest, user, key, json_is_object(address),
                           json_has_masked_text(user->json.object), api_error);
}

static int parse_get(const struct session *session,
                     const struct http_response *response, const char *key,
                     struct user **user, struct api_error *api_error)
{
    struct cJSON *document =
        json_user_read(response, true, take_errors, api_error);
    struct user *made;

    (void)session;
    if (!document)
        return -1;
    made = calloc(1, sizeof(*made));
    if (!made) {
        json_free(document);
        api_error_set_memory(api_error);
        return -1;
    }
    made->json = (struct json_user){
        .columns = service_rest.columns,
        .count = service_rest.column_count,
        .document = document,
        .object = json_member(document, "User"),
    };
    if (!json_is_object(made->json.object)) {
        api_error_of_foreign_answer(api_error, response,
                                    "a JSON without a User");
        goto err;
    }
    json_keep_only(document, "User");
    if (check_user(made, key, api_error))
        goto err;
    *user = made;
    return 0;

err:
    user_free(made);
    return -1;
}

static int parse_update(const struct session *session,
                        const struct http_response *response, const char *key,
                        char last_modified[SERVICE_TIME_SIZE],
                        struct api_error *api_error)
{
    struct cJSON *document =
        json_user_read(response, false, take_errors, api_error);
    int result;

    (void)session;
    (void)key;
    if (!document)
        return -1;
    result = bing_take_time(
        json_text(json_member(document, "LastModifiedTime")), last_modified);
    if (result)
        api_error_of_foreign_answer(api_error, response,
                                    "a JSON without a LastModifiedTime");
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
    .columns = bing_columns,
    .column_count = BING_COLUMN_COUNT,
    .key = BING_COLUMN_ID,
    .tenant = COLUMN_MAX,
    .last_modified = BING_COLUMN_LAST_MODIFIED_TIME,
    .customer = CUSTOMER_NUMBER,
    .developer_token = true,
    .tracking_header = "TrackingId",
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
