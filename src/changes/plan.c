#include "changes/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/fnv1a.h"
#include "base/hash_filter.h"
#include "changes/value_file.h"
#include "input/csv_records.h"
#include "output/plan_rows.h"
#include "user/undo_record.h"

#define TITLE "plan 1 "

/* After so many rows, records are synced at once: the result rows of one turn
 * may be written to OUTPUT.journal before it ends, if they exceed 1 MiB. */
#define MANY_ROWS 512

struct plan {
    struct plan_setup setup;
    struct value_file file;    /* without a journal, the run is finished */
    struct hash_filter *users; /* that have a record */
    bool has_last;             /* earlier parts of the run put records, */
    uint64_t last;             /* the last of them of this sequence */
    bool begun;
    bool put;       /* a record was put, and is not synced */
    bool failed;    /* plan_flush() did */
    unsigned rows;  /* since then */
    uint64_t count; /* of rows in FILE */
    bool made;
};

/* ---- the start ---------------------------------------------------------- */

static int refuse_other(const struct plan *plan, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s belongs to the plan of another run; resume that run, "
                     "or choose another FILE for --plan",
                     plan->file.journal_path);
}

static void note_record(void *context, const struct journal_record *record)
{
    struct plan *plan = context;
    const char *key;
    uint64_t sequence = plan_record_sequence(record->text, record->len, &key);

    if (!key)
        return;
    hash_filter_add(plan->users, fnv1a_hash(key));
    if (!plan->has_last || sequence > plan->last)
        plan->last = sequence;
    plan->has_last = true;
}

/* Without an earlier run, nobody needs the records. */
static int open_earlier(struct plan *plan, struct error *error)
{
    switch (value_file_scan(&plan->file, note_record, plan, error)) {
    case VALUE_FILE_UNREADABLE:
        return -1;
    case VALUE_FILE_OTHER:
        return refuse_other(plan, error);
    case VALUE_FILE_UNBEGUN:
        break;
    case VALUE_FILE_OWN:
        if (plan->setup.earlier)
            return value_file_continue(&plan->file, error);
        break;
    }
    return value_file_discard(&plan->file, error);
}

/* If there is an earlier run, plan_begin() decides what a missing journal
 * means. */
static int open_journal(struct plan *plan, struct error *error)
{
    struct value_file *file = &plan->file;

    if (file->journal && open_earlier(plan, error))
        return -1;
    return file->journal || plan->setup.earlier
               ? 0
               : value_file_create(file, error);
}

struct plan *plan_open(const struct plan_setup *setup, struct error *error)
{
    const struct atomic_file_setup file = {
        .files = setup->files,
        .label = "--plan",
        .path = setup->path,
        .flags = setup->flags | ATOMIC_FILE_RESUME, /* it can be made again */
        .input = setup->input,
    };
    struct plan *plan = calloc(1, sizeof(*plan));

    if (!plan) {
        error_memory(error);
        return NULL;
    }
    plan->setup = *setup;
    plan->users = hash_filter_new();
    if (!plan->users) {
        error_memory(error);
        goto fail;
    }
    if (value_file_open(&plan->file, &file, TITLE, setup->output, error) ||
        open_journal(plan, error))
        goto fail;
    return plan;

fail:
    plan_free(plan);
    return NULL;
}

void plan_free(struct plan *plan)
{
    struct error ignored;

    if (!plan)
        return;
    if (plan->file.missing && !plan->begun)
        (void)value_file_remove(&plan->file, &ignored);
    value_file_close(&plan->file);
    hash_filter_free(plan->users);
    free(plan);
}

/* Forgets an earlier run. */
static int start_again(struct plan *plan, struct error *error)
{
    struct hash_filter *users;

    if (plan->has_last) {
        users = hash_filter_new();
        if (!users)
            return error_memory(error);
        hash_filter_free(plan->users);
        plan->users = users;
        plan->has_last = false;
    }
    if (plan->file.journal && value_file_discard(&plan->file, error))
        return -1;
    return value_file_create(&plan->file, error);
}

int plan_begin(struct plan *plan, bool resumed, bool finished,
               struct error *error)
{
    if (!plan)
        return 0;
    plan->begun = true;
    if (!resumed && !finished)
        return plan->file.journal && plan->file.missing
                   ? 0
                   : start_again(plan, error);
    if (finished || plan->file.journal)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is missing: without it, nobody knows what the "
                     "interrupted run has planned; start again with --restart",
                     plan->file.journal_path);
}

int plan_check_columns(const struct plan *plan, column_mask columns,
                       struct error *error)
{
    const struct service *service = plan ? plan->setup.rows.service : NULL;

    for (unsigned i = 0; plan && i < service->column_count; i++) {
        const struct column *column = &service->columns[i];

        if ((columns & column_bit(i)) && column->write_only)
            return error_set(error, ERROR_USAGE,
                             "--plan: INPUT has the column %s, whose values "
                             "cannot be compared; set it without a plan, or "
                             "leave it out with --ignore %s",
                             column->name, column->name);
    }
    return 0;
}

