/*
 * JSON as a tree that forgets nothing: members keep their order, numbers
 * their literal (1.50 stays 1.50).
 *
 * Reading is strict (RFC 8259): valid UTF-8, one value and nothing behind it,
 * no member twice in one object, no U+0000, no lone surrogate, at most
 * JSON_DEPTH levels. The program under test reads JSON with a library; the
 * simulator reads it with this, so that both can't be wrong in the same way.
 *
 * Nodes and their strings live in a pool and are freed all at once with it.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

#define JSON_DEPTH 64

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

struct json {
    enum json_type type;
    const char *name;  /* of a member, decoded; NULL elsewhere */
    const char *text;  /* a string decoded, a number's literal; else NULL */
    struct json *next; /* in the same array or object */
    struct json *first, *last;
};

struct json_pool {
    struct json_chunk *chunks;
};

void json_pool_init(struct json_pool *pool);
void json_pool_clear(struct json_pool *pool);

/* len bytes for anything, which go with the pool. */
void *json_pool_alloc(struct json_pool *pool, size_t len);

/* The value in text, or NULL and the reason in *reason (a fixed string). */
struct json *json_parse(struct json_pool *pool, const char *text, size_t len,
                        const char **reason);

/* Puts the value as JSON without spaces. */
void json_print(const struct json *value, struct text *out);

/* A new value. text is copied; NULL for types that have none. */
struct json *json_new(struct json_pool *pool, enum json_type type,
                      const char *text);

/* A copy of the value and of all that is in it. */
struct json *json_copy(struct json_pool *pool, const struct json *value);

/* Puts child last into an array, or, with its name set, into an object. */
void json_add(struct json *parent, struct json *child);

/* The member of that very name, or NULL; object may be NULL, or a value that
 * is no object. */
struct json *json_member(const struct json *object, const char *name);

/* The member if it is an object, else NULL. */
struct json *json_object(const struct json *object, const char *name);

/* The member's string, or NULL where it is none. */
const char *json_string(const struct json *object, const char *name);

/* True where value is there and not null. */
bool json_is_set(const struct json *value);

/* Puts value, which must be new, in the place of the member or at the end. */
void json_set(struct json_pool *pool, struct json *object, const char *name,
              struct json *value);

/* json_set() with a new string. */
void json_set_string(struct json_pool *pool, struct json *object,
                     const char *name, const char *string);

/* Appends a member without looking whether it is there already. */
void json_append(struct json_pool *pool, struct json *object, const char *name,
                 struct json *value);

void json_remove(struct json *object, const char *name);

/* The target with the merge patch of RFC 7396 applied; target may be NULL. */
struct json *json_merge_patch(struct json_pool *pool, struct json *target,
                              const struct json *patch);

/* True where both print the same; null and absent (NULL) count as the same. */
bool json_equal(const struct json *a, const struct json *b);

#endif
