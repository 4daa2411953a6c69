#include "base/base64url.h"

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_format(const unsigned char *bytes, size_t len, char *text)
{
    unsigned bits = 0, count = 0; /* not written yet */

    for (size_t i = 0; i < len; i++) {
        bits = (bits << 8 | bytes[i]) & 0xfff;
        for (count += 8; count >= 6; count -= 6)
            *text++ = letters[bits >> (count - 6) & 63];
    }
    if (count > 0)
        *text++ = letters[bits << (6 - count) & 63];
    *text = '\0';
}
