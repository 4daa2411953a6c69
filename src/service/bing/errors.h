/*
 * The errors of Customer Management, for both REST and SOAP: their numbers,
 * their names and what each means for the run. Source: the service's list of
 * operation error codes.
 */
#ifndef SERVICE_BING_ERRORS_H
#define SERVICE_BING_ERRORS_H

#include <stdbool.h>

#include "service/api_error.h"

/* The error of an update with an old TimeStamp. */
#define BING_ERROR_STALE   "TimestampNotMatch"
#define BING_ERROR_MISSING "EntityNotExistent"

/* Adds one error of the list in a response; name and message may be NULL. The
 * first error decides: by its name if it has one, else by its number, else by
 * the HTTP status. Its number alone may be ambiguous: see struct api_error. The
 * messages of all errors are joined. */
void bing_errors_add(struct api_error *api_error, bool numbered, long code,
                     const char *name, const char *message);

/* Decides an ambiguous error of a call that sent no values: it does not mean a
 * refused value. */
void bing_errors_rule_out_value(struct api_error *api_error);

#endif
