#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

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

        assert_int_equal(text_utf8_check(&state, c->text, c->len), c->good);
        if (c->good == c->len)
            assert_int_equal(state != 0, c->incomplete);
        assert_int_equal(text_is_utf8(c->text, c->len), whole);
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
            size_t good = text_utf8_check(&state, c->text, cut);

            if (good == cut)
                good += text_utf8_check(&state, c->text + cut, c->len - cut);
            assert_int_equal(good, c->good);
            if (good == c->len)
                assert_int_equal(state != 0, c->incomplete);
        }
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

        if (text_is_utf8(text, len) != valid)
            fail_msg("U+%04X", (unsigned)code);
        if (valid && text_utf16_units(text, len) != (code > 0xFFFF ? 2u : 1u))
            fail_msg("units of U+%04X", (unsigned)code);
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
        text_trim(cut, len);
        assert_int_equal(strlen(cut), ends[len]);
        assert_memory_equal(cut, text, ends[len]);
    }
}

/* What is shown must be UTF-8 without control characters, and fit; whether it
 * was cut must be told. */
static void test_clean(void **unused)
{
    static const struct {
        const char *from;
        const char *to; /* in 8 bytes */
        bool cut;
    } cases[] = {
        {NULL, "", false},
        {"", "", false},
        {"abcdefg", "abcdefg", false},
        {"abcdefgh", "abcdefg", true},
        {"a\x1B[1m\n\x7F", "a?[1m??", false},
        {"\xC3\xA9\xE2\x82\xAC", "\xC3\xA9\xE2\x82\xAC", false},
        {"abcdef\xC3\xA9", "abcdef", true},
        {"abcde\xC3\xA9", "abcde\xC3\xA9", false},
        {"caf\xE9!", "caf?!", false},
        {"caf\xE9", "caf?", false},
        {"\xC0\xAF\xED\xA0\x80", "?????", false},
        {"\x80\x80\x80\x80\x80\x80\x80\x80", "???????", true},
        {"a\xC2\x9B"
         "1m",
         "a?1m", false},
        {"a\xC2\xA0z", "a\xC2\xA0z", false},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char to[8];

        assert_int_equal(text_clean(to, sizeof(to), cases[i].from),
                         cases[i].cut);
        assert_string_equal(to, cases[i].to);
    }
}

/* Lengths of whole texts must add up, cut texts by their length included. */
static void test_utf16_units(void **unused)
{
    (void)unused;
    assert_int_equal(text_utf16_units("", 0), 0);
    assert_int_equal(text_utf16_units("abc", 2), 2);
    assert_int_equal(text_utf16_units("Zo\xC3\xAB", 4), 3);
    assert_int_equal(text_utf16_units("\xE6\x9D\x8E!", 4), 2);
    assert_int_equal(text_utf16_units("a\xF0\x9F\x98\x80z", 6), 4);
}

/* Numbers up to both ends of 64 bits must be read exactly. */
static void test_parse_long(void **unused)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"7", 7},
        {"-1", -1},
        {"0009", 9},
        {"9007199254740993", 9007199254740993},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775807", -INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"-0000000000000000000009223372036854775808", INT64_MIN},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value = 42;

        assert_int_equal(text_parse_long(cases[i].text, &value), 0);
        assert_true(value == cases[i].value);
    }
}

/* What is no whole decimal number within 64 bits must be refused, and leave
 * the value alone. */
static void test_parse_long_refuses(void **unused)
{
    static const char *const cases[] = {
        "",
        "-",
        "+1",
        "--1",
        " 1",
        "1 ",
        "1.0",
        "9.1E+18",
        "0x10",
        "1,000",
        "12a",
        "\xD9\xA1",
        "9223372036854775808",
        "-9223372036854775809",
        "18446744073709551616",
        "99999999999999999999999999",
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t value = 42;

        assert_int_equal(text_parse_long(cases[i], &value), -1);
        assert_int_equal(value, 42);
    }
}

/* Moments must be read to the nanosecond, their zone taken off. */
static void test_parse_instant(void **unused)
{
    static const struct {
        const char *text;
        int64_t seconds;
        int32_t nanoseconds;
    } cases[] = {
        {"1970-01-01T00:00:00", 0, 0},
        {"1970-01-01T00:00:00Z", 0, 0},
        {"1969-12-31T23:59:59Z", -1, 0},
        {"1969-12-31T23:59:59.25Z", -1, 250000000},
        {"2026-01-02T03:04:05", 1767323045, 0},
        {"2026-01-02T04:04:05+01:00", 1767323045, 0},
        {"2026-01-01T21:34:05-05:30", 1767323045, 0},
        {"2026-01-02T17:04:05+14:00", 1767323045, 0},
        {"2026-01-02T03:04:05.0", 1767323045, 0},
        {"2026-01-02T03:04:05.1230Z", 1767323045, 123000000},
        {"2026-01-02T03:04:05.1234567", 1767323045, 123456700},
        {"2026-01-02T03:04:05.1234567899999Z", 1767323045, 123456789},
        {"2000-02-29T00:00:00Z", 951782400, 0},
        {"2000-03-01T00:00:00Z", 951868800, 0},
        {"2024-02-29T24:00:00Z", 1709251200, 0},
        {"0001-01-01T00:00:00Z", -62135596800, 0},
        {"9999-12-31T23:59:59Z", 253402300799, 0},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct instant instant;

        if (text_parse_instant(cases[i].text, &instant))
            fail_msg("%s", cases[i].text);
        assert_true(instant.seconds == cases[i].seconds);
        assert_int_equal(instant.nanoseconds, cases[i].nanoseconds);
    }
}

