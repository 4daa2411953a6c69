#include "output/error_counts.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"
#include "output/result_field.h"

#define FIELD_SIZE 65

/* ---- counting ----------------------------------------------------------- */

static void count(struct error_counts *counts, const struct error_count *kind)
{
    unsigned i = 0;

    while (i < counts->count &&
           (strcmp(counts->kinds[i].name, kind->name) != 0 ||
            strcmp(counts->kinds[i].field, kind->field) != 0))
        i++;
    if (i == ERROR_COUNTS_KINDS) {
        counts->others++;
        return;
    }
    if (i == counts->count) {
        counts->kinds[i] = *kind;
        counts->count++;
        return;
    }
    counts->kinds[i].rows++;
    if (kind->first < counts->kinds[i].first)
        counts->kinds[i].first = kind->first;
}

void error_counts_add(struct error_counts *counts, uint64_t row,
                      const char *name, const char *field)
{
    struct error_count kind = {.rows = 1, .first = row};

    (void)utf8_clean(kind.name, sizeof(kind.name), name);
    (void)utf8_clean(kind.field, sizeof(kind.field), field);
    if (*kind.name)
        count(counts, &kind);
}

const char *error_counts_name(const struct api_error *api_error,
                              char number[ERROR_COUNTS_NUMBER])
{
    char code[24] = "", status[24];

    if (api_error->numbered)
        (void)snprintf(code, sizeof(code), "%ld", api_error->code);
    (void)snprintf(status, sizeof(status), "%ld", api_error->http_status);
    return error_counts_row_name(api_error->name, code, status, number);
}

const char *error_counts_row_name(const char *name, const char *code,
                                  const char *http_status,
                                  char number[ERROR_COUNTS_NUMBER])
{
    if (*name)
        return name;
    (void)snprintf(number, ERROR_COUNTS_NUMBER, "%s %.24s",
                   *code ? "error" : "HTTP status", *code ? code : http_status);
    return number;
}

void error_counts_add_call(struct error_counts *counts, uint64_t row,
                           const struct api_error *api_error, const char *field)
{
    char number[ERROR_COUNTS_NUMBER];

    error_counts_add(counts, row, error_counts_name(api_error, number), field);
}

/* ---- result rows -------------------------------------------------------- */

bool error_counts_add_text(struct error_counts *counts, enum status status,
                           const char *text, size_t len)
{
    char fields[RESULT_HTTP_STATUS + 1][FIELD_SIZE] = {""};
    char unnamed[ERROR_COUNTS_NUMBER];
    int64_t row;

    if (result_field_read(text, len, *fields, FIELD_SIZE,
                          RESULT_HTTP_STATUS + 1) <= RESULT_FIELD ||
        number_parse_long(fields[RESULT_ROW], &row) || row <= 0)
        return false;
    error_counts_add(counts, (uint64_t)row,
                     error_counts_row_name(fields[RESULT_NAME],
                                           fields[RESULT_CODE],
                                           fields[RESULT_HTTP_STATUS], unnamed),
                     fields[RESULT_FIELD]);
    return result_field_is_retried(status,
                                   strcmp(fields[RESULT_RETRYABLE], "yes") == 0,
                                   fields[RESULT_NAME]);
}

/* ---- the most frequent -------------------------------------------------- */

static bool comes_before(const struct error_count *a,
                         const struct error_count *b)
{
    return a->rows > b->rows || (a->rows == b->rows && a->first < b->first);
}

unsigned error_counts_top(const struct error_counts *counts,
                          struct error_count *top, unsigned max)
{
    unsigned found = 0;

    for (unsigned i = 0; i < counts->count; i++) {
        unsigned at = found < max ? found++ : max;

        for (; at > 0 && comes_before(&counts->kinds[i], &top[at - 1]); at--)
            if (at < max)
                top[at] = top[at - 1];
        if (at < max)
            top[at] = counts->kinds[i];
    }
    return found;
}
