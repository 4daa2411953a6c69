#include "cli/problem_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ONE_SIZE 1000 /* bytes of a problem; a longer one is truncated */

void problem_list_init(struct problem_list *list)
{
    *list = (struct problem_list){.count = 0};
}

void problem_list_add(struct problem_list *list, const char *format, ...)
{
    const char *separator = list->len > 0 ? "; " : "";
    char one[ONE_SIZE];
    va_list args;
    int len;

    va_start(args, format);
    (void)vsnprintf(one, sizeof(one), format, args);
    va_end(args);
    list->count++;
    len = snprintf(list->text + list->len, sizeof(list->text) - list->len,
                   "%s%s", separator, one);
    if (len >= 0 && (size_t)len < sizeof(list->text) - list->len) {
        list->len += (size_t)len;
        return;
    }
    list->text[list->len] = '\0';
    list->unlisted++;
}

int problem_list_check(const struct problem_list *list, struct error *error)
{
    if (list->count == 0)
        return 0;
    if (list->unlisted == 0)
        return error_set(error, ERROR_USAGE, "%s", list->text);
    return error_set(error, ERROR_USAGE, "%s; and %u more %s", list->text,
                     list->unlisted,
                     list->unlisted == 1 ? "problem" : "problems");
}
