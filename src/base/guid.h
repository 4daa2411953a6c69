/*
 * GUIDs: as ids of calls, and as ids of users.
 */
#ifndef BASE_GUID_H
#define BASE_GUID_H

#include <stdbool.h>

#include "base/random.h"

#define GUID_SIZE 37 /* bytes of its text, with the NUL */

/* Makes a random GUID: version 4, variant 1 (RFC 4122, section 4.4), in
 * lowercase. */
void guid_make(const struct random *random, char guid[GUID_SIZE]);

/* Is the text a GUID: 32 hexadecimal digits of either case, with hyphens after
 * the 8th, 12th, 16th and 20th? */
bool guid_is_one(const char *text);

#endif
