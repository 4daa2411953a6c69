#include "lists.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "partner_users.h"

void lists_customer_id(uint64_t number, char *out)
{
    snprintf(out, LISTS_ID, "%" PRIu64, WORLD_CUSTOMER + number);
}

/* --- Microsoft Advertising ------------------------------------------------ */

static bool find_customer(const struct world *world, const char *text,
                          uint64_t *number)
{
    char id[LISTS_ID];

    *number = strtoull(text, NULL, 10) - WORLD_CUSTOMER;
    lists_customer_id(*number, id);
    return *number < world->customers && strcmp(id, text) == 0;
}

static bool has_status(const struct json *user, const char *status)
{
    const char *own = json_string(user, "UserLifeCycleStatus");

    if (own == NULL)
        own = "Active";
    return status != NULL ? strcmp(own, status) == 0
                          : strcmp(own, "Deleted") != 0;
}

/* Appends the user if it has the status. */
static void put_info(const struct store *store, uint64_t id, const char *status,
                     struct text *out)
{
    struct json_pool pool;
    struct text document;
    const char *reason;

    json_pool_init(&pool);
    text_init(&document);
    store_read(store, id, &document);
    const struct json *user =
        json_parse(&pool, document.data, document.len, &reason);
    if (has_status(user, status)) {
        text_puts(out, out->len > 0 ? "," : "[");
        text_printf(out, "{\"Id\":\"%" PRIu64 "\",\"UserName\":", id);
        if (json_string(user, "UserName") != NULL)
            text_json(out, json_string(user, "UserName"));
        else
            text_puts(out, "null");
        text_char(out, '}');
    }
    text_free(&document);
    json_pool_clear(&pool);
}

void lists_users_info(struct call *call, const char *customer,
                      const char *status)
{
    const struct world *world = &call->store->world;
    uint64_t number;

    if (!find_customer(world, customer, &number)) {
        call_refuse(call, 106, NULL);
        return;
    }
    for (uint64_t at = number; at < world->users; at += world->customers)
        put_info(call->store, world->first + at, status, &call->user);
    text_puts(&call->user, call->user.len > 0 ? "]" : "null");
}

/* --- Partner Center ------------------------------------------------------- */

/* Where the next page begins, and what it lists. */
struct place {
    uint64_t at;
    bool deleted;
};

/* The token is opaque, and only valid for the same list. */
static void print_token(const struct call *call, const struct place *place,
                        struct text *out)
{
    struct text plain;

    text_init(&plain);
    text_printf(&plain, "%u %" PRIu64 " %d %s", call->sim->settings.page_epoch,
                place->at, place->deleted, call->tenant);
    for (size_t i = 0; i < plain.len; i++)
        text_printf(out, "%02x", (unsigned char)plain.data[i]);
    text_free(&plain);
}

static bool read_token(const struct call *call, const char *token,
                       struct place *place)
{
    struct text printed;
    char plain[128];
    char *at;
    size_t len = 0;

    for (; token[2 * len] != '\0' && len + 1 < sizeof plain; len++) {
        char digits[3] = {token[2 * len], token[2 * len + 1], '\0'};
        plain[len] = (char)strtoul(digits, NULL, 16);
    }
    plain[len] = '\0';
    (void)strtoul(plain, &at, 10); /* the epoch */
    place->at = strtoull(at, &at, 10);
    place->deleted = strtoul(at, NULL, 10) != 0;
    text_init(&printed);
    print_token(call, place, &printed);
    bool same = strcmp(printed.data, token) == 0;
    text_free(&printed);
    return same;
}

/* {"Field":"UserState","Value":"Inactive","Operator":"equals"} */
static bool is_deleted_filter(struct call *call, const char *filter)
{
    const char *reason;
    const struct json *document =
        json_parse(&call->pool, filter, strlen(filter), &reason);
    const char *field = json_string(document, "Field");
    const char *value = json_string(document, "Value");

    return field != NULL && value != NULL && strcmp(field, "UserState") == 0 &&
           strcasecmp(value, "Inactive") == 0;
}

