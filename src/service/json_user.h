/*
 * A user that is a JSON object, accessed by columns. For all services that use
 * JSON.
 */
#ifndef SERVICE_JSON_USER_H
#define SERVICE_JSON_USER_H

#include <stdbool.h>

#include "base/http.h"
#include "service/api_error.h"
#include "service/column.h"

struct cJSON;

/* The service sets the first four members, and owns the document. */
struct json_user {
    const struct column *columns;
    unsigned count;
    struct cJSON *document;
    struct cJSON *object;             /* the columns' paths start here */
    struct cJSON *values[COLUMN_MAX]; /* of each column; NULL: absent */
};

/* Fills in values; called once. -1: a member is an object or array, but a
 * column needs a value; or it is a value, but a path needs an object. */
int json_user_find(struct json_user *user);

/* The text of a column; NULL if it is null, absent or empty. Valid until the
 * column is set. */
const char *json_user_value(const struct json_user *user, unsigned column);

/* Sets a column, or clears it with NULL, as user_set() of a service. -1: out of
 * memory. */
int json_user_set(struct json_user *user, unsigned column, const char *value);

/* As json_user_set(), but an absent member that is cleared becomes null. */
int json_user_put(struct json_user *user, unsigned column, const char *value);

/* Completes an error, after api_error_init(), from the service's own error in
 * the response; false if the response contains none. */
typedef bool json_parse_error_fn(struct api_error *api_error,
                                 const struct cJSON *root);

/* Parses the body of a response. Returns the document, which the caller frees
 * with json_free(), and fills in status and tracking id of api_error; or
 * returns NULL with the error. mark: for GetUser, what each of its responses
 * contains, as "\"User\""; NULL for an update. GetUser would return the same
 * user again, so an object that is too large, or has the mark and can't be
 * kept, is not requested again. */
struct cJSON *json_user_parse(const struct http_response *response,
                              const char *mark,
                              json_parse_error_fn *parse_error,
                              struct api_error *api_error);

#endif
