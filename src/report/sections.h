/*
 * The parts of a report, which report.c puts together. Each function writes its
 * section, or nothing if there is nothing to say.
 */
#ifndef REPORT_SECTIONS_H
#define REPORT_SECTIONS_H

#include "report/html.h"
#include "report/values.h"

/* ---- style.c ---- */

/* The style sheet is an array of lines; NULL ends it. */
extern const char *const report_style[];

/* The patterns that tell colours apart, and the symbols. */
extern const char *const report_shapes;

/* ---- sections.c ---- */

/* Begins a section with a heading, a literal. */
void report_begin(struct html *html, const char *id, const char *heading);
void report_end(struct html *html);

/* Displayed characters of a cell of a table. */
#define REPORT_CELL 120

/* The class of a kind: "done". */
const char *report_kind_class(enum report_kind kind);

/* "4 min 12 s", "380 ms". */
void report_duration(struct html *html, int64_t milliseconds);

/* ---- verdict.c ---- */

/* The verdict as a text, for the title of the page. */
void report_title(struct html *html, const struct report *report);
void report_verdict(struct html *html, const struct report *report);
void report_commands(struct html *html, const struct report *report);

/* ---- rows.c ---- */

void report_outcome(struct html *html, const struct report *report);
void report_failures(struct html *html, const struct report *report);

/* ---- changes.c ---- */

void report_changes(struct html *html, const struct report *report);
void report_match(struct html *html, const struct report *report);

/* ---- course.c ---- */

void report_course(struct html *html, const struct report *report);

/* ---- calls.c ---- */

void report_latencies(struct html *html, const struct report *report);
void report_shards(struct html *html, const struct report *report);
void report_settings(struct html *html, const struct report *report);

#endif
