/*
 * The reorder buffer: result rows are put in any order and written in the
 * input's order.
 *
 * Each row has a sequence number, from 0 and without gaps. A row waits in
 * memory until all rows before it were put. It needs memory for its text and 8
 * bytes, besides the overhead of malloc(). The index needs 8 to 16 bytes for
 * each row between the oldest missing row and the newest one. The caller bounds
 * the memory by reorder_next() and reorder_bytes().
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

/* NULL does nothing. */
void reorder_free(struct reorder_buffer *reorder);

/* Puts the text of one result row with its line end: writes it if it is the
 * next one, else keeps a copy. ERROR_LOCAL without memory, if the write fails,
 * or if the sequence was already put, which is a bug. */
int reorder_put(struct reorder_buffer *reorder, uint64_t sequence,
                const char *text, size_t len, struct error *error);

/* The oldest sequence number that was not put: all rows before it were passed
 * to the writer. */
uint64_t reorder_next(const struct reorder_buffer *reorder);

/* Was the row put? */
bool reorder_has(const struct reorder_buffer *reorder, uint64_t sequence);

/* Memory of the rows that wait: their texts and 8 bytes for each. */
size_t reorder_bytes(const struct reorder_buffer *reorder);

/* Rows put so far, written or waiting. */
uint64_t reorder_count(const struct reorder_buffer *reorder);

/* For a run that stops early: writes the rows that wait, in order, and skips
 * the missing rows before them, which can't be put any more. ERROR_LOCAL if a
 * write fails. */
int reorder_write_waiting(struct reorder_buffer *reorder, struct error *error);

#endif
