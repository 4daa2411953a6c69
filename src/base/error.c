#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

int error_note_write(struct error *error, int number)
{
    size_t len = strlen(error->text);

    error->disk_full = number == ENOSPC || number == EDQUOT;
    if (number == EFBIG)
        (void)snprintf(error->text + len, sizeof(error->text) - len,
                       "; raise the limit of the size of files (ulimit -f, or "
                       "LimitFSIZE= of systemd), or use a file system for "
                       "larger files");
    return -1;
}

int error_memory(struct error *error)
{
    return error_set(error, ERROR_LOCAL, "out of memory");
}
