#include "output/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "output/result_field.h"

/* The index of the kind; the count if there is none. */
static unsigned find(const struct findings *findings, const char *name,
                     const char *field)
{
    unsigned i = 0;

    while (i < findings->count &&
           (strcmp(findings->kinds[i].name, name) != 0 ||
            strcmp(findings->kinds[i].field, field) != 0))
        i++;
    return i;
}

const struct finding_kind *findings_find(const struct findings *findings,
                                         const char *name, const char *field)
{
    unsigned at = find(findings, name, field);

    return at < findings->count ? &findings->kinds[at] : NULL;
}

/* NULL: there are too many kinds. */
static struct finding_kind *find_or_add(struct findings *findings,
                                        const char *name, const char *field)
{
    unsigned at = find(findings, name, field);
    struct finding_kind *kind;

    if (at == ERROR_COUNTS_KINDS)
        return NULL;
    kind = &findings->kinds[at];
    if (at == findings->count) {
        findings->count++;
        (void)snprintf(kind->name, sizeof(kind->name), "%s", name);
        (void)snprintf(kind->field, sizeof(kind->field), "%s", field);
    }
    return kind;
}

/* Invisible characters are displayed later: only the length counts. */
static void copy(char *to, size_t size, const char *from)
{
    size_t len = from ? strnlen(from, size - 1) : 0;

    if (len > 0)
        memcpy(to, from, len);
    to[len] = '\0';
    utf8_trim(to, len);
}

/* Outcomes come in any order: the lowest numbers are kept. */
static struct finding_row *make_room(struct finding_kind *kind, uint64_t number)
{
    unsigned at = kind->count;

    if (kind->count < FINDINGS_ROWS)
        kind->count++;
    else if (number > kind->rows[--at].number)
        return NULL;
    for (; at > 0 && kind->rows[at - 1].number > number; at--)
        kind->rows[at] = kind->rows[at - 1];
    return &kind->rows[at];
}

void findings_add(struct findings *findings, const struct finding *finding)
{
    char name[sizeof(findings->kinds[0].name)];
    char field[sizeof(findings->kinds[0].field)];
    struct finding_kind *kind;
    struct finding_row *row;

    (void)utf8_clean(name, sizeof(name), finding->name);
    (void)utf8_clean(field, sizeof(field), finding->field);
    kind = *name ? find_or_add(findings, name, field) : NULL;
    row = kind ? make_room(kind, finding->number) : NULL;
    if (!row)
        return;
    row->number = finding->number;
    row->retryable = finding->retryable;
    row->http_status = finding->http_status;
    copy(row->id, sizeof(row->id), finding->id);
    copy(row->message, sizeof(row->message), finding->message);
    copy(row->tracking_id, sizeof(row->tracking_id), finding->tracking_id);
}

void findings_add_change(struct findings *findings, unsigned column,
                         bool cleared)
{
    if (cleared)
        findings->changes[column].cleared++;
    else
        findings->changes[column].set++;
}

/* ---- result rows of this run --------------------------------------------- */

static void add_error(struct findings *findings, const struct service *service,
                      const struct task_result *task, const struct row *row)
{
    const struct outcome *outcome = &task->outcome;
    const struct api_error *last = &outcome->last;
    char number[ERROR_COUNTS_NUMBER];
    struct finding finding = {
        .number = row->number,
        .id = row->id,
        .http_status = last->http_status,
        .tracking_id = last->tracking_id,
    };

    if (row->why) {
        finding.name = row->why->code;
        finding.message = row->why->text;
        finding.field = service->columns[row->why->column].name;
    } else {
        finding.name = error_counts_name(last, number);
        finding.message = last->text;
        finding.field = outcome->field;
        finding.retryable = outcome->retryable;
    }
    findings_add(findings, &finding);
}

void findings_add_row(struct findings *findings, const struct service *service,
                      const struct task_result *task, const struct row *row)
{
    if (row->why || status_is_error(task->outcome.status)) {
        add_error(findings, service, task, row);
        return;
    }
    for (unsigned i = 0; i < service->column_count; i++)
        if (task->outcome.changed & column_bit(i))
            findings_add_change(findings, i, !task->merge.cells[i].text);
}

/* ---- result rows of an earlier run -------------------------------------- */

/* A list of changed columns is longer than the other fields. */
#define FIELD_SIZE 2048

/* "FirstName;City" */
static void add_changes(struct findings *findings,
                        const struct service *service, char *list)
{
    char *name;

    while ((name = strtok_r(list, ";", &list)))
        for (unsigned i = 0; i < service->column_count; i++)
            if (strcmp(service->columns[i].name, name) == 0)
                findings->changes[i].earlier++;
}

void findings_add_text(struct findings *findings, const struct service *service,
                       enum status status, const char *text, size_t len)
{
    char fields[RESULT_FIELDS][FIELD_SIZE], unnamed[ERROR_COUNTS_NUMBER];
    int64_t number;

    if (result_field_read(text, len, *fields, FIELD_SIZE, RESULT_FIELDS) <
            RESULT_FIELDS ||
        number_parse_long(fields[RESULT_ROW], &number) || number <= 0)
        return;
    if (!status_is_error(status)) {
        add_changes(findings, service, fields[RESULT_CHANGED]);
        return;
    }
    findings_add(
        findings,
        &(struct finding){
            .number = (uint64_t)number,
            .name =
                error_counts_row_name(fields[RESULT_NAME], fields[RESULT_CODE],
                                      fields[RESULT_HTTP_STATUS], unnamed),
            .field = fields[RESULT_FIELD],
            .id = fields[RESULT_ID],
            .message = fields[RESULT_MESSAGE],
            .retryable = strcmp(fields[RESULT_RETRYABLE], "yes") == 0,
            .http_status = strtol(fields[RESULT_HTTP_STATUS], NULL, 10),
            .tracking_id = fields[RESULT_TRACKING_ID],
        });
}
