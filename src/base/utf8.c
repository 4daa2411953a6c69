#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

#include "base/invisible.h"

/* Not a state: the byte is invalid at its position. */
#define BAD UINT32_MAX

/* Not 0 if one of the next eight bytes is outside 0x01..0x7F: its own high bit
 * is set, or subtracting 1 from it borrows. */
static uint64_t find_other(const char *data)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t word;

    memcpy(&word, data, sizeof(word));
    return ((word - ones) | word) & (ones << 7);
}

/* A state between two bytes of one character: how many bytes must follow, and
 * the range of the next one. */
static uint32_t make_state(unsigned need, unsigned low, unsigned high)
{
    return need << 16 | low << 8 | high;
}

/* The first byte of a character. The narrower ranges after E0, ED, F0 and F4
 * exclude overlong forms, surrogates and code points beyond U+10FFFF. */
static uint32_t first_step(unsigned char byte)
{
    if (byte < 0x80)
        return byte ? 0 : BAD;
    if (byte < 0xC2 || byte > 0xF4)
        return BAD;
    if (byte < 0xE0)
        return make_state(1, 0x80, 0xBF);
    switch (byte) {
    case 0xE0:
        return make_state(2, 0xA0, 0xBF);
    case 0xED:
        return make_state(2, 0x80, 0x9F);
    case 0xF0:
        return make_state(3, 0x90, 0xBF);
    case 0xF4:
        return make_state(3, 0x80, 0x8F);
    default:
        return make_state(byte < 0xF0 ? 2 : 3, 0x80, 0xBF);
    }
}

static uint32_t step(uint32_t state, unsigned char byte)
{
    unsigned need = state >> 16;

    if (need == 0)
        return first_step(byte);
    if (byte < (state >> 8 & 0xFF) || byte > (state & 0xFF))
        return BAD;
    return need == 1 ? 0 : make_state(need - 1, 0x80, 0xBF);
}

/* The offset of the first byte from `at` on that is not in 0x01..0x7F. */
static size_t skip_ascii(const char *data, size_t at, size_t len)
{
    while (len - at >= 32 &&
           (find_other(data + at) | find_other(data + at + 8) |
            find_other(data + at + 16) | find_other(data + at + 24)) == 0)
        at += 32;
    while (len - at >= 8 && find_other(data + at) == 0)
        at += 8;
    while (at < len && data[at] != '\0' && (unsigned char)data[at] < 0x80)
        at++;
    return at;
}

size_t utf8_check(uint32_t *state, const char *data, size_t len)
{
    uint32_t now = *state;
    size_t at = 0;

    while (at < len) {
        if (now == 0) {
            at = skip_ascii(data, at, len);
            if (at == len)
                break;
        }
        *state = now;
        now = step(now, (unsigned char)data[at]);
        if (now == BAD)
            return at;
        at++;
    }
    *state = now;
    return len;
}

bool utf8_is_printable(const char *text, size_t len)
{
    const uint64_t ones = 0x0101010101010101u;
    const char *end = text + len;
    uint64_t word, other = 0;

    if (len < sizeof(word)) {
        while (text < end && *text >= ' ' && *text < 0x7F)
            text++;
        return text == end;
    }
    /* As in find_other(); adding 1 to DEL sets its high bit, too. The last word
     * may overlap the one before it. */
    for (; text < end; text += sizeof(word)) {
        if (text > end - sizeof(word))
            text = end - sizeof(word);
        memcpy(&word, text, sizeof(word));
        other |= (word - ones * ' ') | (word + ones) | word;
    }
    return (other & (ones << 7)) == 0;
}

bool utf8_is_valid(const char *text, size_t len)
{
    uint32_t state = 0;

    return utf8_check(&state, text, len) == len && state == 0;
}

size_t utf8_utf16_length(const char *text, size_t len)
{
    size_t units = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if ((byte & 0xC0) != 0x80)
            units++;
        if (byte >= 0xF0) /* beyond U+FFFF: a pair of surrogates */
            units++;
    }
    return units;
}

/* The number of bytes of the character that begins with this one. */
static size_t character_size(unsigned char first)
{
    if (first >= 0xF0)
        return 4;
    if (first >= 0xE0)
        return 3;
    return first >= 0xC0 ? 2 : 1;
}

bool utf8_has_wide(uint32_t state, const char *text, size_t len)
{
    for (size_t at = 0; (at = skip_ascii(text, at, len)) < len; at++) {
        bool is_last = at + 1 == len
                           ? state == 0
                           : ((unsigned char)text[at + 1] & 0xC0) != 0x80;

        if (((unsigned char)text[at] & 0xC0) == 0x80 && is_last)
            return true;
    }
    return false;
}

void utf8_trim(char *text, size_t len)
{
    size_t start = len;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 &&
        len - (start - 1) < character_size((unsigned char)text[start - 1]))
        text[start - 1] = '\0';
}

uint32_t utf8_take(const char **text)
{
    const unsigned char *byte = (const unsigned char *)*text;
    size_t size = character_size(byte[0]);
    uint32_t character = size > 1 ? byte[0] & (0x7FU >> size) : byte[0];

    for (size_t i = 1; i < size; i++)
        character = character << 6 | (byte[i] & 0x3FU);
    *text += size;
    return character;
}

/* How a character is displayed, in at most SHOWN_SIZE bytes. */
#define SHOWN_SIZE sizeof("U+10FFFF")

/* Writes the character at *from, which is moved to the next one. */
static void show(char shown[SHOWN_SIZE], const char **from, bool reveal)
{
    size_t len = character_size((unsigned char)**from);
    const char *start = *from;
    uint32_t character;

    if (strnlen(start, len) < len || !utf8_is_valid(start, len)) {
        memcpy(shown, "?", 2);
        ++*from;
        return;
    }
    character = utf8_take(from);
    if (!reveal &&
        (character == '\t' || character == '\r' || character == '\n')) {
        *from += character == '\r' && **from == '\n';
        memcpy(shown, " ", 2);
    } else if (character == ' ' || !invisible_is_one(character) ||
               (!reveal && invisible_is_modifier(character))) {
        memcpy(shown, start, len);
        shown[len] = '\0';
    } else {
        (void)snprintf(shown, SHOWN_SIZE, "U+%04X", (unsigned)character);
    }
}

static bool copy(char *to, size_t size, const char *from, bool reveal)
{
    char shown[SHOWN_SIZE];
    size_t used = 0;

    /* The common case: nothing to replace. */
    while (from && *from >= ' ' && *from < 0x7F && used + 1 < size)
        to[used++] = *from++;
    while (from && *from) {
        const char *next = from;
        size_t len;

        show(shown, &next, reveal);
        len = strlen(shown);
        if (used + len >= size)
            break;
        memcpy(to + used, shown, len);
        used += len;
        from = next;
    }
    to[used] = '\0';
    return from && *from;
}

bool utf8_clean(char *to, size_t size, const char *from)
{
    return copy(to, size, from, false);
}

bool utf8_reveal(char *to, size_t size, const char *from)
{
    return copy(to, size, from, true);
}
