#include "journal/recovery.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "journal/earlier_run.h"
#include "journal/intents.h"
#include "journal/journal.h"
#include "journal/output_file.h"
#include "journal/record_text.h"

/* Bytes after which the rows of a group continue in another record. */
#define RESULT_SIZE ((size_t)1 << 20)

#define SYNC_MS 1000

struct recovery {
    struct recovery_setup setup;
    char process[RECOVERY_PROCESS_SIZE];
    struct journal *journal; /* before recovery_begin(): the earlier run's */
    struct earlier_run earlier;
    struct intents *intents; /* of the earlier run, without an outcome */
    bool begun;              /* records may be put */
    bool resumed;
    bool used;           /* this run has put an intent, a row or its end */
    bool has_intents;    /* that are not synced */
    struct buffer *rows; /* the journal's, for the current result record */
    size_t rows_begin;   /* offset of that record's text in the buffer */
    enum status status;  /* of that record */
    int64_t synced;      /* time of the last sync, in milliseconds */
};

/* ---- life --------------------------------------------------------------- */

bool recovery_is_kept(enum mode mode, const char *output, const char *diff)
{
    if (mode == MODE_CHECK || mode == MODE_EXPORT)
        return false;
    return !diff && strcmp(output, "-") != 0;
}

struct recovery *recovery_open(const struct recovery_setup *setup,
                               struct error *error)
{
    struct recovery *recovery = calloc(1, sizeof(*recovery));
    const struct earlier_run_setup earlier = {
        .files = setup->files,
        .path = setup->path,
        .staging = setup->staging,
        .output = setup->output,
        .resume = setup->resume,
        .restart = setup->restart,
    };

    if (!recovery) {
        error_memory(error);
        return NULL;
    }
    recovery->setup = *setup;
    (void)snprintf(recovery->process, sizeof(recovery->process), "%s",
                   setup->process);
    recovery->intents = intents_new();
    if (!recovery->intents) {
        error_memory(error);
        goto fail;
    }
    if (earlier_run_open(&recovery->earlier, &earlier, &recovery->journal,
                         error))
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
    earlier_run_clear(&recovery->earlier);
    free(recovery);
}

/* ---- the beginning ------------------------------------------------------ */

/* Nothing is written to the journal of a finished run, so its finished record
 * stays the last one. */
static int claim(struct recovery *recovery, struct error *error)
{
    return recovery->earlier.finished
               ? 0
               : journal_claim(recovery->journal, RECORD_CLAIM,
                               recovery->process, error);
}

/* The claim comes first, so that another process that this one does not know of
 * writes nothing that is not read here. It is repeated if it follows something
 * that does not count. */
static int resume(struct recovery *recovery,
                  const struct replay_handler *handler, void *context,
                  struct error *error)
{
    struct journal *journal = recovery->journal;
    const struct replay replay = {
        .path = recovery->setup.path,
        .journal = journal,
        .intents = recovery->intents,
        .handler = handler,
        .context = context,
    };
    off_t first = journal_place(journal);

    if (claim(recovery, error) || journal_return(journal, first, error) ||
        replay_records(&replay, error))
        return -1;
    if (journal_is_cut(journal) &&
        (journal_truncate(journal, error) || claim(recovery, error)))
        return -1;
    recovery->resumed = true;
    return 0;
}

/* Creates a journal; if its header can't be written, it is removed again. */
static int start(struct recovery *recovery, const struct buffer *header,
                 struct error *error)
{
    struct journal *journal =
        journal_create(recovery->setup.files, recovery->setup.path, error);
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
    if (journal_claim(journal, RECORD_CLAIM, recovery->process, error))
        goto fail;
    recovery->journal = journal;
    return 0;

fail:
    (void)journal_remove(journal, &ignored);
    journal_free(journal);
    return -1;
}

/* If a finished run has no rows in the staging file, it counts as renamed.
 * After the claim it counts as interrupted, and is resumed from its journal. */
static int claim_finished(struct recovery *recovery, struct error *error)
{
    char output[OUTPUT_FILE_SIZE];

    if (!recovery->journal ||
        !earlier_run_read_finished(recovery->journal, output))
        return 0;
    return journal_claim(recovery->journal, RECORD_CLAIM, recovery->process,
                         error);
}

