#include "input/value.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/timestamp.h"
#include "base/utf8.h"
#include "input/suspicious.h"

#define DIGITS    "0123456789"
#define LIST_SIZE 200 /* a value set that fits is listed in the message */

static bool same_word(const char *a, const char *b)
{
    /* Most words differ in their first letter. */
    return ((*a ^ *b) & 0xDF) == 0 && strcasecmp(a, b) == 0;
}

static char *copy(char **room, const char *text, size_t len)
{
    char *start = *room;

    memcpy(start, text, len + 1);
    *room += len + 1;
    return start;
}

/* ---- numbers and Ids ------------------------------------------------------
 */

#define DAMAGE_SIZE 200

/* Groups of three digits, separated by one and the same character. */
static bool is_grouped(const char *text)
{
    size_t digits = strspn(text, DIGITS);
    const char *separator = text + digits;
    const char *next = separator;
    size_t len;

    if (digits < 1 || digits > 3 || !*next)
        return false;
    (void)utf8_take(&next);
    len = (size_t)(next - separator);
    if (len == 1 && !strchr(",.' _", *separator))
        return false;
    for (text = separator; *text; text += len + 3) {
        if (strncmp(text, separator, len) != 0 ||
            strspn(text + len, DIGITS) < 3)
            return false;
    }
    return true;
}

/* 123.0 or 123,00 */
static bool has_decimals(const char *text)
{
    text += strspn(text, DIGITS);
    return (*text == '.' || *text == ',') && text[1] &&
           text[1 + strspn(text + 1, "0")] == '\0';
}

/* Describes an invisible character in the text, after its column's name. */
static bool describe_invisible(const char *text, char what[DAMAGE_SIZE])
{
    uint32_t character = blank_find(text);

    if (character == 0)
        return false;
    if (blank_is_all(text, strlen(text)))
        (void)snprintf(what, DAMAGE_SIZE,
                       "contains only invisible characters (U+%04X); fill in "
                       "the cell",
                       (unsigned)character);
    else if (character == ' ')
        (void)snprintf(what, DAMAGE_SIZE,
                       "contains a space (U+0020); remove it");
    else
        (void)snprintf(what, DAMAGE_SIZE,
                       "contains an invisible character (U+%04X); remove it",
                       (unsigned)character);
    return true;
}

/* Describes a character such as a fullwidth digit or a long hyphen. */
static bool describe_lookalike(const char *text, char what[DAMAGE_SIZE])
{
    while (*text) {
        uint32_t character = utf8_take(&text);

        if (character < 0x80)
            continue;
        (void)snprintf(what, DAMAGE_SIZE,
                       "contains the character U+%04X, which is no plain "
                       "letter, digit or hyphen; replace it",
                       (unsigned)character);
        return true;
    }
    return false;
}

/* How a number or an Id was damaged, to be written after its column's name;
 * NULL: in no known way. */
static const char *find_damage(const char *text, char what[DAMAGE_SIZE])
{
    if (is_grouped(text))
        return "has thousands separators; format the column as text and "
               "create the file again";
    if (describe_invisible(text, what))
        return what;
    if (*text == '\'')
        return "begins with an apostrophe, by which spreadsheets mark text; "
               "remove it";
    if (suspicious_is_formula(text, strlen(text)))
        return "has the form =\"...\" of a spreadsheet; remove these "
               "characters";
    if (suspicious_is_exponent(text))
        return "looks like a number with an exponent, such as 9.1E+18, in "
               "which a spreadsheet loses the last digits; format the column "
               "as text and create the file again";
    if (has_decimals(text))
        return "has decimals (.0), so it was read as a number; create the file "
               "again with the column as text";
    if (strchr(text, '@'))
        return "is an e-mail address; replace it by the Id";
    if (suspicious_is_error(text, strlen(text)))
        return "is an error of a spreadsheet; correct the cell";
    if (suspicious_is_null(text, strlen(text)))
        return "is a word that programs write for an empty value; fill in the "
               "cell";
    if (*text == '"' || *text == '{')
        return "is in quotes or braces; remove them";
    return describe_lookalike(text, what) ? what : NULL;
}

static int refuse_long(const struct column *column, const char *text,
                       struct error *error)
{
    const char *code =
        column->use == COLUMN_KEY ? "InvalidId" : "InvalidNumber";
    const char *digits = text + (*text == '-');
    char room[DAMAGE_SIZE];
    const char *damage = find_damage(text, room);

