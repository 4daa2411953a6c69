/*
 * JSON documents that are safe to read and to send back: cJSON with checks
 * around it.
 *
 * A document comes back equal as JSON (RFC 8259): numbers keep their literal,
 * and json_parse() refuses what cJSON would read differently than it was
 * written. Names are compared case-sensitively.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/json_limits.h"

struct cJSON;

#define JSON_PATH_SIZE 128

/* Why a text was refused. */
struct json_refusal {
    const char *why;
    bool is_json; /* the text is complete JSON, but exceeds a bound or can't be
                     kept exactly: requesting it again would not help */
    bool no_memory;            /* out of memory: the text may be valid */
    char path[JSON_PATH_SIZE]; /* the member at fault, as "User.JobTitle"; "":
                                  none is known */
};

/* Parses a whole text, which must have a NUL after its last byte. Returns the
 * document's root, which the caller frees with json_free() or json_wipe().
 * Returns NULL, with the refusal, if the text is not JSON in UTF-8, exceeds a
 * bound above, has a duplicate member, "\u0000" or a lone surrogate, or if
 * there is no memory. What was kept of a text that is refused is overwritten.
 */
struct cJSON *json_parse(const char *text, size_t len,
                         struct json_refusal *refusal);

/* Both free a document; NULL does nothing. json_wipe() is for a document that
 * contains secrets, and overwrites its memory first. */
void json_free(struct cJSON *root);
void json_wipe(struct cJSON *root);

/* False if value is NULL. */
bool json_is_object(const struct cJSON *value);
bool json_is_array(const struct cJSON *value);
bool json_is_null(const struct cJSON *value);
bool json_is_string(const struct cJSON *value);

/* The member of an object; NULL if there is none, or if object is not one. */
struct cJSON *json_member(const struct cJSON *object, const char *name);

/* The same, but begins the search at near, a member of the object or NULL. This
 * is fast if members are looked up in their order. */
struct cJSON *json_member_near(const struct cJSON *object, struct cJSON *near,
                               const char *name);

/* The first item of an array or object, and the item after another one; or
 * NULL. */
struct cJSON *json_first(const struct cJSON *value);
struct cJSON *json_next(const struct cJSON *item);

/* The name of a member; NULL for an item of an array. */
const char *json_name(const struct cJSON *item);

/* A string's text, a number's literal, "true" or "false"; NULL for any other
 * value, and if value is NULL. */
const char *json_text(const struct cJSON *value);

/* The name of the first number within an object that has more than
 * JSON_MAX_DIGITS digits. Its literal is kept, but other parsers store numbers
 * as doubles. NULL: there is none. */
const char *json_find_long_number(const struct cJSON *object);

/* True if any string within the value consists of asterisks only. */
bool json_has_masked_text(const struct cJSON *value);

/* Adds a member, null at first, at the end of an object of a document, which
 * must not have one of that name. NULL if out of memory. */
struct cJSON *json_add(struct cJSON *root, struct cJSON *object,
                       const char *name);

/* Replace a value of a document, which keeps its position and its name, by a
 * copy of a text, a boolean, null, or an empty object. The memory of the old
 * value is the document's until that is freed. -1 if out of memory; then the
 * value is unchanged. */
int json_make_string(struct cJSON *root, struct cJSON *value, const char *text);
void json_make_boolean(struct cJSON *value, bool is_true);
void json_make_null(struct cJSON *value);
void json_make_object(struct cJSON *value);

/* Removes all members except those of that name. */
void json_keep_only(struct cJSON *object, const char *name);

/* Appends the document without white space. -1 as buffer_reserve(), and the
 * buffer is unchanged. */
int json_print(const struct cJSON *root, struct buffer *buffer);

/* Appends a text in UTF-8 as a JSON string. -1 as buffer_reserve(). */
int json_put_string(struct buffer *buffer, const char *text);

#endif
