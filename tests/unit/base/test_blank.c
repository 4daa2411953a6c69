#include "unit.h"

#include "base/blank.h"

/* The invisible ends of a text must be found; a selector after an emoji, or a
 * flag's tags, belong to what is seen, but not after an ASCII letter. */
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
        {"\xE2\x9D\xA4\xCD\x8F\xEF\xB8\x8F", 0, 0, false},
        {"#N/A\xEF\xB8\x8F", 0, 3, false},
        {"#N/A \xCD\x8F\xEF\xB8\x8F ", 0, 7, false},
        {"\xEF\xB8\x8F", 3, 3, true},
        {"\xC3\xA9", 0, 0, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *text = cases[i].text;
        size_t len = strlen(text);
        const char *trimmed = text;

        assert_int_equal(blank_at_start(text, len), cases[i].start);
        assert_int_equal(blank_at_end(text, len), cases[i].end);
        assert_int_equal(
            blank_trim(&trimmed, len),
            cases[i].start < len ? len - cases[i].start - cases[i].end : 0);
        assert_ptr_equal(trimmed, text + cases[i].start);
        assert_int_equal(blank_is_all(text, len), cases[i].all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
