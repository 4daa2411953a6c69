#include "journal/recovery.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "journal/field.h"
#include "journal/intents.h"
#include "journal/journal.h"

/* Bytes after which the rows of a group continue in another record. */
#define RESULT_SIZE ((size_t)1 << 20)

#define SYNC_MS 1000

struct recovery {
    const struct file_system *files;
    char *path;
    struct journal *journal; /* before recovery_begin(): the earlier run's */
    struct buffer header;    /* of the earlier run */
    struct intents *intents; /* of the earlier run, without an outcome */
    bool begun;              /* records may be put */
    bool resumed;
    bool used;           /* this run has put an intent or a row */
    struct buffer *rows; /* the journal's, for the current result record */
    size_t rows_begin;   /* offset of that record's text in the buffer */
    enum status status;  /* of that record */
    int64_t synced;      /* time of the last sync, in milliseconds */
};

/* ---- an earlier run ----------------------------------------------------- */

bool recovery_is_kept(enum mode mode, const char *output, const char *diff)
{
    if (mode == MODE_CHECK || mode == MODE_EXPORT)
        return false;
    return !diff && strcmp(output, "-") != 0;
}

/* Keeps the journal if it begins with a header. */
static int read_header(struct recovery *recovery, bool resume,
                       struct error *error)
{
    struct journal_record record;
    int found = journal_read(recovery->journal, &record, error);

    if (found < 0)
        return -1;
    if (found == 0 || record.type != RECORD_HEADER ||
        !fingerprint_is_one(record.text)) {
        journal_free(recovery->journal);
        recovery->journal = NULL;
        return 0;
    }
    if (!resume)
        return error_set(error, ERROR_USAGE,
                         "a run with this OUTPUT did not finish and left its "
                         "journal %s: use --resume to resume that run, or "
                         "--restart to discard what it left",
                         recovery->path);
    if (buffer_append(&recovery->header, record.text, record.len))
        return error_memory(error);
    return 0;
}

struct recovery *recovery_open(const struct recovery_setup *setup,
                               struct error *error)
{
    struct recovery *recovery = calloc(1, sizeof(*recovery));
    bool missing;

    if (!recovery) {
        error_memory(error);
        return NULL;
    }
    recovery->files = setup->files;
    buffer_init(&recovery->header, JOURNAL_MAX_TEXT);
    recovery->path = strdup(setup->path);
    recovery->intents = intents_new();
    if (!recovery->path || !recovery->intents) {
        error_memory(error);
        goto fail;
    }
    if (setup->restart)
        return recovery;
    recovery->journal =
        journal_open(setup->files, setup->path, &missing, error);
    if (recovery->journal ? read_header(recovery, setup->resume, error)
                          : !missing)
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
    buffer_free(&recovery->header);
    free(recovery->path);
    free(recovery);
}

/* ---- the beginning ------------------------------------------------------ */

static int resume(struct recovery *recovery,
                  const struct replay_handler *handler, void *context,
                  struct error *error)
{
    const struct replay replay = {
        .path = recovery->path,
        .journal = recovery->journal,
        .intents = recovery->intents,
        .handler = handler,
        .context = context,
    };

    if (replay_records(&replay, error) ||
        journal_truncate(recovery->journal, error))
        return -1;
    recovery->resumed = true;
    return 0;
}

/* Creates a journal; if its header can't be written, it is removed again. */
static int start(struct recovery *recovery, const struct buffer *header,
                 struct error *error)
{
    struct journal *journal =
        journal_create(recovery->files, recovery->path, error);
    struct error ignored;
    struct buffer *text;

    if (!journal)
        return -1;
    text = journal_begin(journal, RECORD_HEADER);
    if (!text || buffer_append(text, header->data, header->len) ||
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

int recovery_begin(struct recovery *recovery,
                   const struct fingerprint_setup *fingerprint,
                   const struct replay_handler *handler, void *context,
                   struct error *error)
{
    struct buffer header;
    int result;

    if (!recovery)
        return 0;
    buffer_init(&header, JOURNAL_MAX_TEXT);
    if (fingerprint_build(&header, fingerprint))
        result = error_memory(error);
    else if (!recovery->journal)
        result = start(recovery, &header, error);
    else if (fingerprint_compare(recovery->path, &recovery->header, &header,
                                 error))
        result = -1;
    else
        result = resume(recovery, handler, context, error);
    recovery->begun = result == 0;
    buffer_free(&header);
    buffer_free(&recovery->header);
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

/* Appends the rows as spans of consecutive sequences: "5,7-9". */
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

static struct buffer *begin_record(struct recovery *recovery,
                                   enum record_type type)
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
    text = begin_record(recovery, RECORD_RESULT);
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
    if (recovery->rows->len - recovery->rows_begin > RESULT_SIZE &&
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

int recovery_put_own_write(struct recovery *recovery,
                           struct shared_state before,
                           struct shared_state after)
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
