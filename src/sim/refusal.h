/*
 * Why the service refuses a call: one or more errors, before a service gives
 * them the form of its wire.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>

#define REFUSAL_ERRORS 24

/* Faults of the API (sign-in, throttling, the request as such), whose errors
 * have an ErrorCode, faults of the operation, whose errors have none, and those
 * of the token endpoint. */
enum refusal_shape { REFUSAL_API, REFUSAL_OPERATION, REFUSAL_OAUTH };

struct refusal_error {
    int code;
    const char *name; /* of the code; "" where it has none; never freed */
    char message[128];
    char details[64];
};

struct refusal {
    enum refusal_shape shape;
    unsigned status;
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

#endif
