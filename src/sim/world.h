/*
 * The users that exist, made from a seed.
 *
 * A user's document depends on nothing but the seed, the range and its Id, so
 * that millions exist without being held. Ids in runs of per_person, counted
 * from the first, are users of one person: what the service keeps in sync
 * (Name, Lcid, JobTitle, ContactInfo, LastModified...) is made from the
 * person, the rest from the user.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* The user whose token the callers hold: LastModifiedByUserId of a write. */
#define WORLD_SIGNED_IN "1357924680"

struct world {
    uint64_t seed;
    uint64_t first;      /* the first Id */
    uint64_t users;      /* how many there are */
    uint64_t per_person; /* at least 1 */
    uint64_t tenants;    /* of Partner Center; at least 1 */
};

/* The Id in text, decimal without a sign or a leading zero, is a user's. */
bool world_find(const struct world *world, const char *text, uint64_t *id);

/* The Ids of the person who has the user id: *first to *last. */
void world_person(const struct world *world, uint64_t id, uint64_t *first,
                  uint64_t *last);

/* The Ids of the user's ContactInfo and Address. */
uint64_t world_contact_id(const struct world *world, uint64_t id);
uint64_t world_address_id(const struct world *world, uint64_t id);

/* Puts the User as it was made: one JSON object without spaces. */
void world_generate(const struct world *world, uint64_t id, struct text *out);

/* Puts CustomerRoles, an array, the value that stands beside User. */
void world_generate_roles(const struct world *world, uint64_t id,
                          struct text *out);

/* A time stamp, base64 of 8 bytes; differs for each (id, write, address). */
void world_stamp(const struct world *world, uint64_t id, uint64_t write,
                 bool address, struct text *out);

/* A GUID that no other number makes: WORLD_GUID bytes. */
#define WORLD_GUID 37
void world_guid(uint64_t seed, uint64_t number, char *out);

/* Scatters value over all 64 bits, one to one (splitmix64's finish). */
uint64_t world_mix(uint64_t value);

#endif
