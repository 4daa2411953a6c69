#include "base/redact_text.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"

#define REDACT_MIN 3 /* bytes of the shortest value that is redacted */

/* Replaces the beginning of a value at the end of the text. */
static void redact_end(char *text, const char *value, size_t len)
{
    size_t end = strlen(text);
    size_t most = len - 1 < end ? len - 1 : end;

    for (size_t part = most; part >= REDACT_MIN; part--) {
        if (memcmp(text + end - part, value, part) != 0)
            continue;
        memcpy(text + end - part, "***", sizeof("***"));
        return;
    }
}

void redact_text(char *text, bool truncated, const char *value)
{
    char shown[REDACT_TEXT_SIZE]; /* as utf8_clean() has written it */
    char *found = text;
    size_t len;

    assert(strlen(text) < REDACT_TEXT_SIZE);
    (void)utf8_clean(shown, sizeof(shown), value);
    len = strlen(shown);
    if (len < REDACT_MIN)
        return;
    while ((found = strstr(found, shown))) {
        memset(found, '*', 3);
        memmove(found + 3, found + len, strlen(found + len) + 1);
        found += 3;
    }
    if (truncated)
        redact_end(text, shown, len);
}
