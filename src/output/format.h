/*
 * The text of result files: how one row and its outcome are written. Pure.
 *
 * All files are CSV as of RFC 4180, with LF as the line end and a comma as the
 * separator, whatever the input has. Each function appends to the buffer and
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
#include "user/user_task.h"

/* What decides on the columns. */
struct format {
    enum mode mode;
    const struct service *service;
};

/* One field, quoted if it needs quotes. */
int format_field(struct buffer *buffer, const char *text);

/* The header of OUTPUT. */
int format_header(struct buffer *buffer, const struct format *format);

/* The result row of one row of a task that is done. */
int format_row(struct buffer *buffer, const struct format *format,
               const struct user_task *task, const struct row *row);

/* A row that never became part of a task, because a value is rejected (why is
 * the error), nothing more was asked for (STATUS_VALID), or the run ended first
 * (STATUS_NOT_ATTEMPTED). */
struct row_alone {
    uint64_t number;
    const char *id;
    enum status status;
    const struct error *why; /* may be NULL for the latter two */
};

int format_row_alone(struct buffer *buffer, const struct format *format,
                     const struct row_alone *row);

/* The header of --diff, and its lines for one row: the cells that won. */
int format_diff_header(struct buffer *buffer);
int format_diff(struct buffer *buffer, const struct format *format,
                const struct user_task *task, const struct row *row);

#endif
