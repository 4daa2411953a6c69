/*
 * The text of result files: what one row, with its outcome, looks like. Pure.
 *
 * All files are CSV by RFC 4180, with LF as the line end and a comma between
 * the fields, whatever the input has. Each function appends to the buffer and
 * answers 0, or -1 as buffer_reserve().
 */
#ifndef OUTPUT_FORMAT_H
#define OUTPUT_FORMAT_H

#include <stdint.h>

#include "base/buffer.h"
#include "cli/options.h"
#include "service/row.h"
#include "user/user_task.h"

/* One field, in quotes where it needs them. */
int format_field(struct buffer *buffer, const char *text);

/* The header of OUTPUT, in the options' mode. */
int format_header(struct buffer *buffer, const struct options *options);

/* The result row of one row of a task that is done. */
int format_row(struct buffer *buffer, const struct user_task *task,
               const struct row *row);

/* The result row of a row that never became part of a task: a value is refused
 * (why is the error), nothing more was asked for (STATUS_VALID), or the run
 * ended before (STATUS_NOT_ATTEMPTED); why may be NULL for the latter two. */
int format_row_alone(struct buffer *buffer, const struct options *options,
                     uint64_t number, const char *id, enum status status,
                     const struct error *why);

/* The header and the rows of --diff: the cells of this row that won. */
int format_diff_header(struct buffer *buffer);
int format_diff(struct buffer *buffer, const struct user_task *task,
                const struct row *row);

#endif
