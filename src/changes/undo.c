#include "changes/undo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "changes/value_file.h"
#include "journal/output_file.h"
#include "user/undo_record.h"

/* Records of one block of undo_rows.h, in bytes. */
#define BLOCK_SIZE ((off_t)16 << 20)

#define TITLE "undo 1 "

enum {
    RECORD_MADE = 'm' /* FILE is complete, and as described */
};

struct undo {
    struct undo_setup setup;
    struct value_file file; /* without a journal, the run is finished */
    bool begun;
    bool failed;                  /* undo_flush() did */
    bool used;                    /* it has an update */
    bool put;                     /* an update was put, and is not synced */
    bool exists;                  /* FILE does, and is not of this run */
    char found[OUTPUT_FILE_SIZE]; /* its description, or "" */
};

/* ---- the start ---------------------------------------------------------- */

static int refuse_other(const struct undo *undo, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s contains old values of users that another run has "
                     "updated; choose another FILE for --undo",
                     undo->file.journal_path);
}

static bool is_update(char type)
{
    return type == UNDO_UPDATE || type == UNDO_AGAIN;
}

static void note_record(void *context, const struct journal_record *record)
{
    struct undo *undo = context;

    undo->used = undo->used || is_update(record->type);
    if (record->type == RECORD_MADE && strcmp(record->text, undo->found) == 0)
        undo->exists = false;
}

/* A journal without updates is continued in any case: its run has sent none. */
static int open_earlier(struct undo *undo, struct error *error)
{
    switch (value_file_scan(&undo->file, note_record, undo, error)) {
    case VALUE_FILE_UNREADABLE:
        return -1;
    case VALUE_FILE_OTHER:
        return refuse_other(undo, error);
    case VALUE_FILE_UNBEGUN:
        return value_file_discard(&undo->file, error);
    case VALUE_FILE_OWN:
        break;
    }
    if (undo->used && !undo->setup.earlier)
        return refuse_other(undo, error);
    if (undo->used && !undo->setup.resume)
        return error_set(error, ERROR_USAGE,
                         "%s contains old values of users that an interrupted "
                         "run has updated; resume it with --resume, or choose "
                         "another FILE for --undo",
                         undo->file.journal_path);
    return value_file_continue(&undo->file, error);
}

/* Values of an earlier run must not get lost. */
static int check_file(const struct undo *undo, struct error *error)
{
    if (!undo->exists)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s exists, and an earlier run may need it to be undone; "
                     "move it away, or choose another FILE for --undo",
                     undo->setup.path);
}

static int open_journal(struct undo *undo, struct error *error)
{
    struct value_file *made = &undo->file;

    undo->exists = output_file_describe(undo->setup.files, undo->setup.path,
                                        undo->found) == 0;
    if (made->journal && open_earlier(undo, error))
        return -1;
    if (made->missing && undo->setup.finished)
        return 0; /* undo_begin() checks that it still is */
    if (check_file(undo, error))
        return -1;
    return made->journal || (undo->setup.resume && undo->setup.earlier)
               ? 0
               : value_file_create(made, error);
}

struct undo *undo_open(const struct undo_setup *setup, struct error *error)
{
    const struct atomic_file_setup file = {
        .files = setup->files,
        .label = "--undo",
        .path = setup->path,
        .flags = ATOMIC_FILE_RESUME, /* it can be made again */
        .input = setup->input,
    };
    struct undo *undo = calloc(1, sizeof(*undo));

    if (!undo) {
        error_memory(error);
        return NULL;
    }
    undo->setup = *setup;
    if (value_file_open(&undo->file, &file, TITLE, setup->output, error))
        goto fail;
    undo->setup.path = writer_name(undo->file.writer);
    if (open_journal(undo, error))
        goto fail;
    return undo;

fail:
    undo_free(undo);
    return NULL;
}

void undo_free(struct undo *undo)
{
    struct error ignored;

    if (!undo)
        return;
    if (undo->file.journal && undo->file.missing && !undo->begun)
        (void)journal_remove(undo->file.journal, &ignored);
    value_file_close(&undo->file);
    free(undo);
}

bool undo_has_failed(const struct undo *undo)
{
    return undo && undo->failed;
}

int undo_begin(struct undo *undo, bool resumed, bool finished,
               struct error *error)
{
    if (!undo)
        return 0;
    if (undo->used && !resumed)
        return refuse_other(undo, error);
    if (!undo->file.journal && resumed && !finished)
        return error_set(error, ERROR_USAGE,
                         "%s is missing: without it, nobody knows the old "
                         "values of the users that the interrupted run has "
                         "updated; move it back, or start again with "
                         "--restart, whose FILE has no values of that run",
                         undo->file.journal_path);
    if (!undo->file.journal && !finished &&
        (check_file(undo, error) || value_file_create(&undo->file, error)))
        return -1;
    undo->begun = true;
    return 0;
}

/* ---- updates ------------------------------------------------------------ */

int undo_put_update(struct undo *undo, struct user_task *task)
{
    char type = task->undo_again ? UNDO_AGAIN : UNDO_UPDATE;

    if (!undo || task->undo.len == 0)
        return 0;
    if (value_file_put(&undo->file, type, task->undo.data, task->undo.len))
        return -1;
    undo->used = undo->put = true;
    buffer_free(&task->undo);
    task->undo_again = true;
    return 0;
}

