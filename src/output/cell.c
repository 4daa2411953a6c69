#include "output/cell.h"

#include <string.h>

#include "base/utf8.h"

#define MAX_CELL ((size_t)64 << 20) /* bytes, as of a result row */

int cell_put_between(struct buffer *buffer, const char *text, char delimiter)
{
    const char special[] = {delimiter, '"', '\r', '\n', '\0'};
    size_t plain;

    if (!text)
        return 0;
    if (!text[strcspn(text, special)])
        return buffer_puts(buffer, text);
    if (buffer_append(buffer, "\"", 1))
        return -1;
    while (text[plain = strcspn(text, "\"")]) {
        if (buffer_append(buffer, text, plain) ||
            buffer_append(buffer, "\"\"", 2))
            return -1;
        text += plain + 1;
    }
    return buffer_puts(buffer, text) || buffer_append(buffer, "\"", 1) ? -1 : 0;
}

int cell_put_plain(struct buffer *buffer, const char *text)
{
    return cell_put_between(buffer, text, ',');
}

/* Is it =, +, - or @, also in full width? */
static bool is_sign(const char *text)
{
    static const char *const wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B",
                                       "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

    if (*text && strchr("=+-@", *text))
        return true;
    for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
        if (strncmp(text, wide[i], 3) == 0)
            return true;
    return false;
}

/* Is it a number with a sign, up to the end or a semicolon? */
static bool is_number(const char *text)
{
    static const char digits[] = "0123456789";
    size_t whole = strspn(text + 1, digits);
    const char *end = text + 1 + whole;

    if (!strchr("+-", *text) || whole == 0)
        return false;
    if (*end == '.')
        end += 1 + strspn(end + 1, digits);
    return *end == '\0' || *end == ';';
}

/* Finds the next sign that could begin a formula, in a text that begins a cell.
 * NULL: there is none. */
static const char *find_formula(const char *text)
{
    while (text) {
        text += strspn(text, " \"\t\r\n");
        if (is_sign(text) && !is_number(text))
            return text;
        text = strchr(text, ';');
        text += text != NULL;
    }
    return NULL;
}

/* Appends the text with an apostrophe before each such sign. */
static int put_harmless(struct buffer *buffer, const char *text)
{
    const char *sign;

    while ((sign = find_formula(text))) {
        const char *next = strchr(sign, ';');
        size_t before = (size_t)(sign - text);
        size_t len = next ? (size_t)(next - sign) + 1 : strlen(sign);

        if (buffer_append(buffer, text, before) || buffer_puts(buffer, "'") ||
            buffer_append(buffer, sign, len))
            return -1;
        text = sign + len;
    }
    return buffer_puts(buffer, text);
}

int cell_put(struct buffer *buffer, const char *text)
{
    struct buffer cell;
    int failed;

    if (!text || !find_formula(text))
        return cell_put_plain(buffer, text);
    buffer_init(&cell, MAX_CELL);
    failed = put_harmless(&cell, text) || cell_put_plain(buffer, cell.data);
    buffer_free(&cell);
    return failed ? -1 : 0;
}

/* Appends the text with its invisible characters shown. */
static int reveal(struct buffer *buffer, const char *text)
{
    if (buffer_puts(buffer, ""))
        return -1;
    while (*text) {
        char one[5] = "", shown[16];
        const char *start = text;

        (void)utf8_take(&text);
        memcpy(one, start, (size_t)(text - start));
        (void)utf8_reveal(shown, sizeof(shown), one);
        if (buffer_puts(buffer, shown))
            return -1;
    }
    return 0;
}

static bool is_printable_ascii(const char *text)
{
    while (*text >= ' ' && *text < 0x7F)
        text++;
    return !*text;
}

int cell_put_revealed(struct buffer *buffer, const char *text)
{
    struct buffer shown;
    int failed;

    if (!text || is_printable_ascii(text))
        return cell_put(buffer, text);
    buffer_init(&shown, MAX_CELL);
    failed = reveal(&shown, text) || cell_put(buffer, shown.data);
    buffer_free(&shown);
    return failed ? -1 : 0;
}

int cell_shows(const char *cell, const char *text)
{
    struct buffer shown, harmless;
    int same = -1;

    if (strcmp(cell, text) == 0)
        return 1;
    buffer_init(&shown, MAX_CELL);
    buffer_init(&harmless, MAX_CELL);
    if (reveal(&shown, text) == 0 && put_harmless(&harmless, shown.data) == 0)
        same = strcmp(cell, harmless.data) == 0;
    buffer_free(&shown);
    buffer_free(&harmless);
    return same;
}
