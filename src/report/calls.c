#include <inttypes.h>
#include <stdio.h>

#include "report/sections.h"

/* ---- latencies ---------------------------------------------------------- */

static void write_latency(struct html *html, int64_t us)
{
    char text[48];
    double ms = (double)us / 1000;

    if (ms < 10 && us % 1000 != 0)
        (void)snprintf(text, sizeof(text), "%.1f\u00a0ms", ms);
    else if (ms < 1000)
        (void)snprintf(text, sizeof(text), "%.0f\u00a0ms", ms);
    else
        (void)snprintf(text, sizeof(text), "%.*f\u00a0s",
                       us % 1000000 == 0 ? 0
                       : ms < 10000      ? 2
                                         : 1,
                       ms / 1000);
    html_markup(html, text);
}

/* A logarithm, close enough for a drawing. */
static double logarithm(int64_t us)
{
    double power = 1;
    int log = 0;

    for (; (double)us >= power * 2; log++)
        power *= 2;
    return log + (double)(us > 0 ? us : 1) / power - 1;
}

/* The ends of the axis: powers of ten, in microseconds. */
struct axis {
    int64_t low, high;
};

static struct axis find_axis(const struct report *report)
{
    struct axis axis = {INT64_MAX, 0};
    int64_t low = 1, high = 1;

    for (unsigned i = 0; i < report->call_count; i++) {
        const struct report_calls *calls = &report->calls[i];

        if (calls->calls == 0)
            continue;
        if (calls->p50 < axis.low)
            axis.low = calls->p50;
        if (calls->max > axis.high)
            axis.high = calls->max;
    }
    while (low * 10 <= axis.low && low < INT64_C(1000000000000))
        low *= 10;
    while (high < axis.high && high < INT64_C(1000000000000))
        high *= 10;
    return (struct axis){low, high > low ? high : low * 10};
}

static int64_t place(const struct axis *axis, int64_t us)
{
    double low = logarithm(axis->low), high = logarithm(axis->high);
    double at = (logarithm(us) - low) / (high - low) * 1000;

    return at < 0 ? 0 : at > 1000 ? 1000 : (int64_t)at;
}

static void write_part(struct html *html, const char *class, int64_t from,
                       int64_t to)
{
    html_markup(html, "<rect class=\"");
    html_markup(html, class);
    html_markup(html, "\"");
    html_permille(html, "x", from);
    html_permille(html, "width", to - from + 4);
    html_markup(html, "/>");
}

static void write_range(struct html *html, const struct axis *axis,
                        const struct report_calls *calls)
{
    int64_t p50 = place(axis, calls->p50), p95 = place(axis, calls->p95);
    int64_t p99 = place(axis, calls->p99), max = place(axis, calls->max);

    html_markup(html, "<td class=\"plot\"><svg class=\"range\" "
                      "aria-hidden=\"true\"><rect class=\"track\" "
                      "width=\"100%\"/>");
    write_part(html, "to-max", p50, max);
    write_part(html, "to-p99", p50, p99);
    write_part(html, "to-p95", p50, p95);
    write_part(html, "at-p50", p50, p50);
    html_markup(html, "</svg></td>");
}

static void write_calls(struct html *html, const struct report *report,
                        const struct axis *axis,
                        const struct report_calls *calls)
{
    const struct {
        const char *title;
        int64_t us;
    } columns[] = {{"p50", calls->p50},
                   {"p95", calls->p95},
                   {"p99", calls->p99},
                   {"max", calls->max}};

    html_markup(html, "<tr>");
    html_element(html, "th", " scope=\"row\"", calls->name);
    html_markup(html, "<td class=\"n\" title=\"number\">");
    html_number(html, calls->calls);
    html_markup(html, "</td>");
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        html_markup(html, "<td class=\"n\" title=\"");
        html_markup(html, columns[i].title);
        html_markup(html, "\">");
        if (report->reviewed)
            html_markup(html, "–");
        else if (calls->calls > 0)
            write_latency(html, columns[i].us);
        html_markup(html, "</td>");
    }
    if (calls->calls > 0 && !report->reviewed)
        write_range(html, axis, calls);
    html_markup(html, "</tr>\n");
}

