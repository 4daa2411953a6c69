/*
 * The columns of a service: one for each member of its users that a file can
 * name. Header names, checks of values, guards, merging and export depend on
 * this table.
 */
#ifndef SERVICE_COLUMN_H
#define SERVICE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_type {
    COLUMN_STRING,
    COLUMN_LONG,    /* whole number of 64 bits; a string on the wire */
    COLUMN_BOOLEAN, /* true, false */
    COLUMN_BASE64,  /* compared byte by byte */
    COLUMN_TIME,    /* compared as an instant */
    COLUMN_GUID,    /* compared without regard to case */
    COLUMN_ENUM     /* one of a set of values; input in any case is accepted */
};

enum column_use {
    COLUMN_KEY,    /* names the user */
    COLUMN_TENANT, /* names the tenant that contains the user */
    COLUMN_WRITE,  /* an update may set it */
    COLUMN_GUARD,  /* read-only: a given value must equal the service's */
    COLUMN_REFUSED /* not allowed in a file; the message gives the reason */
};

/* What a text is, as far as it decides which values look damaged. */
enum column_content {
    CONTENT_TEXT,
    CONTENT_NAME,      /* of a person or a city: anything can be one */
    CONTENT_ADDRESS,   /* an e-mail address, or a sign-in name of that form */
    CONTENT_USER_NAME, /* any other sign-in name */
    CONTENT_PHONE,
    CONTENT_POSTAL_CODE
};

struct column {
    const char *name;       /* short name, in headers and in results */
    const char *path;       /* dotted path in the service's document */
    const char *reason;     /* COLUMN_REFUSED: why */
    const char *example;    /* a valid value without comma or quotes, for a
                               template; NULL: none */
    const char *empty;      /* the value that clears it; NULL: null clears it */
    const char *const *set; /* COLUMN_ENUM: the values, NULL at the end */
    const char *set_name;   /* COLUMN_ENUM: the service's name of the set */
    enum column_type type;
    enum column_use use;
    enum column_content content;
    unsigned min_length; /* UTF-16 units, 0: no bound */
    unsigned max_length; /* likewise */
    bool clearable;
    bool shared;     /* the same in all users of one person */
    bool letters2;   /* exactly two letters A to Z: a country code */
    bool write_only; /* the service never returns it: it can't be compared, so
                        it is always sent */
    bool secret;     /* a password: never printed or written */
    bool version;    /* a guard that changes with every update */
    bool sign_in;    /* the answer to a secret question: whoever knows it can
                        sign in as the user */
};

/* Can its value be expected, and set back? Not if nobody can read it, nor if it
 * lets somebody sign in. */
static inline bool column_is_expectable(const struct column *column)
{
    return column->use == COLUMN_WRITE && !column->write_only &&
           !column->secret && !column->sign_in;
}

/* Does --export write it? (It also writes the key, as the first column.) */
static inline bool column_is_exported(const struct column *column)
{
    return (column->use == COLUMN_WRITE && !column->write_only) ||
           column->use == COLUMN_TENANT || column->use == COLUMN_GUARD;
}

/* A set of columns of one service: a bit for each index in its table. */
#define COLUMN_MAX 64

typedef uint64_t column_mask;

static inline column_mask column_bit(unsigned column)
{
    return (column_mask)1 << column;
}

#endif
