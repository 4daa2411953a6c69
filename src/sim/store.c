#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"

struct user {
    uint64_t id;
    uint64_t updates; /* number of updates applied by clients */
    char *json;
    size_t len;
    char *before; /* the version before the last write; NULL: not kept */
    size_t before_len;
    int64_t replaced; /* when, in milliseconds */
    char *secret;
    uint64_t secrets; /* how often it was set */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- stored users --------------------------------------------------------- */

void store_init(struct store *store, const struct store_kind *kind,
                const struct world *world, const struct settings *settings)
{
    *store =
        (struct store){.kind = kind, .world = *world, .settings = settings};
}

bool store_find(const struct store *store, const char *text, uint64_t *id)
{
    return store->kind->find(&store->world, text, id);
}

void store_reset(struct store *store)
{
    for (size_t i = 0; i < store->size; i++) {
        free(store->users[i].json);
        free(store->users[i].before);
        free(store->users[i].secret);
    }
    free(store->users);
    store->users = NULL;
    store->size = store->count = 0;
}

void store_free(struct store *store)
{
    store_reset(store);
}

/* The user's slot in the hash table, or the free one for it. */
static struct user *place_of(const struct store *store, uint64_t id)
{
    size_t at = (size_t)world_mix(id) & (store->size - 1);

    while (store->users[at].id != 0 && store->users[at].id != id)
        at = (at + 1) & (store->size - 1);
    return &store->users[at];
}

static void grow(struct store *store)
{
    struct store old = *store;

    store->size = old.size > 0 ? old.size * 2 : 1024;
    store->users = mem_new(store->size * sizeof *store->users);
    for (size_t i = 0; i < old.size; i++)
        if (old.users[i].id != 0)
            *place_of(store, old.users[i].id) = old.users[i];
    free(old.users);
}

/* The stored user; NULL: never written. */
static const struct user *find_stored(const struct store *store, uint64_t id)
{
    const struct user *user = store->size > 0 ? place_of(store, id) : NULL;

    return user != NULL && user->id == id ? user : NULL;
}

void store_read(const struct store *store, uint64_t id, struct text *out)
{
    const struct user *user = find_stored(store, id);

    if (user != NULL)
        text_put(out, user->json, user->len);
    else
        store->kind->generate(&store->world, id, out);
}

void store_show(const struct store *store, uint64_t id, struct text *out)
{
    const struct user *user = find_stored(store, id);

    if (user != NULL && user->before != NULL &&
        now_ms() - user->replaced < store->settings->read_lag_ms)
        text_put(out, user->before, user->before_len);
    else
        store_read(store, id, out);
}

struct json *store_parse(const struct store *store, struct json_pool *pool,
                         uint64_t id)
{
    struct text text;
    const char *reason;

    text_init(&text);
    store_read(store, id, &text);
    struct json *user = json_parse(pool, text.data, text.len, &reason);
    text_free(&text);
    return user;
}

void store_put(struct store *store, uint64_t id, const struct json *user)
{
    struct text text;

    if (store->count * 2 >= store->size)
        grow(store);
    struct user *place = place_of(store, id);
    store->count += place->id == 0;
    free(place->json);
    text_init(&text);
    json_print(user, &text);
    place->id = id;
    place->json = mem_copy(text.data, text.len);
    place->len = text.len;
    text_free(&text);
}

void store_put_secret(struct store *store, uint64_t id, const char *text)
{
    struct user *place = place_of(store, id);

    free(place->secret);
    place->secret = mem_copy(text, strlen(text));
    place->secrets++;
}

const char *store_secret(const struct store *store, uint64_t id,
                         uint64_t *times)
{
    const struct user *user = find_stored(store, id);

    *times = user != NULL ? user->secrets : 0;
    return user != NULL ? user->secret : NULL;
}

/* --- applied updates ----------------------------------------------------- */

void store_count(struct store *store, uint64_t id)
{
    place_of(store, id)->updates++;
}

uint64_t store_most(const struct store *store)
{
    uint64_t most = 0;

    for (size_t i = 0; i < store->size; i++)
        if (store->users[i].updates > most)
            most = store->users[i].updates;
    return most;
}

void store_clear_counts(struct store *store)
{
    for (size_t i = 0; i < store->size; i++)
        store->users[i].updates = 0;
}

static int by_id(const void *a, const void *b)
{
    const struct user *const *left = a;
    const struct user *const *right = b;

    return ((*left)->id > (*right)->id) - ((*left)->id < (*right)->id);
}

void store_print_counts(const struct store *store, struct text *out)
{
    const struct user **users = mem_new(store->count * sizeof(*users));
    size_t count = 0;

    for (size_t i = 0; i < store->size; i++)
        if (store->users[i].updates > 0)
            users[count++] = &store->users[i];
    qsort(users, count, sizeof(*users), by_id);
    for (size_t i = 0; i < count; i++) {
        text_puts(out, "{\"id\":\"");
        store->kind->print_id(users[i]->id, out);
        text_printf(out, "\",\"applied\":%" PRIu64 "}\n", users[i]->updates);
    }
    free(users);
}

/* --- the time of a write ------------------------------------------------ */

static void format_time(int64_t ms, char *out)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    size_t len = strftime(out, STORE_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + len, STORE_TIME - len, ".%03d", (int)(ms % 1000));
}

/* The days from 1970-01-01 to a date of the Gregorian calendar. Years begin
 * in March here, so that a leap day is the last day of a year. */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    year -= month < 3;
    int64_t months = (month + 9) % 12;
    return year * 365 + year / 4 - year / 100 + year / 400 +
           (months * 153 + 2) / 5 + day - 1 - 719468;
}

