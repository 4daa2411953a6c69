/*
 * The users of Microsoft Advertising, generated from a seed.
 *
 * A document depends only on the seed, the range and the Id, so that millions
 * of users need no memory.
 *
 * Each per_person consecutive Ids, counted from the first, belong to one
 * person. The members that the service keeps in sync (Name, Lcid, JobTitle,
 * ContactInfo, LastModified...) depend on the person, the others on the user.
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* The user who signs in: LastModifiedByUserId after a write. */
#define WORLD_SIGNED_IN "1357924680"

/* The Id of the first customer; the others follow. */
#define WORLD_CUSTOMER UINT64_C(500000001)

struct world {
    uint64_t seed;
    uint64_t first;      /* the first Id */
    uint64_t users;      /* number of users */
    uint64_t per_person; /* at least 1 */
    uint64_t customers;  /* of Microsoft Advertising; at least 1 */
    uint64_t tenants;    /* of Partner Center; at least 1 */
    uint64_t etags;      /* percent of its users that have an etag */
    bool plain; /* users have exactly the members of the description of the
                   service, and those of Partner Center no etag */
};

/* Parses an Id: decimal, without sign or leading zeros. True: it is a
 * user's. */
bool world_find(const struct world *world, const char *text, uint64_t *id);

/* The first and last Id of the person with the user id. */
void world_person(const struct world *world, uint64_t id, uint64_t *first,
                  uint64_t *last);

/* The Ids of the user's ContactInfo and Address. */
uint64_t world_contact_id(const struct world *world, uint64_t id);
uint64_t world_address_id(const struct world *world, uint64_t id);

/* Appends the generated User: one JSON object without white space. */
void world_generate(const struct world *world, uint64_t id, struct text *out);

/* Appends CustomerRoles, an array; GetUser returns it next to User. */
void world_generate_roles(const struct world *world, uint64_t id,
                          struct text *out);

/* Appends a TimeStamp: base64 of 8 bytes. It differs for each id, write and
 * address. */
void world_stamp(const struct world *world, uint64_t id, uint64_t write,
                 bool address, struct text *out);

/* Writes a GUID of WORLD_GUID bytes that depends on seed and number only. */
#define WORLD_GUID 37
void world_guid(uint64_t seed, uint64_t number, char *out);

/* A bijective hash of 64 bits (the last steps of splitmix64). */
uint64_t world_mix(uint64_t value);

#endif
