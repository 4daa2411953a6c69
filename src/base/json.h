/*
 * JSON documents that are safe to read and to send back: cJSON behind checks.
 *
 * Differs from cJSON in that a document comes back equal as JSON (RFC 8259):
 * numbers keep their literal, and what cJSON would read in its own way is
 * refused when it is parsed. Names are matched with their letter case.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct cJSON;

#define JSON_MAX_DEPTH   32
#define JSON_MAX_MEMBERS 1000               /* of one object */
#define JSON_MAX_DIGITS  15                 /* of a whole number: below 2^53 */
#define JSON_MAX_MEMORY  ((size_t)32 << 20) /* bytes of one document */

/* A document. All its values live in its memory and end with it. */
struct json;

/* Why a text was refused. */
struct json_refusal {
    const char *why;
    bool is_json; /* it is whole and JSON, but can't be kept as it is: asking
                     for it again would not help */
};

/* Parses a whole text, which must have a NUL behind its last byte. NULL, with
 * the refusal, where it is not JSON in UTF-8, nests deeper than JSON_MAX_DEPTH,
 * has a doubled member, "\u0000", a whole number of more than JSON_MAX_DIGITS
 * digits, or takes more than JSON_MAX_MEMORY. */
struct json *json_parse(const char *text, size_t len,
                        struct json_refusal *refusal);
void json_free(struct json *document);

/* The same for a document that holds secrets: overwrites it first. */
void json_wipe(struct json *document);

/* The value that the document is. */
struct cJSON *json_root(const struct json *document);

bool json_is_object(const struct cJSON *value);
bool json_is_array(const struct cJSON *value);
bool json_is_null(const struct cJSON *value);
bool json_is_string(const struct cJSON *value);

/* The member of an object, or NULL; NULL too where object is none. */
struct cJSON *json_member(const struct cJSON *object, const char *name);

/* The same, but looks from a member of the object on first (NULL: none), which
 * is quick where members are asked for in their order. */
struct cJSON *json_member_near(const struct cJSON *object, struct cJSON *near,
                               const char *name);

/* The first part of an array or object, and the one behind a part; or NULL. */
struct cJSON *json_first(const struct cJSON *value);
struct cJSON *json_next(const struct cJSON *part);

/* A string's text, a number's literal, "true" or "false"; NULL for the rest. */
const char *json_text(const struct cJSON *value);

/* True where any string within the value consists of asterisks alone. */
bool json_has_masked_text(const struct cJSON *value);

/* Adds a member at the object's end, null at first; the object, one of the
 * document, must have none of that name. NULL without memory. */
struct cJSON *json_add(struct json *document, struct cJSON *object,
                       const char *name);

/* Make something else of a value of the document, which keeps its place and
 * its name. The text is copied; -1 without memory. The object is an empty
 * one. */
int json_make_string(struct json *document, struct cJSON *value,
                     const char *text);
void json_make_boolean(struct cJSON *value, bool is_true);
void json_make_null(struct cJSON *value);
void json_make_object(struct cJSON *value);

/* Removes all members but one. */
void json_keep_only(struct cJSON *object, const char *name);

/* Appends the document without white space. -1 as buffer_reserve(). */
int json_print(const struct json *document, struct buffer *buffer);

#endif
