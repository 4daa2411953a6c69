#include "output/format.h"

#include <inttypes.h>
#include <string.h>

#include "input/suspicious.h"
#include "output/cell.h"

/* The values of a result row; a text that is NULL becomes an empty field. */
struct result {
    uint64_t number;
    const char *id;
    enum status status;
    const char *last_modified;
    bool numbered;
    long code;
    const char *name;
    const char *message;
    const char *field;
    bool retryable;
    long http_status;
    const char *tracking_id;
    unsigned attempts;
    column_mask changed;
    const struct task_result *task; /* NULL: the row never became part of one */
    const struct row *row;          /* likewise */
};

/* A comma and a field. */
static int add(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, ",", 1) || cell_put_plain(buffer, text) ? -1
                                                                         : 0;
}

/* A comma and a cell of OUTPUT. */
static int add_cell(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, ",", 1) || cell_put(buffer, text) ? -1 : 0;
}

static int add_number(struct buffer *buffer, bool given, long number)
{
    if (buffer_append(buffer, ",", 1))
        return -1;
    if (!given)
        return 0;
    if (number < 0)
        return buffer_printf(buffer, "%ld", number);
    return buffer_put_number(buffer, (uint64_t)number);
}

/* ---- fields that are lists ---------------------------------------------- */

static int add_changed(struct buffer *buffer, const struct service *service,
                       column_mask changed)
{
    const char *separator = ",";

    if (!changed)
        return buffer_append(buffer, ",", 1);
    for (unsigned i = 0; i < service->column_count; i++) {
        if (!(changed & column_bit(i)))
            continue;
        if (buffer_puts(buffer, separator) ||
            buffer_puts(buffer, service->columns[i].name))
            return -1;
        separator = ";";
    }
    return 0;
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Notes what is odd about the value. */
static int add_remark(struct buffer *buffer, const struct column *column,
                      const struct cell *cell, const char **separator)
{
    char remark[SUSPICIOUS_REMARK_SIZE];
    int failed;

    if (column->use != COLUMN_WRITE || !cell->text)
        return 0;
    suspicious_remark(column, cell->text, remark);
    if (!*remark)
        return 0;
    failed = buffer_printf(buffer, "%s%s %s", *separator, column->name, remark);
    *separator = "; ";
    return failed;
}

/* Notes that a later row of the group replaces the cell, that --reconcile can't
 * compare it, or what is odd about it. */
static int add_cell_note(struct buffer *buffer, const struct format *format,
                         const struct result *result, const struct cell *cell,
                         const char **separator)
{
    const struct column *what = &format->service->columns[cell->column];
    const struct merge_cell *winner =
        result->task ? &result->task->merge.cells[cell->column] : NULL;
    int failed = 0;

    if (format->mode == MODE_RECONCILE && what->write_only)
        failed = buffer_printf(buffer, "%s%s cannot be compared", *separator,
                               what->name);
    else if (winner && what->use == COLUMN_WRITE &&
             !is_same_text(winner->text, cell->text))
        failed = buffer_printf(buffer, "%s%s is taken from row %" PRIu64,
                               *separator, what->name, winner->row->number);
    else
        return add_remark(buffer, what, cell, separator);
    *separator = "; ";
    return failed;
}

/* Notes the columns that the service has in another spelling. */
static int add_respelled(struct buffer *buffer, const struct format *format,
                         const struct outcome *outcome, const char **separator)
{
    for (unsigned i = 0; i < format->service->column_count; i++) {
        if (!(outcome->respelled & outcome->changed & column_bit(i)))
            continue;
        if (buffer_printf(buffer, "%sthe service has %s in another spelling",
                          *separator, format->service->columns[i].name))
            return -1;
        *separator = "; ";
    }
    return 0;
}

/* Notes how the outcome came about. The texts need no quotes in CSV. */
static int add_outcome_note(struct buffer *buffer,
                            const struct outcome *outcome,
                            const char **separator)
{
    const struct {
        bool holds;
        const char *text;
    } notes[] = {
        {outcome->own_write, "LastModifiedTime was changed by this run's own "
                             "update of another user of the same person"},
        {outcome->read_back,
         "the response to UpdateUser was lost; the user was "
         "read back and has the values"},
        {outcome->refused,
         "an update was sent and rejected; the user has its values from others "
         "or because a gateway sent it twice"},
    };

    for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++) {
        if (!notes[i].holds)
            continue;
        if (buffer_printf(buffer, "%s%s", *separator, notes[i].text))
            return -1;
        *separator = "; ";
    }
    return 0;
}

