/*
 * UpdateUser: one User replaces another, if the service's rules allow it.
 */
#ifndef UPDATE_H
#define UPDATE_H

#include <stdbool.h>

#include "json.h"
#include "refusal.h"
#include "store.h"

/*
 * Checks sent against the user id and, unless refusal got an error, replaces
 * the stored one with it (a full replacement: what is not sent is gone, but
 * for ForwardCompatibilityMap and BusinessName, as the service has it). Where
 * apply is false everything is checked and nothing is changed.
 * time (STORE_TIME bytes) is the new LastModifiedTime.
 */
void update_user(struct store *store, struct json_pool *pool, uint64_t id,
                 struct json *sent, bool apply, char *time,
                 struct refusal *refusal);

#endif
