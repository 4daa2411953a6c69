/*
 * Removes a secret from a message of a service, which may repeat it. Pure.
 */
#ifndef BASE_REDACT_TEXT_H
#define BASE_REDACT_TEXT_H

#include <stdbool.h>

#define REDACT_TEXT_SIZE 512 /* bytes of the longest text, the NUL included */

/* Replaces each occurrence of value by "***", in a text that utf8_clean() has
 * written. Values shorter than three bytes stay. truncated: the text was
 * truncated, so its end may be the beginning of a value. If one value contains
 * another one, redact the longer one first. */
void redact_text(char *text, bool truncated, const char *value);

#endif
