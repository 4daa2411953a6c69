/*
 * Sign-ins that are not finished: authorization codes, and device codes.
 *
 * Times are microseconds of a monotonic clock, which the caller passes.
 */
#ifndef GRANTS_H
#define GRANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The newest ones are kept. */
#define GRANTS_MAX 64

enum grant_state {
    GRANT_PENDING,  /* a device code that nobody has entered */
    GRANT_ACCEPTED, /* tokens can be issued */
    GRANT_DECLINED,
    GRANT_USED /* tokens were issued */
};

struct grant {
    char *code;      /* allocated, as all texts; NULL: the place is free */
    char *user_code; /* of a device code; else NULL */
    char *client_id;
    char *scope;     /* that is granted */
    char *redirect;  /* of an authorization code, as the next one; else NULL */
    char *challenge; /* of PKCE; NULL: none */
    bool google;
    enum grant_state state;
    uint64_t until;    /* it expires */
    uint64_t interval; /* between two polls */
    uint64_t polled;   /* the last poll; 0: none */
};

struct grants {
    uint64_t seed;  /* for the texts of the codes */
    uint64_t count; /* of all grants so far */
    struct grant places[GRANTS_MAX];
};

void grants_init(struct grants *grants, uint64_t seed);
void grants_free(struct grants *grants);

/* The texts of a new grant, as in struct grant. They are copied. */
struct grant_texts {
    const char *client_id, *scope, *redirect, *challenge;
};

/* Adds a grant with a code of its own, and with a user's code if it is pending.
 * Valid until GRANTS_MAX others were added. */
struct grant *grants_add(struct grants *grants, enum grant_state state,
                         const struct grant_texts *texts);

/* Replaces its scope by another one, SCOPES_NARROW. */
void grants_narrow(struct grant *grant);

/* The grant with that code, or with that user's code; NULL: there is none. */
struct grant *grants_find(struct grants *grants, const char *code);
struct grant *grants_find_user(struct grants *grants, const char *user_code);

#endif
