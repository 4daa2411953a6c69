#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "report/sections.h"

/* ---- the verdict in one sentence ---------------------------------------- */

struct counts {
    uint64_t kinds[REPORT_KINDS];
    uint64_t good; /* of them, those as wanted */
};

static struct counts count_kinds(const struct report *report)
{
    struct counts counts = {.good = 0};

    for (unsigned i = 0; i < report->status_count; i++)
        counts.kinds[report->statuses[i].kind] += report->statuses[i].rows;
    counts.good = counts.kinds[REPORT_DONE] + counts.kinds[REPORT_KEPT];
    return counts;
}

/* What the rows that are as wanted are, in the singular and the plural. */
static const char *const good_words[MODE_COUNT][2] = {
    [MODE_APPLY] = {" was applied", " were applied"},
    [MODE_CHECK] = {" is valid", " are valid"},
    [MODE_DRY_RUN] = {" can be applied", " can be applied"},
    [MODE_RECONCILE] = {" matches the service", " match the service"},
    [MODE_EXPORT] = {" was exported", " were exported"},
};

/* The same of the others. */
static const struct {
    enum report_kind kind;
    const char *one, *many;
} bad_words[] = {
    {REPORT_FAILED, " failed", " failed"},
    {REPORT_CONFLICT, " is in conflict with a change by others",
     " are in conflict with changes by others"},
    {REPORT_DRIFT, " differs", " differ"},
    {REPORT_UNKNOWN, " has an unknown outcome", " have an unknown outcome"},
    {REPORT_OPEN, " was not attempted", " were not attempted"},
};

static void write_bad(struct html *html, const struct counts *counts)
{
    const char *separator = "; ";

    for (size_t i = 0; i < sizeof(bad_words) / sizeof(bad_words[0]); i++) {
        uint64_t rows = counts->kinds[bad_words[i].kind];

        if (rows == 0)
            continue;
        html_markup(html, separator);
        html_count(html, rows, bad_words[i].one, bad_words[i].many);
        separator = ", ";
    }
}

static void write_good(struct html *html, const struct report *report,
                       uint64_t good)
{
    const char *const *words = good_words[report->mode];
    uint64_t rows = report->rows;

    if (good == rows && rows == 1) {
        html_markup(html, "The only row");
    } else if (good == rows) {
        html_markup(html, "All ");
        html_count(html, rows, " row", " rows");
    } else {
        html_number(html, good);
        html_markup(html, " of ");
        html_count(html, rows, " row", " rows");
    }
    if (mode_has_results(report->mode))
        html_markup(html, words[good != 1]);
}

static void write_verdict(struct html *html, const struct report *report)
{
    const struct counts counts = count_kinds(report);

    if (!report->finished) {
        html_markup(html, "The run stopped after ");
        html_number(html, report->rows);
        if (report->input_rows > 0) {
            html_markup(html, " of ");
            html_number(html, report->input_rows);
        }
        html_markup(html, " rows");
        if (report->rows > 0)
            html_markup(html, ": ");
    } else if (report->rows == 0) {
        html_markup(html, "There are no rows");
    }
    if (report->rows > 0 && report->finished &&
        counts.kinds[REPORT_KEPT] == report->rows)
        html_markup(html, "Nothing had to be changed");
    else if (report->rows > 0)
        write_good(html, report, counts.good);
    write_bad(html, &counts);
}

void report_title(struct html *html, const struct report *report)
{
    html_markup(html, "bauser-batch: ");
    write_verdict(html, report);
}

/* ---- key figures -------------------------------------------------------- */

enum tone { TONE_GOOD, TONE_MIXED, TONE_STOPPED };

static enum tone tone_of(const struct report *report)
{
    if (!report->finished)
        return TONE_STOPPED;
    return count_kinds(report).good == report->rows ? TONE_GOOD : TONE_MIXED;
}

/* The symbols differ in shape, not only in colour. */
static const struct {
    const char *class, *symbol, *text;
} tones[] = {
    [TONE_GOOD] = {"good", "#s-good", "Success"},
    [TONE_MIXED] = {"mixed", "#s-mixed", "Attention"},
    [TONE_STOPPED] = {"stopped", "#s-stopped", "Stopped"},
};

