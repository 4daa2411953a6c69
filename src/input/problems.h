/*
 * The problems of a header, which are reported in one message. Pure.
 */
#ifndef INPUT_PROBLEMS_H
#define INPUT_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "input/column_name.h"
#include "service/service.h"

struct problems {
    const char *input; /* its name */
    const struct service *service;
    const char *key;    /* the column that identifies the user */
    const char *expect; /* before its name in --map: "Expect.", or "" */
    struct error only;  /* the whole message, if there is one problem */
    unsigned count;
    unsigned unlisted; /* of them, those without room in the list */
    bool unknown;      /* is one of them an unknown column? */
    bool unknown_key;  /* is one of them probably the key, misspelled? */
    char no_key[100];  /* what to do if there is none; "": there is one */
    size_t len;
    char list[ERROR_TEXT_SIZE - 500]; /* leaves room for names and advice */
};

/* The pointers are borrowed. key: the index of the column that identifies the
 * user. */
void problems_init(struct problems *problems, const char *input,
                   const struct service *service, unsigned key);

/* Each adds a problem. A position counts from 0. */

/* The name means no column of the service. */
void problems_add_unknown(struct problems *problems, size_t position,
                          struct column_name name);

/* The name means a column that is not allowed in a file. */
void problems_add_refused(struct problems *problems, size_t position,
                          struct column_name name, const struct column *column);

/* The name means a column that the one at the position `first` means, too. */
void problems_add_duplicate(struct problems *problems, size_t position,
                            struct column_name name,
                            const struct column *column, size_t first);

/* The name is Expect.COLUMN for a column whose value cannot be expected. */
void problems_add_unexpectable(struct problems *problems, size_t position,
                               struct column_name name,
                               const struct column *column);

/* An option names a column that the header does not have. suggested: a similar
 * name that it has; NULL: there is none. */
void problems_add_absent(struct problems *problems, const char *option,
                         const char *name, const char *suggested);

/* An option names a column that the header has more than once. */
void problems_add_repeated(struct problems *problems, const char *option,
                           const char *name);

/* No column identifies the user. To be called after those of unknown names: no
 * problem is added if one of them is probably the key. */
void problems_add_no_key(struct problems *problems);

/* An option maps the name to the column that identifies the user, and that an
 * update would set. */
void problems_add_set_name(struct problems *problems, size_t position,
                           struct column_name name,
                           const struct column *column);

/* No column and no option identifies the tenant of the users. */
void problems_add_no_tenant(struct problems *problems);

/* Fails with the message, as ERROR_INPUT; there must be a problem. Returns -1.
 */
int problems_refuse(const struct problems *problems, struct error *error);

#endif
