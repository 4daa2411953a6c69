#include "output/undo_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fnv1a.h"
#include "user/undo_record.h"

#define BUCKETS    16384U
#define FIRST_SIZE ((size_t)1 << 20)
#define MAX_BLOCK  ((size_t)1 << 30) /* a block has one record at least */
#define MAX_ROW    ((size_t)64 << 20)

/* One row of a user. */
struct layer {
    struct layer *below; /* that undoes earlier updates */
    struct undo_change *changes;
};

/* A user of the block, and their last update as long as its outcome is open. */
struct undo_user {
    struct undo_user *same_bucket;
    struct undo_user *newer; /* who was sent an update later; NULL: first */
    struct undo_user *older;
    const char *key;
    const char *open; /* sequence of its group; NULL: none is open */
    bool denied; /* the open one was not applied, unless a later outcome says
                    so: a run that is killed before it writes the result sends
                    the update again */
    struct undo_change *open_changes;
    struct layer *layers; /* NULL: no update was sent that may have been applied
                           */
};

/* An outcome of an update that an earlier block contains. */
struct outcome_record {
    struct outcome_record *next;
    char type;
    size_t len;
    char text[];
};

struct undo_rows {
    const struct undo_text_setup *setup;
    column_mask columns;
    struct arena arena; /* of the block */
    bool has_arena;
    struct undo_user *buckets[BUCKETS];
    struct undo_user *first;        /* who was sent the newest update */
    struct outcome_record *later;   /* from later blocks */
    struct outcome_record *carried; /* for earlier blocks */
    struct buffer row;
};

struct undo_rows *undo_rows_new(const struct undo_text_setup *setup)
{
    struct undo_rows *rows = calloc(1, sizeof(*rows));

    if (!rows)
        return NULL;
    rows->setup = setup;
    buffer_init(&rows->row, MAX_ROW);
    return rows;
}

static void free_outcomes(struct outcome_record *outcome)
{
    struct outcome_record *next;

    for (; outcome; outcome = next) {
        next = outcome->next;
        free(outcome);
    }
}

void undo_rows_free(struct undo_rows *rows)
{
    if (!rows)
        return;
    if (rows->has_arena)
        arena_free(&rows->arena);
    free_outcomes(rows->later);
    free_outcomes(rows->carried);
    buffer_free(&rows->row);
    free(rows);
}

/* ---- records --------------------------------------------------------------
 */

static bool is_update(char type)
{
    return type == UNDO_UPDATE || type == UNDO_AGAIN;
}

void undo_rows_note(struct undo_rows *rows, char type, const char *text,
                    size_t len)
{
    const struct service *service = rows->setup->service;
    const char *end = text + len;
    const char *name;

    if (!is_update(type))
        return;
    (void)undo_record_next(&text, end);
    (void)undo_record_next(&text, end);
    while ((name = undo_record_next(&text, end))) {
        unsigned column = undo_text_column(service, name);

        (void)undo_record_next(&text, end);
        (void)undo_record_next(&text, end);
        if (column < service->column_count)
            rows->columns |= column_bit(column);
    }
}

static struct undo_user *find_known(const struct undo_rows *rows,
                                    const char *key)
{
    struct undo_user *user = rows->buckets[fnv1a_hash(key) % BUCKETS];

    while (user && strcmp(user->key, key) != 0)
        user = user->same_bucket;
    return user;
}

static void put_first(struct undo_rows *rows, struct undo_user *user)
{
    user->newer = NULL;
    user->older = rows->first;
    if (user->older)
        user->older->newer = user;
    rows->first = user;
}

static void move_first(struct undo_rows *rows, struct undo_user *user)
{
    if (!user->newer)
        return;
    user->newer->older = user->older;
    if (user->older)
        user->older->newer = user->newer;
    put_first(rows, user);
}

/* The user with that key, made if there is none. NULL without memory. */
static struct undo_user *find_user(struct undo_rows *rows, const char *key)
{
    struct undo_user **bucket = &rows->buckets[fnv1a_hash(key) % BUCKETS];
    struct undo_user *user = find_known(rows, key);

    if (user)
        return user;
    user = arena_take(&rows->arena, sizeof(*user));
    if (!user)
        return NULL;
    *user = (struct undo_user){.same_bucket = *bucket, .key = key};
    put_first(rows, user);
    return *bucket = user;
}

static bool has_any(struct undo_change *changes,
                    const struct undo_change *wanted)
{
    while (wanted && !undo_text_find(changes, wanted->column))
        wanted = wanted->next;
    return wanted != NULL;
}

/* The layer that the open update becomes a part of. If it is unknown whether it
 * was applied, the user has either its value or that of an earlier update, so
 * each of them needs a row that expects it. NULL without memory. */
static struct layer *find_layer(struct undo_rows *rows, struct undo_user *user,
                                bool applied)
{
    struct layer *layer = user->layers;

    if (layer && (applied || !has_any(layer->changes, user->open_changes)))
        return layer;
    layer = arena_take(&rows->arena, sizeof(*layer));
    if (!layer)
        return NULL;
    *layer = (struct layer){.below = user->layers};
    return user->layers = layer;
}

/* The open update counts: it was applied, or may have been. */
static int count_open(struct undo_rows *rows, struct undo_user *user,
                      bool applied)
{
    struct layer *layer = find_layer(rows, user, applied);
    struct undo_change *next;

    if (!layer)
        return -1;
    for (struct undo_change *change = user->open_changes; change;
         change = next) {
        struct undo_change *earlier =
            undo_text_find(layer->changes, change->column);

        next = change->next;
        if (earlier) {
            earlier->after = change->after;
        } else {
            change->next = layer->changes;
            layer->changes = change;
        }
    }
    user->open = NULL;
    user->open_changes = NULL;
    user->denied = false;
    return 0;
}

