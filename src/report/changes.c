#include "report/sections.h"

/* Bytes of the table, and of its examples. With them, the whole report has at
 * most REPORT_MAX_BYTES. */
#define MAX_CHANGES  ((size_t)30000)
#define MAX_EXAMPLES ((size_t)30000)

/* Of the columns, so many are printed on paper. */
#define PRINTED 12

/* Displayed characters of a column's name in front of a bar. */
#define COLUMN 40

/* ---- changes by column -------------------------------------------------- */

/* Is it unknown, or of no interest, whether values were set or cleared? */
static bool is_one_number(const struct report *report)
{
    return report->mode == MODE_RECONCILE || report->reviewed;
}

static uint64_t sum_of(const struct report_change *change)
{
    return change->set + change->cleared + change->earlier;
}

static void write_change_bar(struct html *html,
                             const struct report_change *change, uint64_t most)
{
    int64_t set = (int64_t)((double)change->set / (double)most * 1000);
    int64_t cleared = (int64_t)((double)change->cleared / (double)most * 1000);
    int64_t earlier = (int64_t)((double)change->earlier / (double)most * 1000);

    html_markup(html, "<td class=\"plot\"><svg class=\"row\" "
                      "aria-hidden=\"true\"><rect height=\"100%\" "
                      "class=\"f-done\"");
    html_permille(html, "width", set);
    html_markup(html, "/><rect height=\"100%\" class=\"f-cleared\"");
    html_permille(html, "x", set);
    html_permille(html, "width", cleared);
    html_markup(html, "/><rect height=\"100%\" class=\"f-kept\"");
    html_permille(html, "x", set + cleared);
    html_permille(html, "width", earlier);
    html_markup(html, "/></svg></td>");
}

/* On a narrow screen, the style sheet shows the title. */
static void write_rows(struct html *html, const char *title, uint64_t rows)
{
    html_markup(html, "<td class=\"n\" title=\"");
    html_markup(html, title);
    html_markup(html, "\">");
    html_number(html, rows);
    html_markup(html, "</td>");
}

static void write_change(struct html *html, const struct report *report,
                         const struct report_change *change, uint64_t most,
                         bool printed)
{
    html_markup(html, printed ? "<tr>" : "<tr class=\"screen\">");
    html_markup(html, "<th scope=\"row\">");
    html_cut(html, change->column, COLUMN);
    html_markup(html, "</th>");
    write_change_bar(html, change, most);
    if (is_one_number(report)) {
        write_rows(html, "rows", sum_of(change));
    } else {
        write_rows(html, "set", change->set);
        write_rows(html, "cleared", change->cleared);
        if (report->earlier)
            write_rows(html, "before", change->earlier);
    }
    html_markup(html, "</tr>\n");
}

/* ---- old and new values ------------------------------------------------- */

static void write_value(struct html *html, const char *value)
{
    if (!value) {
        html_markup(html, "<small>no value</small>");
        return;
    }
    html_markup(html, "<bdi>");
    html_cut(html, value, REPORT_CELL);
    html_markup(html, "</bdi>");
}

static void write_example(struct html *html, const struct report_value *example,
                          bool printed)
{
    html_markup(html, printed ? "<tr class=\"value\">"
                              : "<tr class=\"value screen\">");
    html_markup(html, "<td colspan=\"5\"><div><span class=\"n\">row ");
    html_number(html, example->number);
    html_markup(html, "</span> <span class=\"id\">");
    html_name(html, example->id);
    html_markup(html, "</span> <span class=\"pair\">");
    write_value(html, example->before);
    html_markup(html, " \u2192 ");
    write_value(html, example->after);
    html_markup(html, "</span></div></td></tr>\n");
}

/* used: the bytes of all examples, of which there may be max. Returns false if
 * they do not fit. On paper, a column has one example. */
static bool write_examples(struct html *html,
                           const struct report_change *change, bool printed,
                           size_t *used, size_t max)
{
    for (unsigned i = 0; i < change->example_count; i++) {
        size_t start = html->out->len;

        if (*used > max)
            return false;
        write_example(html, &change->examples[i], printed && i == 0);
        *used += html_since(html, start);
    }
    return true;
}

