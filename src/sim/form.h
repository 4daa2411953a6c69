/*
 * A parser for application/x-www-form-urlencoded. Each field has a name and
 * appears once. White space, control characters and bytes beyond ASCII must be
 * encoded.
 */
#ifndef FORM_H
#define FORM_H

#include <stdbool.h>

#include "json.h"

/* Returns the fields as an object of strings in pool. NULL: not valid;
 * *reason (a fixed string) says why. *doubt: what a server is not known to
 * refuse, such as an ambiguous character that is not encoded; or NULL. */
struct json *form_parse(struct json_pool *pool, const char *text, size_t len,
                        const char **reason, const char **doubt);

#endif
