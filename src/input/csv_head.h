/*
 * The first bytes of an INPUT that people have made, up to its header: a
 * byte-order mark, lines to skip, empty lines, and a line "sep=X" as
 * spreadsheets know it.
 */
#ifndef INPUT_CSV_HEAD_H
#define INPUT_CSV_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* The part of an input in which its header must begin, in bytes. */
#define CSV_HEAD_SIZE ((size_t)64 << 10)

struct csv_head {
    bool has_lines;      /* else only the mark is removed */
    unsigned skip_lines; /* that are left */
    bool mark_passed;
    uint64_t lines;      /* that were removed */
    char separator;      /* of a line "sep=X"; NUL: there is none */
    struct buffer bytes; /* that were neither removed nor used */
};

void csv_head_init(struct csv_head *head);
void csv_head_clear(struct csv_head *head);

/* Takes some of the bytes, at least one of them; *used: how many. Returns 1 if
 * the header's first line is there: head->bytes begin with it, and contain all
 * of it unless it is longer than CSV_HEAD_SIZE. 0: more bytes are needed. -1:
 * without memory. */
int csv_head_feed(struct csv_head *head, const char *data, size_t len,
                  size_t *used);

/* To be called at the end of the input; head->bytes are what is left. */
void csv_head_end(struct csv_head *head);

#endif
