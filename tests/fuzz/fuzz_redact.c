/*
 * Messages of a service from which a value is removed: the result can be
 * printed, and does not contain the value, except as a part of a public word.
 *
 * The input is a line with the value, and the message.
 */
#include "fuzz.h"

#include <ctype.h>

#include "base/redact_text.h"
#include "base/vocabulary.h"

#define MIN_VALUE 4 /* a shorter value may stay */

static bool is_public(const void *unused, const char *word)
{
    (void)unused;
    return vocabulary_has(word);
}

/* Letters and digits of ASCII that can be no part of a GUID. */
static bool is_searched(const char *value)
{
    bool other = false;

    for (const char *at = value; *at; at++) {
        if (!isalnum((unsigned char)*at))
            return false;
        other |= !isxdigit((unsigned char)*at);
    }
    return other && strlen(value) >= MIN_VALUE;
}

/* Is the occurrence in a longer word that is public? */
static bool is_in_public_word(const char *text, const char *at)
{
    char word[REDACT_TEXT_SIZE];
    const char *start = at;
    size_t len = 0;

    while (start > text && isalnum((unsigned char)start[-1]))
        start--;
    for (; isalnum((unsigned char)start[len]); len++)
        word[len] = (char)tolower((unsigned char)start[len]);
    word[len] = '\0';
    return vocabulary_has(word);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct public_words public = {is_public, NULL};
    struct bytes input = {(const char *)data, size};
    char value[128], message[2048], text[REDACT_TEXT_SIZE];
    const char *const values[] = {value};
    bool truncated;

    take_line(&input, value, sizeof(value));
    size = input.len < sizeof(message) - 1 ? input.len : sizeof(message) - 1;
    if (size > 0)
        memcpy(message, input.data, size);
    message[size] = '\0';
    truncated = utf8_clean(text, sizeof(text), message);
    MUST(redact_text(text, truncated, values, *value != '\0', &public) == 0);
    MUST(strlen(text) < sizeof(text));
    must_be_printable(text);
    if (!is_searched(value))
        return 0;
    for (const char *at = text; (at = strstr(at, value)); at++)
        MUST(is_in_public_word(text, at));
    return 0;
}
