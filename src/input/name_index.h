/*
 * Finds users by their sign-in names. Pure.
 *
 * The letters A to Z are found in either case. All other characters must be the
 * same: services allow few others in a sign-in name, and to take two names for
 * one would find the wrong user, while a name that is not found is reported. If
 * a service distinguishes A from a after all, two such names are both in the
 * list, and neither is found. A name may end up with another user than the
 * list says only if its hash of 128 bits is that of another name. For a million
 * names in the file and in the list, the probability is 3 in 10^27. The key of
 * the hash is random, so that nobody can choose such names.
 *
 * Memory: 32 bytes a user, and 20 to 24 for the hash of the name and its chain;
 * 16 more at worst, if users of more than 64 customers are mixed.
 */
#ifndef INPUT_NAME_INDEX_H
#define INPUT_NAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/guid.h"
#include "service/service.h"

/* The hash of a name in lowercase. -1 if it cannot be computed. */
typedef int name_hash_fn(void *context, const char *name, size_t len,
                         uint64_t hash[2]);

struct name_index;

/* Both pointers are borrowed. NULL without memory. */
struct name_index *name_index_new(const struct service *service,
                                  name_hash_fn *hash, void *context);

/* NULL does nothing. */
void name_index_free(struct name_index *index);

/* A user as a list names them. */
struct listed_user {
    const char *customer; /* the tenant, if the service has tenants; as
                             value_parse_id() returns it; NULL: unknown */
    const char *id;       /* likewise */
    const char *name;     /* a user without a name, NULL or "", is not found */
};

/* Adds a user, who may have been added before, also with another customer
 * unless that is a tenant. ERROR_LOCAL without memory. */
int name_index_add(struct name_index *index, const struct listed_user *user,
                   struct error *error);

/* The number of users with a name that were added. */
uint64_t name_index_count(const struct name_index *index);

enum name_result {
    NAME_FOUND,     /* one user has the name; or the one with the Id has it */
    NAME_NOT_FOUND, /* no user has it */
    NAME_AMBIGUOUS, /* several users have it */
    NAME_OTHER_ID   /* one user has it, with another Id than the row */
};

/* Users that were found. */
struct name_match {
    char customers[2][GUID_SIZE]; /* of two, if the result is NAME_AMBIGUOUS;
                                     "": unknown */
    char ids[2][GUID_SIZE];
    uint64_t capitals; /* for name_index_spell() */
};

/* Finds the user with this name; tenant: only in this tenant, a GUID, or NULL;
 * id: that the row has, as value_parse_id() returns it, or NULL. Fills in
 * *match unless no user is found. ERROR_LOCAL without memory. */
int name_index_find(struct name_index *index, const char *name,
                    const char *customer, const char *id,
                    enum name_result *result, struct name_match *match,
                    struct error *error);

/* Writes the first 64 letters of the name in the case that they have in the
 * list. */
void name_index_spell(const struct name_match *match, char *name);

#endif
