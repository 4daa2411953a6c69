#include "input/suspicious.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/invisible.h"
#include "base/utf8.h"
#include "input/misread.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define DIGITS       "0123456789"
#define REPLACEMENT  "\xEF\xBF\xBD" /* U+FFFD */

/* ---- forms of damaged values --------------------------------------------- */

/* A value without the invisible characters around it. */
struct core {
    const char *text;
    size_t len;
};

static struct core find_core(const char *text, size_t len)
{
    len = blank_trim(&text, len);
    return (struct core){text, len};
}

#define CORE(text)                                                             \
    {                                                                          \
        (text), sizeof(text) - 1                                               \
    }

static bool is_same(struct core core, struct core other)
{
    return core.len == other.len &&
           memcmp(core.text, other.text, core.len) == 0;
}

/* Errors of Excel in its languages, and of LibreOffice and Google Sheets, that
 * do not end with '!' or '?'. */
static const char *const errors[] = {
    "#N/A",
    "#NV",
    "#N/D",
    "#N/B",
    "#N/V",
    "#I/T",
    "#Н/Д",
    "#Δ/Υ",
    "#YOK",
    "#SAKNAS",
    "#PUUTTUU",
    "#HIÁNYZIK",
    "#NENÍ_K_DISPOZICI",
    "#NEDOSTUPNÝ",
    "#NIEDOSTUPNY",
    "#BRAK",
    "#REF",
    "#VALUE",
    "#DIV/0",
    "#NULL",
    "#GETTING_DATA",
    "#DATEN_ABRUFEN",
    "#CHARGEMENT_DONNEES",
    "#OBTENIENDO_DATOS",
    "#RECUPERO_DATI",
    NULL,
};

static bool is_listed_error(struct core core)
{
    for (size_t i = 0; errors[i]; i++) {
        if (strlen(errors[i]) == core.len &&
            strncasecmp(errors[i], core.text, core.len) == 0)
            return true;
    }
    return false;
}

/* #REF! #NAME? #DIV/0! #WERT! #¡VALOR! #ЗНАЧ! #スピル! ...: one word in
 * uppercase, or in a script without case. */
static bool is_marked_error(struct core core)
{
    char last = core.text[core.len - 1];

    return core.len > 2 && (last == '!' || last == '?') &&
           strcspn(core.text, " abcdefghijklmnopqrstuvwxyz") >= core.len;
}

/* LibreOffice: Err:502. Programs that read #N/A from Excel: Error 2042. */
static bool is_numbered_error(struct core core)
{
    return (core.len == 7 && strncmp(core.text, "Err:", 4) == 0 &&
            strspn(core.text + 4, DIGITS) >= 3) ||
           (core.len == 10 && strncmp(core.text, "Error 20", 8) == 0 &&
            strspn(core.text + 8, DIGITS) >= 2);
}

static bool is_error(struct core core)
{
    if (*core.text != '#')
        return is_numbered_error(core);
    return is_listed_error(core) || is_marked_error(core) ||
           /* a column that was too narrow */
           (core.len > 1 && strspn(core.text, "#") >= core.len);
}

bool suspicious_is_error(const char *text, size_t len)
{
    return is_error(find_core(text, len));
}

static bool is_listed(const struct core words[], size_t count, struct core core)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same(core, words[i]))
            return true;
    }
    return false;
}

/* Words that may also be a name: people are called Null. */
static bool is_null_word(struct core core)
{
    static const struct core words[] = {
        CORE("NULL"), CORE("null"), CORE("nan"),
        CORE("NaN"),  CORE("N/A"),  CORE("undefined"),
    };

    return is_listed(words, COUNT(words), core);
}

/* Nobody is called so. */
static bool is_null_mark(struct core core)
{
    static const struct core marks[] = {
        CORE("(null)"), CORE("(NULL)"), CORE("<null>"),
        CORE("<NULL>"), CORE("[null]"), CORE("[NULL]"),
        CORE("<nil>"),  CORE("<NA>"),   CORE("\\N"),
    };

    return is_listed(marks, COUNT(marks), core);
}

bool suspicious_is_null(const char *text, size_t len)
{
    struct core core = find_core(text, len);

    return is_null_word(core) || is_null_mark(core);
}

/* What programs write for a value that is a list or an object. */
static bool is_object(struct core core)
{
    static const struct core objects[] = {
        CORE("[object Object]"),
        CORE("System.Object[]"),
        CORE("System.String[]"),
    };

    return is_listed(objects, COUNT(objects), core);
}