static int add_note(struct buffer *buffer, const struct format *format,
                    const struct result *result)
{
    const struct row *row = result->row;
    const char *separator = ",";

    for (unsigned i = 0; row && i < row->count; i++)
        if (add_cell_note(buffer, format, result, &row->cells[i], &separator))
            return -1;
    if (result->task &&
        (add_outcome_note(buffer, &result->task->outcome, &separator) ||
         add_respelled(buffer, format, &result->task->outcome, &separator)))
        return -1;
    return *separator == ',' ? buffer_append(buffer, ",", 1) : 0;
}

static int add_result(struct buffer *buffer, const struct format *format,
                      const struct result *result)
{
    bool success = status_is_success(result->status);
    bool no_error = !status_is_error(result->status);

    if (buffer_put_number(buffer, result->number) ||
        buffer_append(buffer, ",", 1) ||
        cell_put_revealed(buffer, result->id) ||
        add(buffer, status_name(result->status)) ||
        add_cell(buffer, no_error ? result->last_modified : NULL) ||
        add_number(buffer, result->numbered && !no_error, result->code) ||
        add(buffer, no_error ? NULL : result->name) ||
        add_cell(buffer, no_error ? NULL : result->message) ||
        add(buffer, result->field) ||
        add(buffer, success             ? NULL
                    : result->retryable ? "yes"
                                        : "no") ||
        add_number(buffer, result->http_status != 0, result->http_status) ||
        add(buffer, result->tracking_id) ||
        add_number(buffer, true, (long)result->attempts) ||
        add_changed(buffer, format->service, result->changed) ||
        add_note(buffer, format, result))
        return -1;
    return buffer_append(buffer, "\n", 1);
}

/* ---- --export ----------------------------------------------------------- */

/* The row contains the requested tenant, even if the user was not found. */
static int add_tenant(struct buffer *buffer, const struct row *row)
{
    struct key_parts parts = {.tenant = NULL};

    if (row)
        parts = service_split_key(row->key);
    if (buffer_append(buffer, ",", 1))
        return -1;
    return parts.tenant ? buffer_append(buffer, parts.tenant, parts.tenant_len)
                        : 0;
}

static int add_exported_value(struct buffer *buffer,
                              const struct format *format,
                              const struct user *user, unsigned column)
{
    const char *value = format->service->user_value(user, column);

    if (!value && format->service->columns[column].clearable)
        value = format->clear_token;
    return add(buffer, value);
}

static int add_exported_column(struct buffer *buffer,
                               const struct format *format,
                               const struct user *user, unsigned column,
                               const struct row *row)
{
    const struct column *what = &format->service->columns[column];

    if (!column_is_exported(what))
        return 0;
    if (user)
        return add_exported_value(buffer, format, user, column);
    return what->use == COLUMN_TENANT ? add_tenant(buffer, row)
                                      : add(buffer, NULL);
}

/* The Id comes first, then the other columns in the service's order. */
static int add_exported(struct buffer *buffer, const struct format *format,
                        const struct result *result)
{
    const struct service *service = format->service;
    bool success = status_is_success(result->status);
    const struct user *user =
        success && result->task ? result->task->user : NULL;

    if (cell_put_plain(buffer, result->id))
        return -1;
    for (unsigned i = 0; i < service->column_count; i++)
        if (add_exported_column(buffer, format, user, i, result->row))
            return -1;
    if (add(buffer, status_name(result->status)) ||
        add(buffer, success ? NULL : result->name) ||
        add(buffer, success ? NULL : result->message))
        return -1;
    return buffer_append(buffer, "\n", 1);
}

static int add_export_header(struct buffer *buffer,
                             const struct service *service)
{
    if (buffer_puts(buffer, service->columns[service->key].name))
        return -1;
    for (unsigned i = 0; i < service->column_count; i++)
        if (column_is_exported(&service->columns[i]) &&
            add(buffer, service->columns[i].name))
            return -1;
    return buffer_puts(buffer, ",_Status,_ErrorName,_ErrorMessage\n");
}

