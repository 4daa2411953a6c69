#include "base/utf8.h"
/*
 * Keeps a secret out of a message of somebody else's that may repeat it. Pure.
 */
#ifndef BASE_REDACT_TEXT_H
#define BASE_REDACT_TEXT_H

#include <stdbool.h>

#define REDACT_TEXT_SIZE 512 /* bytes of the longest text, the NUL included */

/* Replaces each occurrence of value in a text that utf8_clean() has made by
 * "***"; values shorter than three bytes stay. truncated: the text's end was
 * cut off, so it may end in the beginning of a value. If one value contains
 * another, the longer one must be redacted first. */
void redact_text(char *text, bool truncated, const char *value);

#endif
