#include "input/name_index.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/number.h"

#define FIRST_CAPACITY 1024 /* users; a power of two */
#define MAX_NAME       ((size_t)2 << 20)
#define SPELT_LETTERS  64

#define RECENT_CUSTOMERS 64

/* A user. One who was added twice is here twice. */
struct entry {
    uint64_t hash[2];
    unsigned char id[GUID_BYTES]; /* a GUID, or an int64_t */
    uint64_t capitals;            /* bit i: letter i is one of A to Z */
    uint32_t customer;
    uint32_t next; /* with the same head: the index + 1; 0: none */
};

/* Only zeros: unknown. */
struct customer {
    unsigned char id[GUID_BYTES];
};

struct name_index {
    bool has_guids;   /* else numbers */
    bool has_tenants; /* users with the same Id may be different ones */
    name_hash_fn *hash;
    void *context;
    struct buffer name; /* in lowercase */

    struct entry *entries;
    uint32_t *heads; /* of chains, by hash; as entry.next */
    size_t count;
    size_t capacity; /* of both; a power of two, or 0 */

    /* A list contains the users of one customer after those of another, or
     * pages of a few of them in turn. So one may be in it twice, but rarely is.
     */
    struct customer *customers;
    size_t customer_count, customer_capacity;
};

struct name_index *name_index_new(const struct service *service,
                                  name_hash_fn *hash, void *context)
{
    struct name_index *index = calloc(1, sizeof(*index));

    if (!index)
        return NULL;
    index->has_guids = service->columns[service->key].type == COLUMN_GUID;
    index->has_tenants = service->tenant != COLUMN_MAX;
    index->hash = hash;
    index->context = context;
    buffer_init(&index->name, MAX_NAME);
    return index;
}

void name_index_free(struct name_index *index)
{
    if (!index)
        return;
    buffer_free(&index->name);
    free(index->entries);
    free(index->heads);
    free(index->customers);
    free(index);
}

uint64_t name_index_count(const struct name_index *index)
{
    return index->count;
}

/* ---- names and Ids ------------------------------------------------------ */

