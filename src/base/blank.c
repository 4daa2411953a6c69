#include "base/blank.h"

#include "base/invisible.h"
#include "base/utf8.h"

/* Most characters are: they need no table. */
static bool is_plain(char c)
{
    return c > ' ' && c < 0x7F;
}

size_t blank_at_start(const char *text, size_t len)
{
    const char *end = text + len;
    const char *at = text;
    const char *next = text;

    while (at < end && invisible_is_one(utf8_take(&next)))
        at = next;
    return (size_t)(at - text);
}

/* The character that ends at `end`, whose offset becomes *start. */
static uint32_t take_before(const char *text, size_t end, size_t *start)
{
    const char *next;

    *start = end - 1;
    while (*start > 0 && ((unsigned char)text[*start] & 0xC0) == 0x80)
        --*start;
    next = text + *start;
    return utf8_take(&next);
}

/* The offset of the modifiers that end at `end`. */
static size_t find_modifiers(const char *text, size_t end)
{
    size_t start;

    while (end > 0 && invisible_is_modifier(take_before(text, end, &start)))
        end = start;
    return end;
}

/* Can the character that ends at `end` be modified: is it visible and beyond
 * ASCII, such as an emoji? */
static bool is_modifiable(const char *text, size_t end)
{
    size_t start;
    uint32_t character = end > 0 ? take_before(text, end, &start) : 0;

    return character >= 0x80 && !invisible_is_one(character);
}

size_t blank_at_end(const char *text, size_t len)
{
    size_t left = len;

    while (left > 0) {
        size_t start = find_modifiers(text, left);

        if (start < left ? is_modifiable(text, start)
                         : !invisible_is_one(take_before(text, left, &start)))
            break;
        left = start;
    }
    return len - left;
}

size_t blank_trim(const char **text, size_t len)
{
    size_t left;

    if (len > 0 && is_plain((*text)[0]) && is_plain((*text)[len - 1]))
        return len;
    left = len - blank_at_start(*text, len);
    *text += len - left;
    return left - blank_at_end(*text, left);
}

uint32_t blank_find(const char *text)
{
    for (;;) {
        uint32_t character;

        while (is_plain(*text))
            text++;
        if (!*text)
            return 0;
        character = utf8_take(&text);
        if (invisible_is_one(character))
            return character;
    }
}
