#include "cli/config_text.h"

#include <ctype.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define LINE_SIZE (CONFIG_TEXT_LINE_MAX + 3) /* with CR, LF and NUL */

#define NAME_BYTES                                                             \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

struct parser {
    const struct config_handler *handler;
    void *context;
    const char *rest; /* of the text */
    size_t len;
    unsigned line;
};

static void flaw(struct parser *parser, const char *text)
{
    parser->handler->flaw(parser->context, parser->line, text);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t\r\n");
}

/* Is there nothing but blanks and a comment? */
static bool is_rest(const char *text)
{
    text = skip_blanks(text);
    return *text == '\0' || *text == '#';
}

/* ---- lines -------------------------------------------------------------- */

/* "[name]" */
static void take_section(struct parser *parser, const char *line)
{
    char name[CONFIG_TEXT_NAME_MAX + 1];
    size_t len = strspn(line + 1, NAME_BYTES);

    if (len == 0 || len > CONFIG_TEXT_NAME_MAX || line[1 + len] != ']' ||
        !is_rest(line + 1 + len + 1)) {
        flaw(parser, "a section is [NAME], with at most 40 letters, digits, "
                     "'.', '_' and '-'");
        parser->handler->section(parser->context, parser->line, "");
        return;
    }
    memcpy(name, line + 1, len);
    name[len] = '\0';
    parser->handler->section(parser->context, parser->line, name);
}

/* Copies the next line without the blanks before it. False if it is wrong. */
static bool copy_line(struct parser *parser, char *line)
{
    const char *end = memchr(parser->rest, '\n', parser->len);
    size_t len = end ? (size_t)(end - parser->rest) : parser->len;
    const char *from = parser->rest;
    const char *problem = NULL;

    parser->rest += len + (end != NULL);
    parser->len -= len + (end != NULL);
    parser->line++;
    if (memchr(from, '\0', len))
        problem = "a NUL byte, as UTF-16 has; save the file as UTF-8";
    else if (!utf8_is_valid(from, len))
        problem = "invalid UTF-8; save the file as UTF-8";
    for (; len > 0 && is_blank(*from); from++)
        len--;
    if (!problem && len > CONFIG_TEXT_LINE_MAX)
        problem = "the line is longer than 4000 bytes";
    line[0] = '\0';
    if (problem) {
        flaw(parser, problem);
        return false;
    }
    memcpy(line, from, len);
    memcpy(line + len, "\n", 2);
    return true;
}

/* Gives the next line to the library, or an empty one if the library would
 * accept or skip silently what is wrong in it, or would not report it: it
 * truncates names of sections, ignores what follows them, does not report empty
 * ones, and stops at the first line without '='. Indented lines would continue
 * a value. */
static char *next_line(char *line, int size, void *stream)
{
    struct parser *parser = stream;

    (void)size;
    if (parser->len == 0)
        return NULL;
    if (!copy_line(parser, line)) {
        ;
    } else if (*line == '[') {
        take_section(parser, line);
    } else if (*line == ';' || is_rest(line) || strpbrk(line, "=:")) {
        return line;
    } else {
        flaw(parser, "a line is KEY = VALUE, [SECTION] or a # comment");
    }
    memcpy(line, "\n", 2);
    return line;
}

/* ---- values ------------------------------------------------------------- */

/* Copies the value in quotes. NULL, or what is wrong. */
static const char *unquote(char *copy, const char *text)
{
    char quote = *text++;

    for (; *text && *text != quote; text++) {
        if (quote == '"' && *text == '\\' &&
            (text[1] == '"' || text[1] == '\\'))
            text++;
        *copy++ = *text;
    }
    *copy = '\0';
    if (*text != quote)
        return "the quote is not closed";
    return is_rest(text + 1) ? NULL
                             : "there is text after the closing quote; quote "
                               "the whole value, with \\\" for a quote in it";
}

/* Copies the value without a comment. NULL, or what is wrong. */
static const char *take_plain(char *copy, const char *text)
{
    size_t len = 0;

    while (text[len] &&
           !(text[len] == '#' && (len == 0 || is_blank(text[len - 1])))) {
        if (text[len] == ';' && (len == 0 ? text[1] : is_blank(text[len - 1])))
            return "a ';' after a blank is not clear: put the value in quotes "
                   "if it belongs to it, or begin a comment with #";
        len++;
    }
    while (len > 0 && is_blank(text[len - 1]))
        len--;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return NULL;
}

static bool has_control(const char *text)
{
    for (; *text; text++)
        if (iscntrl((unsigned char)*text))
            return true;
    return false;
}

/* The library's handler. */
static int take_value(void *user, const char *section, const char *key,
                      const char *value)
{
    struct parser *parser = user;
    char copy[LINE_SIZE];
    const char *problem;

    (void)section;
    problem = *value == '"' || *value == '\'' ? unquote(copy, value)
                                              : take_plain(copy, value);
    if (!problem && *key == '\0')
        problem = "there is no key before the '='";
    if (!problem && has_control(copy))
        problem = "the value contains a control character; remove it";
    if (problem)
        flaw(parser, problem);
    else
        parser->handler->value(parser->context, parser->line, key, copy);
    return 1;
}

int config_text_parse(const char *text, size_t len,
                      const struct config_handler *handler, void *context,
                      struct error *error)
{
    struct parser parser = {
        .handler = handler, .context = context, .rest = text, .len = len};
    const char *mark = "\xEF\xBB\xBF";

    if (strncmp(text, mark, strlen(mark)) == 0) {
        parser.rest += strlen(mark);
        parser.len -= strlen(mark);
    }
    /* The library's settings are variables of the library. */
    ini_allow_multiline = false;
    ini_allow_inline_comments = false;
    ini_use_stack = false;
    ini_max_line = ini_initial_alloc = LINE_SIZE;
    return ini_parse_stream(next_line, &parser, take_value, &parser) == -2
               ? error_memory(error)
               : 0;
}
