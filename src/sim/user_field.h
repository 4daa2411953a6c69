/*
 * The members of a User that Customer Management knows: their types, lengths
 * and allowed values.
 *
 * Source: the User data object of the service's reference.
 */
#ifndef USER_FIELD_H
#define USER_FIELD_H

#include <stdbool.h>

enum field_kind {
    FIELD_TEXT,
    FIELD_LONG,
    FIELD_BOOLEAN,
    FIELD_TIME,
    FIELD_STAMP,   /* base64 */
    FIELD_CHOICE,  /* one of a set of values */
    FIELD_COUNTRY, /* one of the country codes */
    FIELD_MAP,     /* ForwardCompatibilityMap */
    FIELD_OBJECT,
};

enum field_owner {
    FIELD_OF_CLIENT,  /* an update can change it */
    FIELD_OF_SERVICE, /* read-only */
    FIELD_LINK,       /* an update must send it unchanged: which object it
                         changes */
};

struct user_field {
    const char *name;
    enum field_kind kind;
    enum field_owner owner;
    unsigned min, max; /* length of a text in UTF-16 units; 0: no limit */
    int code;          /* of the error if the value is invalid; 0: the usual */
    bool not_null;
    const char *const *set;          /* ends with NULL */
    const struct user_field *fields; /* of an object; the last has no name */
};

/* The members of a User; the last one has no name. */
extern const struct user_field user_field_root[];

/* NULL: there is no such member. */
const struct user_field *user_field_find(const struct user_field *fields,
                                         const char *name);

/* True for the two-letter code of a country or region that the service
 * knows. */
bool user_field_is_country(const char *text);

#endif