static void write_facts(struct html *html, const struct report *report)
{
    html_markup(html, "<ul class=\"counts\">\n");
    for (unsigned i = 0; i < report->fact_count; i++) {
        const struct report_fact *fact = &report->facts[i];

        html_markup(html, "<li><b>");
        html_number(html, fact->count);
        html_markup(html, "</b> ");
        html_name(html, fact->count == 1 ? fact->one : fact->many);
        html_markup(html, "</li>\n");
    }
    html_markup(html, "</ul>\n");
}

static void write_axis(struct html *html, const struct axis *axis)
{
    html_markup(html, "<th class=\"plot\"><span>");
    write_latency(html, axis->low);
    html_markup(html, "</span> <span>");
    write_latency(html, axis->high);
    html_markup(html, "</span></th>");
}

void report_latencies(struct html *html, const struct report *report)
{
    struct axis axis;

    if (report->call_count == 0 && report->fact_count == 0)
        return;
    axis = find_axis(report);
    report_begin(html, "calls", "Calls");
    html_markup(html, "<table class=\"calls\">\n<thead><tr><th scope=\"col\">"
                      "Call</th><th class=\"n\" scope=\"col\">Number</th>"
                      "<th class=\"n\" scope=\"col\">p50</th>"
                      "<th class=\"n\" scope=\"col\">p95</th>"
                      "<th class=\"n\" scope=\"col\">p99</th>"
                      "<th class=\"n\" scope=\"col\">max</th>");
    if (!report->reviewed)
        write_axis(html, &axis);
    html_markup(html, "</tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < report->call_count; i++)
        write_calls(html, report, &axis, &report->calls[i]);
    html_markup(html, "</tbody></table>\n");
    html_markup(html, report->reviewed
                          ? "<p class=\"note\">Latencies are not "
                            "recorded.</p>\n"
                          : "<p class=\"note\">Time from sending a call to its "
                            "response. Bar: p50 to p95; pale: to p99; line: to "
                            "the maximum, on a logarithmic scale.</p>\n");
    if (report->fact_count > 0)
        write_facts(html, report);
    report_end(html);
}

/* ---- shards, settings and hashes ---------------------------------------- */

#define MAX_SHARDS   32
#define MAX_SETTINGS ((size_t)30000) /* bytes */

void report_shards(struct html *html, const struct report *report)
{
    if (report->shard_count == 0)
        return;
    report_begin(html, "shards", "Shards");
    html_markup(html, "<table>\n<thead><tr><th scope=\"col\">Shard</th>"
                      "<th class=\"n\" scope=\"col\">Rows</th><th class=\"n\" "
                      "scope=\"col\">Without success</th><th class=\"n\" "
                      "scope=\"col\">Duration</th></tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < report->shard_count && i < MAX_SHARDS; i++) {
        const struct report_shard *shard = &report->shards[i];

        html_markup(html, "<tr>");
        html_element(html, "th", " scope=\"row\"", shard->name);
        html_markup(html, "<td class=\"n\">");
        html_number(html, shard->rows);
        html_markup(html, "</td><td class=\"n\">");
        html_number(html, shard->failed);
        html_markup(html, "</td><td class=\"n\">");
        if (shard->milliseconds >= 0)
            report_duration(html, shard->milliseconds);
        html_markup(html, "</td></tr>\n");
    }
    html_markup(html, "</tbody></table>\n");
    report_end(html);
}

static void write_pairs(struct html *html, const struct report_pair *pairs,
                        unsigned count, const char *class)
{
    size_t start = html->out->len;

    html_markup(html, "<ul class=\"facts ");
    html_markup(html, class);
    html_markup(html, "\">\n");
    for (unsigned i = 0; i < count && html_since(html, start) < MAX_SETTINGS;
         i++) {
        html_markup(html, "<li>");
        html_element(html, "span", " class=\"label\"", pairs[i].name);
        html_markup(html, "<span>");
        html_text(html, pairs[i].value);
        html_markup(html, "</span></li>\n");
    }
    html_markup(html, "</ul>\n");
}

void report_settings(struct html *html, const struct report *report)
{
    if (report->option_count == 0 && report->hash_count == 0)
        return;
    report_begin(html, "settings", "Configuration and files");
    if (report->option_count > 0)
        write_pairs(html, report->options, report->option_count, "options");
    if (report->hash_count > 0) {
        html_markup(html, "<h3>SHA-256 of the files</h3>\n");
        write_pairs(html, report->hashes, report->hash_count, "hashes");
    }
    report_end(html);
}
