/*
 * A store that several processes share, as an interface: it gives each call of
 * all of them a time, and passes on the pauses that the service has requested.
 *
 * A store sends one request at a time, and never waits. The caller decides when
 * to ask, and how long to wait for the reply (shared_budget.h).
 *
 * Times are microseconds.
 */
#ifndef NET_BUDGET_STORE_H
#define NET_BUDGET_STORE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/token_watch.h"

/* Where a store is, and who uses it. The strings are borrowed. */
struct budget_place {
    const char *host; /* an IPv6 address has no brackets */
    unsigned port;
    const char *where;                   /* both, for messages */
    const char *key;                     /* of the budget in the store */
    const char *user;                    /* NULL: the default user */
    const char *password;                /* NULL: none */
    struct token_source password_source; /* reads it again for each connection;
                                            read NULL: it cannot be */
    const char *process; /* names this process among those that share it */
};

struct budget_request {
    unsigned rate;   /* calls of all processes in the window; 0: no limit, only
                        pauses are shared */
    int64_t window;  /* of that rate */
    int64_t spacing; /* of the times of two calls */
    unsigned wanted; /* calls; 0: only to learn of pauses */
    bool stopped;    /* refused calls have stopped all calls of this process */
    int64_t pause;   /* for so long; 0: without a pause */
};

/* The calls of a lease may be sent at first, first + spacing, ... */
struct budget_reply {
    unsigned calls;
    int64_t first;  /* from the time at which the store has replied */
    uint64_t stops; /* a number that grows if any process was stopped */
    int64_t pause;  /* for so long; 0: there is none */
};

enum budget_event {
    BUDGET_NOTHING, /* no reply yet */
    BUDGET_REPLY,
    BUDGET_LOST,    /* no connection, or it has ended */
    BUDGET_REJECTED /* a mistake in the configuration, which waiting does not
                       correct: the password, the rate, or not such a store */
};

struct budget_store;

struct budget_store_functions {
    /* Sends a request, after connecting if need be. No request may be waiting
     * for its reply. A failure is returned by take(). */
    void (*ask)(struct budget_store *store,
                const struct budget_request *request);

    /* Sends and receives what is possible now. After BUDGET_REPLY the reply is
     * filled in; after BUDGET_LOST and BUDGET_REJECTED the error, and the
     * connection is closed. */
    enum budget_event (*take)(struct budget_store *store,
                              struct budget_reply *reply, struct error *error);

    /* Closes the connection; the next request opens another one. */
    void (*close)(struct budget_store *store);

    /* Fills in what to wait for; fd is -1 if there is no connection. */
    void (*poll)(const struct budget_store *store, struct pollfd *fd);

    void (*free)(struct budget_store *store);
};

/* An implementation embeds this struct. */
struct budget_store {
    const struct budget_store_functions *functions;
};

#endif
