/*
 * The summary as JSON: docs/summary.schema.json describes its members.
 */
#ifndef REPORT_SUMMARY_JSON_H
#define REPORT_SUMMARY_JSON_H

#include "base/buffer.h"
#include "report/run_summary.h"

#define SUMMARY_JSON_MAX ((size_t)1 << 20) /* bytes of a summary */

/* Appends the summary, with a line end. -1 as buffer_reserve(). */
int summary_json_format(struct buffer *text, const struct run_summary *summary);

/* Reads a summary of this schema or an earlier one into an empty summary, which
 * the caller clears in any case. Members that are missing are unknown. text has
 * a NUL after its last byte. Returns NULL, or why the text is no summary. */
const char *summary_json_parse(struct run_summary *summary, const char *text,
                               size_t len);

#endif
