#include <inttypes.h>
#include <stdio.h>

#include "base/number.h"
#include "report/sections.h"

/* Samples are drawn in groups of equal length. */
#define MAX_BINS 100

/* A shorter run has no course. */
#define LEAST_SAMPLES 4

/* A group of samples. */
struct bin {
    int64_t length; /* milliseconds */
    struct report_sample sum;
};

struct course {
    const struct report *report;
    struct bin bins[MAX_BINS];
    unsigned count;
    int64_t length; /* milliseconds of all bins */
    unsigned waits; /* that occur */
    bool throttled; /* so do throttled calls */
    bool limited;   /* so does a rate limit */
    bool calls;
};

static void add_sample(struct report_sample *sum,
                       const struct report_sample *sample)
{
    sum->rows += sample->rows;
    sum->calls += sample->calls;
    sum->throttled += sample->throttled;
    if (sample->in_flight > sum->in_flight)
        sum->in_flight = sample->in_flight;
    sum->limit = sample->limit;
    sum->waits |= sample->waits;
}

static void add_bin(struct bin *sum, const struct bin *bin)
{
    sum->length += bin->length;
    add_sample(&sum->sum, &bin->sum);
}

/* The last bin is shorter. A very short one would show a rate that means
 * little, so it becomes a part of the one before. */
static void make_bins(struct course *course, const struct report *report)
{
    unsigned group = (report->sample_count + MAX_BINS - 1) / MAX_BINS;
    int64_t left = report->course;

    *course = (struct course){.report = report};
    for (unsigned i = 0; i < report->sample_count; i++) {
        struct bin bin = {.length = left < report->span ? left : report->span,
                          .sum = report->samples[i]};

        left -= bin.length;
        course->waits |= bin.sum.waits;
        course->throttled |= bin.sum.throttled > 0;
        course->limited |= bin.sum.limit > 0;
        course->calls |= bin.sum.calls > 0;
        course->length += bin.length;
        if (i % group == 0)
            course->bins[course->count++] = bin;
        else
            add_bin(&course->bins[course->count - 1], &bin);
    }
    if (course->count > 1 && course->bins[course->count - 1].length <
                                 report->span * (int64_t)group / 2) {
        course->count--;
        add_bin(&course->bins[course->count - 1], &course->bins[course->count]);
    }
}

/* ---- values, in thousandths --------------------------------------------- */

enum series { SERIES_ROWS, SERIES_CALLS, SERIES_LIMIT, SERIES_IN_FLIGHT };

static int64_t value_of(const struct bin *bin, enum series series)
{
    double seconds = (double)(bin->length > 0 ? bin->length : 1) / 1000;

    switch (series) {
    case SERIES_ROWS:
        return (int64_t)((double)bin->sum.rows / seconds * 1000);
    case SERIES_CALLS:
        return (int64_t)((double)bin->sum.calls / seconds * 1000);
    case SERIES_LIMIT:
        return (int64_t)bin->sum.limit * 1000 / 60;
    case SERIES_IN_FLIGHT:
        return (int64_t)bin->sum.in_flight * 1000;
    }
    return 0;
}

static int64_t max_of(const struct course *course, enum series series)
{
    int64_t max = 0;

    for (unsigned i = 0; i < course->count; i++)
        if (value_of(&course->bins[i], series) > max)
            max = value_of(&course->bins[i], series);
    return max;
}

/* The end of the axis: 1, 2 or 5 and zeros. */
static int64_t round_up(int64_t max)
{
    static const int64_t steps[] = {1, 2, 5};

    for (int64_t unit = 100;; unit *= 10)
        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
            if (max <= steps[i] * unit)
                return steps[i] * unit;
}

static void write_value(struct html *html, int64_t thousandths)
{
    char text[32];

    if (thousandths % 1000 == 0) {
        html_number(html, (uint64_t)(thousandths / 1000));
        return;
    }
    (void)snprintf(text, sizeof(text), "%.*f", thousandths % 100 ? 2 : 1,
                   (double)thousandths / 1000);
    html_markup(html, text);
}

/* ---- drawing ------------------------------------------------------------ */

/* The plot is 1000 wide and 100 high. */
static void write_point(struct html *html, const char *command, double x,
                        double y)
{
    char text[64];

    (void)snprintf(text, sizeof(text), "%s%.1f %.1f", command, x, y);
    html_markup(html, text);
}

