#include "base/guid.h"

#include <ctype.h>
#include <string.h>

static const char digits[] = "0123456789abcdef";

void guid_make(const struct random *random, char guid[GUID_SIZE])
{
    unsigned char bytes[GUID_BYTES];

    random->fill(random, bytes, sizeof(bytes));
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    guid_unpack(guid, bytes);
}

void guid_pack(unsigned char bytes[GUID_BYTES], const char *guid)
{
    unsigned i = 0;

    for (; *guid; guid++) {
        const char *digit = strchr(digits, tolower((unsigned char)*guid));

        if (!digit)
            continue;
        bytes[i / 2] = (unsigned char)(bytes[i / 2] << 4 | (digit - digits));
        i++;
    }
}

void guid_unpack(char guid[GUID_SIZE], const unsigned char bytes[GUID_BYTES])
{
    char *end = guid;

    for (unsigned i = 0; i < GUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *end++ = '-';
        *end++ = digits[bytes[i] >> 4];
        *end++ = digits[bytes[i] & 0x0F];
    }
    *end = '\0';
}

bool guid_is_one(const char *text)
{
    for (unsigned i = 0; i < GUID_SIZE - 1; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

        if (hyphen ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    return text[GUID_SIZE - 1] == '\0';
}
