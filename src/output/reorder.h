/*
 * Result rows come in any order and leave in the input's order.
 *
 * Each row has a sequence number, from 0 and without gaps. What arrives early
 * waits here in memory until all before it have come: its text, 8 bytes and
 * malloc's own for each, and 8 to 16 bytes for each row between the oldest that
 * is missing and the newest that has come. reorder_next() and reorder_bytes()
 * tell the pipeline when to stop reading.
 */
#ifndef OUTPUT_REORDER_H
#define OUTPUT_REORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "output/writer.h"

struct reorder_buffer;

/* output stays the caller's and may be NULL: then rows are counted and thrown
 * away (--check without OUTPUT). NULL without memory. */
struct reorder_buffer *reorder_new(struct writer *writer);
void reorder_free(struct reorder_buffer *reorder);

/* Takes the text of one result row, line end included, and copies it, to the
 * output where it is its turn. A sequence given twice, or already written, is a
 * bug and ends the run (ERROR_LOCAL, as are no memory and a failed write). */
int reorder_put(struct reorder_buffer *reorder, uint64_t sequence,
                const char *text, size_t len, struct error *error);

/* The oldest sequence number that has not come: all before it were appended to
 * the output. */
uint64_t reorder_next(const struct reorder_buffer *reorder);

/* Has the row come, written or waiting? */
bool reorder_has(const struct reorder_buffer *reorder, uint64_t sequence);

/* Memory of the rows that wait: their texts and 8 bytes for each. */
size_t reorder_bytes(const struct reorder_buffer *reorder);

/* Rows given so far, written or waiting. */
uint64_t reorder_count(const struct reorder_buffer *reorder);

/* A run that stops early: writes the rows that wait, in order, leaving out
 * those that have not come; these can't be given any more. ERROR_LOCAL where
 * one can't be written. */
int reorder_write_waiting(struct reorder_buffer *reorder, struct error *error);

#endif
