/*
 * Looks for something in a text that need not be valid JSON: one that is
 * incomplete, for example, or has a member twice. Pure.
 */
#ifndef BASE_JSON_SCAN_H
#define BASE_JSON_SCAN_H

#include <stddef.h>

/* The string of that member of the outermost object, with its quotes and
 * escapes; it has *len bytes. The last one, if there are several. NULL: the
 * text does not begin with an object, or has no complete string of that name.
 */
const char *json_scan(const char *text, const char *name, size_t *len);

/* Writes the names of the members around a place in the text, joined by dots;
 * "": there are none. What does not fit is truncated. */
void json_scan_path(const char *text, const char *place, char *path,
                    size_t size);

#endif
