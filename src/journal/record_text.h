/*
 * The texts of a journal's records as a run writes them; replay.c reads them.
 * replay.h lists the types of records, and field.h describes their fields.
 *
 * Each function appends to the text of a record. -1 as buffer_reserve(). Pure.
 */
#ifndef JOURNAL_RECORD_TEXT_H
#define JOURNAL_RECORD_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "service/row.h"
#include "user/outcome.h"
#include "user/own_writes.h"

/* The intent of an update of the group's rows. */
int record_text_put_intent(struct buffer *text, const struct group *group,
                           const struct sent *sent);

/* A result begins with its status; its rows follow, each with the bytes of its
 * result row. */
int record_text_put_status(struct buffer *text, enum status status);
int record_text_put_row(struct buffer *text, uint64_t sequence, const char *row,
                        size_t len);

int record_text_put_own_write(struct buffer *text, struct shared_state before,
                              struct shared_state after);

int record_text_put_cells(struct buffer *text, uint64_t cells,
                          uint64_t drifting);

int record_text_put_checkpoint(struct buffer *text, uint64_t bytes,
                               const unsigned char hash[HASH_SIZE]);

/* As recovery_put_end(). */
int record_text_put_end(struct buffer *text, int64_t seconds, bool reached,
                        const char *end);

#endif
