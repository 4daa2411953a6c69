/*
 * GUIDs: as ids of calls, and as ids of users.
 */
#ifndef BASE_GUID_H
#define BASE_GUID_H

#include <stdbool.h>

#include "base/random.h"

#define GUID_SIZE  37 /* bytes of its text, with the NUL */
#define GUID_BYTES 16 /* of its number */

/* Makes a random GUID: version 4, variant 1 (RFC 4122, section 4.4), in
 * lowercase. */
void guid_make(const struct random *random, char guid[GUID_SIZE]);

/* Is the text a GUID: 32 hexadecimal digits of either case, with hyphens after
 * the 8th, 12th, 16th and 20th? */
bool guid_is_one(const char *text);

/* The number of a GUID, in the order of its digits, and its text in lowercase.
 */
void guid_pack(unsigned char bytes[GUID_BYTES], const char *guid);
void guid_unpack(char guid[GUID_SIZE], const unsigned char bytes[GUID_BYTES]);

#endif
