#include "journal/intents.h"

#include <stdlib.h>
#include <string.h>

#define CHAINS 1024

struct intent {
    struct intent *next;
    struct sent sent;
    char *key; /* after the spans */
    size_t count;
    struct span spans[];
};

/* A span of an open intent. */
struct entry {
    struct span span;
    const struct sent *sent;
};

struct intents {
    struct intent *chains[CHAINS]; /* by the first row */
    struct entry *index;           /* of all spans, sorted by their first row */
    size_t index_count;
};

struct intents *intents_new(void)
{
    return calloc(1, sizeof(struct intents));
}

void intents_free(struct intents *intents)
{
    struct intent *next;

    if (!intents)
        return;
    for (size_t i = 0; i < CHAINS; i++) {
        for (struct intent *one = intents->chains[i]; one; one = next) {
            next = one->next;
            free(one);
        }
    }
    free(intents->index);
    free(intents);
}

/* The link to the intent that begins with this row; to NULL: there is none. */
static struct intent **find_link(struct intents *intents, uint64_t first)
{
    struct intent **link = &intents->chains[first % CHAINS];

    while (*link && (*link)->spans[0].first != first)
        link = &(*link)->next;
    return link;
}

const struct sent *intents_get(struct intents *intents, uint64_t first,
                               const char **key)
{
    const struct intent *found = *find_link(intents, first);

    if (!found)
        return NULL;
    *key = found->key;
    return &found->sent;
}

void intents_close(struct intents *intents, uint64_t first)
{
    struct intent **link = find_link(intents, first);
    struct intent *found = *link;

    if (!found)
        return;
    *link = found->next;
    free(found);
}

int intents_add(struct intents *intents, const struct span *spans, size_t count,
                const char *key, const struct sent *sent)
{
    struct intent **chain = &intents->chains[spans[0].first % CHAINS];
    size_t key_size = strlen(key) + 1;
    struct intent *intent =
        malloc(sizeof(*intent) + count * sizeof(intent->spans[0]) + key_size);

    if (!intent)
        return -1;
    intents_close(intents, spans[0].first);
    intent->sent = *sent;
    intent->count = count;
    memcpy(intent->spans, spans, count * sizeof(*spans));
    intent->key = (char *)&intent->spans[count];
    memcpy(intent->key, key, key_size);
    intent->next = *chain;
    *chain = intent;
    return 0;
}

size_t intents_count(const struct intents *intents)
{
    size_t count = 0;

    for (size_t i = 0; i < CHAINS; i++)
        for (const struct intent *one = intents->chains[i]; one;
             one = one->next)
            count++;
    return count;
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *one = a;
    const struct entry *other = b;

    return (one->span.first > other->span.first) -
           (one->span.first < other->span.first);
}

static size_t count_spans(const struct intents *intents)
{
    size_t count = 0;

    for (size_t i = 0; i < CHAINS; i++)
        for (const struct intent *one = intents->chains[i]; one;
             one = one->next)
            count += one->count;
    return count;
}

int intents_index(struct intents *intents)
{
    size_t count = count_spans(intents);
    struct entry *next;

    if (count == 0)
        return 0;
    intents->index = next = calloc(count, sizeof(*next));
    if (!next)
        return -1;
    for (size_t i = 0; i < CHAINS; i++)
        for (const struct intent *one = intents->chains[i]; one;
             one = one->next)
            for (size_t j = 0; j < one->count; j++)
                *next++ = (struct entry){one->spans[j], &one->sent};
    intents->index_count = count;
    qsort(intents->index, count, sizeof(*next), compare_entries);
    return 0;
}

const struct sent *intents_find(const struct intents *intents,
                                uint64_t sequence)
{
    size_t low = 0, high = intents->index_count;
    const struct entry *entry;

    /* The last span that begins at the row or before it. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (intents->index[middle].span.first <= sequence)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    entry = &intents->index[low - 1];
    return sequence <= entry->span.last ? entry->sent : NULL;
}
