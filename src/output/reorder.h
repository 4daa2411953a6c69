/*
 * The reorder buffer: result rows come in any order and are written in the
 * input's order.
 *
 * Each row has a sequence number, from 0 and without gaps. A row that comes
 * early waits in memory until all rows before it have come. It takes its text,
 * 8 bytes and what malloc() adds; and 8 to 16 bytes are used for each row
 * between the oldest that is missing and the newest that has come.
 * reorder_next() and reorder_bytes() say when to stop reading the input.
 */
#ifndef OUTPUT_REORDER_H
#define OUTPUT_REORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "output/writer.h"

struct reorder_buffer;

/* The writer is borrowed; with NULL, rows are counted and discarded (--check
 * without OUTPUT). NULL without memory. */
struct reorder_buffer *reorder_new(struct writer *writer);
void reorder_free(struct reorder_buffer *reorder);

/* Takes the text of one result row, line end included: writes it if it is the
 * next one, else keeps a copy. ERROR_LOCAL without memory, if the write fails,
 * or if the sequence was already put, which is a bug. */
int reorder_put(struct reorder_buffer *reorder, uint64_t sequence,
                const char *text, size_t len, struct error *error);

/* The oldest sequence number that has not come: all rows before it have been
 * passed to the writer. */
uint64_t reorder_next(const struct reorder_buffer *reorder);

/* Has the row come, whether it is written or waits? */
bool reorder_has(const struct reorder_buffer *reorder, uint64_t sequence);

/* Memory of the rows that wait: their texts and 8 bytes for each. */
size_t reorder_bytes(const struct reorder_buffer *reorder);

/* Rows put so far, written or waiting. */
uint64_t reorder_count(const struct reorder_buffer *reorder);

/* The end of a run that stops early: writes the rows that wait, in order, and
 * skips those that have not come; these can't be put any more. ERROR_LOCAL if
 * a write fails. */
int reorder_write_waiting(struct reorder_buffer *reorder, struct error *error);

#endif
