/*
 * How Partner Center lists users: pages of customers, and pages of the users of
 * a customer, each with a token for the next page. Source: the service's
 * reference "Get a list of customers", "Get a list of all user accounts for a
 * customer", and "View a deleted user for a customer".
 */
#include "service/partner/partner.h"

#include <string.h>

#include "base/guid.h"
#include "base/json.h"
#include "service/json_list.h"
#include "service/partner/errors.h"

/* Items of a page: the maximum of the service. */
#define PAGE "500"

/* {"Field":"UserState","Value":"Inactive","Operator":"equals"} */
#define DELETED                                                                \
    "&filter=%7B%22Field%22%3A%22UserState%22%2C%22Value%22%3A%22Inactive"     \
    "%22%2C%22Operator%22%3A%22equals%22%7D"

#define TOKEN_HEADER "MS-ContinuationToken"

/* ---- requests ----------------------------------------------------------- */

static int put_path(const struct list_call *call, struct buffer *path)
{
    if (buffer_puts(path, "/v1/customers"))
        return -1;
    if (call->kind == LIST_USERS &&
        buffer_printf(path, "/%s/users", call->customer))
        return -1;
    if (call->token)
        return buffer_puts(path, "?seekOperation=Next");
    return buffer_puts(path, "?size=" PAGE) ||
                   (call->kind == LIST_USERS && call->deleted &&
                    buffer_puts(path, DELETED))
               ? -1
               : 0;
}

static json_list_take_fn take_users, take_customers;

static int build(const struct call_context *context, struct list_call *call,
                 struct http_request *request)
{
    request->method = HTTP_GET;
    request->once = true; /* as GET of a user */
    json_list_begin(call, "items",
                    call->kind == LIST_USERS ? take_users : take_customers,
                    request);
    if (put_path(call, &request->path) || partner_put_ids(context, request))
        return -1;
    return call->token ? buffer_printf(&request->headers, TOKEN_HEADER ": %s\n",
                                       call->token)
                       : 0;
}

/* ---- responses ---------------------------------------------------------- */

/* The token is in the document, or in the headers for the next page. */
static const char *find_token(const struct cJSON *document,
                              const struct cJSON *next)
{
    const struct cJSON *headers = json_member(next, "headers");
    const struct cJSON *header =
        json_is_array(headers) ? json_first(headers) : NULL;

    for (; header; header = json_next(header)) {
        const char *key = json_text(json_member(header, "key"));

        if (key && strcmp(key, TOKEN_HEADER) == 0)
            return json_text(json_member(header, "value"));
    }
    return json_text(json_member(document, "continuationToken"));
}

/* Can it be sent as a header? */
static bool is_token(const char *token)
{
    size_t len = 0;

    while (token && token[len] > ' ' && token[len] < 0x7F)
        len++;
    return len > 0 && len < LIST_TOKEN_SIZE && token[len] == '\0';
}

static const char *take_next(struct list_call *call,
                             const struct cJSON *document)
{
    const struct cJSON *next =
        json_member(json_member(document, "links"), "next");
    const char *token;

    if (!next || json_is_null(next))
        return NULL;
    token = find_token(document, next);
    if (!is_token(token))
        return "a next page without a continuation token";
    if (call->token && strcmp(call->token, token) == 0)
        return "a page that is followed by itself";
    buffer_clear(&call->next);
    if (buffer_puts(&call->next, token))
        call->no_memory = true;
    return NULL;
}

static bool is_guid(const char *text)
{
    return text && guid_is_one(text);
}

static const char *add_user(struct list_call *call, const struct cJSON *user)
{
    const char *values[LIST_COLUMNS] = {call->customer};

    for (unsigned i = 1; i < partner_list.column_count; i++)
        values[i] = json_text(json_member(
            user, i == partner_list.id ? "id" : partner_list.columns[i]));
    if (!is_guid(values[partner_list.id]))
        return "a user without an id";
    (void)list_call_add(call, values, partner_list.column_count);
    return NULL;
}

static const char *add_customer(struct list_call *call,
                                const struct cJSON *customer)
{
    const char *id = json_text(json_member(customer, "id"));

    if (!is_guid(id))
        return "a customer without an id";
    (void)list_call_add(call, &id, 1);
    return NULL;
}

static const char *take_items(struct list_call *call,
                              const struct cJSON *document,
                              const char *(*add)(struct list_call *call,
                                                 const struct cJSON *item))
{
    const struct cJSON *items = json_member(document, "items");
    const char *why = NULL;

    if (!json_is_array(items))
        return "JSON without items";
    for (const struct cJSON *item = json_first(items); item && !why;
         item = json_next(item))
        why = add(call, item);
    return why ? why : take_next(call, document);
}

static const char *take_users(struct list_call *call,
                              const struct cJSON *document)
{
    return take_items(call, document, add_user);
}

static const char *take_customers(struct list_call *call,
                                  const struct cJSON *document)
{
    return take_items(call, document, add_customer);
}

static int parse(const struct call_context *context,
                 const struct http_response *response, struct list_call *call,
                 struct api_error *api_error)
{
    (void)context;
    return json_list_parse(response, partner_errors_parse, call, api_error);
}

const struct list_service partner_list = {
    .columns = {"CustomerTenantId", "Id", "userPrincipalName", "displayName",
                "firstName", "lastName", "state"},
    .column_count = 7,
    .customer = 0,
    .id = 1,
    .name = 2,
    .parts = 1,
    .paged = true,
    .build = build,
    .parse = parse,
};