/* Reads size, filter, seekOperation and the token. False: refused. */
static bool read_request(struct call *call, unsigned *size, struct place *place)
{
    const char *seek = call_argument(call, "seekOperation");
    const char *token = call_header(call, "MS-ContinuationToken");
    const char *filter = call_argument(call, "filter");
    const char *wanted = call_argument(call, "size");
    unsigned most = call->sim->settings.page_size;

    *place = (struct place){.at = 0};
    *size = most;
    if (wanted != NULL && strtoul(wanted, NULL, 10) < most)
        *size = (unsigned)strtoul(wanted, NULL, 10);
    if (seek == NULL && token == NULL) {
        place->deleted = filter != NULL && is_deleted_filter(call, filter);
        if (*size > 0 && (filter == NULL || place->deleted))
            return true;
        call_refuse(call, 3000, "A parameter is not valid.");
    } else if (seek == NULL || strcasecmp(seek, "Next") != 0 || token == NULL ||
               !read_token(call, token, place)) {
        call_refuse(call, 3000, "The continuation token is not valid.");
    }
    return call->refusal.count == 0;
}

static void print_end(struct call *call, unsigned count, bool more,
                      const struct place *place)
{
    struct text *out = &call->user, token;
    bool member = world_mix(call->sim->calls) % 2 == 0;

    text_init(&token);
    print_token(call, place, &token);
    text_printf(out, "],\"totalCount\":%u,", count);
    if (more && member)
        text_printf(out, "\"continuationToken\":\"%s\",", token.data);
    text_printf(out,
                "\"links\":{\"self\":{\"uri\":\"%s\",\"method\":\"GET\","
                "\"headers\":[]}",
                call->path + strlen("/v1"));
    if (more)
        text_printf(out,
                    ",\"next\":{\"uri\":\"%s?seekOperation=Next\",\"method\":"
                    "\"GET\",\"headers\":[{\"key\":\"MS-ContinuationToken\","
                    "\"value\":\"%s\"}]}",
                    call->path + strlen("/v1"), token.data);
    text_puts(out, "},\"attributes\":{\"objectType\":\"Collection\"}}");
    text_free(&token);
}

void lists_tenants(struct call *call)
{
    const struct world *world = &call->store->world;
    struct place place;
    char tenant[WORLD_GUID];
    unsigned size, count = 0;

    if (!read_request(call, &size, &place))
        return;
    text_puts(&call->user, "{\"items\":[");
    for (; count < size && place.at < world->tenants; place.at++) {
        partner_users_tenant(world, place.at, tenant);
        text_printf(&call->user,
                    "%s{\"id\":\"%s\",\"companyProfile\":{\"tenantId\":\"%s\","
                    "\"companyName\":\"Company %" PRIu64 "\"}}",
                    count++ > 0 ? "," : "", tenant, tenant, place.at);
    }
    print_end(call, count, place.at < world->tenants, &place);
}

/* Appends the user's document if it is deleted or not, as wanted. */
static bool put_user(const struct call *call, uint64_t id, bool deleted,
                     bool first, struct text *out)
{
    struct json_pool pool;
    struct text document;
    const char *reason;

    json_pool_init(&pool);
    text_init(&document);
    store_read(call->store, id, &document);
    const struct json *user =
        json_parse(&pool, document.data, document.len, &reason);
    const char *state = json_string(user, "state");
    bool listed = (state != NULL && strcmp(state, "inactive") == 0) == deleted;
    if (listed && !first)
        text_char(out, ',');
    if (listed)
        text_put(out, document.data, document.len);
    text_free(&document);
    json_pool_clear(&pool);
    return listed;
}

/* The number of the tenant with this id. False: there is none. */
static bool find_tenant(const struct world *world, const char *text,
                        uint64_t *number)
{
    char tenant[WORLD_GUID];

    for (*number = 0; *number < world->tenants; ++*number) {
        partner_users_tenant(world, *number, tenant);
        if (strcasecmp(text, tenant) == 0)
            return true;
    }
    return false;
}

void lists_partner_users(struct call *call)
{
    const struct world *world = &call->store->world;
    uint64_t tenant, last = world->first + world->users;
    struct place place;
    unsigned size, count = 0;

    if (!find_tenant(world, call->tenant, &tenant)) {
        call_refuse(call, 20002, NULL);
        return;
    }
    if (!read_request(call, &size, &place))
        return;
    uint64_t id = place.at != 0 ? place.at : world->first;
    while (id % world->tenants != tenant)
        id++;
    text_puts(&call->user, "{\"items\":[");
    for (; count < size && id < last; id += world->tenants)
        count += put_user(call, id, place.deleted, count == 0, &call->user);
    place.at = id;
    print_end(call, count, id < last, &place);
}
