/*
 * The bounds of a JSON document that is accepted.
 */
#ifndef BASE_JSON_LIMITS_H
#define BASE_JSON_LIMITS_H

#include <stddef.h>

#define JSON_MAX_DEPTH   32
#define JSON_MAX_MEMBERS 1000 /* of one object */
#define JSON_MAX_NUMBER  63   /* bytes of a number's literal */
#define JSON_MAX_DIGITS  15   /* of an integer: below 2^53 */

/* These two limit the memory of a document to 16 MiB: a value needs 80 bytes
 * besides its text. */
#define JSON_MAX_TEXT   ((size_t)8 << 20) /* bytes */
#define JSON_MAX_VALUES 100000

#endif
