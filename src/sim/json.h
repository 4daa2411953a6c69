/*
 * A JSON tree that preserves the order of members and the spelling of numbers
 * (1.50 stays 1.50).
 *
 * The parser is strict (RFC 8259). It requires valid UTF-8 and exactly one
 * value. It rejects duplicate members, U+0000, lone surrogates and more than
 * JSON_DEPTH levels.
 *
 * The program under test uses a JSON library. The simulator does not, so that
 * both cannot have the same bug.
 *
 * Nodes and their strings live in a pool and are freed together.
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
    const char *name;  /* of a member, decoded; else NULL */
    const char *text;  /* decoded string, or spelling of a number; else NULL */
    struct json *next; /* in the same array or object */
    struct json *first, *last;
};

struct json_pool {
    struct json_chunk *chunks;
};

void json_pool_init(struct json_pool *pool);
void json_pool_clear(struct json_pool *pool);

/* Allocates len bytes that are freed with the pool. Never NULL. */
void *json_pool_alloc(struct json_pool *pool, size_t len);

/* Parses text. NULL: not valid; *reason (a fixed string) says why. */
struct json *json_parse(struct json_pool *pool, const char *text, size_t len,
                        const char **reason);

/* Appends the value as JSON without white space. */
void json_print(const struct json *value, struct text *out);

/* A new value. text is copied; NULL for types without text. */
struct json *json_new(struct json_pool *pool, enum json_type type,
                      const char *text);

/* A deep copy of the value. */
struct json *json_copy(struct json_pool *pool, const struct json *value);

/* Appends child to an array, or, if its name is set, to an object. */
void json_add(struct json *parent, struct json *child);

/* The member with exactly that name, or NULL. object may be NULL or not an
 * object. */
struct json *json_member(const struct json *object, const char *name);

/* The member if it is an object, else NULL. */
struct json *json_object(const struct json *object, const char *name);

/* The member's text if it is a string, else NULL. */
const char *json_string(const struct json *object, const char *name);

/* True if value is neither absent (NULL) nor null. */
bool json_is_set(const struct json *value);

/* Replaces the member's value, or appends the member. value must be new. */
void json_set(struct json_pool *pool, struct json *object, const char *name,
              struct json *value);

/* json_set() with a new string. */
void json_set_string(struct json_pool *pool, struct json *object,
                     const char *name, const char *string);

/* Appends a member, even if the object has one with that name. */
void json_append(struct json_pool *pool, struct json *object, const char *name,
                 struct json *value);

void json_remove(struct json *object, const char *name);

/* Applies a merge patch (RFC 7396) and returns the result; target may be
 * NULL. */
struct json *json_merge_patch(struct json_pool *pool, struct json *target,
                              const struct json *patch);

/* True if both have the same JSON text; null and absent (NULL) are equal. */
bool json_equal(const struct json *a, const struct json *b);

#endif
