#include "records.h"

#include "input/delimiter.h"

static char find(const struct input_rules *rules, const char *text,
                 unsigned *before)
{
    struct header header;

    header_init(&header, rules);
    return delimiter_find(&header, text, strlen(text), before);
}

/* The delimiter must be the one with which the header names the Id, else most
 * columns, else with which it has most fields; only the first line counts. */
static void test_delimiters(void **state)
{
    static const struct {
        const char *text;
        char delimiter;
    } cases[] = {
        {"Id", ','},
        {"Id,City", ','},
        {"Id;City\n1;a,b,c,d\n", ';'},
        {"City\tuserid\r\n", '\t'},
        {"\"City\"|\"Id\"\n", '|'},
        {"City, town;Id;a,b\n", ';'},
        {"\"a,b\",Id\n", ','},
        {"\"a;Id;b\",City\n", ','},
        {"City;Fax;x\n", ';'},
        {"City,Fax;Id\n", ';'},
        {"\xC2\xA0Id ;City\n", ';'},
        {"Nr;Ort\n", ';'},
        {"nothing;known\n", ';'},
        {"Kennung;\"Ort, Land\"\n", ';'},
        {"\xEF;\xBFId;City\n", ';'}, /* half characters are no names */
        {"City;Id;\xEF\xBB", ';'},
        {"nothing\n", ','},
        {"", ','},
    };
    char from[] = "Nr";
    const struct name_pair map = {from, "Id"};
    struct input_rules rules = make_rules();
    unsigned before;

    (void)state;
    rules.maps = &map;
    rules.map_count = 1;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (find(&rules, cases[i].text, &before) != cases[i].delimiter)
            fail_msg("%s", cases[i].text);
        assert_int_equal(before, 0);
    }
}

/* If the first line names no column, the lines before one that names the Id
 * must be counted. */
static void test_lines_before(void **state)
{
    static const struct {
        const char *text;
        unsigned before;
    } cases[] = {
        {"Report\n\nof today\nCity;Id\n", 3},
        {"Report\r\nId", 1},
        {"Report\nCity\n", 0},
        {"City\nId\n", 0},
        {"Report", 0},
    };
    struct input_rules rules = make_rules();
    unsigned before;

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        (void)find(&rules, cases[i].text, &before);
        assert_int_equal(before, cases[i].before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_lines_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