static double share(int64_t part, int64_t whole)
{
    return (double)part / (double)(whole > 0 ? whole : 1);
}

/* A line through the middle of the bins, which ends at both sides. Values of 0
 * or beyond the top interrupt a limit. */
static void write_points(struct html *html, const struct course *course,
                         enum series series, int64_t top)
{
    const char *command = "M";
    int64_t start = 0;

    for (unsigned i = 0; i < course->count; i++) {
        const struct bin *bin = &course->bins[i];
        int64_t value = value_of(bin, series);
        double y = 100 - share(value, top) * 100;
        double x = share(start + bin->length / 2, course->length) * 1000;

        start += bin->length;
        if (series == SERIES_LIMIT && (value == 0 || value > top)) {
            command = "M";
            continue;
        }
        if (i == 0) {
            write_point(html, command, 0, y);
            command = "L";
        }
        write_point(html, command, x, y);
        command = "L";
        if (i + 1 == course->count)
            write_point(html, command, 1000, y);
    }
}

static void write_line(struct html *html, const struct course *course,
                       enum series series, int64_t top, const char *class)
{
    html_markup(html, "<path class=\"");
    html_markup(html, class);
    html_markup(html, "\" d=\"");
    write_points(html, course, series, top);
    html_markup(html, "\"/>");
}

static void write_area(struct html *html, const struct course *course,
                       enum series series, int64_t top)
{
    html_markup(html, "<path class=\"area\" d=\"");
    write_points(html, course, series, top);
    html_markup(html, "L1000 100L0 100Z\"/>");
}

/* Marks the times at which the run waited for one of the reasons. */
static void write_bands(struct html *html, const struct course *course,
                        unsigned waits, const char *class)
{
    int64_t start = 0, since = 0;
    bool marked = false;

    for (unsigned i = 0; i <= course->count; i++) {
        bool mark =
            i < course->count && (course->bins[i].sum.waits & waits) != 0;

        if (mark && !marked)
            since = start;
        if (!mark && marked) {
            html_markup(html, "<rect height=\"100%\" class=\"");
            html_markup(html, class);
            html_markup(html, "\"");
            html_permille(html, "x",
                          (int64_t)(share(since, course->length) * 1000));
            html_permille(
                html, "width",
                (int64_t)(share(start - since, course->length) * 1000) + 1);
            html_markup(html, "/>");
        }
        marked = mark;
        if (i < course->count)
            start += course->bins[i].length;
    }
}

/* The axis, and the frame into which the lines are drawn. */
static void begin_plot(struct html *html, const struct course *course,
                       int64_t top, const char *label)
{
    html_markup(html, "<div class=\"frame\"><div class=\"y\" "
                      "aria-hidden=\"true\"><span>");
    write_value(html, top);
    html_markup(html, "</span><span>");
    write_value(html, top / 2);
    html_markup(html, "</span><span>0</span></div>\n<div class=\"plot\"><svg "
                      "aria-hidden=\"true\">");
    write_bands(html, course, course->waits, "band");
    html_markup(html, "<line class=\"grid\" x2=\"100%\" y1=\"50%\" "
                      "y2=\"50%\"/></svg>\n<svg viewBox=\"0 0 1000 100\" "
                      "preserveAspectRatio=\"none\" role=\"img\" "
                      "aria-label=\"");
    html_markup(html, label);
    html_markup(html, "\">");
}

static void end_plot(struct html *html)
{
    html_markup(html, "</svg></div></div>\n");
}

static void write_legend(struct html *html, const char *class, const char *text)
{
    html_markup(html, "<span class=\"legend\"><svg aria-hidden=\"true\"><line "
                      "x2=\"100%\" y1=\"50%\" y2=\"50%\" class=\"");
    html_markup(html, class);
    html_markup(html, "\"/></svg>");
    html_markup(html, text);
    html_markup(html, "</span>");
}

