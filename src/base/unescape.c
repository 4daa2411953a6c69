#include "base/unescape.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#include "base/invisible.h"
#include "base/utf8.h"

#define MIN_BASE64 4 /* characters of the shortest piece */

static void put(struct glyphs *to, uint32_t character, unsigned start,
                unsigned end)
{
    if (to->count == GLYPHS_MAX)
        return;
    to->all[to->count++] =
        (struct glyph){character, (uint16_t)start, (uint16_t)end};
}

void unescape_read(struct glyphs *to, const char *text)
{
    const char *at = text;

    to->count = 0;
    while (*at) {
        const char *start = at;
        uint32_t character = utf8_take(&at);

        put(to, character, (unsigned)(start - text), (unsigned)(at - text));
    }
}

/* ---- escapes of a character --------------------------------------------- */

/* The rest of the characters. */
struct rest {
    const struct glyph *at;
    size_t count;
};

/* The value of the digit at that place; at least base: there is none. */
static uint32_t digit_at(struct rest rest, size_t i, uint32_t base)
{
    uint32_t c = i < rest.count ? rest.at[i].character : 0;

    if (c >= '0' && c <= '9')
        return c - '0';
    if (base == 16 && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return base;
}

/* Reads min to max digits from that place on. Returns their number, or 0. */
static size_t take_number(struct rest rest, size_t from, uint32_t base,
                          size_t min, size_t max, uint32_t *number)
{
    size_t count = 0;

    *number = 0;
    while (count < max && digit_at(rest, from + count, base) < base) {
        *number = *number * base + digit_at(rest, from + count, base);
        count++;
    }
    return count >= min ? count : 0;
}

static bool begins(struct rest rest, const char *text)
{
    size_t len = strlen(text);

    if (rest.count < len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (rest.at[i].character != (unsigned char)text[i])
            return false;
    return true;
}

/* Forms of a number in an escape: what is before it, its digits and, if it is
 * there, what ends it. */
struct form {
    const char *before;
    uint32_t base;
    size_t min, max;
    char after; /* 0: nothing */
};

/* Returns the number of characters that such an escape has, or 0. */
static size_t take_form(struct rest rest, const struct form *form,
                        uint32_t *number)
{
    size_t before = strlen(form->before);
    size_t digits = begins(rest, form->before)
                        ? take_number(rest, before, form->base, form->min,
                                      form->max, number)
                        : 0;
    size_t end = before + digits;

    if (digits == 0)
        return 0;
    return end + (form->after && end < rest.count &&
                  rest.at[end].character == (unsigned char)form->after);
}

static size_t take_forms(struct rest rest, const struct form *forms,
                         size_t count, uint32_t *number)
{
    size_t len = 0;

    for (size_t i = 0; i < count && len == 0; i++)
        len = take_form(rest, &forms[i], number);
    return len;
}

/* U+XXXX, as utf8_clean() shows invisible characters. */
static size_t take_shown(struct rest rest, uint32_t *character)
{
    if (!begins(rest, "U+"))
        return 0;
    for (size_t digits = 5; digits >= 4; digits--)
        if (take_number(rest, 2, 16, digits, digits, character) &&
            invisible_is_one(*character))
            return 2 + digits;
    return 0;
}

/* &name; of HTML. */
static size_t take_entity(struct rest rest, uint32_t *character)
{
    const htmlEntityDesc *entity;
    char name[12];
    size_t len = 0;

    if (!begins(rest, "&"))
        return 0;
    while (len + 1 < sizeof(name) && 1 + len < rest.count &&
           rest.at[1 + len].character < 0x7F &&
           rest.at[1 + len].character > ' ' &&
           rest.at[1 + len].character != ';') {
        name[len] = (char)rest.at[1 + len].character;
        len++;
    }
    name[len] = '\0';
    if (1 + len >= rest.count || rest.at[1 + len].character != ';')
        return 0;
    entity = htmlEntityLookup((const xmlChar *)name);
    if (!entity && strcmp(name, "apos") != 0)
        return 0;
    *character = entity ? entity->value : '\'';
    return len + 2;
}

/* \n, \", \\ and so on. */
static size_t take_backslash(struct rest rest, uint32_t *character)
{
    static const char letters[] = "nrtbfv0\"'\\/";
    static const char meanings[] = "\n\r\t\b\f\v \"'\\/";
    uint32_t c = rest.count > 1 ? rest.at[1].character : 0;
    const char *found = c && c < 0x7F ? strchr(letters, (int)c) : NULL;

    if (!begins(rest, "\\") || !found)
        return 0;
    *character = (unsigned char)meanings[found - letters];
    return 2;
}

/* The second half of a character beyond U+FFFF, after its first half. */
static size_t take_second_half(struct rest rest, const struct form *forms,
                               size_t count, uint32_t *character)
{
    uint32_t second;
    size_t len = take_forms(rest, forms, count, &second);

    if (*character < 0xD800 || *character > 0xDBFF || len == 0 ||
        second < 0xDC00 || second > 0xDFFF)
        return 0;
    *character = 0x10000 + ((*character - 0xD800) << 10) + (second - 0xDC00);
    return len;
}

/* An escape that names a character. */
static size_t take_character(struct rest rest, uint32_t *character)
{
    static const struct form forms[] = {
        {"\\u{", 16, 1, 6, '}'}, {"\\x{", 16, 1, 6, '}'},
        {"\\U", 16, 8, 8, 0},    {"\\u", 16, 4, 4, 0},
        {"%u", 16, 4, 4, 0},     {"&#x", 16, 1, 6, ';'},
        {"&#X", 16, 1, 6, ';'},  {"&#", 10, 1, 7, ';'},
    };
    const size_t count = sizeof(forms) / sizeof(forms[0]);
    size_t len = take_forms(rest, forms, count, character);

    if (len > 0) {
        rest.at += len;
        rest.count -= len;
        return len + take_second_half(rest, forms, count, character);
    }
    len = take_shown(rest, character);
    if (len == 0)
        len = take_entity(rest, character);
    return len ? len : take_backslash(rest, character);
}

/* ---- escapes of a byte -------------------------------------------------- */

/* An escape that names a byte, or a character that was made of one. */
static size_t take_byte(struct rest rest, uint32_t *byte)
{
    static const struct form forms[] = {
        {"%", 16, 2, 2, 0},
        {"\\x", 16, 2, 2, 0},
        {"\\", 8, 3, 3, 0},
    };

    if (rest.at[0].character >= 0x80 && rest.at[0].character <= 0xFF) {
        *byte = rest.at[0].character;
        return 1;
    }
    return take_forms(rest, forms, sizeof(forms) / sizeof(forms[0]), byte);
}

/* How many bytes a character has, by its first one. */
static size_t size_of(uint32_t first)
{
    return first < 0xC2 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* Escaped bytes that are one character in UTF-8, or else in Latin-1. */
static size_t take_bytes(struct rest rest, uint32_t *character)
{
    char bytes[5] = "";
    const char *text = bytes;
    uint32_t byte;
    size_t first = take_byte(rest, &byte);
    size_t len = first;
    size_t size = first ? size_of(byte) : 0;

    if (first == 0)
        return 0;
    *character = byte;
    bytes[0] = (char)(byte & 0xFF);
    for (size_t i = 1; i < size; i++) {
        struct rest next = {rest.at + len, rest.count - len};
        size_t more = next.count > 0 ? take_byte(next, &byte) : 0;

        if (more == 0)
            return first;
        bytes[i] = (char)(byte & 0xFF);
        len += more;
    }
    if (size < 2 || !utf8_is_valid(bytes, size))
        return first;
    *character = utf8_take(&text);
    return len;
}

bool unescape_once(struct glyphs *to, const struct glyphs *from)
{
    bool any = false;

    to->count = 0;
    for (size_t i = 0; i < from->count;) {
        const struct rest rest = {from->all + i, from->count - i};
        uint32_t character = rest.at[0].character;
        size_t len = take_character(rest, &character);

        if (len == 0)
            len = take_bytes(rest, &character);
        any |= len > 1;
        if (len == 0)
            len = 1;
        put(to, character, rest.at[0].start, rest.at[len - 1].end);
        i += len;
    }
    return any;
}

/* ---- base64 ------------------------------------------------------------- */

/* The six bits of a digit of base64 or base64url; 64: it is none. */
static uint32_t bits_of(uint32_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : 64;
}

/* Puts the characters of decoded bytes: UTF-8, or else Latin-1. */
static void put_bytes(struct glyphs *to, const char *bytes, size_t len,
                      unsigned start, unsigned end)
{
    for (size_t i = 0; i < len;) {
        unsigned char byte = (unsigned char)bytes[i];
        size_t size = size_of(byte);
        const char *at = bytes + i;
        bool valid = i + size <= len && utf8_is_valid(at, size);

        put(to, valid ? utf8_take(&at) : byte, start, end);
        i += valid ? size : 1;
    }
    put(to, 0, start, end);
}

/* Decodes a piece of base64. */
static void decode(struct glyphs *to, struct rest piece, unsigned start,
                   unsigned end)
{
    char bytes[GLYPHS_MAX];
    size_t len = 0;
    uint32_t bits = 0;

    for (size_t i = 0; i < piece.count && len < sizeof(bytes); i++) {
        bits = bits << 6 | bits_of(piece.at[i].character);
        if (i % 4 != 0)
            bytes[len++] = (char)(bits >> (6 - 2 * (i % 4)) & 0xFF);
    }
    put_bytes(to, bytes, len, start, end);
}

bool unescape_base64(struct glyphs *to, const struct glyphs *from)
{
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        struct rest piece = {from->all + i, 0};

        while (i + piece.count < from->count &&
               bits_of(piece.at[piece.count].character) < 64)
            piece.count++;
        for (size_t skip = 0; skip < 4 && skip + MIN_BASE64 <= piece.count;
             skip++)
            decode(to, (struct rest){piece.at + skip, piece.count - skip},
                   piece.at[0].start, piece.at[piece.count - 1].end);
        i += piece.count;
    }
    return to->count > 0;
}
