/*
 * The outcome of a group of rows.
 */
#ifndef USER_OUTCOME_H
#define USER_OUTCOME_H

#include <stdbool.h>

#include "service/api_error.h"
#include "service/column.h"
#include "service/service.h"

/* In the order of the summary. */
enum status {
    STATUS_UPDATED,
    STATUS_WOULD_UPDATE,
    STATUS_UNCHANGED,
    STATUS_MATCH,
    STATUS_DRIFT,
    STATUS_VALID,
    STATUS_EXPORTED,
    STATUS_LISTED, /* a user, by --list */
    STATUS_FAILED,
    STATUS_CONFLICT,
    STATUS_UNKNOWN,
    STATUS_NOT_ATTEMPTED,
    STATUS_COUNT
};

/* The word in the Status column. */
const char *status_name(enum status status);

/* Finds the status with this name; false: there is none. */
bool status_find(const char *name, enum status *status);

/* False for Drift, Failed, Conflict, Unknown and NotAttempted. */
bool status_is_success(enum status status);

/* Does a row with this status have an error? True for Failed, Conflict, Unknown
 * and NotAttempted. */
bool status_is_error(enum status status);

struct outcome {
    enum status status;
    bool retryable;      /* without success: a later run may succeed */
    unsigned attempts;   /* calls made for the group */
    column_mask changed; /* columns that were or would be updated, or drifted */
    bool own_write; /* a guard on LastModifiedTime differed only because of this
                       run's own write */
    bool read_back; /* the response to the update did not show its outcome, but
                       a later GetUser did */
    bool refused; /* Unchanged, but an update was sent. It was rejected, and the
                     user has its values: others wrote them, or a gateway sent a
                     copy of the update before */
    column_mask respelled; /* of `changed`: the service has the value, but in
                              another spelling */
    const char *field; /* name of the column that caused a failure; NULL: none
                        */
    char last_modified[SERVICE_TIME_SIZE]; /* "": unknown */
    struct api_error last; /* HTTP status and tracking id of the last response;
                              without success also the error, which may be this
                              program's */
};

#endif
