#include "report/html.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

/* A character has at most so many bytes, and is displayed in so many: four
 * invalid bytes, or U+XXXXXX. */

static void put(struct html *html, const char *data, size_t len)
{
    if (!html->failed && buffer_append(html->out, data, len))
        html->failed = true;
}

void html_markup(struct html *html, const char *markup)
{
    put(html, markup, strlen(markup));
}

static void put_escaped(struct html *html, char character)
{
    switch (character) {
    case '&':
        html_markup(html, "&amp;");
        break;
    case '<':
        html_markup(html, "&lt;");
        break;
    case '>':
        html_markup(html, "&gt;");
        break;
    case '"':
        html_markup(html, "&quot;");
        break;
    case '\'':
        html_markup(html, "&#39;");
        break;
    default:
        put(html, &character, 1);
    }
}

void html_cut(struct html *html, const char *text, size_t characters)
{
    char shown[UTF8_SHOWN_SIZE];

    for (; text && *text && characters > 0; characters--) {
        utf8_show(shown, &text);
        for (const char *at = shown; *at; at++)
            put_escaped(html, *at);
    }
    if (text && *text)
        html_markup(html, "…");
}

void html_text(struct html *html, const char *text)
{
    html_cut(html, text, HTML_TEXT);
}

void html_name(struct html *html, const char *name)
{
    html_cut(html, name, HTML_NAME);
}

void html_element(struct html *html, const char *tag, const char *attributes,
                  const char *name)
{
    html_markup(html, "<");
    html_markup(html, tag);
    html_markup(html, attributes);
    html_markup(html, ">");
    html_name(html, name);
    html_markup(html, "</");
    html_markup(html, tag);
    html_markup(html, ">");
}

void html_number(struct html *html, uint64_t number)
{
    char text[NUMBER_GROUPED_SIZE];

    html_markup(html, number_group_digits(text, number));
}

void html_count(struct html *html, uint64_t number, const char *one,
                const char *many)
{
    html_number(html, number);
    html_markup(html, number == 1 ? one : many);
}

void html_share(struct html *html, uint64_t part, uint64_t whole)
{
    char text[32];
    double share;
    unsigned permille;

    if (whole == 0)
        return;
    share = (double)part / (double)whole * 1000;
    permille = (unsigned)(share + 0.5);
    if (part > 0 && permille == 0)
        html_markup(html, "&lt;\u00a00.1\u00a0%");
    else if (part < whole && permille >= 1000)
        html_markup(html, "&gt;\u00a099.9\u00a0%");
    else {
        (void)snprintf(text, sizeof(text), "%u", permille / 10);
        html_markup(html, text);
        if (permille % 10) {
            (void)snprintf(text, sizeof(text), ".%u", permille % 10);
            html_markup(html, text);
        }
        html_markup(html, "\u00a0%");
    }
}

static void put_tenths(struct html *html, const char *name, int64_t tenths,
                       const char *end)
{
    char text[64];

    if (tenths < 0)
        tenths = 0;
    (void)snprintf(text, sizeof(text), "=\"%" PRId64 ".%" PRId64 "%s\"",
                   tenths / 10, tenths % 10, end);
    html_markup(html, " ");
    html_markup(html, name);
    html_markup(html, text);
}

void html_tenths(struct html *html, const char *name, int64_t tenths)
{
    put_tenths(html, name, tenths, "");
}

void html_permille(struct html *html, const char *name, int64_t permille)
{
    put_tenths(html, name, permille, "%");
}
