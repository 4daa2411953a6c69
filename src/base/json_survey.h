/*
 * Looks at the text of a JSON document before cJSON parses it: cJSON accepts
 * more than RFC 8259 permits, and changes some of it silently.
 */
#ifndef BASE_JSON_SURVEY_H
#define BASE_JSON_SURVEY_H

#include <stdbool.h>
#include <stddef.h>

/* What is found in a text. */
struct json_survey {
    const char *why;    /* the first thing that cJSON would change, or NULL */
    const char *place;  /* where it is */
    const char *number; /* the start of the first number, or NULL */
    size_t values;      /* an upper bound */
    unsigned depth;
    bool unclosed; /* a string has no end */
};

/* If the text is not JSON, the result does not matter, since cJSON refuses it.
 */
struct json_survey json_survey_text(const char *text);

/* Is the text an object or array from its first byte to its last, as far as
 * brackets and quotes show? */
bool json_survey_is_whole(const struct json_survey *survey, const char *text,
                          size_t len);

/* Returns the literal of the next number at text or after it, and sets *len to
 * its length. The text is valid JSON and contains such a number. */
const char *json_survey_next_number(const char *text, size_t *len);

/* Returns the first byte of a string that needs an escape: one below a space, a
 * quote or a backslash. It may be the NUL at the end. */
const char *json_find_special(const char *text);

#endif
