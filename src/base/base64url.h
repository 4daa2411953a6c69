/*
 * Base64 with the alphabet of URLs, without padding.
 *
 * Source: RFC 4648, section 5.
 */
#ifndef BASE_BASE64URL_H
#define BASE_BASE64URL_H

#include <stddef.h>

/* Bytes of the text for so many bytes, with its NUL. */
#define BASE64URL_SIZE(len) (((len)*4 + 2) / 3 + 1)

/* Writes BASE64URL_SIZE(len) bytes. */
void base64url_format(const unsigned char *bytes, size_t len, char *text);

#endif
