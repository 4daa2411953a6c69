#include "output/failed_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/hash_filter.h"
#include "input/row_parser.h"
#include "output/prior_result.h"
#include "output/record_copy.h"
#include "output/record_spool.h"
#include "output/writer.h"

/* Bytes of a Note, which begins with that of the result. */
#define MAX_NOTE (2 * CSV_READER_MAX_FIELD)

/* What stands for a value that is not kept. */
#define WITHHELD "*"

static const char *const own_columns[] = {
    "_Row", "_Status", "_ErrorName", "_Field", "_ErrorMessage", "_Note", NULL};

struct failed_rows {
    const struct file_system *files;
    struct row_source *source;
    struct writer *writer;
    struct record_spool *spool; /* NULL: INPUT is a file */
    struct record_copy copy;
    struct field withheld[CSV_READER_MAX_COLUMNS]; /* of a record to be kept */

    /* While the file is written. */
    struct prior_result *rows;
    struct prior_row row;       /* the next one */
    struct hash_filter *failed; /* their users; NULL: later rows of these users
                                   are not needed */
    bool enough;                /* there are no more rows */
};

/* ---- life --------------------------------------------------------------- */

static void find_roles(struct failed_rows *failed, const struct record *record)
{
    record_copy_find_roles(&failed->copy, row_source_header(failed->source),
                           record);
}

/* No password gets to the disk. */
static int keep_record(void *context, const struct record *record,
                       struct error *error)
{
    struct failed_rows *failed = context;
    struct record kept = *record;

    if (record->number == 0) {
        find_roles(failed, record);
        return record_spool_put(failed->spool, record, error);
    }
    kept.fields = failed->withheld;
    for (size_t i = 0; i < record->count; i++) {
        bool withhold = failed->copy.roles[i] == RECORD_WITHHELD &&
                        record->fields[i].len > 0;

        failed->withheld[i] =
            withhold ? (struct field){WITHHELD, 1} : record->fields[i];
    }
    return record_spool_put(failed->spool, &kept, error);
}

static int open_files(struct failed_rows *failed,
                      const struct failed_rows_setup *setup,
                      struct error *error)
{
    const struct atomic_file_setup file = {
        .files = setup->files,
        .label = "--failed",
        .path = setup->path,
        .flags = setup->flags,
        .input = setup->input,
    };

    failed->writer = writer_open(&file, error);
    if (!failed->writer)
        return -1;
    if (row_source_is_file(setup->source))
        return 0;
    failed->spool = record_spool_new(setup->files, setup->random,
                                     writer_name(failed->writer), error);
    if (!failed->spool)
        return -1;
    row_source_copy_to(setup->source, keep_record, failed);
    return 0;
}

struct failed_rows *failed_rows_open(const struct failed_rows_setup *setup,
                                     struct error *error)
{
    struct failed_rows *failed = calloc(1, sizeof(*failed));

    if (!failed) {
        error_memory(error);
        return NULL;
    }
    failed->files = setup->files;
    failed->source = setup->source;
    record_copy_init(&failed->copy, own_columns);
    if (open_files(failed, setup, error)) {
        failed_rows_free(failed);
        return NULL;
    }
    return failed;
}

void failed_rows_free(struct failed_rows *failed)
{
    if (!failed)
        return;
    record_spool_free(failed->spool);
    writer_free(failed->writer);
    record_copy_clear(&failed->copy);
    free(failed);
}

bool failed_rows_is_exposed(const struct failed_rows *failed)
{
    return writer_is_exposed(failed->writer);
}

/* ---- the header --------------------------------------------------------- */

static int put_header(struct failed_rows *failed, const struct record *record)
{
    struct record_copy *copy = &failed->copy;
    bool separator_line;
    char delimiter = row_source_delimiter(failed->source, &separator_line);

    buffer_clear(&copy->text);
    return record_copy_put_first_lines(copy,
                                       row_source_header(failed->source)->rules,
                                       delimiter, separator_line) ||
                   record_copy_put_cells(copy, record) ||
                   record_copy_put_own_names(copy)
               ? -1
               : 0;
}

/* ---- the Note ----------------------------------------------------------- */

static int add_note(struct buffer *note, bool applies, const char *text)
{
    if (!applies)
        return 0;
    return (note->len > 0 && buffer_puts(note, "; ")) || buffer_puts(note, text)
               ? -1
               : 0;
}

static int make_note(const struct failed_rows *failed,
                     const struct record *record, struct buffer *note)
{
    const struct prior_row *row = &failed->row;
    bool applied = status_is_success(row->status);

    return add_note(note, *row->note != '\0', row->note) ||
                   add_note(note, applied,
                            "this row was applied; it is repeated because an "
                            "earlier row of this user was not, and the later "
                            "row must win") ||
                   add_note(note,
                            !applied &&
                                record_copy_withholds(&failed->copy, record),
                            RECORD_COPY_NOTE)
               ? -1
               : 0;
}

/* ---- the join ----------------------------------------------------------- */

