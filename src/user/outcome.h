/*
 * How a group of rows came out.
 */
#ifndef USER_OUTCOME_H
#define USER_OUTCOME_H

#include <stdbool.h>

#include "service/api_error.h"
#include "service/column.h"
#include "service/service.h"

/* In the order in which the summary names them. */
enum status {
    STATUS_UPDATED,
    STATUS_WOULD_UPDATE,
    STATUS_UNCHANGED,
    STATUS_MATCH,
    STATUS_DRIFT,
    STATUS_VALID,
    STATUS_EXPORTED,
    STATUS_FAILED,
    STATUS_CONFLICT,
    STATUS_UNKNOWN,
    STATUS_NOT_ATTEMPTED,
    STATUS_COUNT
};

/* The word in the Status column. */
const char *status_name(enum status status);

/* The status of that word; false: there is none. */
bool status_find(const char *name, enum status *status);

/* Is it what the row asked for? */
bool status_is_success(enum status status);

struct outcome {
    enum status status;
    bool retryable;    /* no success: the rows may work as they are, later */
    unsigned attempts; /* calls made for the group */
    column_mask changed;
    bool own_write; /* a guard on LastModifiedTime met this run's own write */
    bool read_back; /* the update's own answer did not tell: GetUser did */
    const char *field; /* the column at fault; NULL: none */
    char last_modified[SERVICE_TIME_SIZE];
    struct api_error last; /* the last answer: its status and tracking id, and
                          where there was no success, the fault */
};

#endif