/* ---- by mode ------------------------------------------------------------ */

static int add_list_header(struct buffer *buffer,
                           const struct list_service *list)
{
    for (unsigned i = 0; i < list->column_count; i++)
        if ((i > 0 && buffer_puts(buffer, ",")) ||
            buffer_puts(buffer, list->columns[i]))
            return -1;
    return buffer_puts(buffer, "\n");
}

int format_header(struct buffer *buffer, const struct format *format)
{
    if (format->mode == MODE_LIST)
        return add_list_header(buffer, format->service->list);
    if (format->mode == MODE_EXPORT)
        return add_export_header(buffer, format->service);
    return buffer_puts(buffer,
                       "Row,Id,Status,LastModifiedTime,ErrorCode,ErrorName,"
                       "ErrorMessage,Field,Retryable,HttpStatus,TrackingId,"
                       "Attempts,Changed,Note\n");
}

static int add_any(struct buffer *buffer, const struct format *format,
                   const struct result *result)
{
    if (format->mode == MODE_EXPORT)
        return add_exported(buffer, format, result);
    return add_result(buffer, format, result);
}

/* A row that was refused after its user was fetched has no part in the outcome
 * of its group. */
static void refuse(struct result *result, const struct format *format,
                   const struct doubt *why)
{
    result->status = STATUS_FAILED;
    result->last_modified = NULL;
    result->numbered = result->retryable = false;
    result->name = why->code;
    result->message = why->text;
    result->field = format->service->columns[why->column].name;
    result->changed = 0;
    result->task = NULL;
    result->row = NULL;
}

int format_row(struct buffer *buffer, const struct format *format,
               const struct task_result *task, const struct row *row)
{
    const struct outcome *outcome = &task->outcome;
    const struct api_error *last = &outcome->last;
    struct result result = {
        .number = row->number,
        .id = row->id,
        .status = outcome->status,
        .last_modified = outcome->last_modified,
        .numbered = last->numbered,
        .code = last->code,
        .name = last->name,
        .message = last->text,
        .field = outcome->field,
        .retryable = outcome->retryable,
        .http_status = last->http_status,
        .tracking_id = last->tracking_id,
        .attempts = outcome->attempts,
        .changed = outcome->changed,
        .task = task,
        .row = row,
    };

    if (row->why)
        refuse(&result, format, row->why);
    return add_any(buffer, format, &result);
}

int format_row_alone(struct buffer *buffer, const struct format *format,
                     const struct row_alone *row)
{
    const struct error *why = row->why;
    struct result result = {
        .number = row->number,
        .id = row->id,
        .status = row->status,
        .name = why ? why->code : NULL,
        .message = why ? why->text : NULL,
        .field = why ? why->field : NULL,
        .retryable = row->status == STATUS_NOT_ATTEMPTED,
        .row = row->row,
    };

    return add_any(buffer, format, &result);
}

/* ---- --diff ------------------------------------------------------------- */

int format_diff_header(struct buffer *buffer, const struct format *format)
{
    return buffer_puts(buffer, format->mode == MODE_RECONCILE
                                   ? "Row,Id,Column,Service,Input\n"
                                   : "Row,Id,Column,Old,New\n");
}

int format_diff(struct buffer *buffer, const struct format *format,
                const struct task_result *task, const struct row *row)
{
    const struct service *service = format->service;

    for (unsigned i = 0; i < service->column_count; i++) {
        const struct merge_cell *cell = &task->merge.cells[i];
        const char *text = cell->text;

        if (!(task->outcome.changed & column_bit(i)) || cell->row != row)
            continue;
        if (!text)
            text = service->columns[i].empty;
        if (service->columns[i].secret)
            text = "***";
        if (buffer_put_number(buffer, row->number) || add(buffer, row->id) ||
            add(buffer, service->columns[i].name) ||
            add(buffer, service->user_value(task->user, i)) ||
            add(buffer, text) || buffer_append(buffer, "\n", 1))
            return -1;
    }
    return 0;
}