static bool is_capital(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

static bool is_letter(char letter)
{
    return is_capital(letter) || (letter >= 'a' && letter <= 'z');
}

static int hash_name(struct name_index *index, const char *name,
                     uint64_t hash[2], struct error *error)
{
    struct buffer *text = &index->name;

    buffer_clear(text);
    if (buffer_puts(text, name) == 0) {
        for (size_t i = 0; i < text->len; i++)
            if (is_capital(text->data[i]))
                text->data[i] = (char)(text->data[i] | 0x20);
        if (index->hash(index->context, text->data, text->len, hash) == 0)
            return 0;
    }
    (void)error_memory(error);
    return -1;
}

static uint64_t find_capitals(const char *name)
{
    uint64_t capitals = 0;
    unsigned letters = 0;

    for (; *name && letters < SPELT_LETTERS; name++)
        if (is_letter(*name))
            capitals |= (uint64_t)is_capital(*name) << letters++;
    return capitals;
}

void name_index_spell(const struct name_match *match, char *name)
{
    unsigned letters = 0;

    for (; *name && letters < SPELT_LETTERS; name++)
        if (is_letter(*name))
            *name = (char)((*name | 0x20) ^
                           (match->capitals >> letters++ & 1 ? 0x20 : 0));
}

static void pack_id(const struct name_index *index,
                    unsigned char bytes[GUID_BYTES], const char *id)
{
    int64_t number = 0;

    memset(bytes, 0, GUID_BYTES);
    if (index->has_guids) {
        guid_pack(bytes, id);
        return;
    }
    (void)number_parse_long(id, &number);
    memcpy(bytes, &number, sizeof(number));
}

static void unpack_id(const struct name_index *index, char id[GUID_SIZE],
                      const unsigned char bytes[GUID_BYTES])
{
    int64_t number;

    if (index->has_guids) {
        guid_unpack(id, bytes);
        return;
    }
    memcpy(&number, bytes, sizeof(number));
    (void)snprintf(id, GUID_SIZE, "%" PRId64, number);
}

/* ---- adding ------------------------------------------------------------- */

static uint32_t *head_of(const struct name_index *index, const uint64_t hash[2])
{
    return &index->heads[hash[0] & (index->capacity - 1)];
}

static void link_entry(struct name_index *index, size_t i)
{
    uint32_t *head = head_of(index, index->entries[i].hash);

    index->entries[i].next = *head;
    *head = (uint32_t)(i + 1);
}

static int make_room(struct name_index *index, struct error *error)
{
    size_t capacity = index->capacity ? 2 * index->capacity : FIRST_CAPACITY;
    struct entry *entries;

    if (index->count < index->capacity)
        return 0;
    if (capacity > UINT32_MAX)
        return error_memory(error);
    entries = realloc(index->entries, capacity * sizeof(*entries));
    if (!entries)
        return error_memory(error);
    index->entries = entries;
    free(index->heads);
    index->heads = calloc(capacity, sizeof(*index->heads));
    index->capacity = index->heads ? capacity : 0;
    if (!index->heads)
        return error_memory(error);
    for (size_t i = 0; i < index->count; i++)
        link_entry(index, i);
    return 0;
}

static bool is_same_customer(const struct customer *a, const struct customer *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static int find_customer(struct name_index *index, const char *customer,
                         uint32_t *found, struct error *error)
{
    size_t count = index->customer_count;
    struct customer packed = {{0}};

    if (customer)
        pack_id(index, packed.id, customer);
    for (size_t i = count; i > 0 && count - i < RECENT_CUSTOMERS; i--) {
        if (is_same_customer(&index->customers[i - 1], &packed)) {
            *found = (uint32_t)(i - 1);
            return 0;
        }
    }
    if (count == index->customer_capacity) {
        size_t capacity = count ? 2 * count : 1;
        struct customer *customers =
            realloc(index->customers, capacity * sizeof(*customers));

        if (!customers)
            return error_memory(error);
        index->customers = customers;
        index->customer_capacity = capacity;
    }
    index->customers[index->customer_count++] = packed;
    *found = (uint32_t)count;
    return 0;
}

int name_index_add(struct name_index *index, const struct listed_user *user,
                   struct error *error)
{
    struct entry entry = {.next = 0};

    if (!user->name || !*user->name)
        return 0;
    if (hash_name(index, user->name, entry.hash, error) ||
        find_customer(index, user->customer, &entry.customer, error) ||
        make_room(index, error))
        return -1;
    pack_id(index, entry.id, user->id);
    entry.capitals = find_capitals(user->name);
    index->entries[index->count] = entry;
    link_entry(index, index->count++);
    return 0;
}

/* ---- finding ------------------------------------------------------------ */

/* What the row says of its user, besides the name. */
struct wanted {
    bool has_id;
    unsigned char id[GUID_BYTES];
    struct customer customer;
};

struct found {
    const struct entry *first;
    const struct entry *second; /* another user */
    const struct entry *agreed; /* with the Id of the row */
};

static const struct entry *entry_at(const struct name_index *index,
                                    uint32_t next)
{
    return next ? &index->entries[next - 1] : NULL;
}

static bool is_same_user(const struct name_index *index, const struct entry *a,
                         const struct entry *b)
{
    return memcmp(a->id, b->id, sizeof(a->id)) == 0 &&
           (!index->has_tenants ||
            is_same_customer(&index->customers[a->customer],
                             &index->customers[b->customer]));
}

static void take_entry(const struct name_index *index,
                       const struct wanted *wanted, const struct entry *entry,
                       struct found *found)
{
    const struct customer *customer = &index->customers[entry->customer];
    const struct customer unknown = {{0}};

    if (!is_same_customer(&wanted->customer, &unknown) &&
        !is_same_customer(customer, &unknown) &&
        !is_same_customer(customer, &wanted->customer))
        return;
    if (!found->first)
        found->first = entry;
    else if (!is_same_user(index, found->first, entry))
        found->second = entry;
    if (wanted->has_id && memcmp(entry->id, wanted->id, GUID_BYTES) == 0)
        found->agreed = entry;
}

/* Without an Id, two users are enough. */
static struct found find_entries(const struct name_index *index,
                                 const uint64_t hash[2],
                                 const struct wanted *wanted)
{
    struct found found = {NULL, NULL, NULL};
    const struct entry *entry =
        index->count > 0 ? entry_at(index, *head_of(index, hash)) : NULL;

    for (; entry && (wanted->has_id || !found.second);
         entry = entry_at(index, entry->next))
        if (memcmp(entry->hash, hash, sizeof(entry->hash)) == 0)
            take_entry(index, wanted, entry, &found);
    return found;
}

static void describe(const struct name_index *index, const struct entry *entry,
                     unsigned i, struct name_match *match)
{
    const struct customer *customer = &index->customers[entry->customer];
    const struct customer unknown = {{0}};

    unpack_id(index, match->ids[i], entry->id);
    match->customers[i][0] = '\0';
    if (!is_same_customer(customer, &unknown))
        unpack_id(index, match->customers[i], customer->id);
    if (i == 0)
        match->capitals = entry->capitals;
}

int name_index_find(struct name_index *index, const char *name,
                    const char *customer, const char *id,
                    enum name_result *result, struct name_match *match,
                    struct error *error)
{
    struct wanted wanted = {.has_id = id != NULL};
    struct found found;
    uint64_t hash[2];

    if (hash_name(index, name, hash, error))
        return -1;
    if (customer)
        pack_id(index, wanted.customer.id, customer);
    if (id)
        pack_id(index, wanted.id, id);
    found = find_entries(index, hash, &wanted);
    if (!found.first) {
        *result = NAME_NOT_FOUND;
        return 0;
    }
    *result = found.agreed   ? NAME_FOUND
              : found.second ? NAME_AMBIGUOUS
              : id           ? NAME_OTHER_ID
                             : NAME_FOUND;
    if (*result == NAME_AMBIGUOUS) { /* the last one in the list comes first */
        describe(index, found.second, 0, match);
        describe(index, found.first, 1, match);
    } else {
        describe(index, found.agreed ? found.agreed : found.first, 0, match);
    }
    return 0;
}
