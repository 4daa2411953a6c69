/*
 * A store of shared budgets in Redis 5 or newer (budget_store.h). A script in
 * Redis, see redis_script.h, gives the calls their times.
 *
 * It never waits, also not for the host's address. There is no TLS.
 */
#ifndef NET_REDIS_STORE_H
#define NET_REDIS_STORE_H

#include "net/budget_store.h"

/* Opens no connection yet. All strings are borrowed until it is freed. NULL:
 * ERROR_USAGE if the program was built without hiredis, or ERROR_LOCAL. */
struct budget_store *redis_store_new(const struct budget_place *place,
                                     struct error *error);

/* Of the library, as "hiredis 1.0.0"; NULL: the program was built without it.
 */
const char *redis_store_version(void);

#endif
