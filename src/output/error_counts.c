#include "output/error_counts.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

/* The indices of the columns that are read; see format_header(). */
enum { ROW = 0, CODE = 4, NAME = 5, FIELD = 7, RETRYABLE = 8, STATUS = 9 };

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

void error_counts_add_call(struct error_counts *counts, uint64_t row,
                           const struct api_error *api_error, const char *field)
{
    char number[32];

    if (*api_error->name) {
        error_counts_add(counts, row, api_error->name, field);
        return;
    }
    (void)snprintf(number, sizeof(number), "%s %ld",
                   api_error->numbered ? "error" : "HTTP status",
                   api_error->numbered ? api_error->code
                                       : api_error->http_status);
    error_counts_add(counts, row, number, field);
}

/* ---- result rows -------------------------------------------------------- */

/* Copies the next field, truncated to size bytes, and moves *at behind it.
 * Returns false if the row ends with it. */
static bool take_field(const char **at, const char *end, char *field,
                       size_t size)
{
    size_t len = 0;
    bool quoted = false;

    for (; *at < end; ++*at) {
        char c = **at;

        if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == ',' || c == '\n'))
            break;
        else if (len < size - 1)
            field[len++] = c;
    }
    field[len] = '\0';
    if (*at == end || **at == '\n')
        return false;
    ++*at;
    return true;
}

bool error_counts_add_text(struct error_counts *counts, const char *text,
                           size_t len)
{
    const char *end = text + len;
    char fields[STATUS + 1][65] = {""};
    char number[sizeof(fields[0]) + 16];
    const char *name = fields[NAME];
    bool has_code, more = true;
    int64_t row;
    unsigned i = 0;

    for (; more && i <= STATUS; i++)
        more = take_field(&text, end, fields[i], sizeof(fields[i]));
    if (i <= FIELD || number_parse_long(fields[ROW], &row) || row <= 0)
        return false;
    has_code = *fields[CODE] != '\0';
    if (!*name && (has_code || *fields[STATUS])) {
        (void)snprintf(number, sizeof(number), "%s %.64s",
                       has_code ? "error" : "HTTP status",
                       fields[has_code ? CODE : STATUS]);
        name = number;
    }
    error_counts_add(counts, (uint64_t)row, name, fields[FIELD]);
    return strcmp(fields[RETRYABLE], "yes") == 0;
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