static void write_key(struct html *html, const char *name)
{
    html_markup(html, "</b> <span>");
    html_markup(html, name);
    html_markup(html, "</span></li>\n");
}

/* Rows a second in tenths, as text. */
static void write_rate(struct html *html, uint64_t count, int64_t milliseconds)
{
    double rate =
        (double)count * 1000 / (double)(milliseconds > 0 ? milliseconds : 1);
    char text[48];

    (void)snprintf(text, sizeof(text), rate < 10 ? "%.1f" : "%.0f", rate);
    if (rate < 1000)
        html_markup(html, text);
    else
        html_number(html, (uint64_t)rate);
}

static void write_keys(struct html *html, const struct report *report)
{
    const struct counts counts = count_kinds(report);
    uint64_t fresh = report->rows - report->earlier;

    html_markup(html, "<ul class=\"keys\">\n<li><b>");
    html_number(html, report->rows);
    write_key(html, "rows with a result");
    html_markup(html, "<li><b>");
    if (report->rows > 0)
        html_share(html, counts.good, report->rows);
    else
        html_markup(html, "–");
    write_key(html, "as wanted");
    html_markup(html, "<li><b>");
    html_number(html, report->rows - counts.good);
    write_key(html, "need attention");
    if (report->started == 0) {
        html_markup(html, "</ul>\n");
        return;
    }
    html_markup(html, "<li><b>");
    report_duration(html, report->milliseconds);
    write_key(html, report->earlier ? "duration of this part" : "duration");
    html_markup(html, "<li><b>");
    write_rate(html, fresh, report->milliseconds);
    write_key(html, "rows a second");
    html_markup(html, "</ul>\n");
}

#define TIME_SIZE 64

/* "2026-01-02 03:04:05" */
static void format_time(char text[TIME_SIZE], int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;

    if (!gmtime_r(&time, &parts) ||
        strftime(text, TIME_SIZE, "%Y-%m-%d %H:%M:%S", &parts) == 0)
        *text = '\0';
}

/* ---- what ran ----------------------------------------------------------- */

static const char *const mode_texts[MODE_COUNT] = {
    [MODE_APPLY] = "Apply",
    [MODE_CHECK] = "Check: INPUT alone, no call was made",
    [MODE_DRY_RUN] = "Dry run: nothing was changed",
    [MODE_RECONCILE] = "Reconcile: nothing was changed",
    [MODE_EXPORT] = "Export: nothing was changed",
};

static void begin_fact(struct html *html, const char *name)
{
    html_markup(html, "<li><span class=\"label\">");
    html_markup(html, name);
    html_markup(html, "</span> <span>");
}

static void end_fact(struct html *html)
{
    html_markup(html, "</span></li>\n");
}

static void write_fact(struct html *html, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    begin_fact(html, name);
    html_text(html, value);
    end_fact(html);
}

/* The date of the end is left out if it is that of the start. */
static void write_times(struct html *html, const struct report *report)
{
    char start[TIME_SIZE], end[TIME_SIZE];
    size_t date = sizeof("2026-01-02 ") - 1;
    bool one_day;

    if (report->started == 0) {
        write_fact(html, "Time", "not recorded");
        return;
    }
    format_time(start, report->started);
    format_time(end, report->ended);
    one_day = strncmp(start, end, date) == 0;
    begin_fact(html, report->earlier ? "Time of this part" : "Time");
    html_text(html, start);
    html_markup(html, " to ");
    html_text(html, one_day ? end + date : end);
    html_markup(html, " UTC");
    end_fact(html);
}

static void write_input(struct html *html, const struct report *report)
{
    begin_fact(html, "Input");
    html_text(html, report->input);
    if (report->input_rows > 0) {
        html_markup(html, ", ");
        html_count(html, report->input_rows, " row", " rows");
    }
    end_fact(html);
}

static void write_hash(struct html *html, const char *hash)
{
    if (!hash)
        return;
    html_markup(html, "<li class=\"wide\"><span class=\"label\">SHA-256 of "
                      "the input</span> <span class=\"hash\">");
    html_text(html, hash);
    html_markup(html, "</span></li>\n");
}

