#include "records.h"

#include "input/header_hint.h"

/* What is said of a header that names no column; "": the reason is unknown. */
static void assert_hint(const struct header *header, const char *names,
                        const char *part)
{
    struct line line;
    struct error error = {.text = ""};
    int result = header_hint_refuse(header, "in.csv",
                                    make_record(&line, 0, names), &error);

    assert_int_equal(result, *part ? -1 : 0);
    if (!strstr(error.text, part))
        fail_msg("%s: %s", names, error.text);
}

/* A single name that contains another delimiter must get advice that works. */
static void test_delimiters(void **state)
{
    struct input_rules rules = make_rules();
    struct header header;

    (void)state;
    header_init(&header, &rules);
    assert_hint(&header, "Id;City",
                "in.csv: header: there is only one column, \"Id;City\"; if the "
                "file has another separator, use --delimiter ';'");
    assert_hint(&header, "City\tId", "use --delimiter tab");
    assert_hint(&header, "Id:City", "use --delimiter :");
    assert_hint(&header, "Id City", "use --delimiter ' '");
    assert_hint(&header, "Nr;Ort", "use --delimiter ';'");
    assert_hint(&header, "Nr:Ort", "");
    assert_hint(&header, "Nr", "");
    rules.delimiter = ';';
    assert_hint(&header, "Id,City", "use --delimiter ,");
    assert_hint(&header, "Nr;Ort", "");
    rules.delimiter = '\0';
    header.searched = true;
    assert_hint(&header, "Id~City", "use --delimiter '~'");
    assert_hint(&header, "Id,City", "the whole line is in quotes");
}

/* Values instead of names must be recognized, and not shown. */
static void test_values(void **state)
{
    static const char *const cases[][2] = {
        {"12345|Berlin", "column 1: this is a value, not the name of a column; "
                         "the first row must name the columns"},
        {"Jo|jo@contoso.example", "column 2: this is a value"},
        {"x|4b10bf41-ab11-40e3-8c53-cd67849b50de", "column 2: this is a value"},
        {"x|", ""},
        {"1st|2nd", ""},
    };
    struct input_rules rules = make_rules();
    struct header header;

    (void)state;
    header_init(&header, &rules);
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_hint(&header, cases[i][0], cases[i][1]);
}

/* Lines before the header must be named first. */
static void test_lines_before(void **state)
{
    struct input_rules rules = make_rules();
    struct header header;

    (void)state;
    header_init(&header, &rules);
    header.key_line = 3;
    assert_hint(&header, "12;3",
                "in.csv: line 1 names no column, but line 3 names the Id; skip "
                "the lines before it with --skip-lines 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_lines_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
