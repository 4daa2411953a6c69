#include "base/json_survey.h"

#include <string.h>

#include "base/json_limits.h"

static void note(struct json_survey *survey, const char *place, const char *why)
{
    if (survey->why)
        return;
    survey->why = why;
    survey->place = place;
}

static const char *skip_digits(const char *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return text;
}

/* The end of a number as RFC 8259 defines it, or NULL: cJSON accepts more. */
static const char *number_end(const char *text)
{
    const char *digits;

    if (*text == '-')
        text++;
    digits = text;
    text = skip_digits(text);
    if (text == digits || (*digits == '0' && text - digits > 1))
        return NULL;
    if (*text == '.') {
        digits = ++text;
        text = skip_digits(text);
        if (text == digits)
            return NULL;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '+' || *text == '-')
            text++;
        digits = text;
        text = skip_digits(text);
        if (text == digits)
            return NULL;
    }
    return text;
}

static bool starts_number(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

static const char *survey_number(const char *text, struct json_survey *survey)
{
    const char *end = number_end(text);

    if (!survey->number)
        survey->number = text;
    if (end && end - text > JSON_MAX_NUMBER)
        note(survey, text, "a number that is too long");
    if (end)
        return end;
    note(survey, text, "an invalid number");
    return text + strspn(text, "0123456789+-.eE");
}

/* The code unit that an escape stands for; 0 if it is not "\\uXXXX". */
static unsigned code_unit(const char *escape)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    unsigned unit = 0;

    if (strncmp(escape, "\\u", 2) != 0)
        return 0;
    for (unsigned i = 2; i < 6; i++) {
        const char *digit = escape[i] ? strchr(digits, escape[i]) : NULL;

        if (!digit)
            return 0;
        unit = unit * 16 + (unsigned)(digit - digits) % 16;
    }
    return unit;
}

/* Half a character of two code units (RFC 8259, section 7). */
static bool is_half(unsigned unit, unsigned first)
{
    return unit >= first && unit < first + 0x400;
}

/* Returns the last byte of the escape at a backslash. cJSON reads "\\u0000" as
 * the string's end, and "\\u" without four digits as "\\u0000". */
static const char *survey_escape(const char *text, struct json_survey *survey)
{
    unsigned unit = code_unit(text);

    if (text[1] != 'u')
        return text[1] ? text + 1 : text;
    if (unit == 0) {
        note(survey, text, "a string that is invalid or contains a NUL");
        return text + 1;
    }
    if (is_half(unit, 0xD800) && is_half(code_unit(text + 6), 0xDC00))
        return text + 11;
    if (is_half(unit, 0xD800) || is_half(unit, 0xDC00))
        note(survey, text, "half of a character (a lone surrogate)");
    return text + 5;
}

/* The bytes of a string that need an escape: those below a space, the quote and
 * the backslash. */
static const bool special[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,         1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['"'] = 1, ['\\'] = 1};

const char *json_find_special(const char *text)
{
    while (!special[(unsigned char)*text])
        text++;
    return text;
}

/* Returns the end of a string, whose first quote is before text; the end of
 * the text if it is not closed, which cJSON finds as well. */
static const char *survey_string(const char *text, struct json_survey *survey)
{
    for (;; text++) {
        text = json_find_special(text);
        if (*text == '"')
            return text + 1;
        if (*text == '\\')
            text = survey_escape(text, survey);
        else if (*text)
            note(survey, text, "a control character");
        if (!*text) {
            survey->unclosed = true;
            return text;
        }
    }
}

/* Counts values: a comma or an opening bracket comes before each value but the
 * first, or before its name. */
static const char *survey_byte(const char *text, struct json_survey *survey)
{
    switch (*text) {
    case '{':
    case '[':
        survey->values++;
        if (++survey->depth > JSON_MAX_DEPTH)
            note(survey, text, "nested too deeply");
        break;
    case '}':
    case ']':
        survey->depth--;
        break;
    case ',':
        survey->values++;
        break;
    default:
        if ((unsigned char)*text < ' ' && !strchr("\t\r\n", *text))
            note(survey, text, "a control character");
    }
    return text + 1;
}

struct json_survey json_survey_text(const char *text)
{
    struct json_survey survey = {.values = 1};

    while (*text) {
        if (*text == '"')
            text = survey_string(text + 1, &survey);
        else if (starts_number(*text))
            text = survey_number(text, &survey);
        else
            text = survey_byte(text, &survey);
    }
    return survey;
}

bool json_survey_is_whole(const struct json_survey *survey, const char *text,
                          size_t len)
{
    static const char mark[] = "\xEF\xBB\xBF", spaces[] = " \t\r\n";

    if (strlen(text) != len || survey->unclosed || survey->depth != 0)
        return false;
    if (strncmp(text, mark, strlen(mark)) == 0)
        text += strlen(mark);
    text += strspn(text, spaces);
    return *text == '{' || *text == '[';
}

const char *json_survey_next_number(const char *text, size_t *len)
{
    struct json_survey ignored = {.why = NULL};

    while (!starts_number(*text))
        text = *text == '"' ? survey_string(text + 1, &ignored) : text + 1;
    *len = (size_t)(number_end(text) - text);
    return text;
}
