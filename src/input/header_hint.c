#include "input/header_hint.h"

#include <inttypes.h>
#include <string.h>

#include "base/guid.h"
#include "base/shell_quote.h"
#include "input/column_name.h"
#include "input/delimiter.h"

#define DIGITS "0123456789"

/* Can people see the character and give it to --delimiter? */
static bool may_delimit(char byte)
{
    return byte == '\t' || (byte >= ' ' && byte < 0x7F &&
                            !strchr("\"_." DIGITS "abcdefghijklmnopqrstuvwxyz"
                                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                                    byte));
}

/* The delimiter that the header, which is a single name, probably has; NUL:
 * unknown. */
static char likely_delimiter(const struct header *header,
                             const struct field *field)
{
    char given = header->rules->delimiter;

    for (const char *at = field->text; *at; at++) {
        if (may_delimit(*at) &&
            delimiter_names_key(header, field->text, field->len, *at))
            return *at;
    }
    for (const char *at = DELIMITERS; given && *at; at++) {
        if (*at != given && strchr(field->text, *at))
            return *at;
    }
    return '\0';
}

static int refuse_delimiter(const struct header *header, const char *input_name,
                            const struct field *field, struct error *error)
{
    char delimiter = likely_delimiter(header, field);
    char shown[COLUMN_NAME_SHOWN], quoted[SHELL_QUOTE_SIZE(1)];

    if (!delimiter)
        return 0;
    if (header->searched && strchr(DELIMITERS, delimiter))
        return error_set(error, ERROR_INPUT,
                         "%s: header: the whole line is in quotes, so it is a "
                         "single cell; remove the quotes around the lines, or "
                         "export the file again",
                         input_name);
    shell_quote(quoted, sizeof(quoted), (const char[]){delimiter, '\0'});
    return error_set(
        error, ERROR_INPUT,
        "%s: header: there is only one column, \"%s\"; if the file has another "
        "separator, use --delimiter %s",
        input_name,
        column_name_show(shown, column_name_trim(field->text, field->len)),
        delimiter == '\t' ? "tab" : quoted);
}

/* No name consists of digits or contains an @. */
static bool is_value(const struct field *field)
{
    return guid_is_one(field->text) || strchr(field->text, '@') ||
           (field->len > 0 && field->text[strspn(field->text, DIGITS)] == '\0');
}

int header_hint_refuse(const struct header *header, const char *input_name,
                       const struct record *record, struct error *error)
{
    if (header->key_line > 0)
        return error_set(error, ERROR_INPUT,
                         "%s: line %" PRIu64 " names no column, but line "
                         "%" PRIu64 " names the Id; skip the lines before it "
                         "with --skip-lines %" PRIu64,
                         input_name, record->line, header->key_line,
                         header->key_line - 1);
    if (record->count == 1 &&
        refuse_delimiter(header, input_name, record->fields, error))
        return -1;
    for (size_t i = 0; i < record->count; i++) {
        if (is_value(&record->fields[i]))
            return error_set(error, ERROR_INPUT,
                             "%s: header, column %zu: this is a value, not the "
                             "name of a column; the first row must name the "
                             "columns",
                             input_name, i + 1);
    }
    return 0;
}

/* Does any name mean a column that an update sets? */
static bool sets_any(const struct header *header, const struct record *record)
{
    const struct service *service = header->rules->service;

    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];
        unsigned column = header_find(header, field->text, field->len);

        if (column < service->column_count &&
            service->columns[column].use == COLUMN_WRITE)
            return true;
    }
    return false;
}

static bool has_name(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];

        if (column_name_is(column_name_trim(field->text, field->len), name))
            return true;
    }
    return false;
}

int header_hint_refuse_result(const struct header *header,
                              const char *input_name,
                              const struct record *record, struct error *error)
{
    if (header->rules->ids_only || !has_name(record, "Status") ||
        !has_name(record, "Retryable") || !has_name(record, "TrackingId") ||
        sets_any(header, record))
        return 0;
    return error_set(error, ERROR_INPUT,
                     "%s: header: this is a result of bauser-batch, without a "
                     "column that can be set; perhaps INPUT and OUTPUT are "
                     "swapped",
                     input_name);
}
