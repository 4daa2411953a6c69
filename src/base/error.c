#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

__attribute__((format(printf, 5, 0))) static void fill(
    struct error *error, enum error_kind kind, const char *code,
    const char *field, const char *format, va_list args)
{
    char text[sizeof(error->text)];
    int len;

    error->kind = kind;
    error->code = code;
    error->field = field;
    error->option = NULL;
    error->disk_full = false;
    len = vsnprintf(text, sizeof(text), format, args);
    if (len >= (int)sizeof(text))
        utf8_trim(text, sizeof(text) - 1);
    /* Names of files, for example, may contain control characters. */
    (void)utf8_clean(error->text, sizeof(error->text), text);
}

int error_set(struct error *error, enum error_kind kind, const char *format,
              ...)
{
    va_list args;

    va_start(args, format);
    fill(error, kind, NULL, NULL, format, args);
    va_end(args);
    return -1;
}

int error_value(struct error *error, const char *code, const char *field,
                const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fill(error, ERROR_VALUE, code, field, format, args);
    va_end(args);
    return -1;
}

bool error_is_disk_full(int number)
{
    return number == ENOSPC || number == EDQUOT;
}

int error_memory(struct error *error)
{
    return error_set(error, ERROR_LOCAL, "out of memory");
}
