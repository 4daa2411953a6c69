#include "journal/recovery.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "journal/fingerprint.h"
#include "journal/intents.h"
#include "journal/journal.h"
#include "journal/field.h"

/* The types of records; for what they are made of see parts.h. */
enum record {
    RECORD_HEAD = 'H',      /* see identity.h */
    RECORD_INTENT = 'I',    /* rows ("5,7-9"), key, the members of a sent */
    RECORD_ROWS = 'R',      /* status, LF, of each row its sequence and text */
    RECORD_WRITTEN = 'W',   /* shared and time before, shared and time after */
    RECORD_CHECKPOINT = 'C' /* bytes, and their SHA-256 in base 16 */
};

/* Rows that take more than this go on in another record. */
#define ROWS_SIZE ((size_t)1 << 20)

#define SYNC_MS 1000

struct recovery {
    const struct options *options;
    char *path;
    struct journal *journal; /* before recovery_begin(): the earlier run's */
    struct buffer head;      /* of the earlier run */
    struct intents *intents; /* of the earlier run, that are open */
    bool begun;              /* records may be put */
    bool resumed;
    bool used;           /* there is something to go on from */
    struct buffer *rows; /* where the record of rows is put, */
    size_t rows_begin;   /* where it begins in it, */
    enum status status;  /* and its status */
    int64_t synced;      /* when, in milliseconds */
};

/* ---- an earlier run ----------------------------------------------------- */

bool recovery_is_kept(const struct options *options)
{
    if (options->mode == MODE_CHECK || options->mode == MODE_EXPORT)
        return false;
    return !options->diff && strcmp(options->output, "-") != 0;
}

/* Keeps the journal where it begins with a head. */
static int take_head(struct recovery *recovery, struct error *error)
{
    struct journal_record record;
    int found = journal_read(recovery->journal, &record, error);

    if (found < 0)
        return -1;
    if (found == 0 || record.type != RECORD_HEAD ||
        !identity_is_one(record.text)) {
        journal_free(recovery->journal);
        recovery->journal = NULL;
        return 0;
    }
    if (!recovery->options->resume)
        return error_set(error, ERROR_USAGE,
                         "a run with this OUTPUT did not finish and left its "
                         "journal %s: give --resume to go on where it stopped, "
                         "or --restart to throw it away",
                         recovery->path);
    if (buffer_append(&recovery->head, record.text, record.len))
        return error_memory(error);
    return 0;
}

struct recovery *recovery_open(const struct options *options, const char *path,
                               struct error *error)
{
    struct recovery *recovery = calloc(1, sizeof(*recovery));
    bool missing;

    if (!recovery) {
        error_memory(error);
        return NULL;
    }
    recovery->options = options;
    buffer_init(&recovery->head, JOURNAL_MAX_TEXT);
    recovery->path = strdup(path);
    recovery->intents = intents_new();
    if (!recovery->path || !recovery->intents) {
        error_memory(error);
        goto fail;
    }
    if (options->restart)
        return recovery;
    recovery->journal = journal_open(path, &missing, error);
    if (recovery->journal ? take_head(recovery, error) : !missing)
        goto fail;
    return recovery;

fail:
    recovery_free(recovery);
    return NULL;
}

void recovery_free(struct recovery *recovery)
{
    if (!recovery)
        return;
    journal_free(recovery->journal);
    intents_free(recovery->intents);
    buffer_free(&recovery->head);
    free(recovery->path);
    free(recovery);
}

/* ---- replaying its records ---------------------------------------------- */

/* Who takes what a replay finds. The functions below answer 0, -1 with the
 * error, or UNREADABLE. */
struct replay {
    struct recovery *recovery;
    const struct recovery_handler *handler;
    void *context;
};

#define UNREADABLE (-2)