/* An update that was not sent, or that may have been applied, stays open. */
int undo_put_outcome(struct undo *undo, const struct user_task *task)
{
    enum status status = task->result.outcome.status;
    bool applied = status == STATUS_UPDATED;
    struct buffer *record;

    if (!undo || !undo->file.journal || !task->sent.changed ||
        !task->undo_again || status == STATUS_UNKNOWN ||
        task->result.outcome.refused)
        return 0;
    record = journal_begin(undo->file.journal,
                           applied ? UNDO_APPLIED : UNDO_NOT_APPLIED);
    return !record ||
                   undo_record_put_outcome(record, undo->setup.rows.service,
                                           &task->result,
                                           applied ? task->sent.changed : 0) ||
                   journal_end(undo->file.journal)
               ? -1
               : 0;
}

int undo_flush(struct undo *undo, struct error *error)
{
    bool put = undo && undo->put;

    if (!undo || !undo->file.journal)
        return 0;
    undo->put = false;
    undo->failed = put ? journal_sync(undo->file.journal, error)
                       : journal_flush(undo->file.journal, error);
    return undo->failed ? -1 : 0;
}

/* ---- the end ------------------------------------------------------------ */

/* What a pass over the records needs. */
struct making {
    struct undo *undo;
    struct undo_rows *rows;
    off_t *places; /* where the blocks begin, and the end */
    size_t blocks;
    uint64_t users;
    bool failed; /* with an error that is not a lack of memory */
    struct error *error;
};

static int add_place(struct making *making, off_t place)
{
    off_t *places =
        realloc(making->places, (making->blocks + 1) * sizeof(*making->places));

    if (!places)
        return error_memory(making->error);
    making->places = places;
    places[making->blocks++] = place;
    return 0;
}

/* The first pass: finds the columns, and divides the records into blocks. */
static int note_all(struct making *making)
{
    struct journal *journal = making->undo->file.journal;
    struct journal_record record;
    off_t place = journal_place(journal);
    off_t begin = place;
    int found;

    if (add_place(making, place))
        return -1;
    while ((found = journal_read(journal, &record, making->error)) > 0) {
        undo_rows_note(making->rows, record.type, record.text, record.len);
        if (place - begin >= BLOCK_SIZE) {
            begin = place;
            if (add_place(making, place))
                return -1;
        }
        place = journal_place(journal);
    }
    return found || add_place(making, place) ? -1 : 0;
}

static int write_row(void *context, const char *text, size_t len)
{
    struct making *making = context;

    making->failed =
        writer_write(making->undo->file.writer, text, len, making->error) != 0;
    return making->failed ? -1 : 0;
}

static bool is_record(char type)
{
    return is_update(type) || type == UNDO_APPLIED || type == UNDO_NOT_APPLIED;
}

static int make_block(struct making *making, size_t block)
{
    struct journal *journal = making->undo->file.journal;
    struct journal_record record;
    long count;

    if (journal_return(journal, making->places[block], making->error))
        return -1;
    while (journal_place(journal) < making->places[block + 1]) {
        int found = journal_read(journal, &record, making->error);

        if (found <= 0)
            return found ? -1
                         : error_set(making->error, ERROR_LOCAL,
                                     "%s was changed during the run",
                                     making->undo->file.journal_path);
        if (is_record(record.type) &&
            undo_rows_take(making->rows, record.type, record.text, record.len))
            return error_memory(making->error);
    }
    count = undo_rows_end_block(making->rows, write_row, making);
    if (count < 0)
        return making->failed ? -1 : error_memory(making->error);
    making->users += (uint64_t)count;
    return 0;
}

static int write_header(struct making *making)
{
    struct buffer header;
    int result;

    buffer_init(&header, JOURNAL_MAX_TEXT);
    result = undo_rows_put_header(making->rows, &header)
                 ? error_memory(making->error)
                 : writer_write(making->undo->file.writer, header.data,
                                header.len, making->error);
    buffer_free(&header);
    return result;
}

/* Writes the staging file of FILE. */
static int make(struct making *making)
{
    if (note_all(making) || write_header(making))
        return -1;
    for (size_t block = making->blocks - 1; block-- > 0;)
        if (make_block(making, block))
            return -1;
    return journal_return(making->undo->file.journal,
                          making->places[making->blocks - 1], making->error) ||
                   writer_stop(making->undo->file.writer, making->error)
               ? -1
               : 0;
}

/* If the run is killed then, the next one finds FILE as its own. */
static int commit(struct undo *undo, struct error *error)
{
    const char *staging = writer_partial_name(undo->file.writer);
    char file[OUTPUT_FILE_SIZE];

    if (output_file_describe(undo->setup.files, staging, file))
        return error_set(error, ERROR_LOCAL, "cannot read %s: %s", staging,
                         strerror(errno));
    if (value_file_truncate(&undo->file, error))
        return -1;
    if (value_file_put(&undo->file, RECORD_MADE, file, strlen(file)))
        return error_memory(error);
    return journal_sync(undo->file.journal, error) ||
                   writer_commit(undo->file.writer, error)
               ? -1
               : 0;
}

int undo_make(struct undo *undo, uint64_t *users, struct error *error)
{
    struct making making = {.undo = undo, .error = error};
    int result = -1;

    *users = 0;
    if (!undo || !undo->used)
        return 0;
    making.rows = undo_rows_new(&undo->setup.rows);
    if (!making.rows)
        error_memory(error);
    else if (value_file_reopen(&undo->file, undo->failed, error) == 0 &&
             make(&making) == 0)
        result = commit(undo, error);
    *users = making.users;
    undo_rows_free(making.rows);
    free(making.places);
    return result;
}

int undo_remove(struct undo *undo, struct error *error)
{
    return undo ? value_file_remove(&undo->file, error) : 0;
}
