#include "base/id_set.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 16

void id_set_clear(struct id_set *set)
{
    free(set->keys);
    *set = (struct id_set){.keys = NULL};
}

static unsigned digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = strchr(digits, c | 0x20);

    return c && at ? (unsigned)(at - digits) : 0;
}

/* A decimal number has its digits as hexadecimal ones, which is as good. */
static struct id_key parse(const char *id)
{
    struct id_key key = {0, 1};

    for (; *id; id++) {
        if (*id == '-')
            continue;
        key.high = key.high << 4 | key.low >> 60;
        key.low = key.low << 4 | digit(*id);
    }
    if (!(key.high | key.low))
        key.high = key.low = UINT64_MAX; /* the GUID of zeros */
    return key;
}

/* The place of the key, or a free one. */
static struct id_key *find(const struct id_set *set, struct id_key key)
{
    uint64_t mixed = (key.low ^ key.high * 31) * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(mixed >> 20) & (set->size - 1);

    while ((set->keys[at].high | set->keys[at].low) &&
           (set->keys[at].high != key.high || set->keys[at].low != key.low))
        at = (at + 1) & (set->size - 1);
    return &set->keys[at];
}

static int grow(struct id_set *set)
{
    struct id_set larger = {.size = set->size ? 2 * set->size : FIRST_SIZE,
                            .count = set->count};

    larger.keys = calloc(larger.size, sizeof(*larger.keys));
    if (!larger.keys)
        return -1;
    for (size_t i = 0; i < set->size; i++)
        if (set->keys[i].high | set->keys[i].low)
            *find(&larger, set->keys[i]) = set->keys[i];
    free(set->keys);
    *set = larger;
    return 0;
}

int id_set_add(struct id_set *set, const char *id, bool *added)
{
    struct id_key key = parse(id);
    struct id_key *place;

    if (4 * (set->count + 1) > 3 * set->size && grow(set))
        return -1;
    place = find(set, key);
    *added = !(place->high | place->low);
    if (*added) {
        *place = key;
        set->count++;
    }
    return 0;
}