static bool is_open(const struct undo_user *user, const char *sequence)
{
    return user->open && strcmp(user->open, sequence) == 0;
}

/* Is there an open update that may have been applied? */
static bool may_count(const struct undo_user *user)
{
    return user->open && !user->denied;
}

/* Takes what the response, or reading back, says of the open update. */
static int take_outcome(struct undo_rows *rows, struct undo_user *user,
                        char type, const char *text, const char *end)
{
    const char *name;

    if (type != UNDO_APPLIED) {
        user->denied = true;
        return 0;
    }
    while ((name = undo_record_next(&text, end))) {
        const char *value = undo_record_next_value(&text, end);
        struct undo_change *change = undo_text_find(
            user->open_changes, undo_text_column(rows->setup->service, name));

        if (change)
            change->after = value;
    }
    return count_open(rows, user, true);
}

static int open_update(struct undo_rows *rows, struct undo_user *user,
                       const char *sequence, const char *text, const char *end)
{
    const struct service *service = rows->setup->service;
    const char *name;

    /* A later update of the same group proves that this one was not applied. */
    if (may_count(user) && !is_open(user, sequence) &&
        count_open(rows, user, false))
        return -1;
    user->denied = false;
    user->open = sequence;
    user->open_changes = NULL;
    while ((name = undo_record_next(&text, end))) {
        struct undo_change *change = arena_take(&rows->arena, sizeof(*change));

        if (!change)
            return -1;
        change->column = undo_text_column(service, name);
        change->old = undo_record_next_value(&text, end);
        change->after = undo_record_next_value(&text, end);
        change->next = user->open_changes;
        if (change->column < service->column_count)
            user->open_changes = change;
    }
    return 0;
}

/* Keeps a record for the earlier block that has the update. */
static int carry(struct undo_rows *rows, char type, const char *text,
                 size_t len)
{
    struct outcome_record *record = malloc(sizeof(*record) + len);

    if (!record)
        return -1;
    record->next = rows->carried;
    record->type = type;
    record->len = len;
    memcpy(record->text, text, len);
    rows->carried = record;
    return 0;
}

int undo_rows_take(struct undo_rows *rows, char type, const char *text,
                   size_t len)
{
    const char *sequence, *key, *next, *end;
    struct undo_user *user;
    char *copy;

    if (!rows->has_arena && arena_init(&rows->arena, FIRST_SIZE, MAX_BLOCK))
        return -1;
    rows->has_arena = true;
    copy = arena_take(&rows->arena, len + 1);
    if (!copy)
        return -1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    next = copy;
    end = copy + len;
    sequence = undo_record_next(&next, end);
    key = undo_record_next(&next, end);
    user = key ? find_user(rows, key) : NULL;
    if (!user)
        return -1;
    if (!is_open(user, sequence) && type != UNDO_UPDATE &&
        carry(rows, type, text, len))
        return -1;
    if (is_update(type)) {
        move_first(rows, user);
        return open_update(rows, user, sequence, next, end);
    }
    return is_open(user, sequence) ? take_outcome(rows, user, type, next, end)
                                   : 0;
}

/* Takes the outcome if this block has its update: 1; 0: it has not. The values
 * are copied, since the record is freed. */
static int take_late(struct undo_rows *rows,
                     const struct outcome_record *record)
{
    char *copy = arena_take(&rows->arena, record->len);
    const char *next = copy, *end, *sequence, *key;
    struct undo_user *user;

    if (!copy)
        return -1;
    memcpy(copy, record->text, record->len);
    end = copy + record->len;
    sequence = undo_record_next(&next, end);
    key = undo_record_next(&next, end);
    user = find_known(rows, key);
    if (!user || !is_open(user, sequence))
        return 0;
    return take_outcome(rows, user, record->type, next, end) ? -1 : 1;
}

/* Takes the outcomes that later blocks had; the rest is for earlier ones. */
static int take_all_late(struct undo_rows *rows)
{
    struct outcome_record *record;

    while (rows->has_arena && (record = rows->later)) {
        int taken = take_late(rows, record);

        if (taken < 0)
            return -1;
        rows->later = record->next;
        record->next = rows->carried;
        if (taken)
            free(record);
        else
            rows->carried = record;
    }
    rows->later = rows->carried;
    rows->carried = NULL;
    return 0;
}

/* ---- rows ---------------------------------------------------------------- */

int undo_rows_put_header(const struct undo_rows *rows, struct buffer *buffer)
{
    return undo_text_put_header(rows->setup, rows->columns, buffer);
}

static int put_layer(struct undo_rows *rows, const char *key,
                     const struct layer *layer)
{
    buffer_clear(&rows->row);
    return undo_text_put_row(rows->setup, rows->columns, &rows->row, key,
                             layer->changes);
}

static long put_users(struct undo_rows *rows,
                      int (*put)(void *context, const char *text, size_t len),
                      void *context)
{
    long count = 0;

    for (struct undo_user *user = rows->first; user; user = user->older) {
        if (may_count(user) && count_open(rows, user, false))
            return -1;
        count += user->layers != NULL;
        for (struct layer *layer = user->layers; layer; layer = layer->below)
            if (put_layer(rows, user->key, layer) ||
                put(context, rows->row.data, rows->row.len))
                return -1;
    }
    return count;
}

long undo_rows_end_block(struct undo_rows *rows,
                         int (*put)(void *context, const char *text,
                                    size_t len),
                         void *context)
{
    long count;

    count = take_all_late(rows) ? -1 : put_users(rows, put, context);
    if (rows->has_arena)
        arena_free(&rows->arena);
    rows->has_arena = false;
    memset(rows->buckets, 0, sizeof(rows->buckets));
    rows->first = NULL;
    return count;
}
