/*
 * What a service knows about the members of its users: the table from which
 * header names, checks of values, guards, merging and export all come.
 */
#ifndef SERVICE_COLUMN_H
#define SERVICE_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum column_type {
    COLUMN_STRING,
    COLUMN_LONG,    /* whole number within 64 bits; a string on the wire */
    COLUMN_BOOLEAN, /* true, false */
    COLUMN_BASE64,  /* compared byte for byte */
    COLUMN_TIME,    /* compared as an instant */
    COLUMN_GUID,    /* letter case aside */
    COLUMN_ENUM     /* one of a set; any letter case is accepted */
};

enum column_use {
    COLUMN_KEY,    /* names the user */
    COLUMN_TENANT, /* says where the user is looked up */
    COLUMN_WRITE,  /* an update may set it */
    COLUMN_GUARD,  /* read-only: a value given must equal the service's */
    COLUMN_REFUSED /* in no file; the header is refused with the reason */
};

struct column {
    const char *name;       /* short name, as in the header and in results */
    const char *path;       /* dotted path in the service's document */
    const char *reason;     /* COLUMN_REFUSED: why */
    const char *empty;      /* what is sent to clear it; NULL: null is sent */
    const char *const *set; /* COLUMN_ENUM: the values, NULL at the end */
    const char *set_name;   /* and what the service calls the set */
    enum column_type type;
    enum column_use use;
    unsigned min_length; /* UTF-16 units, 0: any */
    unsigned max_length;
    bool clearable;
    bool shared;     /* the same in all users of one person */
    bool letters2;   /* exactly two letters A to Z: a country code */
    bool write_only; /* the service never returns it: it can't be compared, so
                        it is always sent */
    bool secret;     /* a password: shown nowhere */
};

/* Does --export give it? The key goes before them. */
static inline bool column_is_exported(const struct column *column)
{
    return (column->use == COLUMN_WRITE && !column->write_only) ||
           column->use == COLUMN_TENANT || column->use == COLUMN_GUARD;
}

/* Columns of one service are counted by a bit each. */
#define COLUMN_MAX 64

typedef uint64_t column_mask;

static inline column_mask column_bit(unsigned column)
{
    return (column_mask)1 << column;
}

#endif