/* Moves *text behind the digits. Returns their number. */
static size_t skip_digits(const char **text)
{
    size_t count = strspn(*text, DIGITS);

    *text += count;
    return count;
}

static bool is_exponent(struct core core)
{
    const char *text = core.text;

    text += *text == '-' || *text == '+';
    if (skip_digits(&text) == 0)
        return false;
    if (*text == '.' || *text == ',') {
        text++;
        (void)skip_digits(&text);
    }
    if (*text != 'e' && *text != 'E')
        return false;
    text++;
    text += *text == '-' || *text == '+';
    return skip_digits(&text) > 0 && text == core.text + core.len;
}

bool suspicious_is_exponent(const char *text)
{
    return is_exponent((struct core){text, strlen(text)});
}

/* 5551234.0 or 5551234,0, as programs write a number that they have read as a
 * fraction. */
static bool has_decimals(struct core core)
{
    const char *text = core.text + (*core.text == '+');

    if (skip_digits(&text) < 4 || (*text != '.' && *text != ','))
        return false;
    text++;
    return *text == '0' && text + strspn(text, "0") == core.text + core.len;
}

bool suspicious_is_formula(const char *text, size_t len)
{
    return len >= 3 && strncmp(text, "=\"", 2) == 0 && text[len - 1] == '"';
}

/* ---- characters ---------------------------------------------------------- */

static int refuse(const struct column *column, const char *what,
                  struct error *error)
{
    return error_value(error, "SuspiciousValue", column->name,
                       "%s %s; correct the cell, or allow it with "
                       "--allow-suspicious %s",
                       column->name, what, column->name);
}

/* The first invisible character other than a space; 0: there is none. */
static uint32_t find_hidden(const char *text)
{
    while (*text) {
        uint32_t character = utf8_take(&text);

        if (character != ' ' && invisible_is_one(character))
            return character;
    }
    return 0;
}

/* The first control character of the core, except tabs and line ends, which a
 * text of several lines may have; 0: there is none. */
static uint32_t find_control(struct core core)
{
    const char *at = core.text;

    while (at < core.text + core.len) {
        uint32_t character = utf8_take(&at);

        if (character < 0xA0 && character != 0x85 && character != '\t' &&
            character != '\n' && character != '\r' &&
            (character < ' ' || character >= 0x7F))
            return character;
    }
    return 0;
}

static int check_characters(const struct column *column, const char *text,
                            size_t len, struct error *error)
{
    uint32_t control;
    char what[64];

    if (strstr(text, REPLACEMENT))
        return refuse(column,
                      "contains U+FFFD, which replaces a character that was "
                      "lost in a conversion",
                      error);
    if (misread_is_utf8(text))
        return refuse(column,
                      "looks like UTF-8 that was read in another encoding",
                      error);
    control = find_control(find_core(text, len));
    if (control == 0)
        return 0;
    (void)snprintf(what, sizeof(what),
                   column->secret ? "contains a control character"
                                  : "contains a control character (U+%04X)",
                   (unsigned)control);
    return refuse(column, what, error);
}

static int check_address(const struct column *column, const char *text,
                         struct error *error)
{
    if (strpbrk(text, ";,<>"))
        return refuse(column,
                      "contains ; , < or >, so it is not a single address",
                      error);
    if (strncasecmp(text, "mailto:", 7) == 0)
        return refuse(column, "begins with mailto:, as a link does", error);
    /* Outlook encloses addresses in apostrophes. */
    if (*text == '\'')
        return refuse(column, "begins with an apostrophe", error);
    return 0;
}

static int check_invisible(const struct column *column, const char *text,
                           bool is_printable, struct error *error)
{
    bool is_address = column->content == CONTENT_ADDRESS;
    uint32_t hidden;
    char what[64];

    if (!is_address && column->content != CONTENT_PHONE &&
        column->content != CONTENT_USER_NAME)
        return 0;
    hidden = is_printable ? 0 : find_hidden(text);
    if (is_address && !hidden && strchr(text, ' '))
        hidden = ' ';
    if (hidden) {
        (void)snprintf(what, sizeof(what),
                       hidden == ' '
                           ? "contains a space (U+%04X)"
                           : "contains an invisible character (U+%04X)",
                       (unsigned)hidden);
        return refuse(column, what, error);
    }
    return is_address ? check_address(column, text, error) : 0;
}

/* ---- whole values -------------------------------------------------------- */

