#include "input/grouper.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv1a.h"

/* A queue of groups, linked by next. */
struct queue {
    struct group *first;
    struct group *last;
};

struct grouper {
    uint64_t window;
    size_t max_bytes;
    size_t bytes;       /* of rows in open groups */
    size_t all_bytes;   /* of all rows that are not done */
    struct queue open;  /* in the order of their first rows */
    struct queue ready; /* closed, and first of their user */
    size_t held;        /* groups not given out yet */

    /* First group of each user that is not done, by hash of the key. */
    struct group **table;
    size_t table_size; /* a power of two */
    size_t users;
};

#define FIRST_TABLE_SIZE 1024

static void queue_push(struct queue *queue, struct group *group)
{
    group->next = NULL;
    if (queue->last)
        queue->last->next = group;
    else
        queue->first = group;
    queue->last = group;
}

static struct group *queue_pop(struct queue *queue)
{
    struct group *group = queue->first;

    if (!group)
        return NULL;
    queue->first = group->next;
    if (!queue->first)
        queue->last = NULL;
    group->next = NULL;
    return group;
}

/* ---- users -------------------------------------------------------------- */

static struct group **find_slot(struct grouper *grouper, uint64_t hash,
                                const char *key)
{
    struct group **slot = &grouper->table[hash & (grouper->table_size - 1)];

    while (*slot && ((*slot)->hash != hash || strcmp((*slot)->key, key) != 0))
        slot = &(*slot)->next_user;
    return slot;
}

static int grow_table(struct grouper *grouper)
{
    size_t size = grouper->table_size * 2;
    struct group **table = calloc(size, sizeof(struct group *));

    if (!table)
        return -1;
    for (size_t i = 0; i < grouper->table_size; i++) {
        struct group *group = grouper->table[i];

        while (group) {
            struct group *next = group->next_user;
            struct group **slot = &table[group->hash & (size - 1)];

            group->next_user = *slot;
            *slot = group;
            group = next;
        }
    }
    free(grouper->table);
    grouper->table = table;
    grouper->table_size = size;
    return 0;
}

/* ---- rows in ------------------------------------------------------------ */

static void close_oldest(struct grouper *grouper)
{
    struct group *group = queue_pop(&grouper->open);
    const struct group *first = *find_slot(grouper, group->hash, group->key);

    for (const struct row *row = group->rows; row; row = row->next)
        grouper->bytes -= row->size;
    group->closed = true;
    /* Behind an unfinished group of its user it waits for grouper_done(). */
    if (first == group)
        queue_push(&grouper->ready, group);
}

/* Closes the groups whose window ends before the row of that number. */
static void advance(struct grouper *grouper, uint64_t number)
{
    while (grouper->open.first &&
           number - grouper->open.first->rows->number > grouper->window)
        close_oldest(grouper);
}

static int open_group(struct grouper *grouper, struct row *row, uint64_t hash,
                      struct group *first)
{
    struct group *group;

    if (!first && grouper->users >= grouper->table_size && grow_table(grouper))
        return -1;
    group = calloc(1, sizeof(*group));
    if (!group)
        return -1;
    group->rows = group->last = row;
    group->key = row->key;
    group->hash = hash;
    if (first) {
        assert(first->latest);
        first->latest->later = group;
        first->latest = group;
    } else {
        group->latest = group;
        *find_slot(grouper, hash, row->key) = group;
        grouper->users++;
    }
    queue_push(&grouper->open, group);
    grouper->held++;
    return 0;
}

int grouper_add(struct grouper *grouper, struct row *row)
{
    uint64_t hash = fnv1a_hash(row->key);
    struct group *first, *latest;

    advance(grouper, row->number);
    first = *find_slot(grouper, hash, row->key);
    latest = first ? first->latest : NULL;
    row->next = NULL;
    /* What was sent as one is judged as one. */
    if (latest && !latest->closed && latest->rows->sent == row->sent) {
        latest->last->next = row;
        latest->last = row;
    } else if (open_group(grouper, row, hash, first)) {
        return -1;
    }
    grouper->bytes += row->size;
    grouper->all_bytes += row->size;
    while (grouper->bytes > grouper->max_bytes)
        close_oldest(grouper);
    return 0;
}

void grouper_skip(struct grouper *grouper, uint64_t number)
{
    advance(grouper, number);
}

void grouper_close(struct grouper *grouper)
{
    while (grouper->open.first)
        close_oldest(grouper);
}

/* ---- groups out --------------------------------------------------------- */

struct group *grouper_take(struct grouper *grouper)
{
    struct group *group = queue_pop(&grouper->ready);

    if (group)
        grouper->held--;
    return group;
}

static void group_free(struct group *group)
{
    row_free_all(group->rows);
    free(group);
}

void grouper_done(struct grouper *grouper, struct group *group)
{
    struct group **slot = find_slot(grouper, group->hash, group->key);
    struct group *later = group->later;

    for (const struct row *row = group->rows; row; row = row->next)
        grouper->all_bytes -= row->size;
    if (later) {
        later->next_user = group->next_user;
        later->latest = group->latest;
        *slot = later;
        if (later->closed)
            queue_push(&grouper->ready, later);
    } else {
        *slot = group->next_user;
        grouper->users--;
    }
    group_free(group);
}

size_t grouper_bytes(const struct grouper *grouper)
{
    return grouper->all_bytes;
}

bool grouper_is_empty(const struct grouper *grouper)
{
    return grouper->held == 0;
}

/* ---- life --------------------------------------------------------------- */

struct grouper *grouper_new(size_t window, size_t max_bytes)
{
    struct grouper *grouper = calloc(1, sizeof(*grouper));

    if (!grouper)
        return NULL;
    grouper->window = window;
    grouper->max_bytes = max_bytes;
    grouper->table_size = FIRST_TABLE_SIZE;
    grouper->table = calloc(grouper->table_size, sizeof(struct group *));
    if (!grouper->table) {
        free(grouper);
        return NULL;
    }
    return grouper;
}

void grouper_free(struct grouper *grouper)
{
    if (!grouper)
        return;
    for (size_t i = 0; i < grouper->table_size; i++) {
        struct group *group = grouper->table[i];

        while (group) {
            struct group *chain = group->next_user;

            while (group) {
                struct group *later = group->later;

                group_free(group);
                group = later;
            }
            group = chain;
        }
    }
    free(grouper->table);
    free(grouper);
}
