#include <stdio.h>

#include "report/sections.h"

/* Bytes of the table. With it, the whole report has at most REPORT_MAX_BYTES.
 */
#define MAX_FAILURES ((size_t)90000)

#define MAX_ROWS     200
#define PRINTED_ROWS 10

/* Of these, so many are printed on paper. */
#define PRINTED_KINDS 6

/* The least width of a part that is not empty, in tenths of a percent. */
#define LEAST_WIDTH 8

/* ---- the outcome -------------------------------------------------------- */

static const char *const meanings[] = {
    [REPORT_DONE] = NULL,
    [REPORT_KEPT] = "had these values already",
    [REPORT_DRIFT] = "the service has other values",
    [REPORT_FAILED] = "not applied",
    [REPORT_CONFLICT] = "others had changed the user",
    [REPORT_UNKNOWN] = "may have been applied",
    [REPORT_OPEN] = "the run ended before",
};

/* Widths in tenths of a percent, which sum up to 1000: narrow parts are
 * widened, and the widest one pays for it. */
static void find_widths(const struct report *report, unsigned *widths)
{
    unsigned sum = 0, widest = 0;

    for (unsigned i = 0; i < report->status_count; i++) {
        double share =
            (double)report->statuses[i].rows / (double)report->rows * 1000;

        widths[i] = (unsigned)(share + 0.5);
        if (report->statuses[i].rows > 0 && widths[i] < LEAST_WIDTH)
            widths[i] = LEAST_WIDTH;
        sum += widths[i];
        if (widths[i] > widths[widest])
            widest = i;
    }
    widths[widest] += 1000 - sum;
}

#define MAX_STATUSES 16

static void write_bar(struct html *html, const struct report *report)
{
    unsigned widths[MAX_STATUSES] = {0}, left = 0;

    find_widths(report, widths);
    html_markup(html, "<svg class=\"bar\" role=\"img\" aria-label=\"Shares of "
                      "the statuses; the table below has the numbers\">\n");
    for (unsigned i = 0; i < report->status_count; i++) {
        if (report->statuses[i].rows == 0)
            continue;
        html_markup(html, "<rect height=\"100%\"");
        html_permille(html, "x", left);
        html_permille(html, "width", widths[i]);
        html_markup(html, " class=\"f-");
        html_markup(html, report_kind_class(report->statuses[i].kind));
        html_markup(html, "\"/>\n");
        left += widths[i];
    }
    html_markup(html, "</svg>\n");
}

static void write_status(struct html *html, const struct report *report,
                         const struct report_status *status)
{
    html_markup(html, "<li><svg class=\"swatch\" aria-hidden=\"true\"><rect "
                      "width=\"100%\" height=\"100%\" class=\"f-");
    html_markup(html, report_kind_class(status->kind));
    html_markup(html, "\"/></svg><span class=\"name\">");
    html_name(html, status->name);
    if (meanings[status->kind]) {
        html_markup(html, " <small>");
        html_markup(html, meanings[status->kind]);
        html_markup(html, "</small>");
    }
    html_markup(html, "</span> <b>");
    html_number(html, status->rows);
    html_markup(html, "</b> <span class=\"share\">");
    html_share(html, status->rows, report->rows);
    html_markup(html, "</span></li>\n");
}

void report_outcome(struct html *html, const struct report *report)
{
    if (report->rows == 0 || report->status_count > MAX_STATUSES)
        return;
    report_begin(html, "outcome", "Outcome");
    write_bar(html, report);
    html_markup(html, "<ul class=\"statuses\">\n");
    for (unsigned i = 0; i < report->status_count; i++)
        if (report->statuses[i].rows > 0)
            write_status(html, report, &report->statuses[i]);
    html_markup(html, "</ul>\n");
    report_end(html);
}

/* ---- failures ----------------------------------------------------------- */

