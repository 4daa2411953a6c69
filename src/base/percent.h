/*
 * Percent-encoding, for parts of URLs and for the bodies of forms.
 *
 * Source: RFC 3986, sections 2.1 and 2.3.
 */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include "base/buffer.h"

/* Appends the text and encodes every byte that is not an unreserved character
 * (letters, digits, '-', '.', '_', '~'): at most three bytes for one. Returns
 * -1 as buffer_reserve() does. */
int percent_encode(struct buffer *buffer, const char *text);

/* Appends the decoded text of len bytes, in which '+' is a space. Returns -1 as
 * buffer_reserve() does, or with errno EINVAL if a '%' is not followed by two
 * hexadecimal digits, or if it encodes a NUL. */
int percent_decode(struct buffer *buffer, const char *text, size_t len);

#endif