    if (column->use == COLUMN_KEY && guid_is_one(text))
        return error_value(error, code, column->name,
                           "%s must be a whole number; this GUID is the Id of "
                           "a user of another service, so select that service "
                           "with --api",
                           column->name);
    if (damage)
        return error_value(error, code, column->name, "%s %s", column->name,
                           damage);
    if (digits[0] == '\0' || digits[strspn(digits, DIGITS)] != '\0')
        return error_value(error, code, column->name,
                           "%s must be a whole number: digits only, without "
                           "spaces, points or commas",
                           column->name);
    return error_value(
        error, code, column->name, "%s must be a whole number %s", column->name,
        column->use == COLUMN_KEY ? "from 1 to 9223372036854775807"
                                  : "of at most 64 bits");
}

void value_copy_guid(char copy[GUID_SIZE], const char *guid)
{
    for (unsigned i = 0; i < GUID_SIZE; i++)
        copy[i] = (char)tolower((unsigned char)guid[i]);
}

int value_check_guid(const struct column *column, const char *text,
                     struct error *error)
{
    char room[DAMAGE_SIZE];
    const char *damage;

    if (guid_is_one(text))
        return 0;
    damage = find_damage(text, room);
    if (damage)
        return error_value(
            error, column->use == COLUMN_KEY ? "InvalidId" : "InvalidGuid",
            column->name, "%s %s", column->name, damage);
    if (column->use == COLUMN_KEY && text[strspn(text, DIGITS)] == '\0')
        return error_value(
            error, "InvalidId", column->name,
            "%s must be a GUID; this number is the Id of a user of "
            "another service, so select that service with --api",
            column->name);
    return error_value(error,
                       column->use == COLUMN_KEY ? "InvalidId" : "InvalidGuid",
                       column->name,
                       "%s must be a GUID such as "
                       "4b10bf41-ab11-40e3-8c53-cd67849b50de",
                       column->name);
}

const char *value_parse_id(const struct column *column, const char *text,
                           char room[GUID_SIZE], struct error *error)
{
    int64_t number;

    if (*text == '\0') {
        error_value(error, "InvalidId", column->name, "%s is empty; fill it in",
                    column->name);
        return NULL;
    }
    if (column->type == COLUMN_GUID) {
        if (value_check_guid(column, text, error))
            return NULL;
        value_copy_guid(room, text);
        return room;
    }
    if (number_parse_long(text, &number) || number < 1) {
        refuse_long(column, text, error);
        return NULL;
    }
    return text + strspn(text, "0");
}

static int parse_long(const struct column *column, const char *text, size_t len,
                      char **room, const char **value, struct error *error)
{
    const char *end = text + len;
    int64_t number;
    char *start = *room;

    if (number_parse_long(text, &number))
        return refuse_long(column, text, error);
    if (number < 0)
        *(*room)++ = '-';
    text += *text == '-';
    text += strspn(text, "0");
    if (number == 0)
        text = end - 1; /* the last zero */
    copy(room, text, (size_t)(end - text));
    *value = start;
    return 0;
}

static int parse_boolean(const struct column *column, const char *text,
                         const char **value, struct error *error)
{
    if (same_word(text, "true") || strcmp(text, "1") == 0)
        *value = "true";
    else if (same_word(text, "false") || strcmp(text, "0") == 0)
        *value = "false";
    else
        return error_value(error, "InvalidBoolean", column->name,
                           "%s must be true or false (or 1 or 0)",
                           column->name);
    return 0;
}

/* Writes "Html, Text" into list; -1 if the set does not fit. */
static int list_set(const char *const *set, char list[LIST_SIZE])
{
    size_t used = 0;
    size_t len;

    for (; *set; set++) {
        len = strlen(*set);
        if (used + len + 3 > LIST_SIZE)
            return -1;
        memcpy(list + used, *set, len);
        memcpy(list + used + len, set[1] ? ", " : "", set[1] ? 3 : 1);
        used += len + 2;
    }
    return 0;
}

static int refuse_word(const struct column *column, const char *text,
                       struct error *error)
{
    struct suggestion suggestion;
    char list[LIST_SIZE];

    suggest_init(&suggestion, text);
    for (size_t i = 0; column->set[i]; i++)
        suggest_offer(&suggestion, column->set[i]);
    if (suggestion.name)
        return error_value(error, "InvalidValue", column->name,
                           "this value of %s is not allowed; did you mean %s?",
                           column->name, suggestion.name);
    if (list_set(column->set, list) == 0)
        return error_value(
            error, "InvalidValue", column->name,
            "this value of %s is not allowed; the allowed values are: %s",
            column->name, list);
    return error_value(error, "InvalidValue", column->name,
                       "this value of %s is not allowed; the value set %s has "
                       "values such as "
                       "%s",
                       column->name, column->set_name, column->set[0]);
}

