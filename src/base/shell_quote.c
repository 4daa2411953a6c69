#include "base/shell_quote.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* '=' needs quotes only in a command's name, which would become an assignment.
 */
static bool is_plain(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:@_=";

    return *word && word[strspn(word, plain)] == '\0' &&
           (strncmp(word, "--", 2) == 0 || !strchr(word, '='));
}

void shell_quote(char *text, size_t size, const char *word)
{
    static const char quote[] = "'\\''"; /* ends, quotes a quote, begins */

    if (size < SHELL_QUOTE_SIZE(strlen(word))) {
        (void)snprintf(text, size, "...");
        return;
    }
    if (is_plain(word)) {
        (void)snprintf(text, size, "%s", word);
        return;
    }
    *text++ = '\'';
    for (; *word; word++) {
        if (*word == '\'') {
            memcpy(text, quote, sizeof(quote) - 1);
            text += sizeof(quote) - 1;
        } else {
            *text++ = *word;
        }
    }
    *text++ = '\'';
    *text = '\0';
}
