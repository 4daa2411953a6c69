#include "input/misread.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* What Windows-1252 has for the bytes 0x80 to 0xBF. In other texts, the
 * characters of the first list follow no letter, those of the second may. */
static const uint16_t unusual[] = {
    0xA1,   0xA2,   0xA3,   0xA4,   0xA5,   0xA6,   0xA8,   0xAC,   0xAF,
    0xB1,   0xB5,   0xB8,   0xBC,   0xBD,   0xBE,   0xBF,   0x0192, 0x02C6,
    0x02DC, 0x201A, 0x201E, 0x2020, 0x2021, 0x2022, 0x2030, 0x2039, 0x20AC,
};
static const uint16_t usual[] = {
    0xA0,   0xA7,   0xA9,   0xAA,   0xAB,   0xAD,   0xAE,   0xB0,
    0xB2,   0xB3,   0xB4,   0xB6,   0xB7,   0xB9,   0xBA,   0xBB,
    0x0152, 0x0153, 0x0160, 0x0161, 0x0178, 0x017D, 0x017E, 0x2013,
    0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x203A, 0x2122,
};

static bool is_one_of(const uint16_t list[], size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == character)
            return true;
    }
    return false;
}

/* What it says that a character stands for a byte from 0x80 to 0xBF, after one
 * that stands for the first byte of a character in UTF-8. */
enum weight { NO_BYTE, LIKELY, CERTAIN };

static enum weight weigh(uint32_t character)
{
    if ((character >= 0x80 && character <= 0x9F) ||
        is_one_of(unusual, sizeof(unusual) / sizeof(unusual[0]), character))
        return CERTAIN;
    return is_one_of(usual, sizeof(usual) / sizeof(usual[0]), character)
               ? LIKELY
               : NO_BYTE;
}

/* How many bytes follow the first one in UTF-8; 0: it is no first one. */
static unsigned count_following(uint32_t first)
{
    return first < 0xC2   ? 0
           : first < 0xE0 ? 1
           : first < 0xF0 ? 2
           : first < 0xF5 ? 3
                          : 0;
}

/* *text is after the character first. Returns what the next characters say. */
static enum weight weigh_sequence(uint32_t first, const char *text)
{
    enum weight found = LIKELY;
    unsigned count = count_following(first);

    if (count == 0)
        return NO_BYTE;
    if (first == 0xE2 && strncmp(text, "€", strlen("€")) == 0)
        return CERTAIN;
    for (; count > 0; count--) {
        enum weight weight = *text ? weigh(utf8_take(&text)) : NO_BYTE;

        if (weight == NO_BYTE)
            return NO_BYTE;
        if (weight == CERTAIN)
            found = CERTAIN;
    }
    /* Â and Ã stand for all letters of Western languages. */
    return first == 0xC2 || first == 0xC3 ? CERTAIN : found;
}

/* In code pages 437 and 850 frames stand for first bytes (├ ┬ ╨ ╬), in that of
 * a Macintosh a root. ─ and ═ may be a line. */
static bool is_other_page(uint32_t first, const char *text)
{
    bool is_frame = first > 0x2500 && first <= 0x256C && first != 0x2550;

    return (is_frame || first == 0x221A) && *text && utf8_take(&text) >= 0x80;
}

bool misread_is_utf8(const char *text)
{
    unsigned sequences = 0;

    for (;;) {
        uint32_t character;
        enum weight weight;

        while (*text > 0)
            text++;
        if (!*text)
            return false;
        character = utf8_take(&text);
        if (character < 0xC2)
            continue;
        weight = weigh_sequence(character, text);
        sequences += weight != NO_BYTE;
        if (weight == CERTAIN || sequences > 2 ||
            is_other_page(character, text))
            return true;
    }
}

/* No letters, but question marks: "?? ???". */
static bool has_no_letters(const char *text)
{
    return text[strspn(text, "? .,'-")] == '\0' && strstr(text, "??");
}

bool misread_is_lost(const char *text)
{
    const char *mark = strchr(text, '?');

    if (!mark)
        return false;
    if (has_no_letters(text))
        return true;
    for (; mark; mark = strchr(mark + 1, '?'))
        if (isalnum((unsigned char)mark[1]) || (unsigned char)mark[1] >= 0x80)
            return true;
    return false;
}
