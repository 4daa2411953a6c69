/*
 * What Partner Center says of the sign-in: no call returns the user, but the
 * list of customers shows whose users can be updated. Source: the service's
 * reference "Get a list of customers".
 */
#ifndef SERVICE_PARTNER_IDENTITY_H
#define SERVICE_PARTNER_IDENTITY_H

#include "service/identity.h"

extern const struct identity_service partner_identity;

#endif
