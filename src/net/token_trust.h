/*
 * Is an access token good? What the service's refusals of calls prove.
 *
 * One user, one tenant or one node may refuse a token that is good for all
 * others. So a token is judged by how many calls were refused since one was
 * accepted, and by whether a call was ever accepted with it. Pure.
 */
#ifndef NET_TOKEN_TRUST_H
#define NET_TOKEN_TRUST_H

#include <stdbool.h>

/* Filled with zeros: nothing is known. */
struct token_trust {
    bool accepted;     /* the service accepted the token for a call */
    bool passed;       /* it accepted this token or an earlier one */
    bool refused;      /* it has refused the token since: no call is sent */
    bool renewed;      /* because the service refused the one before */
    unsigned refusals; /* since a call was accepted; less two for each one that
                          was throttled */
};

/* There is another token. */
void token_trust_start(struct token_trust *trust);

/* The service accepted a call with the token. */
void token_trust_accept(struct token_trust *trust);

/* A call with the token was throttled, and not refused. */
void token_trust_throttle(struct token_trust *trust);

/* Were several calls refused since one was accepted? */
bool token_trust_is_in_doubt(const struct token_trust *trust);

/* Where another token comes from. */
enum token_renewal {
    TOKEN_FIXED,    /* nowhere */
    TOKEN_READ,     /* it is read again; another program renews it */
    TOKEN_REQUESTED /* the token endpoint */
};

struct token_refusal {
    bool again;   /* of the same user as just before: proves a doubt at most */
    bool all;     /* since a call was accepted or throttled, probes were refused
                     as well, if possible of other users */
    bool expired; /* the token has */
    enum token_renewal renewal;
};

enum token_verdict {
    TOKEN_KEPT,    /* the call is sent again with it */
    TOKEN_RENEWED, /* it is refused: another one is read or requested */
    TOKEN_AWAITED, /* likewise, and calls wait until the source has one */
    TOKEN_LOST     /* it is refused, and nothing shows that there will be
                      another one */
};

/* The service refused a call with the token, which is not refused yet. A token
 * that was good is renewed at its first refusal. If that did not help, the
 * refusals are those of single users until all are refused. */
enum token_verdict token_trust_refuse(struct token_trust *trust,
                                      const struct token_refusal *refusal);

#endif
