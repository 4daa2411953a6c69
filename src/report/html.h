/*
 * Writes HTML: markup that the program contains, and text of any origin, which
 * is escaped.
 *
 * The first function that fails, because the buffer is full, sets `failed`;
 * then all others do nothing. So only the caller of a whole page checks it.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct html {
    struct buffer *out; /* borrowed */
    bool failed;
};

/* Characters of a text and of a name, unless a caller wants less or more. */
#define HTML_TEXT 200
#define HTML_NAME 64

/* Writes markup unchanged: a literal of this program. */
void html_markup(struct html *html, const char *markup);

/* Writes a text of any origin, which cannot become markup: escaped; what is
 * invisible or no UTF-8 as utf8_reveal() displays it; and truncated to so many
 * characters, followed by an ellipsis. text may be NULL: nothing. */
void html_cut(struct html *html, const char *text, size_t characters);

/* The same with HTML_TEXT or HTML_NAME characters. */
void html_text(struct html *html, const char *text);
void html_name(struct html *html, const char *name);

/* An element with such a name: tag "td", attributes such as " class=\"n\"", or
 * "". */
void html_element(struct html *html, const char *tag, const char *attributes,
                  const char *name);

/* "1,234,567" */
void html_number(struct html *html, uint64_t number);

/* A number followed by one of two literals: "1 row", "2 rows". */
void html_count(struct html *html, uint64_t number, const char *one,
                const char *many);

/* The share of a part in a whole, "2.1 %"; "0 %" and "100 %" only if they are
 * exact; nothing if the whole is 0. */
void html_share(struct html *html, uint64_t part, uint64_t whole);

/* " NAME=\"12.5\"", for a value in tenths. */
void html_tenths(struct html *html, const char *name, int64_t tenths);

/* " NAME=\"12.5%\"", for a value in tenths of a percent. */
void html_permille(struct html *html, const char *name, int64_t permille);

/* The bytes that were written since a position, which was html->out->len. */
static inline size_t html_since(const struct html *html, size_t position)
{
    return html->out->len - position;
}

#endif
