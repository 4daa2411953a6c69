/*
 * Why a run waits: a state in which it could send no call, or none that
 * succeeds, for longer than a moment.
 *
 * Each turn of the loop notes for each reason whether it holds now. The
 * progress, the messages and the log use the same texts. Pure: all times are
 * milliseconds of a steady clock and are passed in.
 */
#ifndef REPORT_WAITING_H
#define REPORT_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* If several hold, the first of them is displayed. */
enum waiting_reason {
    WAITING_TOKEN_LOCK, /* another process has the lock on the refresh token */
    WAITING_TOKEN_FILE, /* another program has to renew the access token */
    WAITING_TOKEN,      /* there is no valid access token */
    WAITING_CONNECTION, /* the service cannot be reached */
    WAITING_SUCCESS,    /* no call succeeds, although it can be reached */
    WAITING_PAUSE,      /* the service has requested a pause */
    WAITING_THROTTLE,   /* no call was accepted since one was throttled */
    WAITING_STORE,      /* the store of the shared budget does not respond */
    WAITING_BUDGET,     /* other runs use the shared budget */
    WAITING_READ,       /* users must be read again, when no read is old */
    WAITING_REASONS
};

/* A reason that holds for less than this, and is not known to hold for longer,
 * is not reported. */
#define WAITING_AFTER 5000 /* milliseconds */

/* What is known of a reason now. Strings are borrowed and may be NULL. */
struct waiting_fact {
    bool holds;
    bool at_once;        /* it is reported as soon as it holds */
    int64_t until;       /* when it ends; 0: unknown */
    int64_t until_wall;  /* the same in seconds since 1970; 0: unknown */
    int64_t gives_up;    /* when the run gives up; 0: not because of this */
    const char *where;   /* the server's URL, the locked file, or the name of
                            the budget */
    double per_minute;   /* calls: of the budget, or without its store; 0: no
                            limit */
    const char *call;    /* the calls of which none succeeds */
    const char *failure; /* the last failure */
    const char
        *unused_proxy; /* a variable that names a proxy, without effect */
};

enum waiting_change {
    WAITING_UNCHANGED,
    WAITING_BEGINS, /* report that the run waits */
    WAITING_ENDS    /* report that it no longer does */
};

/* Filled with zeros: no reason holds. */
struct waiting {
    struct {
        bool holds;
        bool reported;
        int64_t since;
    } states[WAITING_REASONS];
};

/* Notes whether the reason holds now. */
enum waiting_change waiting_note(struct waiting *waiting,
                                 enum waiting_reason reason,
                                 const struct waiting_fact *fact, int64_t now);

/* The first reason that was reported and has not ended; WAITING_REASONS: none.
 */
enum waiting_reason waiting_reported(const struct waiting *waiting);

/* The reason in a report: "No connection". */
const char *waiting_title(enum waiting_reason reason);

/* The reason's word in the log, such as "no-connection". */
const char *waiting_name(enum waiting_reason reason);

#define WAITING_TEXT_SIZE 1024 /* bytes; a longer text is truncated */

/* "no connection to HOST: Connection refused" */
void waiting_format(char text[WAITING_TEXT_SIZE], enum waiting_reason reason,
                    const struct waiting_fact *fact);

/* Appends "; retrying, gives up in 14 min" or "; next attempt in 38 s". */
void waiting_add_outlook(char text[WAITING_TEXT_SIZE],
                         const struct waiting_fact *fact, int64_t now);

/* "connected again to HOST, after 3 min". since: when the reason began to hold.
 */
void waiting_format_end(char text[WAITING_TEXT_SIZE],
                        enum waiting_reason reason,
                        const struct waiting_fact *fact, int64_t since,
                        int64_t now);

#endif