/* Rows without a journal can't be resumed, so they go before the journal does.
 * Until it does, its run can be resumed. A process that was killed here may
 * have emptied the file, but not synced it. */
static int empty_staging(struct recovery *recovery, struct error *error)
{
    const struct recovery_setup *setup = &recovery->setup;
    const struct file_system *files = setup->files;
    bool rows = output_file_has_rows(files, setup->staging);
    bool failed;
    int fd;

    if (!rows && !recovery->journal)
        return 0;
    if (rows && claim_finished(recovery, error))
        return -1;
    fd = files->open(files, setup->staging, O_WRONLY | O_NOFOLLOW | O_CLOEXEC,
                     0);
    if (fd < 0 && errno == ENOENT)
        return 0;
    failed = fd < 0 || (rows && files->truncate(files, fd, 0)) ||
             files->sync(files, fd);
    if (failed)
        (void)error_set(error, ERROR_LOCAL, "cannot discard %s: %s",
                        setup->staging, strerror(errno));
    if (fd >= 0)
        (void)files->close(files, fd);
    return failed ? -1 : 0;
}

/* The lock on the staging file lasts, so that no other run begins meanwhile. */
static int replace(struct recovery *recovery, const struct buffer *header,
                   struct error *error)
{
    if (empty_staging(recovery, error))
        return -1;
    if (recovery->journal) {
        if (journal_remove(recovery->journal, error))
            return -1;
        journal_free(recovery->journal);
        recovery->journal = NULL;
    }
    recovery->earlier.finished = false;
    return start(recovery, header, error);
}

static int begin_with(struct recovery *recovery, const struct buffer *header,
                      const struct replay_handler *handler, void *context,
                      struct error *error)
{
    bool finished = recovery->earlier.finished;

    if (!recovery->journal || recovery->earlier.ignored)
        return replace(recovery, header, error);
    if (fingerprint_compare(recovery->setup.path, &recovery->earlier.header,
                            header, !finished, error))
        return finished ? replace(recovery, header, error) : -1;
    return resume(recovery, handler, context, error);
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
    result = fingerprint_build(&header, fingerprint)
                 ? error_memory(error)
                 : begin_with(recovery, &header, handler, context, error);
    recovery->begun = result == 0;
    buffer_free(&header);
    earlier_run_clear(&recovery->earlier);
    return result;
}

bool recovery_has_begun(const struct recovery *recovery)
{
    return recovery && recovery->begun;
}

bool recovery_resumed(const struct recovery *recovery)
{
    return recovery && recovery->resumed;
}

bool recovery_is_finished(const struct recovery *recovery)
{
    return recovery && recovery->earlier.finished;
}

const struct sent *recovery_open_intent(const struct recovery *recovery,
                                        uint64_t sequence)
{
    return recovery ? intents_find(recovery->intents, sequence) : NULL;
}

size_t recovery_open_count(const struct recovery *recovery)
{
    return recovery ? intents_count(recovery->intents) : 0;
}

/* ---- this run's records ------------------------------------------------- */

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
    if (!text || record_text_put_intent(text, group, sent))
        return -1;
    recovery->used = recovery->has_intents = true;
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
    return record_text_put_status(text, status);
}

/* The rows so far become a part of the group's result. */
static int end_part(struct recovery *recovery)
{
    journal_set_type(recovery->journal, (char)RECORD_PART);
    return journal_end(recovery->journal);
}

int recovery_add_row(struct recovery *recovery, uint64_t sequence,
                     const char *text, size_t len)
{
    if (!recovery)
        return 0;
    if (recovery->rows->len - recovery->rows_begin > RESULT_SIZE &&
        (end_part(recovery) || recovery_begin_rows(recovery, recovery->status)))
        return -1;
    return record_text_put_row(recovery->rows, sequence, text, len);
}

int recovery_end_rows(struct recovery *recovery, bool part)
{
    if (!recovery)
        return 0;
    recovery->used = true;
    return part ? end_part(recovery) : journal_end(recovery->journal);
}

int recovery_put_own_write(struct recovery *recovery,
                           struct shared_state before,
                           struct shared_state after)
{
    struct buffer *text;

    if (!recovery)
        return 0;
    text = begin_record(recovery, RECORD_OWN_WRITE);
    if (!text || record_text_put_own_write(text, before, after))
        return -1;
    return journal_end(recovery->journal);
}

