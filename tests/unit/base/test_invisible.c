#include "unit.h"

#include "base/invisible.h"

/* Blanks, controls and format characters must be invisible; letters, signs,
 * combining accents and the replacement character must not. */
static void test_characters(void **state)
{
    static const uint32_t hidden[] = {
        0x09,   0x0A,   0x0D,   0x20,   0x7F,    0x85,    0xA0,
        0xAD,   0x034F, 0x061C, 0x1160, 0x1680,  0x180E,  0x2000,
        0x200A, 0x200B, 0x200D, 0x200E, 0x2028,  0x202A,  0x202E,
        0x202F, 0x205F, 0x2060, 0x2066, 0x2800,  0x3000,  0x3164,
        0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0001, 0xE0101,
    };
    static const uint32_t seen[] = {
        '!',    '~',    0xA1,   0xAC,   0xAE,    0x0301, 0x2010,   0x2027,
        0x2030, 0x3001, 0xFFFC, 0xFFFD, 0x1F600, 0xD7FF, 0x10FFFF,
    };

    (void)state;
    for (size_t i = 0; i < COUNT(hidden); i++)
        if (!invisible_is_one(hidden[i]))
            fail_msg("U+%04X is visible", (unsigned)hidden[i]);
    for (size_t i = 0; i < COUNT(seen); i++)
        if (invisible_is_one(seen[i]))
            fail_msg("U+%04X is invisible", (unsigned)seen[i]);
}

/* The invisible ends of a text must be found; a selector after an emoji, or a
 * flag's tags, belong to what is seen. */
static void test_ends(void **state)
{
    static const struct {
        const char *text;
        size_t start, end;
        bool all;
    } cases[] = {
        {"", 0, 0, true},
        {" ", 1, 1, true},
        {"\t\r\n", 3, 3, true},
        {"\xC2\xA0\xE2\x80\x8B\xE3\x80\x80\xEF\xBB\xBF", 11, 11, true},
        {"Bonn", 0, 0, false},
        {" Bonn", 1, 0, false},
        {"Bonn \xC2\xA0", 0, 3, false},
        {"\xE2\x80\xAAjo\xE2\x80\xAC", 3, 3, false},
        {"Bad \xC2\xA0 Ems", 0, 0, false},
        {"\xE2\x9D\xA4\xEF\xB8\x8F", 0, 0, false},
        {"\xE2\x9D\xA4\xEF\xB8\x8F ", 0, 1, false},
        {"\xC3\xA9", 0, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        size_t len = strlen(text);

        assert_int_equal(invisible_at_start(text, len), cases[i].start);
        assert_int_equal(invisible_at_end(text, len), cases[i].end);
        assert_int_equal(invisible_is_all(text, len), cases[i].all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
