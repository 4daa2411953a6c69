#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Text given as a literal, NUL bytes inside included. */
#define LITERAL(text) (text), sizeof(text) - 1

struct utf8_case {
    const char *text;
    size_t len;
    size_t good;     /* offset of the first byte that cannot be right */
    bool incomplete; /* all bytes are right, but the last character is cut */
};

static const struct utf8_case utf8_cases[] = {
    {LITERAL(""), 0, false},
    {LITERAL("plain ASCII text, long enough for whole words \x01\x7F"), 48,
     false},
    {LITERAL("\xC2\x80 \xDF\xBF"), 5, false},
    {LITERAL("\xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF"), 15, false},
    {LITERAL("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF \xF1\x80\xBF\x80"), 14, false},
    {LITERAL("12345678\xC3\xA9"
             "1234567\xC3\xA9"),
     19, false},
    {LITERAL("a\0b"), 1, false},
    {LITERAL("0123456789012345678901234567890123456789\0"), 40, false},
    {LITERAL("0123456\0"), 7, false},
    {LITERAL("\xC3\0"), 1, false},
    {LITERAL("abc\x80"), 3, false},
    {LITERAL("1234567\xBF"), 7, false},
    {LITERAL("\xC0\xAF"), 0, false},
    {LITERAL("\xC1\xBF"), 0, false},
    {LITERAL("\xC2\x7F"), 1, false},
    {LITERAL("\xC2\xC0"), 1, false},
    {LITERAL("\xE0\x9F\xBF"), 1, false},
    {LITERAL("\xE1\x80\x7F"), 2, false},
    {LITERAL("\xED\xA0\x80"), 1, false},
    {LITERAL("\xED\xBF\xBF"), 1, false},
    {LITERAL("\xF0\x8F\xBF\xBF"), 1, false},
    {LITERAL("\xF4\x90\x80\x80"), 1, false},
    {LITERAL("\xF1\x80\x80\xC0"), 3, false},
    {LITERAL("\xF5\x80\x80\x80"), 0, false},
    {LITERAL("\xFE"), 0, false},
    {LITERAL("\xFF"), 0, false},
    {LITERAL("caf\xE9,"), 4, false},
    {LITERAL("\xC3"), 1, true},
    {LITERAL("\xE2\x82"), 2, true},
    {LITERAL("\xF0\x9F\x98"), 3, true},
};

/* UTF-8 must be judged as RFC 3629 says, with the offset of the bad byte. */
static void test_utf8_cases(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(utf8_cases); i++) {
        const struct utf8_case *c = &utf8_cases[i];
        uint32_t state = 0;
        bool whole = c->good == c->len && !c->incomplete;

        assert_int_equal(utf8_check(&state, c->text, c->len), c->good);
        if (c->good == c->len)
            assert_int_equal(state != 0, c->incomplete);
        assert_int_equal(utf8_is_valid(c->text, c->len), whole);
    }
}

/* Text cut in two calls at any place must be judged as in one. */
static void test_utf8_split_anywhere(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < COUNT(utf8_cases); i++) {
        const struct utf8_case *c = &utf8_cases[i];

        for (size_t cut = 0; cut <= c->len; cut++) {
            uint32_t state = 0;
            size_t good = utf8_check(&state, c->text, cut);

            if (good == cut)
                good += utf8_check(&state, c->text + cut, c->len - cut);
            assert_int_equal(good, c->good);
            if (good == c->len)
                assert_int_equal(state != 0, c->incomplete);
        }
    }
}

/* Only a whole character beyond ASCII must count. */
static void test_has_wide(void **unused)
{
    static const struct {
        const char *text;
        bool has;
    } cases[] = {
        {"", false},
        {"abc", false},
        {"a\xC3\xA9", true},
        {"\xC3\xA9z", true},
        {"a\xE9z", false},
        {"a\xC3", false},
        {"a\xE2\x82", false},
        {"a\xE2\x82z", false},
        {"\xE2\x82\xAC", true},
        {"\xE2\x82\xAC\xE9", true},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint32_t state = 0;
        size_t good = utf8_check(&state, cases[i].text, strlen(cases[i].text));

        assert_int_equal(utf8_has_wide(state, cases[i].text, good),
                         cases[i].has);
    }
}