static void write_status(struct html *html, const struct report *report)
{
    char status[16];

    (void)snprintf(status, sizeof(status), "%d", report->exit_status);
    begin_fact(html, "Exit status");
    html_markup(html, status);
    if (report->exit_meaning) {
        html_markup(html, ": ");
        html_text(html, report->exit_meaning);
    }
    end_fact(html);
}

static void write_notes(struct html *html, const struct report *report)
{
    if (report->earlier > 0) {
        html_markup(html, "<p class=\"note\">The results of ");
        html_count(html, report->earlier, " row", " rows");
        html_markup(html, " were there before this part of the run; times and "
                          "calls are those of this part only.</p>\n");
    }
    if (!report->reviewed)
        return;
    html_markup(html, "<p class=\"note\">Made after the run, from its result. "
                      "Not recorded: the speed over time, latencies, and how "
                      "many of the changed values were cleared");
    html_markup(html, report->started == 0
                          ? "; without the summary of the run also its times, "
                            "calls and options.</p>\n"
                          : ".</p>\n");
}

static void write_facts(struct html *html, const struct report *report)
{
    html_markup(html, "<ul class=\"facts\">\n");
    write_fact(html, "Mode", mode_texts[report->mode]);
    write_status(html, report);
    write_times(html, report);
    write_fact(html, "Service", report->service);
    write_fact(html, "Environment", report->target);
    write_fact(html, "Customer", report->customer);
    write_input(html, report);
    write_fact(html, "Result", report->output);
    write_fact(html, "Started by", report->host);
    write_hash(html, report->input_hash);
    write_fact(html, "Program", report->version);
    html_markup(html, "</ul>\n");
    write_notes(html, report);
}

/* ---- the head of the page ----------------------------------------------- */

void report_verdict(struct html *html, const struct report *report)
{
    enum tone tone = tone_of(report);
    char date[TIME_SIZE] = "";

    if (report->started > 0)
        format_time(date, report->started);
    date[sizeof("2026-01-02") - 1] = '\0';
    html_markup(html, "<header class=\"");
    html_markup(html, tones[tone].class);
    html_markup(html, "\">\n<p class=\"kicker\">bauser-batch · report of a "
                      "run");
    html_markup(html, *date ? " · " : "");
    html_text(html, date);
    html_markup(html, "</p>\n<div class=\"verdict\"><svg class=\"symbol\" "
                      "viewBox=\"0 0 48 48\" role=\"img\" aria-label=\"");
    html_markup(html, tones[tone].text);
    html_markup(html, "\"><use href=\"");
    html_markup(html, tones[tone].symbol);
    html_markup(html, "\"/></svg>\n<div><h1>");
    write_verdict(html, report);
    html_markup(html, ".</h1>\n");
    if (!report->finished && report->stopped) {
        html_markup(html, "<p class=\"reason\">");
        html_cut(html, report->stopped, 600);
        html_markup(html, "</p>\n");
    }
    html_markup(html, "</div></div>\n");
    write_keys(html, report);
    write_facts(html, report);
    html_markup(html, "</header>\n");
}

/* ---- what to do next ---------------------------------------------------- */

/* Bytes of all commands. One that does not fit is not displayed, since a part
 * of it would be another command. With them, the whole report has at most
 * REPORT_MAX_BYTES. */
#define MAX_COMMANDS ((size_t)8000)

/* used: the bytes of all commands */
static void write_command(struct html *html, const char *command, size_t *used)
{
    size_t start = html->out->len;

    html_cut(html, command, MAX_COMMANDS);
    if (html->failed)
        return;
    if (*used + html_since(html, start) <= MAX_COMMANDS) {
        *used += html_since(html, start);
        return;
    }
    html->out->len = start;
    html_markup(html,
                "The command is too long for a report; the run has printed "
                "it.");
}

void report_commands(struct html *html, const struct report *report)
{
    size_t used = 0;

    if (report->command_count == 0)
        return;
    report_begin(html, "next", "What to do next");
    for (unsigned i = 0; i < report->command_count; i++) {
        html_markup(html, "<p class=\"step\">");
        html_text(html, report->commands[i].name);
        html_markup(html, "</p>\n<pre><code>");
        write_command(html, report->commands[i].value, &used);
        html_markup(html, "</code></pre>\n");
    }
    report_end(html);
}