/* How many there are in "5,7-9". */
static size_t count_spans(const struct parts *parts)
{
    size_t len = strcspn(parts->at, " "), count = 1;

    for (size_t i = 0; i < len; i++)
        count += parts->at[i] == ',';
    return count;
}

/* Takes them; they must be in rising order. */
static int take_spans(struct parts *parts, struct span *spans, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct span *span = &spans[i];

        if ((i > 0 && parts_take_char(parts, ',')) ||
            parts_take_first(parts, &span->first))
            return -1;
        span->last = span->first;
        if (parts_take_char(parts, '-') == 0 &&
            parts_take_first(parts, &span->last))
            return -1;
        if (span->last < span->first ||
            (i > 0 && span->first <= spans[i - 1].last))
            return -1;
    }
    return 0;
}

static int take_sent(struct parts *parts, struct sent *sent)
{
    return parts_take_string(parts, sent->stamps, sizeof(sent->stamps)) ||
                   parts_take_string(parts, sent->last_modified,
                                     sizeof(sent->last_modified)) ||
                   parts_take_string(parts, sent->request_id,
                                     sizeof(sent->request_id)) ||
                   parts_take_number(parts, &sent->shared) ||
                   parts_take_number(parts, &sent->payload) ||
                   parts_take_number(parts, &sent->changed)
               ? -1
               : 0;
}

static int replay_intent(const struct replay *replay, struct parts *parts,
                         struct error *error)
{
    size_t count = count_spans(parts), len;
    struct span *spans = calloc(count, sizeof(*spans));
    struct sent sent;
    const char *key;
    int result = 0;

    if (!spans)
        return error_memory(error);
    if (take_spans(parts, spans, count) ||
        parts_take_bytes(parts, &key, &len) || take_sent(parts, &sent) ||
        parts->left > 0)
        result = UNREADABLE;
    else if (intents_add(replay->recovery->intents, spans, count, &sent))
        result = error_memory(error);
    free(spans);
    return result;
}

static int take_status(struct parts *parts, enum status *status)
{
    const char *end = memchr(parts->at, '\n', parts->left);
    size_t len = end ? (size_t)(end - parts->at) : 0;

    for (unsigned i = 0; end && i < STATUS_COUNT; i++) {
        const char *name = status_name((enum status)i);

        if (strlen(name) == len && memcmp(name, parts->at, len) == 0) {
            *status = (enum status)i;
            parts_skip(parts, len + 1);
            return 0;
        }
    }
    return -1;
}

static int replay_rows(const struct replay *replay, struct parts *parts,
                       struct error *error)
{
    enum status status;
    uint64_t sequence;
    const char *text;
    size_t len;

    if (take_status(parts, &status))
        return UNREADABLE;
    for (bool first = true; parts->left > 0; first = false) {
        if (parts_take_first(parts, &sequence) ||
            parts_take_bytes(parts, &text, &len))
            return UNREADABLE;
        if (first)
            intents_close(replay->recovery->intents, sequence);
        if (replay->handler->row(replay->context, sequence, status, text, len,
                                 error))
            return -1;
    }
    return 0;
}

static int replay_written(const struct replay *replay, struct parts *parts)
{
    char before_time[SERVICE_TIME_SIZE], after_time[SERVICE_TIME_SIZE];
    struct state before = {.time = before_time}, after = {.time = after_time};

    if (parts_take_first(parts, &before.shared) ||
        parts_take_string(parts, before_time, sizeof(before_time)) ||
        parts_take_number(parts, &after.shared) ||
        parts_take_string(parts, after_time, sizeof(after_time)) ||
        parts->left > 0)
        return UNREADABLE;
    replay->handler->written(replay->context, before, after);
    return 0;
}

static int replay_checkpoint(const struct replay *replay, struct parts *parts)
{
    unsigned char hash[HASH_SIZE];
    uint64_t bytes;

    if (parts_take_first(parts, &bytes) || parts_take_hash(parts, hash) ||
        parts->left > 0)
        return UNREADABLE;
    replay->handler->checkpoint(replay->context, bytes, hash);
    return 0;
}