static void write_example(struct html *html, const struct report_row *row,
                          bool printed)
{
    html_markup(html, printed ? "<tr class=\"example\">"
                              : "<tr class=\"example screen\">");
    html_markup(html, "<td class=\"n\">");
    html_number(html, row->number);
    html_markup(html, "</td><td class=\"id\">");
    html_cut(html, row->id, REPORT_CELL);
    html_markup(html, "</td><td>");
    html_cut(html, row->message, REPORT_CELL);
    if (row->http_status > 0) {
        char status[32];

        (void)snprintf(status, sizeof(status), "%ld", row->http_status);
        html_markup(html, " <small>HTTP\u00a0");
        html_markup(html, status);
        if (row->tracking_id && *row->tracking_id) {
            html_markup(html, ", TrackingId ");
            html_name(html, row->tracking_id);
        }
        html_markup(html, "</small>");
    }
    html_markup(html, "</td></tr>\n");
}

/* "and 18 more in result.csv" */
static void write_rest(struct html *html, const struct report *report,
                       uint64_t rows)
{
    html_markup(html, "<tr class=\"rest\"><td></td><td colspan=\"2\">and ");
    html_number(html, rows);
    html_markup(html, " more");
    if (report->output) {
        html_markup(html, " in ");
        html_name(html, report->output);
    }
    html_markup(html, "</td></tr>\n");
}

static void write_kind(struct html *html, const struct report *report,
                       const struct report_failure *failure, bool printed,
                       unsigned *shown)
{
    unsigned count = 0;

    html_markup(html, printed ? "<tbody>\n" : "<tbody class=\"screen\">\n");
    html_markup(html, "<tr class=\"kind\"><th colspan=\"3\" "
                      "scope=\"rowgroup\"><div><span><b>");
    html_name(html, failure->name);
    html_markup(html, "</b>");
    if (failure->column && *failure->column) {
        html_markup(html, " <span class=\"column\">");
        html_name(html, failure->column);
        html_markup(html, "</span>");
    }
    if (failure->example_count > 0)
        html_markup(html, failure->retryable
                              ? " <span class=\"tag again\">may succeed "
                                "later</span>"
                              : " <span class=\"tag\">correct the row</span>");
    html_markup(html, "</span> <b>");
    html_count(html, failure->rows, " row", " rows");
    html_markup(html, "</b></div></th></tr>\n");
    for (; count < failure->example_count && *shown < MAX_ROWS; count++)
        write_example(html, &failure->examples[count],
                      (*shown)++ < PRINTED_ROWS);
    if (failure->rows > count)
        write_rest(html, report, failure->rows - count);
    html_markup(html, "</tbody>\n");
}

static void write_left_out(struct html *html, uint64_t unprinted,
                           uint64_t unlisted)
{
    if (unprinted > 0) {
        html_markup(html, "<p class=\"note paper\">");
        html_count(html, unprinted, " row", " rows");
        html_markup(html, " with other errors: see the report on a "
                          "screen.</p>\n");
    }
    if (unlisted > 0) {
        html_markup(html, "<p class=\"note\">");
        html_count(html, unlisted, " row", " rows");
        html_markup(html, " with errors of further kinds: see the "
                          "result.</p>\n");
    }
}

void report_failures(struct html *html, const struct report *report)
{
    uint64_t unprinted = 0, unlisted = report->other_failures;
    size_t start = html->out->len;
    unsigned shown = 0;

    if (report->failure_count == 0)
        return;
    report_begin(html, "failures", "What failed");
    html_markup(html, "<table class=\"failures\">\n<thead><tr><th class=\"n\" "
                      "scope=\"col\">Row</th><th scope=\"col\">User</th>"
                      "<th scope=\"col\">Message</th></tr></thead>\n");
    for (unsigned i = 0; i < report->failure_count; i++) {
        const struct report_failure *failure = &report->failures[i];

        if (html_since(html, start) > MAX_FAILURES) {
            unlisted += failure->rows;
            continue;
        }
        write_kind(html, report, failure, i < PRINTED_KINDS, &shown);
        unprinted += i < PRINTED_KINDS ? 0 : failure->rows;
    }
    html_markup(html, "</table>\n");
    write_left_out(html, unprinted, unlisted);
    report_end(html);
}