static void write_rates(struct html *html, const struct course *course)
{
    int64_t rows = max_of(course, SERIES_ROWS);
    int64_t calls = max_of(course, SERIES_CALLS);
    int64_t top = round_up(rows > calls ? rows : calls);

    html_markup(html, "<figure><figcaption><b>Speed</b>");
    write_legend(html, "rows", "rows a second");
    if (course->calls)
        write_legend(html, "calls", "calls a second");
    if (course->limited)
        write_legend(html, "limit", "rate limit");
    html_markup(html, "</figcaption>\n");
    begin_plot(html, course, top, "Rows and calls a second");
    write_area(html, course, SERIES_ROWS, top);
    write_line(html, course, SERIES_ROWS, top, "rows");
    if (course->calls)
        write_line(html, course, SERIES_CALLS, top, "calls");
    if (course->limited)
        write_line(html, course, SERIES_LIMIT, top, "limit");
    end_plot(html);
    html_markup(html, "</figure>\n");
}

static void write_in_flight(struct html *html, const struct course *course)
{
    int64_t top = round_up(max_of(course, SERIES_IN_FLIGHT));

    html_markup(html, "<figure class=\"low\"><figcaption><b>Calls in flight"
                      "</b></figcaption>\n");
    begin_plot(html, course, top, "Calls in flight");
    write_area(html, course, SERIES_IN_FLIGHT, top);
    write_line(html, course, SERIES_IN_FLIGHT, top, "rows");
    end_plot(html);
    html_markup(html, "</figure>\n");
}

/* ---- throttled calls and waits ------------------------------------------ */

static void begin_lane(struct html *html)
{
    html_markup(html, "<div class=\"lane\"><p>");
}

static void write_throttled(struct html *html, const struct course *course)
{
    uint64_t most = 1, sum = 0;
    int64_t start = 0;

    for (unsigned i = 0; i < course->count; i++) {
        sum += course->bins[i].sum.throttled;
        if (course->bins[i].sum.throttled > most)
            most = course->bins[i].sum.throttled;
    }
    begin_lane(html);
    html_count(html, sum, " throttled call", " throttled calls");
    html_markup(html, "</p><svg class=\"marks\" aria-hidden=\"true\">");
    for (unsigned i = 0; i < course->count; i++) {
        const struct bin *bin = &course->bins[i];
        int64_t height =
            (int64_t)((double)bin->sum.throttled / (double)most * 800) + 200;

        if (bin->sum.throttled > 0) {
            html_markup(html, "<rect class=\"f-failed\"");
            html_permille(html, "x",
                          (int64_t)(share(start, course->length) * 1000));
            html_permille(html, "width",
                          (int64_t)(share(bin->length, course->length) * 1000) +
                              1);
            html_permille(html, "y", 1000 - height);
            html_permille(html, "height", height);
            html_markup(html, "/>");
        }
        start += bin->length;
    }
    html_markup(html, "</svg></div>\n");
}

static void write_waits(struct html *html, const struct course *course)
{
    for (unsigned i = 0; i < REPORT_WAITS; i++) {
        int64_t length = 0;

        if (!(course->waits & 1U << i))
            continue;
        for (unsigned j = 0; j < course->report->sample_count; j++)
            if (course->report->samples[j].waits & 1U << i)
                length += course->report->span;
        begin_lane(html);
        html_name(html, course->report->waits[i]);
        html_markup(html, ", about ");
        report_duration(html,
                        length < course->length ? length : course->length);
        html_markup(html, "</p><svg class=\"marks\" aria-hidden=\"true\">");
        write_bands(html, course, 1U << i, "wait");
        html_markup(html, "</svg></div>\n");
    }
}

static void write_axis(struct html *html, const struct course *course)
{
    html_markup(html, "<div class=\"x\" aria-hidden=\"true\">");
    for (int i = 0; i <= 4; i++) {
        html_markup(html, i % 2 ? "<span class=\"minor\">" : "<span>");
        if (i == 0)
            html_markup(html, "0");
        else
            report_duration(html, course->length * i / 4);
        html_markup(html, "</span>");
    }
    html_markup(html, "</div>\n");
}

void report_course(struct html *html, const struct report *report)
{
    struct course course;

    if (report->sample_count < LEAST_SAMPLES ||
        report->sample_count > REPORT_SAMPLES)
        return;
    make_bins(&course, report);
    report_begin(html, "time", "Time");
    write_rates(html, &course);
    if (course.calls)
        write_in_flight(html, &course);
    write_axis(html, &course);
    if (course.throttled)
        write_throttled(html, &course);
    write_waits(html, &course);
    if (course.waits)
        html_markup(html, "<p class=\"note\">Striped: the run waited.</p>\n");
    report_end(html);
}
