/*
 * The rows of a plan, made of the records of undo_record.h that a dry run puts.
 *
 * Each user becomes one row, in the order of INPUT: the columns that change,
 * with their new values, and the values that they have. A user whose rows lie
 * in several windows has several records; the last value of each column counts,
 * also if it is the one that the user has. A later record of the same group
 * replaces an earlier one, which a process put that was killed.
 *
 * The records are read twice, or three times if users have several of them:
 * plan_rows_note(), plan_rows_collect() if plan_rows_has_repeated(), and
 * plan_rows_take(). Memory: about a block, the rows of the groups that were
 * processed at the same time, and all records of users with several of them.
 */
#ifndef OUTPUT_PLAN_ROWS_H
#define OUTPUT_PLAN_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "output/undo_text.h"

enum plan_record_type {
    PLAN_CHANGE = 'c', /* the columns that change */
    PLAN_AGAIN = 'C'   /* there may be an earlier record of this user: all
                          columns that the rows name, changed or not */
};

/* Bytes of records that are sorted together; tests choose fewer. */
#define PLAN_ROWS_BLOCK ((size_t)16 << 20)

struct plan_rows;

/* The setup is borrowed. NULL without memory. */
struct plan_rows *plan_rows_new(const struct undo_text_setup *setup,
                                size_t block);

/* NULL does nothing. */
void plan_rows_free(struct plan_rows *rows);

/* The sequence of the group's first row; 0 and *key NULL if it is damaged. */
uint64_t plan_record_sequence(const char *text, size_t len, const char **key);

/* The first reading. -1 without memory. */
int plan_rows_note(struct plan_rows *rows, char type, const char *text,
                   size_t len);

/* After it: have users several records? */
bool plan_rows_has_repeated(const struct plan_rows *rows);

/* The second reading. -1 without memory; errno EFBIG: too many users have
 * several records. */
int plan_rows_collect(struct plan_rows *rows, const char *text, size_t len);

/* Begins the last reading: appends the header. Its last column is named
 * _SourceRows=N, with the number of rows of INPUT; it has no values. -1 as
 * buffer_append(). */
int plan_rows_put_header(struct plan_rows *rows, uint64_t source_rows,
                         struct buffer *buffer);

/* Where rows go. */
struct plan_rows_output {
    int (*put)(void *context, const char *text, size_t len);
    void *context;
};

/* The records of the last reading, and its end. -1 if put returned -1, or
 * without memory. */
int plan_rows_take(struct plan_rows *rows, const char *text, size_t len,
                   const struct plan_rows_output *output);
int plan_rows_end(struct plan_rows *rows,
                  const struct plan_rows_output *output);

/* The number of rows that were put. */
uint64_t plan_rows_users(const struct plan_rows *rows);

#endif
