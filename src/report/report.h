/*
 * The report of a run: one HTML file for people, without scripts and without
 * anything from the network. Pure: the same values give the same bytes.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buffer.h"
#include "report/values.h"

#define REPORT_MAX_BYTES ((size_t)300000) /* a report is smaller */

/* Appends the report, at most REPORT_MAX_BYTES. What does not fit is left out,
 * and the report says so. -1 if the buffer is too small or there is no memory.
 */
int report_write(struct buffer *out, const struct report *report);

#endif