static void write_examples_note(struct html *html, const struct report *report,
                                bool complete)
{
    if (!report->values)
        return;
    html_markup(html, "<p class=\"note\">");
    if (report->reviewed) {
        html_markup(html, "Values are not recorded: only the run itself can "
                          "show them.</p>\n");
        return;
    }
    html_markup(html,
                report->mode == MODE_RECONCILE
                    ? "Below a column: the first rows that differ in it, with "
                      "the value of the service \u2192 the value of INPUT."
                    : "Below a column: the first rows that change it, with the "
                      "old value \u2192 the new value.");
    if (!complete)
        html_markup(html, " Some examples do not fit.");
    if (report->earlier)
        html_markup(html, " The values of rows before this part of the run are "
                          "not recorded.");
    html_markup(html, " <b>This report contains personal data.</b></p>\n");
}

/* ---- the table ---------------------------------------------------------- */

static void write_changes(struct html *html, const struct report *report)
{
    size_t start = html->out->len, used = 0;
    bool one = is_one_number(report), complete = true;
    uint64_t most = 1;

    html_markup(html, "<table class=\"changes\">\n<thead><tr><th scope=\"col\">"
                      "Column</th><th class=\"plot\"></th>");
    html_markup(html, one ? "<th class=\"n\" scope=\"col\">Rows</th>"
                          : "<th class=\"n\" scope=\"col\">Set</th><th "
                            "class=\"n\" scope=\"col\">Cleared</th>");
    if (!one && report->earlier)
        html_markup(html, "<th class=\"n\" scope=\"col\">Before</th>");
    html_markup(html, "</tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < report->change_count; i++)
        if (sum_of(&report->changes[i]) > most)
            most = sum_of(&report->changes[i]);
    for (unsigned i = 0; i < report->change_count &&
                         html_since(html, start) < MAX_CHANGES + used;
         i++) {
        const struct report_change *change = &report->changes[i];

        write_change(html, report, change, most, i < PRINTED);
        if (!write_examples(html, change, i < PRINTED, &used,
                            MAX_EXAMPLES * (i + 1) / report->change_count))
            complete = false;
    }
    html_markup(html, "</tbody></table>\n");
    write_examples_note(html, report, complete);
}

void report_changes(struct html *html, const struct report *report)
{
    if (report->change_count == 0 || report->mode == MODE_RECONCILE)
        return;
    report_begin(html, "changes",
                 report->mode == MODE_DRY_RUN ? "What would change"
                                              : "What was changed");
    write_changes(html, report);
    html_markup(html, "<p class=\"note\">Rows, by column.");
    if (!is_one_number(report))
        html_markup(html, " Solid: a value is set; striped: it is cleared.");
    html_markup(html, "</p>\n");
    report_end(html);
}

/* ---- reconciliation ----------------------------------------------------- */

void report_match(struct html *html, const struct report *report)
{
    uint64_t matches = 0;

    if (report->mode != MODE_RECONCILE || report->rows == 0)
        return;
    for (unsigned i = 0; i < report->status_count; i++)
        if (report->statuses[i].kind == REPORT_DONE)
            matches += report->statuses[i].rows;
    report_begin(html, "match", "Reconciliation");
    html_markup(html, "<p class=\"score\"><b>");
    html_share(html, matches, report->rows);
    html_markup(html, "</b> of the rows match the service");
    if (report->cells > 0) {
        html_markup(html, ", and <b>");
        html_share(html, report->cells - report->differing, report->cells);
        html_markup(html, "</b> of ");
        html_count(html, report->cells, " compared cell", " compared cells");
    }
    if (report->not_found > 0) {
        html_markup(html, "; ");
        html_count(html, report->not_found, " user was", " users were");
        html_markup(html, " not found");
    }
    html_markup(html, ".</p>\n");
    if (report->change_count > 0)
        write_changes(html, report);
    report_end(html);
}
