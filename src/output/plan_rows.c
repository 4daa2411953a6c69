#include "output/plan_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/fnv1a.h"
#include "user/merge.h"
#include "user/undo_record.h"

#define BUCKETS    16384U
#define FIRST_SIZE ((size_t)1 << 20)
#define MAX_ARENA  ((size_t)256 << 20)
#define MAX_ROW    ((size_t)64 << 20)

/* What a record says. */
struct plan_record {
    uint64_t sequence;
    const char *key;
    struct undo_change changes[COLUMN_MAX];
    struct undo_change *first;
};

/* A record of a user who may have several. */
struct kept_record {
    struct kept_record *next; /* by sequence */
    uint64_t sequence;
    struct undo_change *changes;
};

struct repeated_user {
    struct repeated_user *same_bucket;
    const char *key;
    struct kept_record *records;
    bool taken;
};

/* A row that waits for those before it. */
struct pending_row {
    uint64_t sequence;
    size_t len;
    char *text;
};

struct plan_rows {
    const struct undo_text_setup *setup;
    size_t block_size;
    column_mask columns;
    uint64_t users;

    /* The smallest sequence of each block, then of each and all later ones. */
    uint64_t *lowest;
    size_t blocks;
    size_t block; /* of this reading */
    size_t bytes; /* of the block that were read */

    struct arena arena; /* of the repeated users */
    bool has_repeated;
    struct repeated_user *buckets[BUCKETS];

    struct pending_row *pending;
    size_t pending_count;
    size_t pending_size;
    struct buffer text;
};

struct plan_rows *plan_rows_new(const struct undo_text_setup *setup,
                                size_t block)
{
    struct plan_rows *rows = calloc(1, sizeof(*rows));

    if (!rows)
        return NULL;
    rows->setup = setup;
    rows->block_size = block;
    buffer_init(&rows->text, MAX_ROW);
    return rows;
}

void plan_rows_free(struct plan_rows *rows)
{
    if (!rows)
        return;
    for (size_t i = 0; i < rows->pending_count; i++)
        free(rows->pending[i].text);
    free(rows->pending);
    free(rows->lowest);
    if (rows->has_repeated)
        arena_free(&rows->arena);
    buffer_free(&rows->text);
    free(rows);
}

/* ---- records ------------------------------------------------------------ */

uint64_t plan_record_sequence(const char *text, size_t len, const char **key)
{
    const char *end = text + len;
    const char *sequence = undo_record_next(&text, end);

    *key = undo_record_next(&text, end);
    return *key ? strtoull(sequence, NULL, 10) : 0;
}

static void add_change(struct plan_record *record,
                       const struct undo_change *change)
{
    struct undo_change *place = &record->changes[change->column];

    *place = *change;
    place->next = record->first;
    record->first = place;
}

/* An empty text is no value, too. */
static const char *next_value(const char **text, const char *end)
{
    const char *value = undo_record_next_value(text, end);

    return value && *value ? value : NULL;
}

/* Reads a record. Its texts are borrowed. False: it is damaged. */
static bool read_record(const struct plan_rows *rows, const char *text,
                        size_t len, struct plan_record *record)
{
    const struct service *service = rows->setup->service;
    const char *end = text + len;
    const char *name;

    record->first = NULL;
    record->sequence = plan_record_sequence(text, len, &record->key);
    if (!record->key)
        return false;
    (void)undo_record_next(&text, end);
    (void)undo_record_next(&text, end);
    while ((name = undo_record_next(&text, end))) {
        struct undo_change change = {.column = undo_text_column(service, name)};

        change.after = next_value(&text, end);
        change.old = next_value(&text, end);
        if (change.column < service->column_count)
            add_change(record, &change);
    }
    return true;
}

static bool is_change(const struct plan_rows *rows,
                      const struct undo_change *change)
{
    return !merge_is_same(&rows->setup->service->columns[change->column],
                          change->after, change->old);
}

/* ---- blocks ------------------------------------------------------------- */

/* The place for the smallest sequence of the present block. NULL without
 * memory. */
static uint64_t *lowest_of_block(struct plan_rows *rows)
{
    uint64_t *lowest;

    if (rows->block < rows->blocks)
        return &rows->lowest[rows->block];
    lowest = realloc(rows->lowest, (rows->blocks + 1) * sizeof(*lowest));
    if (!lowest)
        return NULL;
    rows->lowest = lowest;
    lowest[rows->blocks] = UINT64_MAX;
    return &lowest[rows->blocks++];
}