/* ---- records ------------------------------------------------------------ */

/* The rows cannot be in a plan, since no cell can expect a value. */
static void refuse_user(struct user_task *task, const struct column *column)
{
    struct outcome *outcome = &task->result.outcome;

    api_error_set_local(&outcome->last, "NotExpectable",
                        column_is_expectable(column)
                            ? "no cell of a plan can expect the user's present "
                              "value: it is blank, longer than 1 MiB, or "
                              "resembles the word that clears a value; choose "
                              "another word with --clear-token, or set the "
                              "value without a plan"
                            : "a plan never contains such a value; set it "
                              "without a plan");
    outcome->status = STATUS_FAILED;
    outcome->field = column->name;
    outcome->changed = 0;
    outcome->respelled = 0;
}

/* The rows of a user whom a plan cannot contain fail. -1 without memory. */
static int check_user(const struct plan *plan, struct user_task *task)
{
    const struct service *service = plan->setup.rows.service;
    const struct task_result *result = &task->result;

    if (result->outcome.status != STATUS_WOULD_UPDATE)
        return 0;
    for (unsigned i = 0; i < service->column_count; i++) {
        const char *value = service->user_value(result->user, i);
        const struct undo_change change = {.column = i,
                                           .old = result->merge.cells[i].text,
                                           .after =
                                               value && *value ? value : NULL};
        struct error why = {.kind = ERROR_NONE};

        if (!(result->outcome.changed & column_bit(i)) ||
            (undo_text_check(&plan->setup.rows, &change, &why) == 0 &&
             (!value || strlen(value) <= CSV_READER_MAX_FIELD)))
            continue;
        if (why.kind != ERROR_NONE && why.kind != ERROR_VALUE)
            return -1;
        refuse_user(task, &service->columns[i]);
        return 0;
    }
    return 0;
}

static column_mask expectable(const struct service *service,
                              column_mask columns)
{
    for (unsigned i = 0; i < service->column_count; i++)
        if (!column_is_expectable(&service->columns[i]))
            columns &= ~column_bit(i);
    return columns;
}

/* The columns of the task's record. */
static column_mask columns_of(const struct plan *plan,
                              const struct user_task *task, bool again)
{
    const struct task_result *result = &task->result;
    enum status status = result->outcome.status;

    if (status != STATUS_WOULD_UPDATE && status != STATUS_UNCHANGED)
        return 0;
    return again ? expectable(plan->setup.rows.service, result->merge.named)
                 : result->outcome.changed;
}

/* Earlier parts of the run may have put a record of the group that begins with
 * this row, but not its result: replaces that by an empty one. */
static int put_empty(struct plan *plan, const struct row *row)
{
    struct buffer *record;

    if (!plan->has_last || row->sequence > plan->last)
        return 0;
    record = journal_begin(plan->file.journal, PLAN_AGAIN);
    plan->put = true;
    return !record || undo_record_put_user(record, row->sequence, row->key) ||
                   journal_end(plan->file.journal)
               ? -1
               : 0;
}

static int put_all_empty(struct plan *plan, const struct row *row)
{
    for (; row; row = row->next)
        if (put_empty(plan, row))
            return -1;
    return 0;
}

static int put_record(struct plan *plan, const struct user_task *task)
{
    const struct task_result *result = &task->result;
    uint64_t hash = fnv1a_hash(result->group->key);
    bool again = hash_filter_has(plan->users, hash);
    column_mask columns = columns_of(plan, task, again);
    struct buffer *record;

    if (!columns)
        return 0;
    record =
        journal_begin(plan->file.journal, again ? PLAN_AGAIN : PLAN_CHANGE);
    if (!record ||
        undo_record_put_update(record, plan->setup.rows.service, result,
                               columns) ||
        journal_end(plan->file.journal))
        return -1;
    hash_filter_add(plan->users, hash);
    plan->put = true;
    return 0;
}

int plan_put(struct plan *plan, struct user_task *task, struct error *error)
{
    const struct group *group = task->result.group;

    if (!plan || !plan->file.journal)
        return 0;
    if (check_user(plan, task) || put_all_empty(plan, group->rows) ||
        put_all_empty(plan, group->refused) || put_record(plan, task))
        return error_memory(error);
    for (const struct row *row = group->rows; row; row = row->next)
        plan->rows++;
    return plan->rows >= MANY_ROWS ? plan_flush(plan, error) : 0;
}

int plan_flush(struct plan *plan, struct error *error)
{
    if (!plan || !plan->put)
        return 0;
    plan->put = false;
    plan->rows = 0;
    plan->failed = journal_sync(plan->file.journal, error) != 0;
    return plan->failed ? -1 : 0;
}

