#include "base/percent.h"

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
