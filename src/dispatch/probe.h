/*
 * Which user a probe fetches: a GetUser that only finds out whether the service
 * works, because the calls of the users that are left fail.
 *
 * Users that were fetched in this run, or have their result from an earlier
 * one, come first. Then come users of INPUT that may not have been tried yet.
 * Both are of two tenants, if possible: one tenant may refuse all calls.
 */
#ifndef DISPATCH_PROBE_H
#define DISPATCH_PROBE_H

#include <stdbool.h>

#include "service/service.h"

enum { PROBE_WORKED = 0, PROBE_READ = 3, PROBE_KEYS = 5 };

/* Starts as zeros. */
struct probe {
    /* "": none. Of those that worked: the newest, the newest of another tenant,
     * and one more; then the newest of INPUT, of two tenants if users have
     * one. */
    char keys[PROBE_KEYS][SERVICE_KEY_SIZE];
    unsigned next;
    char sent[SERVICE_KEY_SIZE]; /* of the last probe */
};

/* The user works. */
void probe_add_worked(struct probe *probe, const char *key);

/* The user is in INPUT. */
void probe_add_read(struct probe *probe, const char *key);

/* Is a user known that can be fetched? */
bool probe_is_possible(const struct probe *probe);

/* Is another user than this one known for it? */
bool probe_has_other(const struct probe *probe, const char *key);

/* The user to fetch now: of another tenant than the one to avoid ("": none), or
 * at least another one, if there is any. It stays in `sent`. */
const char *probe_take(struct probe *probe, const char *avoided);

/* The probe failed: another user is fetched the next time, if there is one. */
void probe_failed(struct probe *probe);

#endif
