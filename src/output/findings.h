/*
 * What the report says about single rows: the first rows of each kind of error,
 * and how many rows have changed which column. Bounded, as error_counts.h.
 */
#ifndef OUTPUT_FINDINGS_H
#define OUTPUT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/error_counts.h"
#include "service/service.h"
#include "user/task_result.h"

#define FINDINGS_ROWS 3
#define FINDINGS_TEXT 504 /* bytes: more characters than are displayed */

/* A row without success. Its strings are borrowed and may be NULL. */
struct finding {
    uint64_t number;
    const char *name;  /* ErrorName */
    const char *field; /* Field */
    const char *id;
    const char *message;
    bool retryable;
    long http_status;
    const char *tracking_id;
};

/* The same, as it is kept. */
struct finding_row {
    uint64_t number;
    bool retryable;
    long http_status;
    char id[FINDINGS_TEXT];
    char message[FINDINGS_TEXT];
    char tracking_id[40];
};

struct finding_kind {
    char name[65];
    char field[48];
    unsigned count;                         /* of rows */
    struct finding_row rows[FINDINGS_ROWS]; /* by number, ascending */
};

struct finding_change {
    uint64_t set;
    uint64_t cleared;
    uint64_t earlier; /* set or cleared, by rows of an earlier run */
};

/* Filled with zeros: there are none. */
struct findings {
    struct finding_kind kinds[ERROR_COUNTS_KINDS];
    unsigned count;                            /* of kinds */
    struct finding_change changes[COLUMN_MAX]; /* by column of the service */
};

/* Keeps the row, if it is one of the first of its kind. A row without a name is
 * ignored. */
void findings_add(struct findings *findings, const struct finding *finding);

/* Counts the columns that a row has changed, would change, or in which it
 * differs. */
void findings_add_change(struct findings *findings, unsigned column,
                         bool cleared);

/* Does the first of these for a row with an error, else the second. */
void findings_add_row(struct findings *findings, const struct service *service,
                      const struct task_result *task, const struct row *row);

/* The same for a result row of an earlier run, as format_row() writes it. A
 * text that is no such row is ignored. */
void findings_add_text(struct findings *findings, const struct service *service,
                       enum status status, const char *text, size_t len);

/* The rows of a kind; NULL: none were kept. */
const struct finding_kind *findings_find(const struct findings *findings,
                                         const char *name, const char *field);

#endif
