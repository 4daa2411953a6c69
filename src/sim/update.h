/*
 * UpdateUser: a full replacement of a User, according to the service's rules.
 */
#ifndef UPDATE_H
#define UPDATE_H

#include <stdbool.h>

#include "json.h"
#include "refusal.h"
#include "store.h"

/*
 * Validates sent. If refusal gets no error, sent replaces the stored user,
 * except for ForwardCompatibilityMap, if it is not sent, and BusinessName. sent
 * is changed.
 *
 * If apply is false, the stored user stays. time (STORE_TIME bytes) is the new
 * LastModifiedTime.
 */
void update_user(struct store *store, struct json_pool *pool, uint64_t id,
                 struct json *sent, bool apply, char *time,
                 struct refusal *refusal);

#endif
