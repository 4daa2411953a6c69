#include "report/sections.h"

#include <inttypes.h>
#include <stdio.h>

void report_begin(struct html *html, const char *id, const char *heading)
{
    html_markup(html, "<section id=\"");
    html_markup(html, id);
    html_markup(html, "\">\n<h2>");
    html_markup(html, heading);
    html_markup(html, "</h2>\n");
}

void report_end(struct html *html)
{
    html_markup(html, "</section>\n");
}

const char *report_kind_class(enum report_kind kind)
{
    static const char *const classes[] = {
        [REPORT_DONE] = "done",         [REPORT_KEPT] = "kept",
        [REPORT_DRIFT] = "drift",       [REPORT_FAILED] = "failed",
        [REPORT_CONFLICT] = "conflict", [REPORT_UNKNOWN] = "unknown",
        [REPORT_OPEN] = "open",
    };

    return classes[kind];
}

/* The smaller unit is left out if it is 0. */
static void write_units(struct html *html, int64_t number, const char *unit,
                        int64_t rest, const char *rest_unit)
{
    char text[96];

    (void)snprintf(text, sizeof(text), "%" PRId64 "\u00a0%s", number, unit);
    html_markup(html, text);
    if (rest == 0)
        return;
    (void)snprintf(text, sizeof(text), "\u00a0%" PRId64 "\u00a0%s", rest,
                   rest_unit);
    html_markup(html, text);
}

void report_duration(struct html *html, int64_t milliseconds)
{
    int64_t seconds = milliseconds / 1000 + (milliseconds % 1000 >= 500);
    char text[64];

    if (milliseconds < 1000) {
        write_units(html, milliseconds, "ms", 0, "");
    } else if (milliseconds < 10000 && milliseconds % 1000 >= 100) {
        (void)snprintf(text, sizeof(text), "%" PRId64 ".%" PRId64 "\u00a0s",
                       milliseconds / 1000, milliseconds % 1000 / 100);
        html_markup(html, text);
    } else if (seconds < 60) {
        write_units(html, seconds, "s", 0, "");
    } else if (seconds < 3600) {
        write_units(html, seconds / 60, "min", seconds % 60, "s");
    } else {
        write_units(html, seconds / 3600, "h", seconds % 3600 / 60, "min");
    }
}
