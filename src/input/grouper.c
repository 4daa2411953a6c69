#include "input/grouper.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv1a.h"
#include "service/service.h"

/* A group, with the grouper's own data. */
struct entry {
    struct group group; /* first: its address is that of the entry */
    struct row *last;
    struct entry *next;      /* in a queue */
    struct entry *later;     /* of the same user, to be sent after this one */
    struct entry *latest;    /* the newest group of the user; only set in the
                                first group */
    struct entry *next_user; /* in the hash table's chain */
    uint64_t hash;
    bool closed; /* no more rows are added */
};

/* A queue of entries, linked by next. */
struct queue {
    struct entry *first;
    struct entry *last;
};

struct grouper {
    uint64_t window;
    size_t max_bytes;
    size_t bytes;       /* of rows in open groups */
    size_t all_bytes;   /* of all rows that are not done */
    struct queue open;  /* in the order of their first rows */
    struct queue ready; /* closed, and the first group of their user */
    size_t waiting;     /* groups that were not taken yet */

    /* The first group of each user that is not done, by hash of the key. */
    struct entry **table;
    size_t table_size; /* a power of two */
    size_t users;
};

#define FIRST_TABLE_SIZE 1024

static void queue_push(struct queue *queue, struct entry *entry)
{
    entry->next = NULL;
    if (queue->last)
        queue->last->next = entry;
    else
        queue->first = entry;
    queue->last = entry;
}

static struct entry *queue_pop(struct queue *queue)
{
    struct entry *entry = queue->first;

    if (!entry)
        return NULL;
    queue->first = entry->next;
    if (!queue->first)
        queue->last = NULL;
    entry->next = NULL;
    return entry;
}

/* ---- users -------------------------------------------------------------- */

static struct entry **find_slot(struct grouper *grouper, uint64_t hash,
                                const char *key)
{
    struct entry **slot = &grouper->table[hash & (grouper->table_size - 1)];

    while (*slot &&
           ((*slot)->hash != hash || strcmp((*slot)->group.key, key) != 0))
        slot = &(*slot)->next_user;
    return slot;
}

static int grow_table(struct grouper *grouper)
{
    size_t size = grouper->table_size * 2;
    struct entry **table = calloc(size, sizeof(struct entry *));

    if (!table)
        return -1;
    for (size_t i = 0; i < grouper->table_size; i++) {
        struct entry *entry = grouper->table[i];

        while (entry) {
            struct entry *next = entry->next_user;
            struct entry **slot = &table[entry->hash & (size - 1)];

            entry->next_user = *slot;
            *slot = entry;
            entry = next;
        }
    }
    free(grouper->table);
    grouper->table = table;
    grouper->table_size = size;
    return 0;
}

/* ---- rows in ------------------------------------------------------------ */

static size_t bytes_of(const struct row *rows)
{
    size_t bytes = 0;

    for (const struct row *row = rows; row; row = row->next)
        bytes += row->size;
    return bytes;
}

static void close_oldest(struct grouper *grouper)
{
    struct entry *entry = queue_pop(&grouper->open);
    const struct entry *first =
        *find_slot(grouper, entry->hash, entry->group.key);

    grouper->bytes -= bytes_of(entry->group.rows);
    entry->closed = true;
    /* Else it waits until grouper_done() is called for the user's first group.
     */
    if (first == entry)
        queue_push(&grouper->ready, entry);
}

/* Closes the groups whose window ends before the row of that number. */
static void advance(struct grouper *grouper, uint64_t number)
{
    while (grouper->open.first &&
           number - grouper->open.first->group.rows->number > grouper->window)
        close_oldest(grouper);
}

static int open_group(struct grouper *grouper, struct row *row, uint64_t hash,
                      struct entry *first)
{
    struct entry *entry;

    if (!first && grouper->users >= grouper->table_size && grow_table(grouper))
        return -1;
    entry = calloc(1, sizeof(*entry));
    if (!entry)
        return -1;
    entry->group.rows = entry->last = row;
    entry->group.key = row->key;
    entry->group.first = row->sent ? row->sent->first : row->sequence;
    entry->hash = hash;
    if (first) {
        assert(first->latest);
        first->latest->later = entry;
        first->latest = entry;
    } else {
        entry->latest = entry;
        *find_slot(grouper, hash, row->key) = entry;
        grouper->users++;
    }
    queue_push(&grouper->open, entry);
    grouper->waiting++;
    return 0;
}

/* The open group that the user's row joins; NULL: none. Rows of an earlier
 * run's update and other rows are never in one group. But the rows of one
 * update are, even if rows between them were refused. */
static struct entry *find_group(struct entry *first, const struct sent *sent)
{
    struct entry *entry = first && !sent ? first->latest : first;

    while (entry && (entry->closed || entry->group.rows->sent != sent))
        entry = entry->later;
    return entry;
}

int grouper_add(struct grouper *grouper, struct row *row)
{
    uint64_t hash = fnv1a_hash(row->key);
    struct entry *first, *entry;

    advance(grouper, row->number);
    first = *find_slot(grouper, hash, row->key);
    entry = find_group(first, row->sent);
    row->next = NULL;
    if (entry) {
        entry->last->next = row;
        entry->last = row;
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
    struct entry *entry = queue_pop(&grouper->ready);

    if (!entry)
        return NULL;
    grouper->waiting--;
    return &entry->group;
}

static void entry_free(struct entry *entry)
{
    row_free_all(entry->group.rows);
    row_free_all(entry->group.refused);
    free(entry);
}

void grouper_drop_refused(struct grouper *grouper, struct group *group)
{
    assert(group->rows);
    grouper->all_bytes -= bytes_of(group->refused);
    group->key = group->rows->key; /* it may be that of a refused row */
    row_free_all(group->refused);
    group->refused = NULL;
}

void grouper_done(struct grouper *grouper, struct group *group)
{
    struct entry *entry = (struct entry *)group;
    struct entry **slot = find_slot(grouper, entry->hash, entry->group.key);
    struct entry *later = entry->later;

    grouper->all_bytes -=
        bytes_of(entry->group.rows) + bytes_of(entry->group.refused);
    if (later) {
        later->next_user = entry->next_user;
        later->latest = entry->latest;
        *slot = later;
        if (later->closed)
            queue_push(&grouper->ready, later);
    } else {
        *slot = entry->next_user;
        grouper->users--;
    }
    entry_free(entry);
}

size_t grouper_bytes(const struct grouper *grouper)
{
    return grouper->all_bytes;
}

bool grouper_is_blocked(const struct grouper *grouper)
{
    return !grouper->ready.first;
}

bool grouper_is_empty(const struct grouper *grouper)
{
    return grouper->waiting == 0;
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
    grouper->table = calloc(grouper->table_size, sizeof(struct entry *));
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
        struct entry *entry = grouper->table[i];

        while (entry) {
            struct entry *chain = entry->next_user;

            while (entry) {
                struct entry *later = entry->later;

                entry_free(entry);
                entry = later;
            }
            entry = chain;
        }
    }
    free(grouper->table);
    free(grouper);
}
