#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Takes the end of a text that was cut back to a whole UTF-8 character. */
static void trim_to_character(char *text, size_t len)
{
    size_t start = len;
    size_t need;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    start--;
    switch ((unsigned char)text[start] >> 4) {
    case 0xF:
        need = 4;
        break;
    case 0xE:
        need = 3;
        break;
    case 0xD:
    case 0xC:
        need = 2;
        break;
    default:
        need = 1;
        break;
    }
    if (len - start < need)
        text[start] = '\0';
}

static void fill(struct error *error, enum error_kind kind, const char *code,
                 const char *field, const char *format, va_list args)
{
    int len;

    error->kind = kind;
    error->code = code;
    error->field = field;
    len = vsnprintf(error->text, sizeof(error->text), format, args);
    if (len >= (int)sizeof(error->text))
        trim_to_character(error->text, sizeof(error->text) - 1);
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

int error_memory(struct error *error)
{
    return error_set(error, ERROR_LOCAL, "out of memory");
}
