/*
 * Formats the rows of result files. Pure.
 *
 * All files are CSV (RFC 4180) with LF and a comma, even if the input has
 * another line end or delimiter. Each function appends to the buffer and
 * returns 0, or -1 as buffer_reserve().
 */
#ifndef OUTPUT_FORMAT_H
#define OUTPUT_FORMAT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/mode.h"
#include "service/row.h"
#include "service/service.h"
#include "user/outcome.h"
#include "user/task_result.h"

/* The values that decide which columns there are. */
struct format {
    enum mode mode;
    const struct service *service;
    const char *clear_token; /* what --export writes for an empty value that can
                                be cleared; NULL: nothing */
};

/* The header of OUTPUT. */
int format_header(struct buffer *buffer, const struct format *format);

/* The result row of one row of a task that is done. */
int format_row(struct buffer *buffer, const struct format *format,
               const struct task_result *task, const struct row *row);

/* A row without a task: its value is invalid (STATUS_FAILED, with the error in
 * why), the run is --check (STATUS_VALID), or the run ended before its task was
 * started (STATUS_NOT_ATTEMPTED). */
struct row_alone {
    uint64_t number;
    const char *id;
    enum status status;
    const struct error *why; /* may be NULL, except for STATUS_FAILED */
    const struct row *row;   /* NULL: Note gets no remarks about its values */
};

int format_row_alone(struct buffer *buffer, const struct format *format,
                     const struct row_alone *row);

/* The header of --diff, and its lines for one row: a line for each column of
 * outcome.changed whose new value is from this row. */
int format_diff_header(struct buffer *buffer, const struct format *format);
int format_diff(struct buffer *buffer, const struct format *format,
                const struct task_result *task, const struct row *row);

#endif
