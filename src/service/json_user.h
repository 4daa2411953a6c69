/*
 * A user that is a JSON object, by its columns: what the services that speak
 * JSON share.
 */
#ifndef SERVICE_JSON_USER_H
#define SERVICE_JSON_USER_H

#include <stdbool.h>

#include "base/http.h"
#include "service/api_error.h"
#include "service/column.h"

struct cJSON;

/* The service fills in the first four, and owns the document. */
struct json_user {
    const struct column *columns;
    unsigned count;
    struct cJSON *document;
    struct cJSON *object;             /* that the columns' paths begin at */
    struct cJSON *values[COLUMN_MAX]; /* of each column; NULL: absent */
};

/* Finds the value of each column, once. -1 where the object has another shape
 * than the columns: an object for a text, a text for an object. */
int json_user_find(struct json_user *user);

/* The text of a column; NULL where it is null, absent or empty. Valid until the
 * column is set. */
const char *json_user_value(const struct json_user *user, unsigned column);

/* Sets a column, or clears it with NULL, as the service's user_set. -1 without
 * memory. */
int json_user_set(struct json_user *user, unsigned column, const char *value);

/* The same, but what is absent becomes null where it is cleared. */
int json_user_put(struct json_user *user, unsigned column, const char *value);

/* Fills the fault, which api_error_init() has begun, from the service's own
 * error; false where the answer holds none. */
typedef bool json_take_error_fn(struct api_error *api_error,
                                const struct cJSON *root);

/* Reads an answer's body that is not an error; NULL: the fault. A user that is
 * too large, or that JSON can't keep, is so the next time as well (lasting); an
 * answer to an update is made anew. */
struct cJSON *json_user_read(const struct http_response *response, bool lasting,
                             json_take_error_fn *take_error,
                             struct api_error *api_error);

#endif