static int replay_record(const struct replay *replay,
                         const struct journal_record *record,
                         struct error *error)
{
    struct parts parts = {record->text, record->len};

    switch (record->type) {
    case RECORD_INTENT:
        return replay_intent(replay, &parts, error);
    case RECORD_ROWS:
        return replay_rows(replay, &parts, error);
    case RECORD_WRITTEN:
        return replay_written(replay, &parts);
    case RECORD_CHECKPOINT:
        return replay_checkpoint(replay, &parts);
    default:
        return UNREADABLE;
    }
}

/* ---- the beginning ------------------------------------------------------ */

static int take_up(const struct replay *replay, struct error *error)
{
    struct recovery *recovery = replay->recovery;
    struct journal_record record;
    int result;

    while ((result = journal_read(recovery->journal, &record, error)) > 0) {
        result = replay_record(replay, &record, error);
        if (result)
            break;
    }
    if (result == UNREADABLE)
        return error_set(error, ERROR_USAGE,
                         "%s has a record that this program did not write: "
                         "give --restart to throw the journal away",
                         recovery->path);
    if (result || journal_cut(recovery->journal, error))
        return -1;
    if (intents_index(recovery->intents))
        return error_memory(error);
    recovery->resumed = true;
    return 0;
}

/* A new journal; one that can't have its head is not left behind. */
static int start(struct recovery *recovery, const struct buffer *head,
                 struct error *error)
{
    struct journal *journal = journal_create(recovery->path, error);
    struct error ignored;
    struct buffer *text;

    if (!journal)
        return -1;
    text = journal_begin(journal, RECORD_HEAD);
    if (!text || buffer_append(text, head->data, head->len) ||
        journal_end(journal)) {
        error_memory(error);
        goto fail;
    }
    if (journal_sync(journal, error))
        goto fail;
    recovery->journal = journal;
    return 0;

fail:
    (void)journal_remove(journal, &ignored);
    journal_free(journal);
    return -1;
}

int recovery_begin(struct recovery *recovery, const unsigned char *input,
                   const struct recovery_handler *handler, void *context,
                   struct error *error)
{
    const struct replay replay = {recovery, handler, context};
    struct buffer head;
    int result;

    if (!recovery)
        return 0;
    buffer_init(&head, JOURNAL_MAX_TEXT);
    if (identity_build(&head, recovery->options, input))
        result = error_memory(error);
    else if (!recovery->journal)
        result = start(recovery, &head, error);
    else if (identity_compare(recovery->path, &recovery->head, &head, error))
        result = -1;
    else
        result = take_up(&replay, error);
    recovery->begun = result == 0;
    buffer_free(&head);
    buffer_free(&recovery->head);
    return result;
}

bool recovery_resumed(const struct recovery *recovery)
{
    return recovery && recovery->resumed;
}

const struct sent *recovery_open_intent(const struct recovery *recovery,
                                        uint64_t sequence)
{
    return recovery ? intents_find(recovery->intents, sequence) : NULL;
}

/* ---- this run's records ------------------------------------------------- */

/* Rows that follow each other become a span. */
static int put_spans(struct buffer *text, const struct row *row)
{
    const struct row *first = row, *last = row;

    for (;;) {
        while (last->next && last->next->sequence == last->sequence + 1)
            last = last->next;
        if (buffer_put_number(text, first->sequence))
            return -1;
        if (last != first && (buffer_append(text, "-", 1) ||
                              buffer_put_number(text, last->sequence)))
            return -1;
        if (!last->next)
            return 0;
        if (buffer_append(text, ",", 1))
            return -1;
        first = last = last->next;
    }
}

static struct buffer *begin_record(struct recovery *recovery, enum record type)
{
    assert(recovery->begun);
    return journal_begin(recovery->journal, (char)type);
}

