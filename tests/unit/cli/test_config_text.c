#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cli/config_text.h"

/* What was found: "1[s] 2a=b 3!" means a section in line 1, a value in line 2,
 * and a flaw in line 3. */
struct found {
    char text[1000];
    char flaw[300]; /* the last one */
};

static void append(struct found *found, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void append(struct found *found, const char *format, ...)
{
    size_t len = strlen(found->text);
    va_list args;

    va_start(args, format);
    vsnprintf(found->text + len, sizeof(found->text) - len, format, args);
    va_end(args);
}

static void take_section(void *context, unsigned line, const char *name)
{
    append(context, "%u[%s] ", line, name);
}

static void take_value(void *context, unsigned line, const char *key,
                       const char *value)
{
    append(context, "%u%s=%s| ", line, key, value);
}

static void take_flaw(void *context, unsigned line, const char *text)
{
    struct found *found = context;

    snprintf(found->flaw, sizeof(found->flaw), "%s", text);
    append(found, "%u! ", line);
}

static void parse_bytes(struct found *found, const char *text, size_t len)
{
    static const struct config_handler handler = {take_section, take_value,
                                                  take_flaw};
    struct error error;

    *found = (struct found){.text = ""};
    assert_int_equal(config_text_parse(text, len, &handler, found, &error), 0);
}

static void assert_found(const char *text, const char *expected)
{
    struct found found;

    parse_bytes(&found, text, strlen(text));
    assert_string_equal(found.text, expected);
}

/* Sections, keys and values are found with their lines, whatever the blanks,
 * the line ends, the comments and the byte-order mark. */
static void test_lines(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"[s]\na = b\n", "1[s] 2a=b| "},
        {"[s]\r\n\r\na=b\r\n", "1[s] 3a=b| "},
        {"\xEF\xBB\xBF[s]\na=b", "1[s] 2a=b| "},
        {"# c\n; c\n  # c\n[s] # c\n\ta\t=\tb c \n", "4[s] 5a=b c| "},
        {"a = b\n[empty]\n[next]\n", "1a=b| 2[empty] 3[next] "},
        {"a = b\n  c = d\n", "1a=b| 2c=d| "},
        {"a: b\n", "1a=b| "},
        {"a = b=c:d\n", "1a=b=c:d| "},
        {"a =\n", "1a=| "},
        {"a = b # c\na = b#c\na = # c\n", "1a=b| 2a=b#c| 3a=| "},
        {"a = ;\na = x;y\n", "1a=;| 2a=x;y| "},
        {"a = \" b # c \" # d\n", "1a= b # c | "},
        {"a = '\\\"' \n", "1a=\\\"| "},
        {"a = \"x\\\"y\\\\z\\n\"\n", "1a=x\"y\\z\\n| "},
        {"a = \xC3\xA4\n", "1a=\xC3\xA4| "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_found(cases[i].text, cases[i].expected);
}

/* Each wrong line is reported, and the lines after it are read. */
static void test_flaws(void **state)
{
    static const struct {
        const char *text, *expected, *flaw;
    } cases[] = {
        {"foo\nbar\na=b\n", "1! 2! 3a=b| ", "KEY = VALUE"},
        {"[s\na=b\n", "1! 1[] 2a=b| ", "[NAME]"},
        {"[s] x\n", "1! 1[] ", "[NAME]"},
        {"[]\n", "1! 1[] ", "[NAME]"},
        {"[a b]\n", "1! 1[] ", "[NAME]"},
        {"[aaaaaaaaaabbbbbbbbbbccccccccccddddddddddx]\n", "1! 1[] ", "40"},
        {"= b\nc=d\n", "1! 2c=d| ", "no key"},
        {"a = \"b\nc=d\n", "1! 2c=d| ", "not closed"},
        {"a = \"b\" c\n", "1! ", "after the closing quote"},
        {"a = b ; c\n", "1! ", "';'"},
        {"a = ;c\n", "1! ", "';'"},
        {"a = b\tc\n", "1! ", "control character"},
        {"a = \xFF\nc=d\n", "1! 2c=d| ", "UTF-8"},
    };
    struct found found;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_found(cases[i].text, cases[i].expected);
        parse_bytes(&found, cases[i].text, strlen(cases[i].text));
        if (!strstr(found.flaw, cases[i].flaw))
            fail_msg("%s: %s", cases[i].text, found.flaw);
    }
    parse_bytes(&found, "a=b\0c\nd=e\n", 10);
    assert_string_equal(found.text, "1! 2d=e| ");
}

/* A line has at most 4000 bytes. A longer one is not truncated, and its rest is
 * no other line. */
static void test_long_lines(void **state)
{
    static char text[CONFIG_TEXT_LINE_MAX + 20];
    struct found found;

    (void)state;
    memset(text, 'v', sizeof(text));
    text[0] = 'a';
    text[1] = '=';
    memcpy(text + CONFIG_TEXT_LINE_MAX, "\nb=c\n", 6);
    parse_bytes(&found, text, strlen(text));
    assert_non_null(strstr(text, "\nb=c"));
    assert_memory_equal(found.text, "1a=vvv", 6);
    text[CONFIG_TEXT_LINE_MAX] = 'v';
    memcpy(text + CONFIG_TEXT_LINE_MAX + 1, "\nb=c\n", 6);
    assert_found(text, "1! 2b=c| ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_flaws),
        cmocka_unit_test(test_long_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
