/*
 * The model's other service, Partner Center: a user has an etag, an update has
 * only what changes, and a repeated request id is recognized.
 */
#ifndef PARTNER_H
#define PARTNER_H

#include "model.h"

#define PARTNER_TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"
#define PARTNER_ID     "00000000-0000-4000-8000-%012u"
#define PARTNER_HEADER "Id,firstName,lastName,userDomainType\n"

/* The number in an Id; 0: there is none. */
unsigned partner_id_number(const char *id);

/* The number in the Id of a request, which is its path, its headers and its
 * body. */
unsigned partner_find_id(const char *request);

/* GET of a user, in one of its versions. */
void partner_get(const struct model *model, unsigned user,
                 const struct model_version *version,
                 struct model_response *response);

/* PATCH: what it asks for, as a write that is not applied yet. False: it is
 * refused, or was applied before; then the response is complete. */
bool partner_take_update(const struct model *model, const char *request,
                         struct model_write *write,
                         struct model_response *response);

/* The write was applied. */
void partner_put_updated(const struct model *model,
                         const struct model_write *write,
                         struct model_response *response);

#endif