int recovery_put_intent(struct recovery *recovery, const struct group *group,
                        const struct sent *sent)
{
    struct buffer *text;

    if (!recovery)
        return 0;
    text = begin_record(recovery, RECORD_INTENT);
    if (!text || put_spans(text, group->rows) ||
        parts_put_string(text, group->key) ||
        parts_put_string(text, sent->stamps) ||
        parts_put_string(text, sent->last_modified) ||
        parts_put_string(text, sent->request_id) ||
        parts_put_number(text, sent->shared) ||
        parts_put_number(text, sent->payload) ||
        parts_put_number(text, sent->changed))
        return -1;
    recovery->used = true;
    return journal_end(recovery->journal);
}

int recovery_begin_rows(struct recovery *recovery, enum status status)
{
    struct buffer *text;

    if (!recovery)
        return 0;
    recovery->status = status;
    text = begin_record(recovery, RECORD_ROWS);
    if (!text)
        return -1;
    recovery->rows = text;
    recovery->rows_begin = text->len;
    return buffer_puts(text, status_name(status)) || buffer_puts(text, "\n")
               ? -1
               : 0;
}

int recovery_add_row(struct recovery *recovery, uint64_t sequence,
                     const char *text, size_t len)
{
    if (!recovery)
        return 0;
    if (recovery->rows->len - recovery->rows_begin > ROWS_SIZE &&
        (recovery_end_rows(recovery) ||
         recovery_begin_rows(recovery, recovery->status)))
        return -1;
    if (buffer_put_number(recovery->rows, sequence))
        return -1;
    return parts_put_bytes(recovery->rows, text, len);
}

int recovery_end_rows(struct recovery *recovery)
{
    if (!recovery)
        return 0;
    recovery->used = true;
    return journal_end(recovery->journal);
}

int recovery_put_written(struct recovery *recovery, struct state before,
                         struct state after)
{
    struct buffer *text;

    if (!recovery)
        return 0;
    text = begin_record(recovery, RECORD_WRITTEN);
    if (!text || buffer_put_number(text, before.shared) ||
        parts_put_string(text, before.time) ||
        parts_put_number(text, after.shared) ||
        parts_put_string(text, after.time))
        return -1;
    return journal_end(recovery->journal);
}

int recovery_put_checkpoint(struct recovery *recovery, uint64_t bytes,
                            const unsigned char hash[HASH_SIZE])
{
    struct buffer *text;

    if (!recovery)
        return 0;
    text = begin_record(recovery, RECORD_CHECKPOINT);
    if (!text || buffer_put_number(text, bytes) || parts_put_hash(text, hash))
        return -1;
    return journal_end(recovery->journal);
}

/* ---- to disk ------------------------------------------------------------ */

int recovery_flush(struct recovery *recovery, int64_t now, struct error *error)
{
    if (!recovery)
        return 0;
    if (journal_flush(recovery->journal, error))
        return -1;
    if (!journal_is_dirty(recovery->journal) ||
        now - recovery->synced < SYNC_MS)
        return 0;
    recovery->synced = now;
    return journal_sync(recovery->journal, error);
}

int64_t recovery_wait(const struct recovery *recovery, int64_t now)
{
    int64_t wait;

    if (!recovery || !journal_is_dirty(recovery->journal))
        return -1;
    wait = recovery->synced + SYNC_MS - now;
    return wait > 0 ? wait : 0;
}

int recovery_stop(struct recovery *recovery, bool *kept, struct error *error)
{
    *kept = recovery && recovery->journal;
    if (!recovery || !recovery->begun)
        return 0;
    *kept = recovery->used || recovery->resumed;
    return *kept ? journal_sync(recovery->journal, error)
                 : journal_remove(recovery->journal, error);
}

int recovery_finish(struct recovery *recovery, struct error *error)
{
    if (!recovery || !recovery->begun)
        return 0;
    return journal_remove(recovery->journal, error);
}
