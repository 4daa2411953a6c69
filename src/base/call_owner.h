/*
 * Whose call is it? Hashes of the user and of their tenant.
 */
#ifndef BASE_CALL_OWNER_H
#define BASE_CALL_OWNER_H

#include <stdint.h>

struct call_owner {
    uint64_t tenant; /* 0: there are no tenants */
    uint64_t user;
};

#endif
