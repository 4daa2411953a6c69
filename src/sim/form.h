/*
 * A strict parser for application/x-www-form-urlencoded. Each field has a name
 * and appears once. Every character must be encoded, except letters, digits and
 * marks that are not ambiguous.
 */
#ifndef FORM_H
#define FORM_H

#include "json.h"

/* Returns the fields as an object of strings in pool. NULL: not valid;
 * *reason (a fixed string) says why. */
struct json *form_parse(struct json_pool *pool, const char *text, size_t len,
                        const char **reason);

#endif
