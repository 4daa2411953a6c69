/*
 * Percent-encoding, for URLs and forms.
 *
 * Source: RFC 3986, section 2.
 */
#ifndef BASE_PERCENT_H
#define BASE_PERCENT_H

#include "base/buffer.h"

/* Appends a text in which all bytes but the unreserved characters of RFC 3986
 * are percent-encoded: at most three times as long. -1 as buffer_reserve(). */
int percent_encode(struct buffer *buffer, const char *text);

#endif