static int find_next(struct failed_rows *failed, struct error *error)
{
    int more = prior_result_next(failed->rows, &failed->row, error);

    failed->enough = failed->enough || more == 0;
    return more < 0 ? -1 : 0;
}

static int write_text(struct failed_rows *failed, int formatted,
                      struct error *error)
{
    if (formatted)
        return error_memory(error);
    return writer_write(failed->writer, failed->copy.text.data,
                        failed->copy.text.len, error);
}

static int put_row(struct failed_rows *failed, const struct record *record,
                   const char *note)
{
    const struct prior_row *row = &failed->row;
    struct record_copy *copy = &failed->copy;

    buffer_clear(&copy->text);
    return record_copy_put_cells(copy, record) ||
                   buffer_append(&copy->text, &copy->delimiter, 1) ||
                   buffer_put_number(&copy->text, row->number) ||
                   record_copy_put_own(copy, status_name(row->status)) ||
                   record_copy_put_own(copy, row->name) ||
                   record_copy_put_own(copy, row->field) ||
                   record_copy_put_own(copy, row->message) ||
                   record_copy_put_own(copy, note) ||
                   buffer_append(&copy->text, "\n", 1)
               ? -1
               : 0;
}

static int write_row(struct failed_rows *failed, const struct record *record,
                     struct error *error)
{
    struct buffer note;
    int formatted;

    buffer_init(&note, MAX_NOTE);
    formatted = make_note(failed, record, &note);
    if (formatted == 0)
        formatted = put_row(failed, record, note.len > 0 ? note.data : "");
    buffer_free(&note);
    return write_text(failed, formatted, error);
}

/* A later row of a user is repeated, or the corrected row would overwrite what
 * it has set. */
static bool is_wanted(struct failed_rows *failed, const struct record *record)
{
    const struct header *header = row_source_header(failed->source);

    if (status_is_success(failed->row.status))
        return failed->failed &&
               hash_filter_has(failed->failed, row_hash_id(header, record));
    if (failed->failed)
        hash_filter_add(failed->failed, row_hash_id(header, record));
    return true;
}

static int join_record(void *context, const struct record *record,
                       struct error *error)
{
    struct failed_rows *failed = context;

    if (record->number == 0) {
        if (!failed->spool)
            find_roles(failed, record);
        return write_text(failed, put_header(failed, record), error) ||
                       find_next(failed, error)
                   ? -1
                   : 0;
    }
    if (failed->enough || record->number < failed->row.number)
        return 0;
    if (is_wanted(failed, record) && write_row(failed, record, error))
        return -1;
    return find_next(failed, error);
}

static int join(struct failed_rows *failed, const volatile sig_atomic_t *stop,
                struct error *error)
{
    if (failed->spool)
        return record_spool_read(failed->spool, join_record, failed,
                                 &failed->enough, stop, error);
    return row_source_read_again(failed->source, join_record, failed,
                                 &failed->enough, stop, error);
}

/* The row at which a pipe was rejected has no cells, so that it fails again
 * until somebody fills it in. */
static int write_refused(struct failed_rows *failed,
                         const struct failed_rows_result *result,
                         struct error *error)
{
    const char *why = result->refused;
    const struct field empty = {"", 0};
    struct field *fields = failed->withheld;
    const struct record record = {.number = 1, .fields = fields};

    if (!why)
        return 0;
    for (size_t i = 0; i < failed->copy.width; i++)
        fields[i] = empty;
    failed->row = (struct prior_row){.number = result->rows + 1,
                                     .status = STATUS_NOT_ATTEMPTED,
                                     .name = "InputRefused",
                                     .field = "",
                                     .message = why};
    return write_text(failed,
                      put_row(failed, &record,
                              "this row and all after it could not be read; "
                              "take them from where the pipe got them"),
                      error);
}

static int open_result(struct failed_rows *failed,
                       const struct failed_rows_result *result,
                       struct error *error)
{
    failed->rows = prior_result_open_any(failed->files, result->path, error);
    if (!failed->rows)
        return -1;
    failed->enough = result->failed == 0;
    if (!result->applied || failed->enough)
        return 0;
    failed->failed = hash_filter_new();
    return failed->failed ? 0 : error_memory(error);
}

int failed_rows_write(struct failed_rows *failed,
                      const struct failed_rows_result *result,
                      const volatile sig_atomic_t *stop, struct error *error)
{
    int status = open_result(failed, result, error) ||
                         join(failed, stop, error) ||
                         write_refused(failed, result, error) ||
                         writer_stop(failed->writer, error)
                     ? -1
                     : 0;

    hash_filter_free(failed->failed);
    prior_result_free(failed->rows);
    failed->failed = NULL;
    failed->rows = NULL;
    if (status)
        failed_rows_discard(failed);
    return status;
}

int failed_rows_commit(struct failed_rows *failed, struct error *error)
{
    return writer_commit(failed->writer, error);
}

void failed_rows_discard(struct failed_rows *failed)
{
    writer_discard(failed->writer);
}