static int parse_word(const struct column *column, const char *text,
                      const char **value, struct error *error)
{
    for (size_t i = 0; column->set[i]; i++) {
        if (same_word(text, column->set[i])) {
            *value = column->set[i];
            if (column->empty && strcmp(*value, column->empty) == 0)
                *value = NULL;
            return 0;
        }
    }
    return refuse_word(column, text, error);
}

/* Base64 by RFC 4648, section 4, with its padding. */
static bool is_base64(const char *text, size_t len)
{
    size_t letters =
        strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                     "0123456789+/");
    size_t padding = strspn(text + letters, "=");

    return len % 4 == 0 && padding <= 2 && letters + padding == len;
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Sent in uppercase, as the service lists them. */
static int parse_letters2(const struct column *column, const char *text,
                          size_t len, char **room, const char **value,
                          struct error *error)
{
    char *start = *room;

    if (len != 2 || !is_letter(text[0]) || !is_letter(text[1]))
        return error_value(error, "InvalidValue", column->name,
                           "%s must be a code of two letters, such as US",
                           column->name);
    *value = copy(room, text, len);
    start[0] &= (char)~0x20;
    start[1] &= (char)~0x20;
    return 0;
}

static int check_length(const struct column *column, const char *text,
                        size_t len, struct error *error)
{
    size_t units;

    /* A character has at least as many bytes as UTF-16 units. */
    if (column->min_length == 0 &&
        (column->max_length == 0 || len <= column->max_length))
        return 0;
    units = utf8_utf16_length(text, len);
    if (column->max_length > 0 && units > column->max_length)
        return error_value(error, "ValueTooLong", column->name,
                           "the length of %s is %zu; the maximum is %u",
                           column->name, units, column->max_length);
    if (units < column->min_length)
        return error_value(error, "ValueTooShort", column->name,
                           "the length of %s is %zu; the minimum is %u",
                           column->name, units, column->min_length);
    return 0;
}

static int parse_string(const struct column *column, const char *text,
                        size_t len, char **room, const char **value,
                        struct error *error)
{
    if (column->letters2)
        return parse_letters2(column, text, len, room, value, error);
    if (check_length(column, text, len, error))
        return -1;
    if (column->use == COLUMN_WRITE && *text == '*' &&
        text[strspn(text, "*")] == '\0')
        return error_value(error, "InvalidValue", column->name,
                           "%s consists of asterisks, with which the service "
                           "masks a value; leave the cell empty to keep the "
                           "user's value",
                           column->name);
    *value = copy(room, text, len);
    return 0;
}

int value_parse(const struct column *column, const char *text, size_t len,
                char **room, const char **value, struct error *error)
{
    struct timestamp instant;

    switch (column->type) {
    case COLUMN_LONG:
        return parse_long(column, text, len, room, value, error);
    case COLUMN_BOOLEAN:
        return parse_boolean(column, text, value, error);
    case COLUMN_ENUM:
        return parse_word(column, text, value, error);
    case COLUMN_STRING:
        return parse_string(column, text, len, room, value, error);
    case COLUMN_BASE64:
        if (!is_base64(text, len))
            return error_value(
                error, "InvalidBase64", column->name,
                "%s must be base64 exactly as the service returned "
                "it; the cell was truncated or changed",
                column->name);
        break;
    case COLUMN_GUID:
        if (value_check_guid(column, text, error))
            return -1;
        break;
    case COLUMN_TIME:
        if (timestamp_parse(text, &instant))
            return error_value(
                error, "InvalidTime", column->name,
                "%s must be a time such as 2026-01-02T03:04:05Z; "
                "a spreadsheet may have changed its format",
                column->name);
        break;
    }
    *value = copy(room, text, len);
    return 0;
}

int value_check_carried(const struct service *service,
                        const struct column *column, const char *value,
                        struct error *error)
{
    if (column->use != COLUMN_WRITE || !value || !service->can_carry ||
        service->can_carry(value))
        return 0;
    return error_value(error, "InvalidValue", column->name,
                       "%s contains a control character or another code point "
                       "that %s cannot carry; remove it",
                       column->name, service->title);
}
