#include "partner_users.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chance.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Number of digits after PARTNER_USERS. */
#define DIGITS 12

/* --- Ids and tenants ------------------------------------------------------ */

static bool find(const struct world *world, const char *text, uint64_t *id)
{
    size_t len = strlen(PARTNER_USERS);

    if (strncasecmp(text, PARTNER_USERS, len) != 0 ||
        strlen(text + len) != DIGITS ||
        strspn(text + len, "0123456789") != DIGITS)
        return false;
    uint64_t number = strtoull(text + len, NULL, 10);
    if (number < world->first || number - world->first >= world->users)
        return false;
    *id = number;
    return true;
}

static void print_id(uint64_t id, struct text *out)
{
    text_printf(out, PARTNER_USERS "%012" PRIu64, id);
}

void partner_users_tenant(const struct world *world, uint64_t id, char *out)
{
    uint64_t tenant = id % world->tenants;

    if (tenant == 0)
        snprintf(out, WORLD_GUID, "%s", PARTNER_TENANT);
    else
        world_guid(world->seed, ~tenant, out);
}

/* --- the parts of a user ------------------------------------------------ */

static void print_etag(const struct world *world, uint64_t id, uint64_t write,
                       struct text *out)
{
    static const struct {
        const char *before, *after;
    } forms[] = {{"", ""}, {"\"", "\""}, {"W/\"", "\""}};
    struct chance chance = chance_of(world->seed, id, 5, world->plain);
    size_t form = (size_t)chance_draw(&chance, COUNT(forms));

    text_puts(out, forms[form].before);
    world_stamp(world, id, write, false, out);
    text_puts(out, forms[form].after);
}

static void put_attributes(const struct world *world, uint64_t id,
                           struct chance *chance, struct text *out)
{
    struct chance etags = chance_of(world->seed, id, 6, world->plain);
    bool has_etag = chance_happens(&etags, (unsigned)world->etags);
    struct text etag;

    if (!chance->plain && !chance_is_present(chance, out, "attributes", 2, 2))
        return;
    text_member(out, "attributes");
    text_char(out, '{');
    if (!chance->plain && chance_is_present(chance, out, "etag", 5, 10) &&
        has_etag) {
        text_init(&etag);
        print_etag(world, id, 0, &etag);
        text_member_string(out, "etag", etag.data);
        text_free(&etag);
    }
    chance_unknown(chance, out, 15);
    text_member_string(out, "objectType", "CustomerUser");
    text_char(out, '}');
}

static void put_links(const struct world *world, uint64_t id,
                      struct chance *chance, struct text *out)
{
    char tenant[WORLD_GUID];

    partner_users_tenant(world, id, tenant);
    text_member(out, "links");
    text_printf(out, "{\"self\":{\"uri\":\"/customers/%s/users/", tenant);
    print_id(id, out);
    text_puts(out, "\",\"method\":\"GET\",\"headers\":[]");
    chance_unknown(chance, out, 15);
    text_char(out, '}');
    chance_unknown(chance, out, 15);
    text_char(out, '}');
}

/* The members that a client can change, except passwordProfile. */
static void put_person(uint64_t id, struct chance *chance, struct text *out)
{
    static const char *const countries[] = {"US", "DE", "JP", "BR", "GB", "IS"};
    static const char *const hosts[] = {"contoso.example",
                                        "abcdefgh1234.ccsctp.example"};
    const char *first = chance_first_name(chance);
    const char *last = chance_last_name(chance);
    char name[256];

    chance_string(chance, out, "usageLocation",
                  countries[chance_draw(chance, COUNT(countries))]);
    text_member(out, "id");
    text_char(out, '"');
    print_id(id, out);
    text_char(out, '"');
    snprintf(name, sizeof name, "user%" PRIu64 "@%s", id,
             hosts[chance_draw(chance, COUNT(hosts))]);
    text_member_string(out, "userPrincipalName", name);
    chance_string(chance, out, "firstName", first);
    chance_string(chance, out, "lastName",
                  chance_happens(chance, 90) ? last : "");
    snprintf(name, sizeof name, "%s %s", first, last);
    chance_string(chance, out, "displayName", name);
    chance_phone(chance, out, "phoneNumber");
    snprintf(name, sizeof name, "immutable/%" PRIu64 "==", id);
    chance_string(chance, out, "immutableId", name);
}

static void put_time(struct chance *chance, struct text *out, const char *name,
                     unsigned null_percent, unsigned absent_percent)
{
    if (!chance_is_present(chance, out, name, null_percent, absent_percent))
        return;
    text_member(out, name);
    text_printf(out, "\"20%02u-%02u-%02uT%02u:%02u:%02uZ\"",
                (unsigned)chance_draw(chance, 6) + 18,
                (unsigned)chance_draw(chance, 12) + 1,
                (unsigned)chance_draw(chance, 28) + 1,
                (unsigned)chance_draw(chance, 24),
                (unsigned)chance_draw(chance, 60),
                (unsigned)chance_draw(chance, 60));
}

/* The .NET SDK reads no null for one of a set of values. */
static void put_choice(struct chance *chance, struct text *out,
                       const char *name, const char *value)
{
    if (chance->plain)
        text_member_string(out, name, value);
    else
        chance_string(chance, out, name, value);
}

static void generate(const struct world *world, uint64_t id, struct text *out)
{
    static const char *const domains[] = {"none", "managed", "federated"};
    static const char *const states[] = {"active", "active", "inactive"};
    struct chance chance = chance_of(world->seed, id, 4, world->plain);

    text_char(out, '{');
    put_person(id, &chance, out);
    put_choice(&chance, out, "userDomainType",
               domains[chance_draw(&chance, COUNT(domains))]);
    put_choice(&chance, out, "state",
               states[chance_draw(&chance, COUNT(states))]);
    put_time(&chance, out, "lastDirectorySyncTime", 20, 20);
    put_time(&chance, out, "softDeletionTime", 40, 50);
    chance_unknown(&chance, out, 25);
    put_links(world, id, &chance, out);
    put_attributes(world, id, &chance, out);
    text_char(out, '}');
}

/* --- writing ------------------------------------------------------------ */

const char *partner_users_etag(const struct json *user)
{
    return json_string(json_object(user, "attributes"), "etag");
}

/* A user without an etag does not get one. */
static void write_user(struct store *store, struct json_pool *pool, uint64_t id,
                       struct json *user, const char *time)
{
    struct text etag;

    (void)time;
    store->writes++;
    if (partner_users_etag(user) != NULL && !store->settings->coarse_stamps) {
        text_init(&etag);
        print_etag(&store->world, id, store->writes, &etag);
        json_set_string(pool, json_object(user, "attributes"), "etag",
                        etag.data);
        text_free(&etag);
    }
    store_put(store, id, user);
}

static void unstamp(struct json *user)
{
    struct json *attributes = json_object(user, "attributes");

    if (attributes != NULL)
        json_remove(attributes, "etag");
}

const struct store_kind partner_users = {
    .find = find,
    .print_id = print_id,
    .generate = generate,
    .write = write_user,
    .unstamp = unstamp,
};
