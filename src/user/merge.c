#include "user/merge.h"

#include <string.h>
#include <strings.h>

#include "base/fnv1a.h"
#include "base/number.h"
#include "base/timestamp.h"
#include "user/normalized.h"

void merge_init(struct merge *merge, const struct row *rows)
{
    merge->named = 0;
    for (const struct row *row = rows; row; row = row->next) {
        for (unsigned i = 0; i < row->count; i++) {
            const struct cell *cell = &row->cells[i];

            merge->named |= column_bit(cell->column);
            merge->cells[cell->column] =
                (struct merge_cell){.text = cell->text, .row = row};
        }
    }
}

static bool same_long(const char *a, const char *b)
{
    int64_t x, y;

    return number_parse_long(a, &x) == 0 && number_parse_long(b, &y) == 0 &&
           x == y;
}

static bool same_time(const char *a, const char *b)
{
    struct timestamp x, y;

    return timestamp_parse(a, &x) == 0 && timestamp_parse(b, &y) == 0 &&
           timestamp_compare(&x, &y) == 0;
}

static bool is_empty(const struct column *column, const char *text)
{
    return !text || !*text ||
           (column->empty && strcmp(text, column->empty) == 0);
}

bool merge_is_same(const struct column *column, const char *value,
                   const char *text)
{
    bool no_value = is_empty(column, value);
    bool no_text = is_empty(column, text);

    if (no_value || no_text)
        return no_value && no_text;
    if (strcmp(value, text) == 0)
        return true;
    switch (column->type) {
    case COLUMN_LONG:
        return same_long(value, text);
    case COLUMN_TIME:
        return same_time(value, text);
    case COLUMN_ENUM:
    case COLUMN_GUID:
        return strcasecmp(value, text) == 0;
    case COLUMN_STRING:
        /* A country code is sent in uppercase, whatever the file has. */
        return column->letters2 && strcasecmp(value, text) == 0;
    case COLUMN_BOOLEAN:
    case COLUMN_BASE64:
        break;
    }
    return false;
}

bool merge_is_alike(const struct column *column, const char *value,
                    const char *text)
{
    return merge_is_same(column, value, text) ||
           (column->type == COLUMN_STRING && normalized_is_alike(value, text));
}

column_mask merge_failed_guards(const struct service *service,
                                const struct user *user, const struct row *rows)
{
    column_mask failed = 0;

    for (const struct row *row = rows; row; row = row->next) {
        for (unsigned i = 0; i < row->count; i++) {
            unsigned column = row->cells[i].column;

            if (service->columns[column].use == COLUMN_GUARD &&
                !merge_is_same(&service->columns[column],
                               service->user_value(user, column),
                               row->cells[i].text))
                failed |= column_bit(column);
        }
    }
    return failed;
}

static bool expects_any(const struct row *rows)
{
    while (rows && rows->expected == 0)
        rows = rows->next;
    return rows != NULL;
}

/* Has the column the value that one of these cells sets? NULL sets none. */
static bool is_as_set(const struct column *column, const char *value,
                      const struct merge_cell *cell)
{
    return cell->row && merge_is_same(column, value, cell->text);
}

/* Notes the cells of a row as those that were last set. */
static void note_cells(struct merge_cell set[COLUMN_MAX], const struct row *row)
{
    for (unsigned i = 0; i < row->count; i++)
        set[row->cells[i].column] =
            (struct merge_cell){row->cells[i].text, row};
}

column_mask merge_failed_expectations(const struct merge *merge,
                                      const struct service *service,
                                      const struct user *user,
                                      const struct row *rows)
{
    struct merge_cell before[COLUMN_MAX] = {{NULL, NULL}};
    column_mask failed = 0;

    if (!expects_any(rows))
        return 0;
    for (const struct row *row = rows; row; row = row->next) {
        struct merge_cell after[COLUMN_MAX];

        memcpy(after, before, sizeof(after));
        note_cells(after, row);
        for (unsigned i = 0; i < row->expected; i++) {
            unsigned column = row->cells[row->count + i].column;
            const char *expected = row->cells[row->count + i].text;
            const struct column *what = &service->columns[column];
            const char *value = service->user_value(user, column);
            bool done = after[column].row == row &&
                        (is_as_set(what, value, &after[column]) ||
                         is_as_set(what, value, &merge->cells[column]));

            if (!done && !merge_is_same(what, value, expected) &&
                !is_as_set(what, expected, &before[column]))
                failed |= column_bit(column);
        }
        memcpy(before, after, sizeof(before));
    }
    return failed;
}

static bool has_guard(const struct service *service, const struct row *row)
{
    unsigned i = 0;

    while (i < row->count &&
           service->columns[row->cells[i].column].use != COLUMN_GUARD)
        i++;
    return i < row->count;
}

bool merge_is_guarded(const struct service *service, const struct row *rows)
{
    while (rows && rows->expected == 0 && !has_guard(service, rows))
        rows = rows->next;
    return rows != NULL;
}

static bool is_different(const struct column *column, const char *value,
                         const char *text, enum merge_what what)
{
    if (column->write_only)
        return what == MERGE_CHANGES;
    if (what == MERGE_LOOSE)
        return !merge_is_alike(column, value, text);
    if (merge_is_same(column, value, text))
        return false;
    return what != MERGE_DISTINCT || column->type != COLUMN_STRING || !value ||
           !text || !normalized_is_same(value, text);
}

static bool includes_guards(enum merge_what what)
{
    return what == MERGE_DRIFT || what == MERGE_LOOSE;
}

column_mask merge_differences(const struct merge *merge,
                              const struct service *service,
                              const struct user *user, enum merge_what what)
{
    column_mask differences = 0;

    for (unsigned i = 0; i < service->column_count; i++) {
        const struct column *column = &service->columns[i];

        if ((merge->named & column_bit(i)) &&
            (column->use == COLUMN_WRITE ||
             (includes_guards(what) && column->use == COLUMN_GUARD)) &&
            is_different(column, service->user_value(user, i),
                         merge->cells[i].text, what))
            differences |= column_bit(i);
    }
    return differences;
}

column_mask merge_compared(const struct merge *merge,
                           const struct service *service)
{
    column_mask compared = 0;

    for (unsigned i = 0; i < service->column_count; i++) {
        const struct column *column = &service->columns[i];

        if ((column->use == COLUMN_WRITE && !column->write_only) ||
            column->use == COLUMN_GUARD)
            compared |= merge->named & column_bit(i);
    }
    return compared;
}

column_mask merge_respelled(const struct merge *merge,
                            const struct service *service,
                            const struct user *user, column_mask columns)
{
    return columns & merge_differences(merge, service, user, MERGE_VISIBLE) &
           ~merge_differences(merge, service, user, MERGE_DISTINCT);
}

uint64_t merge_hash_shared(const struct service *service,
                           const struct user *user)
{
    uint64_t hash = 0;

    for (unsigned i = 0; i < service->column_count; i++) {
        const char *value;

        if (!service->columns[i].shared)
            continue;
        value = service->user_value(user, i);
        hash = fnv1a_extend(hash, value ? value : "");
    }
    return hash;
}

int merge_apply(const struct merge *merge, const struct service *service,
                struct user *user, column_mask columns)
{
    for (unsigned i = 0; i < service->column_count; i++)
        if ((columns & column_bit(i)) &&
            service->user_set(user, i, merge->cells[i].text))
            return -1;
    return 0;
}
