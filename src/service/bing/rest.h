/*
 * What the files of Bing Ads REST share.
 */
#ifndef SERVICE_BING_REST_H
#define SERVICE_BING_REST_H

#include "service/json_user.h"

/* Takes the service's own error object. */
json_parse_error_fn rest_parse_errors;

#endif
