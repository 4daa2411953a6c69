/*
 * Why the service refuses a call: one or more errors, before a service gives
 * them the form of its wire.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>

#define REFUSAL_ERRORS 24

enum refusal_shape {
    REFUSAL_API, /* of sign-in, throttling, the request as such: its errors
                    have an ErrorCode */
    REFUSAL_OPERATION, /* of the operation: its errors have none */
    REFUSAL_OAUTH,     /* of the token endpoint */
    REFUSAL_UNKNOWN,   /* of a kind that no document tells of */
    REFUSAL_NONE,      /* without any detail */
    REFUSAL_HTTP,      /* by the web server in front: a status and no body */
};

struct refusal_error {
    int code;
    const char *name; /* of the code; "" where it has none; never freed */
    char message[128];
    char details[64];
};

struct refusal {
    enum refusal_shape shape;
    unsigned status;
    bool status_forced; /* a fault rule wants this status */
    unsigned count;
    struct refusal_error errors[REFUSAL_ERRORS];
};

/* No errors yet; status and shape are those of the first error added. */
void refusal_init(struct refusal *refusal);

/* Adds an error; message NULL: what the code means. Beyond REFUSAL_ERRORS
 * nothing is added. */
void refusal_add(struct refusal *refusal, int code, const char *message,
                 const char *details);

/* The symbolic name of a code ("" where it has none). */
const char *refusal_name(int code);

/* The code of a symbolic name, -1 where there is none. */
int refusal_code(const char *name);

/* The enum refusal_shape that a fault rule names, -1 where there is none. */
int refusal_find_shape(const char *name);

#endif
