/*
 * The users of Partner Center, customers' users, made from a seed like those
 * of world.h: user number N is PARTNER_USERS and N as 12 decimal digits. He is
 * one of tenant N modulo world.tenants; tenant 0 is PARTNER_TENANT, the others
 * are made from the seed.
 *
 * Most users have an etag, attributes.etag, a new one at each write. It is
 * opaque: base64, or quoted like the ETag of HTTP.
 */
#ifndef PARTNER_USERS_H
#define PARTNER_USERS_H

#include "store.h"

#define PARTNER_USERS  "4b10bf41-ab11-40e3-8c53-"
#define PARTNER_TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"

/* The first number is to be 1. Ids are accepted in any letter case. */
extern const struct store_kind partner_users;

/* The tenant that has the user: WORLD_GUID bytes. */
void partner_users_tenant(const struct world *world, uint64_t id, char *out);

/* The etag of a user as it is held, NULL where it has none. */
const char *partner_users_etag(const struct json *user);

#endif
