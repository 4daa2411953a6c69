#include "base/percent.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define UNRESERVED                                                             \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

int percent_encode(struct buffer *buffer, const char *text)
{
    for (; *text; text++) {
        if (strchr(UNRESERVED, *text)
                ? buffer_append(buffer, text, 1)
                : buffer_printf(buffer, "%%%02X", (unsigned char)*text))
            return -1;
    }
    return 0;
}

/* The value of a hexadecimal digit; -1: it is none. */
static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = strchr(digits, tolower((unsigned char)c));

    return c && at ? (int)(at - digits) : -1;
}

int percent_decode(struct buffer *buffer, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '%') {
            int high = len - i > 2 ? digit_of(text[i + 1]) : -1;
            int low = high >= 0 ? digit_of(text[i + 2]) : -1;

            if (low < 0 || high + low == 0) {
                errno = EINVAL;
                return -1;
            }
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (buffer_append(buffer, &c, 1))
            return -1;
    }
    return 0;
}
