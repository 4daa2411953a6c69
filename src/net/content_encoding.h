/*
 * Decompresses the body of a response. No request asks for compression, but a
 * proxy may compress a response all the same. Pure.
 *
 * Source: RFC 9110, section 8.4; RFC 1950 to 1952.
 */
#ifndef NET_CONTENT_ENCODING_H
#define NET_CONTENT_ENCODING_H

#include <stdbool.h>

#include "base/buffer.h"

enum content_result {
    CONTENT_DECODED,
    CONTENT_REFUSED,   /* the body is not what its encodings say, or they are
                          not gzip and deflate, or more than two */
    CONTENT_TOO_LARGE, /* the body has become its beginning, as far as it fits
                        */
    CONTENT_NO_MEMORY
};

/* Decompresses the body in place. Its maximum also applies to the result.
 * encodings: the value of the header Content-Encoding; "": there is none. Then
 * gzip is recognized by its first bytes, since a proxy may remove the header.
 * secret: the body contains secrets, so every copy of it is wiped. */
enum content_result content_decode(struct buffer *body, const char *encodings,
                                   bool secret);

#endif
