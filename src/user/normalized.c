#include "user/normalized.h"

#include <stdint.h>

#include "base/utf8.h"

static bool is_letter_or_digit(uint32_t character)
{
    if (character < 0x80)
        return (character >= '0' && character <= '9') ||
               ((character | 0x20) >= 'a' && (character | 0x20) <= 'z');
    return character >= 0xC0 && character != 0xD7 && character != 0xF7 &&
           !(character >= 0x2000 && character <= 0x206F) && /* punctuation */
           !(character >= 0x3000 && character <= 0x3003);
}

/* The lowercase letter. A pair of letters side by side has an even uppercase
 * one, or an odd one. */
static uint32_t to_lowercase(uint32_t letter)
{
    static const struct {
        uint32_t first, last;
        uint32_t offset; /* 0: the letters are in pairs */
    } uppercase[] = {
        {'A', 'Z', 32},      {0xC0, 0xDE, 32},    {0x100, 0x137, 0},
        {0x139, 0x148, 0},   {0x14A, 0x177, 0},   {0x179, 0x17E, 0},
        {0x391, 0x3A9, 32},  {0x400, 0x40F, 80},  {0x410, 0x42F, 32},
        {0x460, 0x481, 0},   {0x48A, 0x4BF, 0},   {0x4D0, 0x52F, 0},
        {0x1E00, 0x1E95, 0}, {0x1EA0, 0x1EFF, 0}, {0xFF21, 0xFF3A, 32},
    };

    for (unsigned i = 0; i < sizeof(uppercase) / sizeof(*uppercase); i++) {
        if (letter < uppercase[i].first || letter > uppercase[i].last)
            continue;
        if (uppercase[i].offset)
            return letter + uppercase[i].offset;
        return letter + !((letter - uppercase[i].first) & 1);
    }
    return letter;
}

/* The next letter or digit, in lowercase; 0 at the end. */
static uint32_t take_folded(const char **text)
{
    while (**text) {
        uint32_t character = utf8_take(text);

        if (is_letter_or_digit(character))
            return to_lowercase(character);
    }
    return 0;
}

bool normalized_is_same(const char *a, const char *b)
{
    bool any = false;

    for (;;) {
        uint32_t character = take_folded(&a);

        if (character != take_folded(&b))
            return false;
        if (character == 0)
            return any;
        any = true;
    }
}