static size_t encode(uint32_t code, char text[4])
{
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    if (len == 1) {
        text[0] = (char)code;
        return 1;
    }
    for (size_t i = len - 1; i > 0; i--) {
        text[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    text[0] = (char)(lead[len] | code);
    return len;
}

/* Every code point must be accepted but NUL, the surrogates, and those beyond
 * U+10FFFF; its length in UTF-16 is 2 beyond U+FFFF, else 1. */
static void test_utf8_every_code_point(void **unused)
{
    char text[4];

    (void)unused;
    for (uint32_t code = 0; code < 0x120000; code++) {
        size_t len = encode(code, text);
        bool valid =
            code > 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);

        if (utf8_is_valid(text, len) != valid)
            fail_msg("U+%04X", (unsigned)code);
        if (valid && utf8_utf16_length(text, len) != (code > 0xFFFF ? 2u : 1u))
            fail_msg("units of U+%04X", (unsigned)code);
    }
}

/* A byte that is not printable ASCII must be found at each place of a text of
 * each length, and no other byte. */
static void test_printable(void **unused)
{
    char text[20];

    (void)unused;
    for (size_t len = 0; len <= sizeof(text); len++) {
        memset(text, 'a', sizeof(text));
        assert_true(utf8_is_printable(text, len));
        for (size_t at = 0; at < len; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                text[at] = (char)byte;
                if (utf8_is_printable(text, len) !=
                    (byte >= ' ' && byte < 0x7F))
                    fail_msg("%02X at %zu of %zu", byte, at, len);
            }
            text[at] = 'a';
        }
    }
}

/* A text cut anywhere must lose the character that was cut, and no more. */
static void test_trim(void **unused)
{
    static const char text[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
    static const size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11};
    char cut[sizeof(text)];

    (void)unused;
    for (size_t len = 0; len < COUNT(ends); len++) {
        memcpy(cut, text, len);
        cut[len] = '\0';
        utf8_trim(cut, len);
        assert_int_equal(strlen(cut), ends[len]);
        assert_memory_equal(cut, text, ends[len]);
    }
}

/* The copy must be UTF-8 in which every invisible character is shown as
 * U+XXXX, and fit; the return value must say whether it was cut. A line end is
 * a space, and an emoji keeps its selector. */
static void test_clean(void **unused)
{
    static const struct {
        const char *from;
        const char *to;
        size_t size;
        bool cut;
    } cases[] = {
        {NULL, "", 8, false},
        {"", "", 8, false},
        {"abcdefg", "abcdefg", 8, false},
        {"abcdefgh", "abcdefg", 8, true},
        {"a\x1B[1m\x7F", "aU+001B[1mU+007F", 20, false},
        {"a\x1B", "a", 7, true},
        {"a\tb\nc\r\nd\r", "a b c d ", 20, false},
        {"\xC3\xA9\xE2\x82\xAC", "\xC3\xA9\xE2\x82\xAC", 8, false},
        {"abcdef\xC3\xA9", "abcdef", 8, true},
        {"abcde\xC3\xA9", "abcde\xC3\xA9", 8, false},
        {"caf\xE9!", "caf?!", 8, false},
        {"caf\xE9", "caf?", 8, false},
        {"\xC0\xAF\xED\xA0\x80", "?????", 8, false},
        {"\x80\x80\x80\x80\x80\x80\x80\x80", "???????", 8, true},
        {"a\xC2\x9B"
         "1m",
         "aU+009B1m", 20, false},
        {"a\xC2\xA0z", "aU+00A0z", 20, false},
        {"\xEF\xBB\xBFId\xE2\x80\x8B", "U+FEFFIdU+200B", 20, false},
        {"\xE2\x9D\xA4\xEF\xB8\x8F", "\xE2\x9D\xA4\xEF\xB8\x8F", 8, false},
        {"\xF3\xA0\x80\x81", "U+E0001", 8, false},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char to[20];

        assert_int_equal(utf8_clean(to, cases[i].size, cases[i].from),
                         cases[i].cut);
        assert_string_equal(to, cases[i].to);
    }
}

/* In a name, tabs, line ends and selectors must be shown, too. */
static void test_reveal(void **unused)
{
    char to[64];

    (void)unused;
    assert_false(
        utf8_reveal(to, sizeof(to), "a\tb c\r\n\xEF\xB8\x8F\xE2\x82\xAC"));
    assert_string_equal(to, "aU+0009b cU+000DU+000AU+FE0F\xE2\x82\xAC");
}

/* Each character must be read, and the text moved to the next. */
static void test_take(void **unused)
{
    const char *text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";

    (void)unused;
    assert_int_equal(utf8_take(&text), 'a');
    assert_int_equal(utf8_take(&text), 0xE9);
    assert_int_equal(utf8_take(&text), 0x20AC);
    assert_int_equal(utf8_take(&text), 0x1F600);
    assert_string_equal(text, "");
}

/* Lengths of whole texts must add up, cut texts by their length included. */
static void test_utf16_units(void **unused)
{
    (void)unused;
    assert_int_equal(utf8_utf16_length("", 0), 0);
    assert_int_equal(utf8_utf16_length("abc", 2), 2);
    assert_int_equal(utf8_utf16_length("Zo\xC3\xAB", 4), 3);
    assert_int_equal(utf8_utf16_length("\xE6\x9D\x8E!", 4), 2);
    assert_int_equal(utf8_utf16_length("a\xF0\x9F\x98\x80z", 6), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_cases),
        cmocka_unit_test(test_utf8_split_anywhere),
        cmocka_unit_test(test_has_wide),
        cmocka_unit_test(test_utf8_every_code_point),
        cmocka_unit_test(test_printable),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_reveal),
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_utf16_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
