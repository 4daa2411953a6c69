/*
 * What the files of Partner Center share.
 */
#ifndef SERVICE_PARTNER_PARTNER_H
#define SERVICE_PARTNER_PARTNER_H

#include "service/service.h"

extern const struct list_service partner_list; /* list.c */

/* Adds the ids of a call that is not repeated with the same ones. */
int partner_put_ids(const struct call_context *context,
                    struct http_request *request);

#endif
