#include "journal/recovery.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "journal/field.h"
#include "journal/fingerprint.h"
#include "journal/intents.h"
#include "journal/journal.h"

/* The types of records; for what they are made of see parts.h. */
enum record {
    RECORD_HEAD = 'H',      /* see identity.h */
    RECORD_INTENT = 'I',    /* rows ("5,7-9"), key, the members of a sent */
    RECORD_ROWS = 'R',      /* status, LF, of each row its sequence and text */
    RECORD_OWN_WRITE = 'W', /* shared and time before, shared and time after */
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
        !fingerprint_is_one(record.text)) {
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
static size_t count_spans(const struct field_reader *fields)
{
    size_t len = strcspn(fields->at, " "), count = 1;

    for (size_t i = 0; i < len; i++)
        count += fields->at[i] == ',';
    return count;
}

/* Takes them; they must be in rising order. */
static int take_spans(struct field_reader *fields, struct span *spans,
                      size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct span *span = &spans[i];

        if ((i > 0 && field_take_char(fields, ',')) ||
            field_take_first(fields, &span->first))
            return -1;
        span->last = span->first;
        if (field_take_char(fields, '-') == 0 &&
            field_take_first(fields, &span->last))
            return -1;
        if (span->last < span->first ||
            (i > 0 && span->first <= spans[i - 1].last))
            return -1;
    }
    return 0;
}

static int take_sent(struct field_reader *fields, struct sent *sent)
{
    return field_take_string(fields, sent->stamps, sizeof(sent->stamps)) ||
                   field_take_string(fields, sent->last_modified,
                                     sizeof(sent->last_modified)) ||
                   field_take_string(fields, sent->request_id,
                                     sizeof(sent->request_id)) ||
                   field_take_number(fields, &sent->shared) ||
                   field_take_number(fields, &sent->payload) ||
                   field_take_number(fields, &sent->changed)
               ? -1
               : 0;
}

static int replay_intent(const struct replay *replay,
                         struct field_reader *fields, struct error *error)
{
    size_t count = count_spans(fields), len;
    struct span *spans = calloc(count, sizeof(*spans));
    struct sent sent;
    const char *key;
    int result = 0;

    if (!spans)
        return error_memory(error);
    if (take_spans(fields, spans, count) ||
        field_take_bytes(fields, &key, &len) || take_sent(fields, &sent) ||
        fields->left > 0)
        result = UNREADABLE;
    else if (intents_add(replay->recovery->intents, spans, count, &sent))
        result = error_memory(error);
    free(spans);
    return result;
}

static int take_status(struct field_reader *fields, enum status *status)
{
    const char *end = memchr(fields->at, '\n', fields->left);
    size_t len = end ? (size_t)(end - fields->at) : 0;

    for (unsigned i = 0; end && i < STATUS_COUNT; i++) {
        const char *name = status_name((enum status)i);

        if (strlen(name) == len && memcmp(name, fields->at, len) == 0) {
            *status = (enum status)i;
            field_skip(fields, len + 1);
            return 0;
        }
    }
    return -1;
}

static int replay_rows(const struct replay *replay, struct field_reader *fields,
                       struct error *error)
{
    enum status status;
    uint64_t sequence;
    const char *text;
    size_t len;

    if (take_status(fields, &status))
        return UNREADABLE;
    for (bool first = true; fields->left > 0; first = false) {
        if (field_take_first(fields, &sequence) ||
            field_take_bytes(fields, &text, &len))
            return UNREADABLE;
        if (first)
            intents_close(replay->recovery->intents, sequence);
        if (replay->handler->row(replay->context, sequence, status, text, len,
                                 error))
            return -1;
    }
    return 0;
}

static int replay_own_write(const struct replay *replay,
                            struct field_reader *fields)
{
    char before_time[SERVICE_TIME_SIZE], after_time[SERVICE_TIME_SIZE];
    struct state before = {.time = before_time}, after = {.time = after_time};

    if (field_take_first(fields, &before.shared) ||
        field_take_string(fields, before_time, sizeof(before_time)) ||
        field_take_number(fields, &after.shared) ||
        field_take_string(fields, after_time, sizeof(after_time)) ||
        fields->left > 0)
        return UNREADABLE;
    replay->handler->own_writes(replay->context, before, after);
    return 0;
}

static int replay_checkpoint(const struct replay *replay,
                             struct field_reader *fields)
{
    unsigned char hash[HASH_SIZE];
    uint64_t bytes;

    if (field_take_first(fields, &bytes) || field_take_hash(fields, hash) ||
        fields->left > 0)
        return UNREADABLE;
    replay->handler->checkpoint(replay->context, bytes, hash);
    return 0;
}

static int replay_record(const struct replay *replay,
                         const struct journal_record *record,
                         struct error *error)
{
    struct field_reader fields = {record->text, record->len};

    switch (record->type) {
    case RECORD_INTENT:
        return replay_intent(replay, &fields, error);
    case RECORD_ROWS:
        return replay_rows(replay, &fields, error);
    case RECORD_OWN_WRITE:
        return replay_own_write(replay, &fields);
    case RECORD_CHECKPOINT:
        return replay_checkpoint(replay, &fields);
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
    if (fingerprint_build(&head, recovery->options, input))
        result = error_memory(error);
    else if (!recovery->journal)
        result = start(recovery, &head, error);
    else if (fingerprint_compare(recovery->path, &recovery->head, &head, error))
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
        field_put_string(text, group->key) ||
        field_put_string(text, sent->stamps) ||
        field_put_string(text, sent->last_modified) ||
        field_put_string(text, sent->request_id) ||
        field_put_number(text, sent->shared) ||
        field_put_number(text, sent->payload) ||
        field_put_number(text, sent->changed))
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
    return field_put_bytes(recovery->rows, text, len);
}

int recovery_end_rows(struct recovery *recovery)
{
    if (!recovery)
        return 0;
    recovery->used = true;
    return journal_end(recovery->journal);
}

int recovery_put_own_write(struct recovery *recovery, struct state before,
                           struct state after)
{
    struct buffer *text;

    if (!recovery)
        return 0;
    text = begin_record(recovery, RECORD_OWN_WRITE);
    if (!text || buffer_put_number(text, before.shared) ||
        field_put_string(text, before.time) ||
        field_put_number(text, after.shared) ||
        field_put_string(text, after.time))
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
    if (!text || buffer_put_number(text, bytes) || field_put_hash(text, hash))
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