int recovery_put_cells(struct recovery *recovery, uint64_t cells,
                       uint64_t drifting)
{
    struct buffer *text;

    if (!recovery)
        return 0;
    text = begin_record(recovery, RECORD_CELLS);
    if (!text || record_text_put_cells(text, cells, drifting))
        return -1;
    return journal_end(recovery->journal);
}

int recovery_put_checkpoint(struct recovery *recovery, uint64_t bytes,
                            const unsigned char hash[HASH_SIZE])
{
    struct buffer *text;

    if (!recovery || recovery->earlier.finished)
        return 0;
    text = begin_record(recovery, RECORD_CHECKPOINT);
    if (!text || record_text_put_checkpoint(text, bytes, hash))
        return -1;
    return journal_end(recovery->journal);
}

int recovery_put_end(struct recovery *recovery, int64_t seconds, bool reached,
                     const char *end)
{
    struct buffer *text;

    if (!recovery || recovery->earlier.finished)
        return 0;
    text = begin_record(recovery, RECORD_END);
    if (!text || record_text_put_end(text, seconds, reached, end))
        return -1;
    recovery->has_intents = true;
    return journal_end(recovery->journal);
}

/* ---- to disk ------------------------------------------------------------ */

int recovery_flush(struct recovery *recovery, int64_t now, struct error *error)
{
    bool wait;

    if (!recovery)
        return 0;
    if (journal_flush(recovery->journal, error))
        return -1;
    wait = now - recovery->synced < SYNC_MS &&
           (recovery->setup.sync_second || !recovery->has_intents);
    if (wait || !journal_is_dirty(recovery->journal))
        return 0;
    recovery->synced = now;
    recovery->has_intents = false;
    return journal_sync(recovery->journal, error);
}

int recovery_sync_intents(struct recovery *recovery, struct error *error)
{
    if (!recovery || !recovery->has_intents)
        return 0;
    recovery->has_intents = false;
    return journal_sync(recovery->journal, error);
}

int recovery_wait(const struct recovery *recovery, int64_t now)
{
    int64_t due;

    if (!recovery || !journal_is_dirty(recovery->journal))
        return -1;
    due = recovery->synced + SYNC_MS - now;
    return due > 0 ? (int)due : 0;
}

int recovery_check(struct recovery *recovery, struct error *error)
{
    return recovery ? journal_check(recovery->journal, error) : 0;
}

bool recovery_is_foreign(const struct recovery *recovery)
{
    return recovery && recovery->begun && journal_is_foreign(recovery->journal);
}

bool recovery_is_needed(const struct recovery *recovery)
{
    if (!recovery)
        return false;
    return recovery->begun ? recovery->used || recovery->resumed
                           : recovery->journal && !recovery->earlier.ignored;
}

int recovery_stop(struct recovery *recovery, struct error *error)
{
    if (!recovery || !recovery->begun)
        return 0;
    if (!recovery_is_needed(recovery) &&
        !output_file_has_rows(recovery->setup.files, recovery->setup.staging))
        return journal_remove(recovery->journal, error);
    return journal_check(recovery->journal, error) ||
                   journal_sync(recovery->journal, error)
               ? -1
               : 0;
}

int recovery_put_finished(struct recovery *recovery, struct error *error)
{
    const char *staging;
    char output[OUTPUT_FILE_SIZE];
    struct buffer *text;

    if (!recovery || !recovery->begun || recovery->earlier.finished)
        return 0;
    staging = recovery->setup.staging;
    /* A journal whose record describes a file that is not there counts as out
     * of date, so the name of the staging file must be durable first. */
    if (file_sync_directory(recovery->setup.files, staging) ||
        output_file_describe(recovery->setup.files, staging, output))
        return error_set(error, ERROR_LOCAL, "cannot find %s: %s", staging,
                         strerror(errno));
    text = journal_begin(recovery->journal, RECORD_FINISHED);
    if (!text || buffer_puts(text, output) || journal_end(recovery->journal))
        return error_memory(error);
    /* From now on OUTPUT may get its name, and --resume completes the rest. */
    recovery->used = true;
    return journal_sync(recovery->journal, error);
}

int recovery_finish(struct recovery *recovery, struct error *error)
{
    if (!recovery || !recovery->begun)
        return 0;
    return journal_remove(recovery->journal, error);
}