bool plan_has_failed(const struct plan *plan)
{
    return plan && plan->failed;
}

/* ---- the end ------------------------------------------------------------ */

/* What a reading of the records needs. */
struct making {
    struct plan *plan;
    struct plan_rows *rows;
    bool failed; /* with an error that is not a lack of memory */
    struct error *error;
};

static int write_row(void *context, const char *text, size_t len)
{
    struct making *making = context;

    making->failed =
        writer_write(making->plan->file.writer, text, len, making->error) != 0;
    return making->failed ? -1 : 0;
}

static int note(struct making *making, const struct journal_record *record)
{
    return plan_rows_note(making->rows, record->type, record->text,
                          record->len);
}

static int collect(struct making *making, const struct journal_record *record)
{
    return plan_rows_collect(making->rows, record->text, record->len);
}

static int take(struct making *making, const struct journal_record *record)
{
    const struct plan_rows_output output = {write_row, making};

    return plan_rows_take(making->rows, record->text, record->len, &output);
}

static int refuse_many(struct making *making)
{
    if (making->failed)
        return -1;
    if (errno != EFBIG)
        return error_memory(making->error);
    return error_set(making->error, ERROR_LOCAL,
                     "too many users have rows in several windows of INPUT for "
                     "a plan; use --restart with a larger --window");
}

/* Reads all records. */
static int read_all(struct making *making,
                    int (*each)(struct making *making,
                                const struct journal_record *record))
{
    struct journal *journal = making->plan->file.journal;
    struct journal_record record;
    off_t start = journal_place(journal);
    int found;

    while ((found = journal_read(journal, &record, making->error)) > 0) {
        bool is_record =
            record.type == PLAN_CHANGE || record.type == PLAN_AGAIN;

        if (is_record && each(making, &record))
            return refuse_many(making);
    }
    return found || each == take
               ? found
               : journal_return(journal, start, making->error);
}

static int write_header(struct making *making, uint64_t source_rows)
{
    struct buffer header;
    int result;

    buffer_init(&header, JOURNAL_MAX_TEXT);
    result = plan_rows_put_header(making->rows, source_rows, &header)
                 ? error_memory(making->error)
                 : write_row(making, header.data, header.len);
    buffer_free(&header);
    return result;
}

static int make(struct making *making, uint64_t source_rows)
{
    const struct plan_rows_output output = {write_row, making};
    struct plan *plan = making->plan;

    if (read_all(making, note) ||
        (plan_rows_has_repeated(making->rows) && read_all(making, collect)) ||
        write_header(making, source_rows) || read_all(making, take))
        return -1;
    if (plan_rows_end(making->rows, &output))
        return refuse_many(making);
    if (value_file_truncate(&plan->file, making->error) ||
        writer_stop(plan->file.writer, making->error))
        return -1;
    plan->count = plan_rows_users(making->rows);
    return 0;
}

int plan_make(struct plan *plan, uint64_t source_rows, struct error *error)
{
    struct making making = {.plan = plan, .error = error};
    int result = -1;

    if (!plan || !plan->file.journal)
        return 0;
    making.rows = plan_rows_new(&plan->setup.rows, PLAN_ROWS_BLOCK);
    if (!making.rows)
        error_memory(error);
    else if (value_file_reopen(&plan->file, plan->failed, error) == 0)
        result = make(&making, source_rows);
    plan_rows_free(making.rows);
    plan->made = result == 0;
    return result;
}

int plan_commit(struct plan *plan, struct error *error)
{
    if (!plan || !plan->made)
        return 0;
    return writer_commit(plan->file.writer, error);
}

/* The rows of a FILE that an earlier process has made: its line ends outside
 * quotes, without that of the header. */
static uint64_t count_users(const struct plan *plan)
{
    const struct file_system *files = plan->setup.files;
    int fd = files->open(files, plan->setup.path, O_RDONLY | O_CLOEXEC, 0);
    char data[4096];
    uint64_t lines = 0;
    bool quoted = false;
    ssize_t len;

    if (fd < 0)
        return 0;
    while ((len = files->read(files, fd, data, sizeof(data))) > 0)
        for (ssize_t i = 0; i < len; i++) {
            quoted = quoted != (data[i] == '"');
            lines += data[i] == '\n' && !quoted;
        }
    (void)files->close(files, fd);
    return lines > 0 ? lines - 1 : 0;
}

int plan_describe(const struct plan *plan, uint64_t *users,
                  unsigned char digest[HASH_SIZE])
{
    *users = plan->made ? plan->count : count_users(plan);
    return plan->made
               ? writer_digest(plan->file.writer, digest)
               : file_digest(plan->setup.files, plan->setup.path, digest);
}

int plan_remove(struct plan *plan, struct error *error)
{
    return plan ? value_file_remove(&plan->file, error) : 0;
}
