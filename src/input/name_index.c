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

/* A user. One who was added twice is here twice. */
struct entry {
    uint64_t hash[2];
    unsigned char id[GUID_BYTES]; /* a GUID, or an int64_t */
    uint64_t capitals;            /* bit i: letter i is one of A to Z */
    uint32_t tenant;
    uint32_t next; /* with the same head: the index + 1; 0: none */
};

struct tenant {
    unsigned char guid[GUID_BYTES];
};

struct name_index {
    const struct column *key;
    name_hash_fn *hash;
    void *context;
    struct buffer name; /* in lowercase */

    struct entry *entries;
    uint32_t *heads; /* of chains, by hash; as entry.next */
    size_t count;
    size_t capacity; /* of both; a power of two, or 0 */

    /* Of users who follow each other; another one may be in it twice. */
    struct tenant *tenants;
    size_t tenant_count, tenant_capacity;
};

struct name_index *name_index_new(const struct column *key, name_hash_fn *hash,
                                  void *context)
{
    struct name_index *index = calloc(1, sizeof(*index));

    if (!index)
        return NULL;
    index->key = key;
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
    free(index->tenants);
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
    if (buffer_puts(text, name))
        return error_memory(error);
    for (size_t i = 0; i < text->len; i++)
        if (is_capital(text->data[i]))
            text->data[i] = (char)(text->data[i] | 0x20);
    return index->hash(index->context, text->data, text->len, hash)
               ? error_memory(error)
               : 0;
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
    if (index->key->type == COLUMN_GUID) {
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

    if (index->key->type == COLUMN_GUID) {
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

static int find_tenant(struct name_index *index, const char *tenant,
                       uint32_t *found, struct error *error)
{
    size_t count = index->tenant_count;
    struct tenant packed = {{0}};

    if (tenant)
        guid_pack(packed.guid, tenant);
    if (count > 0 &&
        memcmp(&index->tenants[count - 1], &packed, sizeof(packed)) == 0) {
        *found = (uint32_t)(count - 1);
        return 0;
    }
    if (count == index->tenant_capacity) {
        size_t capacity = count ? 2 * count : 1;
        struct tenant *tenants =
            realloc(index->tenants, capacity * sizeof(*tenants));

        if (!tenants)
            return error_memory(error);
        index->tenants = tenants;
        index->tenant_capacity = capacity;
    }
    index->tenants[index->tenant_count++] = packed;
    *found = (uint32_t)count;
    return 0;
}

int name_index_add(struct name_index *index, const struct listed_user *user,
                   struct error *error)
{
    struct entry entry = {.tenant = 0};

    if (!user->name || !*user->name)
        return 0;
    if (hash_name(index, user->name, entry.hash, error) ||
        find_tenant(index, user->tenant, &entry.tenant, error) ||
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
    const char *tenant;
    struct tenant tenant_guid;
    const char *id;
    unsigned char id_bytes[GUID_BYTES];
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

static bool is_same_tenant(const struct name_index *index,
                           const struct entry *entry,
                           const struct tenant *tenant)
{
    return memcmp(&index->tenants[entry->tenant], tenant, sizeof(*tenant)) == 0;
}

static bool is_same_user(const struct name_index *index, const struct entry *a,
                         const struct entry *b)
{
    return memcmp(a->id, b->id, sizeof(a->id)) == 0 &&
           is_same_tenant(index, a, &index->tenants[b->tenant]);
}

static void take_entry(const struct name_index *index,
                       const struct wanted *wanted, const struct entry *entry,
                       struct found *found)
{
    if (wanted->tenant && !is_same_tenant(index, entry, &wanted->tenant_guid))
        return;
    if (!found->first)
        found->first = entry;
    else if (!is_same_user(index, found->first, entry))
        found->second = entry;
    if (wanted->id && memcmp(entry->id, wanted->id_bytes, GUID_BYTES) == 0)
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

    for (; entry && (wanted->id || !found.second);
         entry = entry_at(index, entry->next))
        if (memcmp(entry->hash, hash, sizeof(entry->hash)) == 0)
            take_entry(index, wanted, entry, &found);
    return found;
}

static void describe(const struct name_index *index, const struct entry *entry,
                     unsigned i, struct name_match *match)
{
    unpack_id(index, match->ids[i], entry->id);
    match->tenants[i][0] = '\0';
    if (index->key->type == COLUMN_GUID)
        guid_unpack(match->tenants[i], index->tenants[entry->tenant].guid);
    if (i == 0)
        match->capitals = entry->capitals;
}

int name_index_find(struct name_index *index, const char *name,
                    const char *tenant, const char *id,
                    enum name_result *result, struct name_match *match,
                    struct error *error)
{
    struct wanted wanted = {.tenant = tenant, .id = id};
    struct found found;
    uint64_t hash[2];

    if (hash_name(index, name, hash, error))
        return -1;
    if (tenant)
        guid_pack(wanted.tenant_guid.guid, tenant);
    if (id)
        pack_id(index, wanted.id_bytes, id);
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
