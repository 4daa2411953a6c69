/*
 * application/x-www-form-urlencoded, read strictly: each field once, with a
 * name; nothing left unencoded but letters, digits and marks that cannot be
 * mistaken.
 */
#ifndef FORM_H
#define FORM_H

#include "json.h"

/* The fields of the form as an object of strings in pool, or NULL and the
 * reason in *reason (a fixed string). */
struct json *form_parse(struct json_pool *pool, const char *text, size_t len,
                        const char **reason);

#endif