/* Milliseconds since 1970; 0 if the text has another format. */
static int64_t parse_time(const char *text)
{
    static const char form[] = "####-##-##T##:##:##.###";
    int64_t part[7] = {0};
    size_t at = 0;

    if (text == NULL || strlen(text) != sizeof form - 1)
        return 0;
    for (size_t i = 0; form[i] != '\0'; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] != '#')
            at++;
        else if (digit)
            part[at] = part[at] * 10 + (text[i] - '0');
        if (form[i] == '#' ? !digit : text[i] != form[i])
            return 0;
    }
    int64_t hours = days_since_1970(part[0], part[1], part[2]) * 24 + part[3];
    return ((hours * 60 + part[4]) * 60 + part[5]) * 1000 + part[6];
}

void store_next_time(const struct json *user, char *time)
{
    int64_t stored = parse_time(json_string(user, "LastModifiedTime"));
    int64_t now = now_ms();

    format_time(now > stored ? now : stored + 1, time);
}

/* --- writes to users of Microsoft Advertising ----------------------------- */

static void set_long(struct json_pool *pool, struct json *object,
                     const char *name, uint64_t value)
{
    char digits[24];

    snprintf(digits, sizeof digits, "%" PRIu64, value);
    json_set_string(pool, object, name, digits);
}

static void set_stamp(struct store *store, struct json_pool *pool, uint64_t id,
                      struct json *object, bool address)
{
    struct text stamp;

    if (store->settings->coarse_stamps)
        return;
    text_init(&stamp);
    world_stamp(&store->world, id, store->writes, address, &stamp);
    json_set_string(pool, object, "TimeStamp", stamp.data);
    text_free(&stamp);
}

/* Sets the members that the service maintains, and stores the user. */
static void complete_write(struct store *store, struct json_pool *pool,
                           uint64_t id, struct json *user, const char *time)
{
    struct json *contact = json_object(user, "ContactInfo");
    struct json *address = json_object(contact, "Address");

    store->writes++;
    if (contact != NULL)
        set_long(pool, contact, "Id", world_contact_id(&store->world, id));
    if (address != NULL) {
        set_long(pool, address, "Id", world_address_id(&store->world, id));
        set_stamp(store, pool, id, address, true);
    }
    set_stamp(store, pool, id, user, false);
    json_set_string(pool, user, "LastModifiedTime", time);
    json_set_string(pool, user, "LastModifiedByUserId", WORLD_SIGNED_IN);
    store_put(store, id, user);
}

/* Copies the shared members of the person to another user of theirs. */
static void sync_user(struct store *store, struct json_pool *pool, uint64_t id,
                      const struct json *written, const char *time)
{
    static const char *const shared[] = {"ContactInfo", "JobTitle", "Lcid",
                                         "Name"};
    struct json *user = store_parse(store, pool, id);

    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        const struct json *value = json_member(written, shared[i]);
        if (value != NULL)
            json_set(pool, user, shared[i], json_copy(pool, value));
        else
            json_remove(user, shared[i]);
    }
    complete_write(store, pool, id, user, time);
}

static void write_advertising(struct store *store, struct json_pool *pool,
                              uint64_t id, struct json *user, const char *time)
{
    uint64_t first, last;

    complete_write(store, pool, id, user, time);
    world_person(&store->world, id, &first, &last);
    for (uint64_t other = first; other <= last; other++)
        if (other != id)
            sync_user(store, pool, other, user, time);
}

static void unstamp_advertising(struct json *user)
{
    struct json *address =
        json_object(json_object(user, "ContactInfo"), "Address");

    json_remove(user, "TimeStamp");
    if (address != NULL)
        json_remove(address, "TimeStamp");
}

static void print_number(uint64_t id, struct text *out)
{
    text_printf(out, "%" PRIu64, id);
}

const struct store_kind store_advertising = {
    .find = world_find,
    .print_id = print_number,
    .generate = world_generate,
    .write = write_advertising,
    .unstamp = unstamp_advertising,
};

/* --- services that behave in unusual ways --------------------------------- */

/* Changes the strings with these names, in the object and in its objects. */
static void change_case(struct json_pool *pool, struct json *object)
{
    static const char *const names[] = {
        "FirstName", "LastName",    "JobTitle", "City",
        "firstName", "displayName", "lastName",
    };

    for (struct json *at = object->first; at != NULL; at = at->next) {
        if (at->type == JSON_OBJECT)
            change_case(pool, at);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            if (at->type != JSON_STRING || strcmp(at->name, names[i]) != 0)
                continue;
            size_t size = strlen(at->text) + 1;
            char *text = json_pool_alloc(pool, size);
            for (size_t j = 0; j < size; j++)
                text[j] = at->text[j] >= 'a' && at->text[j] <= 'z'
                              ? (char)(at->text[j] - 'a' + 'A')
                              : at->text[j];
            at->text = text;
        }
    }
}

static void keep_before(struct store *store, uint64_t id,
                        const struct text *before)
{
    struct user *user = place_of(store, id);

    free(user->before);
    user->before = mem_copy(before->data, before->len);
    user->before_len = before->len;
    user->replaced = now_ms();
}

void store_write(struct store *store, struct json_pool *pool, uint64_t id,
                 struct json *user, const char *time)
{
    struct text before;

    text_init(&before);
    if (store->settings->read_lag_ms > 0)
        store_read(store, id, &before);
    if (store->settings->uppercase)
        change_case(pool, user);
    store->kind->write(store, pool, id, user, time);
    if (store->settings->read_lag_ms > 0)
        keep_before(store, id, &before);
    text_free(&before);
}
