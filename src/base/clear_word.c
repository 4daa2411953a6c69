#include "base/clear_word.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/invisible.h"
#include "base/suggest.h"
#include "base/utf8.h"

/* A longer clear word is also recognized with one wrong letter. */
#define LONG_WORD 10

/* Differs from the clear word only in letter case or by invisible characters.
 */
static bool is_same_but_hidden(const char *text, const char *word)
{
    while (*text) {
        const char *at = text;
        bool is_hidden = invisible_is_one(utf8_take(&text));
        size_t len = (size_t)(text - at);

        if (strncasecmp(at, word, len) == 0)
            word += len;
        else if (!is_hidden)
            return false;
    }
    return *word == '\0';
}

/* The next letter or digit, in lowercase if it is plain; 0: there is none. */
static uint32_t take_letter(const char **text)
{
    while (**text) {
        uint32_t character = utf8_take(text);

        if (character < 0x80 ? isalnum((int)character)
                             : !invisible_is_one(character))
            return character < 0x80 ? (uint32_t)tolower((int)character)
                                    : character;
    }
    return 0;
}

/* Has the letters of the clear word, which has several, in their order. */
static bool has_its_letters(const char *text, const char *word)
{
    for (unsigned count = 0;; count++) {
        uint32_t letter = take_letter(&word);

        if (letter != take_letter(&text))
            return false;
        if (letter == 0)
            return count > 4;
    }
}

/* The first byte that is a letter or a digit, or no ASCII; NUL: there is none.
 */
static char first_letter(const char *text)
{
    while (*text > 0 && !isalnum((unsigned char)*text))
        text++;
    return *text;
}

/* Most texts do not begin as the word does: spares a closer look. */
static bool begins_differently(const char *text, const char *word)
{
    char letter = first_letter(text);

    return letter > 0 && isalnum((unsigned char)*word) &&
           ((letter ^ *word) & ~('a' ^ 'A')) != 0;
}

bool clear_word_is_like(const char *word, const char *text)
{
    if (begins_differently(text, word))
        return false;
    return is_same_but_hidden(text, word) || has_its_letters(text, word) ||
           (strlen(word) >= LONG_WORD && strlen(text) <= strlen(word) + 1 &&
            *text == *word && suggest_distance(text, word) <= 1);
}

bool clear_word_allows(const char *word, const char *text)
{
    return !blank_is_all(text, strlen(text)) && !clear_word_is_like(word, text);
}