/* Numbers in which spreadsheets change more than they show. */
static int check_number(const struct column *column, const char *text,
                        size_t len, struct error *error)
{
    struct core core;
    const char *end;

    if (column->content != CONTENT_PHONE &&
        column->content != CONTENT_POSTAL_CODE)
        return 0;
    core = find_core(text, len);
    if (*core.text == '\'')
        return refuse(column,
                      "begins with an apostrophe, by which spreadsheets mark "
                      "text",
                      error);
    end = core.text + (*core.text == '-' || *core.text == '+');
    (void)skip_digits(&end);
    if (*end == '\0' || *end == ' ') /* most of them */
        return 0;
    if (has_decimals(core))
        return refuse(column, "has decimals (.0), so it was read as a number",
                      error);
    if (is_exponent(core))
        return refuse(column,
                      "looks like a number with an exponent, such as 9.1E+18, "
                      "in which a spreadsheet loses the last digits",
                      error);
    return 0;
}

/* Can the whole value be an error, a word or a formula? Most begin with another
 * letter. */
static bool may_be_one(const char *text)
{
    switch (*text) {
    case '#':
    case '=':
    case 'E':
    case 'N':
    case 'S':
    case 'n':
    case 'u':
    case '(':
    case '[':
    case '<':
    case '\\':
        return true;
    default:
        return *text <= ' ' || *text >= 0x7F;
    }
}

/* What a text is instead of a value; NULL: nothing known. */
static const char *find_kind(const struct column *column, struct core core)
{
    switch (*core.text) {
    case '#':
    case 'E':
        return is_error(core) ? "is an error of a spreadsheet" : NULL;
    case '=':
        return suspicious_is_formula(core.text, core.len)
                   ? "has the form =\"...\" of a spreadsheet"
                   : NULL;
    default:
        if (is_null_mark(core) ||
            (column->content != CONTENT_NAME && is_null_word(core)))
            return "is a word that programs write for an empty value";
        return is_object(core)
                   ? "is what programs write for a list or an object"
                   : NULL;
    }
}

static int check_whole(const struct column *column, const char *text,
                       size_t len, struct error *error)
{
    const char *kind = find_kind(column, find_core(text, len));

    return kind ? refuse(column, kind, error) : 0;
}

static int check_lost(const struct column *column, const char *text,
                      struct error *error)
{
    if (column->secret || !misread_is_lost(text))
        return 0;
    return refuse(column,
                  "has question marks in place of letters, which were lost in "
                  "a conversion",
                  error);
}

int suspicious_check(const struct column *column, const char *text, size_t len,
                     struct error *error)
{
    bool is_printable = utf8_is_printable(text, len);

    if (may_be_one(text) && check_whole(column, text, len, error))
        return -1;
    return (!is_printable && check_characters(column, text, len, error)) ||
                   check_lost(column, text, error) ||
                   check_number(column, text, len, error) ||
                   check_invisible(column, text, is_printable, error)
               ? -1
               : 0;
}

bool suspicious_is_null_name(const struct column *column, const char *text)
{
    return column->content == CONTENT_NAME && may_be_one(text) &&
           is_null_word(find_core(text, strlen(text)));
}

/* Where the invisible characters around a value are, and the first of them. */
static const char *find_around(const char *text, size_t len,
                               uint32_t *character)
{
    const struct core core = find_core(text, len);
    const char *at = core.text > text ? text : core.text + core.len;

    if (core.len == len)
        return NULL;
    *character = utf8_take(&at);
    return core.text > text ? "begins" : "ends";
}

void suspicious_remark(const struct column *column, const char *text,
                       char remark[SUSPICIOUS_REMARK_SIZE])
{
    uint32_t character;
    const char *where;

    *remark = '\0';
    if (suspicious_is_null_name(column, text)) {
        (void)snprintf(remark, SUSPICIOUS_REMARK_SIZE,
                       "is a word that programs write for an empty value");
        return;
    }
    where = find_around(text, strlen(text), &character);
    if (where && column->secret)
        (void)snprintf(remark, SUSPICIOUS_REMARK_SIZE,
                       "%s with an invisible character", where);
    else if (where && character == ' ')
        (void)snprintf(remark, SUSPICIOUS_REMARK_SIZE, "%s with a space",
                       where);
    else if (where)
        (void)snprintf(remark, SUSPICIOUS_REMARK_SIZE,
                       "%s with an invisible character (U+%04X)", where,
                       (unsigned)character);
}
