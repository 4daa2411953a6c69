#include "unit.h"

#include "output/cell.h"

static const char *put(int (*put_cell)(struct buffer *, const char *),
                       const char *text)
{
    static char copy[256];
    struct buffer buffer;

    buffer_init(&buffer, 1000);
    assert_int_equal(put_cell(&buffer, text), 0);
    (void)snprintf(copy, sizeof(copy), "%s", buffer.data ? buffer.data : "");
    buffer_free(&buffer);
    return copy;
}

/* What a spreadsheet would evaluate as a formula must begin with an apostrophe,
 * also in a part that another separator makes a cell of its own. */
static void test_formulas(void **state)
{
    static const char *const cases[][2] = {
        {"=1+1", "'=1+1"},
        {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
        {"-2+3", "'-2+3"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {" =1", " '=1"},
        {"\"=1\"", "\"\"\"'=1\"\"\""},
        {"=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""},
        {"no; =1+1;-x;+49 171", "no; '=1+1;'-x;'+49 171"},
        {"\xEF\xBC\x9D"
         "1",
         "'\xEF\xBC\x9D"
         "1"},
        {"=", "'="},
        {"+", "'+"},
        {"-1.5e3", "'-1.5e3"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(put(cell_put, cases[i][0]), cases[i][1]);
}

/* Ids, numbers, times and other texts must stay as they are. */
static void test_others(void **state)
{
    static const char *const texts[] = {
        "",         "1000000000000000001",
        "-5",       "+49171",
        "-1.50",    "2026-11-28T23:42:09.546",
        "a=b; c-d", "00000000-0000-4000-8000-00000000000a",
        "'=1",      "1; -5; +6",
        "x @ y",    "\xC3\xA9=",
        "a'b",      "\xEF\xBC\xA1",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_string_equal(put(cell_put, texts[i]), texts[i]);
        assert_string_equal(put(cell_put_revealed, texts[i]), texts[i]);
    }
    assert_string_equal(put(cell_put, NULL), "");
    assert_string_equal(put(cell_put, "a,b"), "\"a,b\"");
}

/* Invisible characters must be shown in a text from INPUT. */
static void test_revealed(void **state)
{
    (void)state;
    assert_string_equal(put(cell_put_revealed, "1\xE2\x80\x8B"), "1U+200B");
    assert_string_equal(
        put(cell_put_revealed, "\t=1\n\xE2\x80\xAE\xE2\x80\xAC"),
        "U+0009=1U+000AU+202EU+202C");
    assert_string_equal(put(cell_put_revealed, "=\xC2\xA0"
                                               "\xC3\xA9"),
                        "'=U+00A0\xC3\xA9");
}

/* A cell must be recognized as its text, as it is written now and as it was
 * written before; any other text must not. */
static void test_read_back(void **state)
{
    static const char *const texts[] = {
        "", "7", "=1", "'=1", " +a;@b", "1\xE2\x80\x8B", "=\"7\"", "-5", "@",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char cell[256];

        assert_int_equal(cell_shows(texts[i], texts[i]), 1);
        assert_int_equal(cell_shows("other", texts[i]), 0);
        (void)snprintf(cell, sizeof(cell), "%s",
                       put(cell_put_revealed, texts[i]));
        if (!strchr(cell, '"'))
            assert_int_equal(cell_shows(cell, texts[i]), 1);
    }
    assert_int_equal(cell_shows("'=\"7\"", "=\"7\""), 1);
    assert_int_equal(cell_shows("'7", "7"), 0);
    assert_int_equal(cell_shows("7", "'7"), 0);
}

/* With another delimiter, only texts that contain it need quotes, and formulas
 * stay as they are. */
static void test_delimiter(void **state)
{
    static const char *const cases[][2] = {
        {"a,b", "a,b"},       {"a;b", "\"a;b\""},
        {"=1", "=1"},         {"\"a\"", "\"\"\"a\"\"\""},
        {"a\rb", "\"a\rb\""}, {"", ""},
    };
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 1000);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        buffer_clear(&buffer);
        assert_int_equal(cell_put_between(&buffer, cases[i][0], ';'), 0);
        assert_string_equal(buffer.data ? buffer.data : "", cases[i][1]);
    }
    buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formulas),  cmocka_unit_test(test_others),
        cmocka_unit_test(test_revealed),  cmocka_unit_test(test_read_back),
        cmocka_unit_test(test_delimiter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
