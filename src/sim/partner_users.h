/*
 * The users of Partner Center, generated from a seed like those of world.h.
 *
 * The Id of user number N is PARTNER_USERS and N as 12 decimal digits. The user
 * belongs to tenant N modulo world.tenants. Tenant 0 is PARTNER_TENANT; the
 * others are generated from the seed.
 *
 * Most users have an etag (attributes.etag), which changes at each write. It is
 * opaque: base64, or quoted like an ETag of HTTP.
 */
#ifndef PARTNER_USERS_H
#define PARTNER_USERS_H

#include "store.h"

#define PARTNER_USERS  "4b10bf41-ab11-40e3-8c53-"
#define PARTNER_TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"

/* world.first must be 1. Ids are accepted in any letter case. */
extern const struct store_kind partner_users;

/* Writes the user's tenant, WORLD_GUID bytes. */
void partner_users_tenant(const struct world *world, uint64_t id, char *out);

/* The etag of a stored user, or NULL. */
const char *partner_users_etag(const struct json *user);

#endif
