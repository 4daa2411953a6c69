/*
 * The secrets of calls besides the access token: developer token, and the
 * legacy sign-in. Another program may replace them in their files.
 *
 * A file is read again if it changes, and if the service refuses a call. If it
 * cannot be read, or has the same secret, the present one stays. Times are
 * milliseconds of a monotonic clock.
 */
#ifndef DISPATCH_SECRET_WATCH_H
#define DISPATCH_SECRET_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/credentials.h"
#include "service/service.h"

struct secret_watch {
    const struct credentials *credentials;
    struct call_context *context;
    char *values[SERVICE_SECRETS];  /* read again; NULL: not replaced */
    char *earlier[SERVICE_EARLIER]; /* those before them; or NULL */
    unsigned replaced;              /* how often a secret was */
    int64_t due;                    /* the next look */
};

/* Both are borrowed until secret_watch_clear(). The context has the secrets of
 * the credentials; it always gets the present ones, and those before them, as
 * many as it has room for. */
void secret_watch_init(struct secret_watch *watch,
                       const struct credentials *credentials,
                       struct call_context *context);

/* Wipes and frees. The context must not be used any more. */
void secret_watch_clear(struct secret_watch *watch);

/* Looks for changed files, every two seconds; refused: reads all of them at
 * once. Returns where another secret comes from, for messages; NULL: there is
 * no other one. */
const char *secret_watch_look(struct secret_watch *watch, bool refused,
                              int64_t now);

#endif
