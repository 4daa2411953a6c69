#include "input/delimiter.h"

#include <string.h>

#include "base/utf8.h"

#define MAX_BEFORE 100 /* lines before a header */

/* How well a line fits as a header. */
struct fit {
    bool has_key;
    unsigned names; /* columns that it names */
    size_t fields;
};

/* The end of the field that begins there; a delimiter in quotes is data. */
static const char *find_end(const char *field, const char *end, char delimiter)
{
    bool quoted = false;

    for (; field < end && (quoted || *field != delimiter); field++)
        quoted = quoted != (*field == '"');
    return field;
}

/* The column that a name means. The text is not checked yet, and may end within
 * a character: what is no text means no column. */
static unsigned find_column(const struct header *header, const char *name,
                            size_t len)
{
    return utf8_is_valid(name, len) ? header_find(header, name, len)
                                    : header->rules->service->column_count;
}

static struct fit measure(const struct header *header, const char *line,
                          const char *end, char delimiter)
{
    const struct service *service = header->rules->service;
    struct fit fit = {.names = 0};

    for (;;) {
        const char *next = find_end(line, end, delimiter);
        size_t len = (size_t)(next - line);
        bool quoted = len >= 2 && line[0] == '"' && next[-1] == '"';
        unsigned column =
            find_column(header, line + quoted, len - 2 * (size_t)quoted);

        fit.fields++;
        fit.names += column < service->column_count;
        fit.has_key = fit.has_key || column == service->key;
        if (next == end)
            return fit;
        line = next + 1;
    }
}

static bool is_better(struct fit fit, struct fit other)
{
    if (fit.has_key != other.has_key)
        return fit.has_key;
    if (fit.names != other.names)
        return fit.names > other.names;
    return fit.fields > other.fields;
}

static char choose(const struct header *header, const char *line,
                   const char *end, struct fit *best)
{
    char chosen = DELIMITERS[0];

    *best = measure(header, line, end, chosen);
    for (const char *at = &DELIMITERS[1]; *at; at++) {
        struct fit fit = measure(header, line, end, *at);

        if (is_better(fit, *best)) {
            *best = fit;
            chosen = *at;
        }
    }
    return chosen;
}

/* The end of the line, without its line end. */
static const char *find_line_end(const char *line, const char *end,
                                 const char **next)
{
    const char *lf = memchr(line, '\n', (size_t)(end - line));

    *next = lf ? lf + 1 : end;
    if (!lf)
        return end;
    return lf > line && lf[-1] == '\r' ? lf - 1 : lf;
}

char delimiter_find(const struct header *header, const char *text, size_t len,
                    unsigned *before)
{
    const char *end = text + len;
    const char *next;
    const char *line_end = find_line_end(text, end, &next);
    struct fit fit;
    char chosen = choose(header, text, line_end, &fit);

    *before = 0;
    for (unsigned i = 1; fit.names == 0 && next < end && i <= MAX_BEFORE; i++) {
        struct fit later;

        text = next;
        line_end = find_line_end(text, end, &next);
        (void)choose(header, text, line_end, &later);
        if (later.has_key) {
            *before = i;
            break;
        }
    }
    return chosen;
}

bool delimiter_names_key(const struct header *header, const char *line,
                         size_t len, char delimiter)
{
    return measure(header, line, line + len, delimiter).has_key;
}
