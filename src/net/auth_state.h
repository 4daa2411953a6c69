/*
 * The state of struct auth, which auth.c and auth_source.c share.
 */
#ifndef NET_AUTH_STATE_H
#define NET_AUTH_STATE_H

#include "base/secret_file.h"
#include "net/auth.h"

enum state {
    STATE_FIXED,   /* the token cannot be renewed */
    STATE_SOURCE,  /* it can be read again */
    STATE_RESTING, /* until the next token call is due */
    STATE_CALLING  /* a token call is in flight; we have the lock */
};

struct auth {
    struct auth_setup setup;
    enum state state;
    struct secret_file file; /* of the refresh token */

    char *token;   /* NULL: none yet */
    char *earlier; /* the one before it; NULL: none */
    unsigned number;
    int64_t expires;
    bool accepted;     /* the service accepted it for a call */
    bool passed;       /* it accepted this token or an earlier one */
    bool refused;      /* the service has refused it since */
    bool renewed;      /* because the service refused the one before */
    unsigned refusals; /* since it was last accepted */

    int64_t due;       /* when to request the next one */
    bool is_locked;    /* another process has the lock */
    unsigned failures; /* of token calls since the last token */

    struct auth_source source;
    int64_t deadline; /* for another token in the source; 0: calls need not wait
                         for one */
    int64_t delay;    /* to the next reading */

    char *refresh; /* the refresh token of the call in flight */
    int lock;      /* -1: not ours */
};

/* Takes the next token. The one before it may be in calls in flight. */
void auth_take_token(struct auth *auth, char *token);

/* ---- auth_source.c ---- */

/* Calls wait until another program has replaced the token. Only after a token
 * that was good: else, nothing shows that there is such a program. */
void auth_wait_for_source(struct auth *auth, int64_t now);

#endif
