#include "base/blank.h"

#include "base/invisible.h"
#include "base/utf8.h"

size_t blank_at_start(const char *text, size_t len)
{
    const char *end = text + len;
    const char *at = text;
    const char *next = text;

    while (at < end && invisible_is_one(utf8_take(&next)))
        at = next;
    return (size_t)(at - text);
}

bool blank_is_all(const char *text, size_t len)
{
    /* Most texts begin with a letter or a digit. */
    return (*text <= ' ' || *text >= 0x7F) && blank_at_start(text, len) == len;
}

size_t blank_at_end(const char *text, size_t len)
{
    size_t left = len;

    while (left > 0) {
        size_t start = left - 1;
        const char *next;
        uint32_t character;

        while (start > 0 && ((unsigned char)text[start] & 0xC0) == 0x80)
            start--;
        next = text + start;
        character = utf8_take(&next);
        if (!invisible_is_one(character) || invisible_is_modifier(character))
            break;
        left = start;
    }
    return len - left;
}

uint32_t blank_find(const char *text)
{
    while (*text) {
        uint32_t character = utf8_take(&text);

        if (invisible_is_one(character))
            return character;
    }
    return 0;
}