/* Has the block of this reading ended with a record of so many bytes? */
static bool end_record(struct plan_rows *rows, size_t len)
{
    rows->bytes += len;
    if (rows->bytes < rows->block_size)
        return false;
    rows->bytes = 0;
    rows->block++;
    return true;
}

/* ---- users with several records ----------------------------------------- */

static struct repeated_user *find_repeated(const struct plan_rows *rows,
                                           const char *key)
{
    struct repeated_user *user = rows->buckets[fnv1a_hash(key) % BUCKETS];

    while (user && strcmp(user->key, key) != 0)
        user = user->same_bucket;
    return user;
}

static char *keep_text(struct plan_rows *rows, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_take(&rows->arena, size);

    if (copy)
        memcpy(copy, text, size);
    return copy;
}

static int add_repeated(struct plan_rows *rows, const char *key)
{
    struct repeated_user **bucket = &rows->buckets[fnv1a_hash(key) % BUCKETS];
    struct repeated_user *user;

    if (find_repeated(rows, key))
        return 0;
    if (!rows->has_repeated && arena_init(&rows->arena, FIRST_SIZE, MAX_ARENA))
        return -1;
    rows->has_repeated = true;
    user = arena_take(&rows->arena, sizeof(*user));
    if (!user)
        return -1;
    *user = (struct repeated_user){.same_bucket = *bucket,
                                   .key = keep_text(rows, key)};
    if (!user->key)
        return -1;
    *bucket = user;
    return 0;
}

/* The place for the record of this sequence, which replaces an earlier one. */
static struct kept_record *keep_record(struct plan_rows *rows,
                                       struct repeated_user *user,
                                       uint64_t sequence)
{
    struct kept_record **at = &user->records;
    struct kept_record *kept = *at;

    for (; kept && kept->sequence < sequence; kept = *at)
        at = &kept->next;
    if (kept && kept->sequence == sequence)
        return kept;
    kept = arena_take(&rows->arena, sizeof(*kept));
    if (!kept)
        return NULL;
    *kept = (struct kept_record){.next = *at, .sequence = sequence};
    return *at = kept;
}

static int keep_value(struct plan_rows *rows, const char **value)
{
    if (!*value)
        return 0;
    *value = keep_text(rows, *value);
    return *value ? 0 : -1;
}

static int keep_changes(struct plan_rows *rows, struct kept_record *kept,
                        const struct undo_change *changes)
{
    kept->changes = NULL;
    for (; changes; changes = changes->next) {
        struct undo_change *change = arena_take(&rows->arena, sizeof(*change));

        if (!change)
            return -1;
        *change = *changes;
        change->next = kept->changes;
        kept->changes = change;
        if (keep_value(rows, &change->old) || keep_value(rows, &change->after))
            return -1;
    }
    return 0;
}

int plan_rows_collect(struct plan_rows *rows, const char *text, size_t len)
{
    struct plan_record record;
    struct repeated_user *user;
    struct kept_record *kept;

    if (!read_record(rows, text, len, &record))
        return 0;
    user = find_repeated(rows, record.key);
    if (!user)
        return 0;
    kept = keep_record(rows, user, record.sequence);
    return kept ? keep_changes(rows, kept, record.first) : -1;
}

/* Of several records, makes one: the last value of each column, and what its
 * record expects. Its sequence is that of the first group that changes
 * something. */
static void merge_records(const struct plan_rows *rows,
                          const struct repeated_user *user,
                          struct plan_record *merged)
{
    const struct undo_change *last[COLUMN_MAX] = {NULL};

    merged->key = user->key;
    merged->sequence = UINT64_MAX;
    merged->first = NULL;
    for (const struct kept_record *kept = user->records; kept;
         kept = kept->next) {
        for (const struct undo_change *change = kept->changes; change;
             change = change->next) {
            last[change->column] = change;
            if (merged->sequence == UINT64_MAX && is_change(rows, change))
                merged->sequence = kept->sequence;
        }
    }
    for (unsigned i = 0; i < COLUMN_MAX; i++)
        if (last[i] && is_change(rows, last[i]))
            add_change(merged, last[i]);
}

/* ---- the first reading -------------------------------------------------- */

