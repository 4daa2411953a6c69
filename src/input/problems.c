#include "input/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BRIEF_SIZE 400 /* a longer problem is truncated */

void problems_add(struct problems *problems, const struct error *only,
                  const char *format, ...)
{
    char brief[BRIEF_SIZE];
    va_list args;
    size_t len;

    if (problems->count++ == 0)
        problems->only = *only;
    va_start(args, format);
    (void)vsnprintf(brief, sizeof(brief), format, args);
    va_end(args);
    len = strlen(brief);
    if (problems->len + len + 3 > sizeof(problems->list)) {
        problems->unlisted++;
        return;
    }
    if (problems->len > 0) {
        memcpy(problems->list + problems->len, "; ", 2);
        problems->len += 2;
    }
    memcpy(problems->list + problems->len, brief, len + 1);
    problems->len += len;
}

int problems_refuse(const struct problems *problems, const char *input,
                    struct error *error)
{
    char more[32] = "";

    if (problems->count == 1) {
        *error = problems->only;
        return -1;
    }
    if (problems->unlisted > 0)
        (void)snprintf(more, sizeof(more), "; and %u more", problems->unlisted);
    return error_set(error, ERROR_INPUT, "%s: header: %u problems: %s%s%s",
                     input, problems->count, problems->list, more,
                     problems->unknown
                         ? ". Rename columns with --map 'NAME=COLUMN', ignore "
                           "them with --ignore NAME, or all unknown ones with "
                           "--ignore-unknown"
                         : "");
}