/* What is no dateTime, or no day of the calendar, must be refused. */
static void test_parse_instant_refuses(void **unused)
{
    static const char *const cases[] = {
        "",
        "2026",
        "2026-01-02",
        "2026-01-02 03:04:05",
        "2026-01-02t03:04:05z",
        "2026-1-2T03:04:05",
        "26-01-02T03:04:05",
        "12026-01-02T03:04:05",
        "-2026-01-02T03:04:05",
        "0000-01-01T00:00:00",
        "2026-00-02T03:04:05",
        "2026-13-02T03:04:05",
        "2026-01-00T03:04:05",
        "2026-01-32T03:04:05",
        "2026-04-31T03:04:05",
        "2026-02-29T03:04:05",
        "1900-02-29T03:04:05",
        "2026-01-02T25:00:00",
        "2026-01-02T24:00:01",
        "2026-01-02T24:01:00",
        "2026-01-02T24:00:00.001",
        "2026-01-02T03:60:05",
        "2026-01-02T03:04:60",
        "2026-01-02T03:04",
        "2026-01-02T03:04:05.",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05ZZ",
        "2026-01-02T03:04:05 Z",
        "2026-01-02T03:04:05+01",
        "2026-01-02T03:04:05+0100",
        "2026-01-02T03:04:05+01:60",
        "2026-01-02T03:04:05+14:01",
        "2026-01-02T03:04:05-15:00",
        "2026-01-02T03:04:05+01:00x",
        " 2026-01-02T03:04:05",
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct instant instant = {42, 42};

        if (text_parse_instant(cases[i], &instant) != -1)
            fail_msg("%s", cases[i]);
        assert_int_equal(instant.seconds, 42);
    }
}

/* One letter put, dropped, changed or swapped must each count 1, letter case
 * nothing, and both directions the same. */
static void test_distance(void **unused)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"City", "cITY", 0},
        {"City", "Citys", 1},
        {"City", "Cty", 1},
        {"City", "Cizy", 1},
        {"City", "Ciyt", 1},
        {"City", "iCty", 1},
        {"ca", "abc", 3}, /* optimal string alignment, not Damerau's 2 */
        {"kitten", "sitting", 3},
        {"Email", "Mail", 1},
        {"PostalCode", "PostCode", 2},
        {"abcdef", "ghijkl", 6},
    };

    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(text_distance(cases[i].a, cases[i].b),
                         cases[i].distance);
        assert_int_equal(text_distance(cases[i].b, cases[i].a),
                         cases[i].distance);
    }
}

/* A name of 64 bytes must be compared, one of 65 is never near. */
static void test_distance_of_long_names(void **unused)
{
    char name[66];

    (void)unused;
    memset(name, 'x', 65);
    name[65] = '\0';
    assert_true(text_distance(name, "x") == SIZE_MAX);
    assert_true(text_distance("x", name) == SIZE_MAX);
    name[64] = '\0';
    assert_int_equal(text_distance(name, "x"), 63);
    assert_int_equal(text_distance("", name), 64);
}

/* The hash must be FNV-1a of 64 bits, by the draft's own test vectors. */
static void test_fnv1a64(void **unused)
{
    (void)unused;
    assert_true(text_fnv1a64("") == 0xCBF29CE484222325u);
    assert_true(text_fnv1a64("a") == 0xAF63DC4C8601EC8Cu);
    assert_true(text_fnv1a64("foobar") == 0x85944171F73967E8u);
    assert_true(text_fnv1a64("\xFF") != text_fnv1a64("\x7F"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_cases),
        cmocka_unit_test(test_utf8_split_anywhere),
        cmocka_unit_test(test_utf8_every_code_point),
        cmocka_unit_test(test_trim),
        cmocka_unit_test(test_clean),
        cmocka_unit_test(test_utf16_units),
        cmocka_unit_test(test_parse_long),
        cmocka_unit_test(test_parse_long_refuses),
        cmocka_unit_test(test_parse_instant),
        cmocka_unit_test(test_parse_instant_refuses),
        cmocka_unit_test(test_distance),
        cmocka_unit_test(test_distance_of_long_names),
        cmocka_unit_test(test_fnv1a64),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