int plan_rows_note(struct plan_rows *rows, char type, const char *text,
                   size_t len)
{
    uint64_t *lowest = lowest_of_block(rows);
    struct plan_record record;

    if (!lowest)
        return -1;
    if (!read_record(rows, text, len, &record))
        return 0;
    if (record.sequence < *lowest)
        *lowest = record.sequence;
    for (const struct undo_change *change = record.first; change;
         change = change->next)
        if (is_change(rows, change))
            rows->columns |= column_bit(change->column);
    if (type == PLAN_AGAIN && add_repeated(rows, record.key))
        return -1;
    (void)end_record(rows, len);
    return 0;
}

bool plan_rows_has_repeated(const struct plan_rows *rows)
{
    return rows->has_repeated;
}

/* ---- the last reading --------------------------------------------------- */

int plan_rows_put_header(struct plan_rows *rows, uint64_t source_rows,
                         struct buffer *buffer)
{
    rows->block = 0;
    rows->bytes = 0;
    return undo_text_put_names(rows->setup, rows->columns, buffer) ||
                   buffer_printf(buffer, ",_SourceRows=%" PRIu64 "\n",
                                 source_rows)
               ? -1
               : 0;
}

static struct pending_row *new_pending(struct plan_rows *rows)
{
    size_t size = rows->pending_size * 2 + 64;
    struct pending_row *pending;

    if (rows->pending_count == rows->pending_size) {
        pending = realloc(rows->pending, size * sizeof(*pending));
        if (!pending)
            return NULL;
        rows->pending = pending;
        rows->pending_size = size;
    }
    return &rows->pending[rows->pending_count];
}

static int add_pending(struct plan_rows *rows, struct plan_record *record)
{
    struct pending_row *pending = new_pending(rows);

    buffer_clear(&rows->text);
    if (!pending ||
        undo_text_put_cells(rows->setup, rows->columns, &rows->text,
                            record->key, record->first) ||
        buffer_puts(&rows->text, ",\n"))
        return -1;
    *pending = (struct pending_row){.sequence = record->sequence,
                                    .len = rows->text.len,
                                    .text = malloc(rows->text.len)};
    if (!pending->text)
        return -1;
    memcpy(pending->text, rows->text.data, rows->text.len);
    rows->pending_count++;
    return 0;
}

static int compare_rows(const void *one, const void *other)
{
    const struct pending_row *a = one, *b = other;

    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

/* Puts the rows that no later block can precede. */
static int put_rows(struct plan_rows *rows, uint64_t bound,
                    const struct plan_rows_output *output)
{
    size_t count = 0;
    int result = 0;

    if (rows->pending_count == 0)
        return 0;
    qsort(rows->pending, rows->pending_count, sizeof(*rows->pending),
          compare_rows);
    for (; count < rows->pending_count; count++) {
        struct pending_row *row = &rows->pending[count];

        if (row->sequence >= bound || result)
            break;
        result = output->put(output->context, row->text, row->len);
        free(row->text);
    }
    rows->pending_count -= count;
    rows->users += count;
    memmove(rows->pending, rows->pending + count,
            rows->pending_count * sizeof(*rows->pending));
    return result;
}

/* The smallest sequence of the blocks from the present one on. */
static uint64_t bound_of(const struct plan_rows *rows)
{
    uint64_t bound = UINT64_MAX;

    for (size_t i = rows->block; i < rows->blocks; i++)
        if (rows->lowest[i] < bound)
            bound = rows->lowest[i];
    return bound;
}

/* Adds the row of a record, or of all records of its user. */
static int add_row(struct plan_rows *rows, struct plan_record *record)
{
    struct repeated_user *user = find_repeated(rows, record->key);
    struct plan_record merged;

    if (!user)
        return add_pending(rows, record);
    merge_records(rows, user, &merged);
    if (user->taken || !merged.first || merged.sequence != record->sequence)
        return 0;
    user->taken = true;
    return add_pending(rows, &merged);
}

int plan_rows_take(struct plan_rows *rows, const char *text, size_t len,
                   const struct plan_rows_output *output)
{
    struct plan_record record;

    if (!read_record(rows, text, len, &record))
        return 0;
    if (add_row(rows, &record))
        return -1;
    return end_record(rows, len) ? put_rows(rows, bound_of(rows), output) : 0;
}

int plan_rows_end(struct plan_rows *rows, const struct plan_rows_output *output)
{
    return put_rows(rows, UINT64_MAX, output);
}

uint64_t plan_rows_users(const struct plan_rows *rows)
{
    return rows->users;
}
