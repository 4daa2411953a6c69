/*
 * Why a call is refused: one or more errors. Each service formats them in its
 * own way.
 *
 * A rule that the service is not known to have is a doubt, not an error: the
 * call is executed, and the doubt is recorded. With the setting strict it is an
 * error too.
 */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>

#define REFUSAL_ERRORS 24

enum refusal_shape {
    REFUSAL_API, /* sign-in, throttling, the request itself; its errors have an
                    ErrorCode */
    REFUSAL_OPERATION, /* the operation; its errors have no ErrorCode */
    REFUSAL_OAUTH,     /* the token endpoint */
    REFUSAL_UNKNOWN,   /* a kind that no client knows */
    REFUSAL_NONE,      /* no detail */
    REFUSAL_HTTP,      /* the web server: a status without a body */
};

struct refusal_error {
    int code;
    const char *name; /* name of the code, or ""; never freed */
    char message[192];
    char details[64];
};

struct refusal {
    enum refusal_shape shape;
    unsigned status;
    bool status_forced; /* status comes from a fault rule */
    unsigned count;
    struct refusal_error errors[REFUSAL_ERRORS];
    bool strict;     /* a doubt is an error */
    char doubt[128]; /* the first doubt; "": none */
};

/* Removes all errors, and keeps strict and doubt. The first error that is added
 * sets status and shape. */
void refusal_init(struct refusal *refusal);

/* Adds an error; message NULL: the default of the code. Errors beyond
 * REFUSAL_ERRORS are ignored. */
void refusal_add(struct refusal *refusal, int code, const char *message,
                 const char *details);

/* Adds a doubt. If strict, it adds an error with that code instead, whose
 * message says that the service is not known to refuse this, and returns -1. */
int refusal_doubt(struct refusal *refusal, int code, const char *message,
                  const char *details);

/* The name of a code, or "". */
const char *refusal_name(int code);

/* The code of a name, or -1. */
int refusal_code(const char *name);

/* The enum refusal_shape that a fault rule names, or -1. */
int refusal_find_shape(const char *name);

#endif
