/*
 * JSON documents that are safe to read and to send back: cJSON behind checks.
 *
 * Differs from cJSON in that a document comes back equal as JSON (RFC 8259):
 * numbers keep their literal, and what cJSON would read in its own way is
 * refused when it is parsed. Names are matched with their letter case.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

struct cJSON;

#define JSON_MAX_DEPTH   32
#define JSON_MAX_MEMBERS 1000 /* of one object */
#define JSON_MAX_DIGITS  15   /* of a bare whole number: below 2^53 */

/* Parses a whole text, which must have a NUL behind its last byte. NULL, with
 * *why saying what is wrong with it, where it is not JSON in UTF-8, nests
 * deeper than JSON_MAX_DEPTH, has a doubled member, "\u0000" or a whole number
 * of more than JSON_MAX_DIGITS digits, or there is no memory. */
struct cJSON *json_parse(const char *text, size_t len, const char **why);
void json_free(struct cJSON *document);

bool json_is_object(const struct cJSON *value);
bool json_is_array(const struct cJSON *value);
bool json_is_null(const struct cJSON *value);

/* The member of an object, or NULL; NULL too where object is none. */
struct cJSON *json_member(const struct cJSON *object, const char *name);

/* The first part of an array or object, and the one behind a part; or NULL. */
struct cJSON *json_first(const struct cJSON *value);
struct cJSON *json_next(const struct cJSON *part);

/* A string's text, a number's literal, "true" or "false"; NULL for the rest. */
const char *json_text(const struct cJSON *value);

/* True where any string within the value consists of asterisks alone. */
bool json_has_masked_text(const struct cJSON *value);

/* Sets a member, at its old place where it has one. NULL without memory, else
 * the new value, which takes the place of the old one. */
struct cJSON *json_set_string(struct cJSON *object, const char *name,
                              const char *text);
struct cJSON *json_set_boolean(struct cJSON *object, const char *name,
                               bool value);
struct cJSON *json_set_null(struct cJSON *object, const char *name);
struct cJSON *json_set_object(struct cJSON *object, const char *name);

/* Removes all members but one. */
void json_keep_only(struct cJSON *object, const char *name);

/* Appends the document without white space. -1 as buffer_reserve(). */
int json_print(struct cJSON *document, struct buffer *buffer);

#endif
