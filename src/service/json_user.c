#include "service/json_user.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

#define PATH_SEGMENTS 3

/* ---- columns ------------------------------------------------------------ */

/* Splits a column's path at its dots; returns the number of names. */
static unsigned split_path(const char *path, char names[PATH_SEGMENTS][32])
{
    unsigned count = 0;
    size_t len;

    for (; count < PATH_SEGMENTS; path += len + 1) {
        len = strcspn(path, ".");
        if (len >= sizeof(names[0]))
            abort(); /* the table of columns is wrong */
        memcpy(names[count], path, len);
        names[count++][len] = '\0';
        if (!path[len])
            break;
    }
    return count;
}

/* Finds the object whose member is the last name of a path; NULL if it is null
 * or absent. -1: it is no object. */
static int find_parent(const struct json_user *user, const char *path,
                       struct cJSON **parent)
{
    char names[PATH_SEGMENTS][32];
    unsigned count = split_path(path, names);

    *parent = user->object;
    for (unsigned i = 0; *parent && i + 1 < count; i++) {
        *parent = json_member(*parent, names[i]);
        if (json_is_null(*parent))
            *parent = NULL;
        if (*parent && !json_is_object(*parent))
            return -1;
    }
    return 0;
}

/* Adjacent columns usually have the same parent, and the service sends their
 * members in the table's order. So most lookups take one step. */
int json_user_find(struct json_user *user)
{
    const char *prefix = "";
    size_t prefix_len = 0;
    struct cJSON *parent = user->object;
    struct cJSON *near = NULL;

    for (unsigned i = 0; i < user->count; i++) {
        const char *path = user->columns[i].path;
        const char *dot = strrchr(path, '.');
        size_t len = dot ? (size_t)(dot - path) : 0;
        struct cJSON *value;

        if (len != prefix_len || memcmp(path, prefix, len) != 0) {
            if (find_parent(user, path, &parent))
                return -1;
            prefix = path;
            prefix_len = len;
            near = NULL;
        }
        value = parent ? json_member_near(parent, near, dot ? dot + 1 : path)
                       : NULL;
        if (value && !json_text(value) && !json_is_null(value))
            return -1;
        user->values[i] = value;
        if (value)
            near = json_next(value);
    }
    return 0;
}

const char *json_user_value(const struct json_user *user, unsigned column)
{
    const char *text = json_text(user->values[column]);

    return text && *text ? text : NULL;
}

/* Adds a column's member, null at first, and its missing parents. NULL: out of
 * memory. */
static struct cJSON *add_value(struct json_user *user, const char *path)
{
    char names[PATH_SEGMENTS][32];
    unsigned count = split_path(path, names);
    struct cJSON *parent = user->object;

    for (unsigned i = 0; parent && i + 1 < count; i++) {
        struct cJSON *child = json_member(parent, names[i]);

        if (!child)
            child = json_add(user->document, parent, names[i]);
        if (json_is_null(child))
            json_make_object(child);
        parent = child;
    }
    return parent ? json_add(user->document, parent, names[count - 1]) : NULL;
}

int json_user_put(struct json_user *user, unsigned column, const char *value)
{
    const struct column *what = &user->columns[column];
    struct cJSON **member = &user->values[column];

    if (!value)
        value = what->empty;
    if (!*member)
        *member = add_value(user, what->path);
    if (!*member)
        return -1;
    if (value && what->type != COLUMN_BOOLEAN)
        return json_make_string(user->document, *member, value);
    if (value)
        json_make_boolean(*member, strcmp(value, "true") == 0);
    else
        json_make_null(*member);
    return 0;
}

int json_user_set(struct json_user *user, unsigned column, const char *value)
{
    if (!value && !user->columns[column].empty && !user->values[column])
        return 0;
    return json_user_put(user, column, value);
}

/* ---- responses ----------------------------------------------------------- */

/* Can it be a response to GetUser, as far as its beginning shows? */
static bool is_object(const struct http_response *response)
{
    return response->status == 200 &&
           response->body[strcspn(response->body, "{<")] == '{';
}

struct cJSON *json_user_parse(const struct http_response *response,
                              const char *mark,
                              json_parse_error_fn *parse_error,
                              struct api_error *api_error)
{
    struct json_refusal refusal;
    struct cJSON *document;

    if (response->failure != HTTP_OK) {
        api_error_init_transport(api_error, response,
                                 mark && is_object(response));
        return NULL;
    }
    document = json_parse(response->body, response->len, &refusal);
    if (!document && refusal.no_memory) {
        api_error_init_memory(api_error, response);
        return NULL;
    }
    if (!document && refusal.is_json && mark && is_object(response) &&
        strstr(response->body, mark)) {
        api_error_init_unusable(api_error, response, refusal.why, refusal.path);
        return NULL;
    }
    if (!document) {
        api_error_init_unexpected(api_error, response,
                                  response->len ? refusal.why : "empty");
        return NULL;
    }
    api_error_init(api_error, response);
    if (parse_error(api_error, document))
        goto err;
    if (response->status != 200) {
        api_error_init_unexpected(api_error, response,
                                  "JSON without an error code");
        goto err;
    }
    return document;

err:
    json_free(document);
    return NULL;
}
