/*
 * The errors of Partner Center: their numbers, their names and what each means
 * for the run. Source: the service's reference "Partner Center REST error
 * codes".
 */
#ifndef SERVICE_PARTNER_ERRORS_H
#define SERVICE_PARTNER_ERRORS_H

#include "service/api_error.h"
#include "service/json_user.h"

/* The error of an update with an old etag. */
#define PARTNER_ERROR_STALE   "EtagOutOfDate"
#define PARTNER_ERROR_MISSING "UserNotFound"

/* Takes the service's own error object from a response. */
json_parse_error_fn partner_errors_parse;

/* The update was refused because of its etag: it was not applied. */
void partner_errors_set_stale(struct api_error *api_error);

#endif
