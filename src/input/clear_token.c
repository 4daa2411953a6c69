#include "input/clear_token.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/invisible.h"
#include "base/suggest.h"
#include "base/utf8.h"

/* A longer clear token is also recognized with one wrong letter. */
#define LONG_TOKEN 10

/* Differs from the clear token only in letter case or by invisible characters.
 */
static bool is_same_but_hidden(const char *text, const char *token)
{
    while (*text) {
        const char *at = text;
        bool is_hidden = invisible_is_one(utf8_take(&text));
        size_t len = (size_t)(text - at);

        if (strncasecmp(at, token, len) == 0)
            token += len;
        else if (!is_hidden)
            return false;
    }
    return *token == '\0';
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

/* Has the letters of the clear token, which has several, in their order. */
static bool has_its_letters(const char *text, const char *token)
{
    for (unsigned count = 0;; count++) {
        uint32_t letter = take_letter(&token);

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

/* Most texts do not begin as the token does: spares a closer look. */
static bool begins_differently(const char *text, const char *token)
{
    char letter = first_letter(text);

    return letter > 0 && isalnum((unsigned char)*token) &&
           ((letter ^ *token) & ~('a' ^ 'A')) != 0;
}

/* It was meant to clear the value, and must not be written to the user. */
static bool resembles(const char *text, size_t len, const char *token)
{
    if (begins_differently(text, token))
        return false;
    return is_same_but_hidden(text, token) || has_its_letters(text, token) ||
           (strlen(token) >= LONG_TOKEN && len <= strlen(token) + 1 &&
            *text == *token && suggest_distance(text, token) <= 1);
}

static int refuse(const char *token, const struct column *column,
                  const char *text, struct error *error)
{
    uint32_t hidden = blank_find(text);
    char what[48] = "";

    if (hidden)
        (void)snprintf(what, sizeof(what),
                       hidden == ' ' ? ", with a space (U+%04X)"
                                     : ", with an invisible U+%04X",
                       (unsigned)hidden);
    return error_value(error, "InvalidValue", column->name,
                       "%s resembles the word that clears a value%s; write "
                       "exactly %s, or choose another word with --clear-token",
                       column->name, what, token);
}

int clear_token_check(const char *token, const struct column *column,
                      const char *text, size_t len, struct error *error)
{
    if (blank_is_all(text, len))
        return error_value(error, "InvalidValue", column->name,
                           "%s contains only invisible characters (U+%04X); "
                           "empty the cell, or fill it in",
                           column->name, (unsigned)blank_find(text));
    return resembles(text, len, token) ? refuse(token, column, text, error) : 0;
}
