#include "output/error_counts.h"

#include "unit.h"

static void assert_top(const struct error_counts *counts, unsigned at,
                       const char *name, const char *field, uint64_t rows,
                       uint64_t first)
{
    struct error_count top[5];

    assert_true(error_counts_top(counts, top, 5) > at);
    assert_string_equal(top[at].name, name);
    assert_string_equal(top[at].field, field);
    assert_int_equal(top[at].rows, rows);
    assert_int_equal(top[at].first, first);
}

/* Errors must be counted by name and column, with the lowest row, and the most
 * frequent ones come first. */
static void test_counts(void **state)
{
    struct error_counts counts = {.count = 0};
    struct api_error numbered = {.numbered = true, .code = 4711};
    struct api_error page = {.http_status = 404};

    (void)state;
    error_counts_add(&counts, 9, "InvalidValue", "City");
    error_counts_add(&counts, 7, "InvalidValue", "Lcid");
    error_counts_add(&counts, 4, "InvalidValue", "City");
    error_counts_add(&counts, 5, "InvalidValue", "City");
    error_counts_add(&counts, 1, NULL, NULL);
    error_counts_add(&counts, 1, "", "City");
    error_counts_add_call(&counts, 2, &numbered, NULL);
    error_counts_add_call(&counts, 3, &page, "Id");
    error_counts_add_call(&counts, 6, &page, "Id");
    assert_top(&counts, 0, "InvalidValue", "City", 3, 4);
    assert_top(&counts, 1, "HTTP status 404", "Id", 2, 3);
    assert_top(&counts, 2, "error 4711", "", 1, 2);
    assert_top(&counts, 3, "InvalidValue", "Lcid", 1, 7);
}

/* A result row of an earlier run must count like a new one. */
static void test_result_rows(void **state)
{
    static const char *const rows[] = {
        "3,10,Failed,,,EntityNotExistent,,,no,400,,1,,\n",
        ("2,\"1\"\"0,x\",Conflict,,5,\"Guard\"\"Mismatch\",\"a,\nb\",City,no,"
         ",1\n"),
        "12,10,Failed,,,EntityNotExistent,\"x\",,no,\n",
        "13,10,Failed,,4711,,\"x\",,no,400\n",
        "14,10,Failed,,,,\"x\",,yes,502,\n",
        /* These are no such rows. */
        "x,10,Failed,,,EntityNotExistent,,,no,400,,1,,\n",
        "0,10,Failed,,,EntityNotExistent,,,no,400,,1,,\n",
        "3,10,Failed,,,EntityNotExistent,\n",
        "3,10,Failed,,,EntityNotExistent,\"",
        "3,10,Failed,,,EntityNotExistent,\",,no\n",
        "\n",
        "",
    };
    struct error_counts counts = {.count = 0};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t len = strlen(rows[i]);
        char *exact = malloc(len + 1); /* without a NUL that stops it */

        assert_non_null(exact);
        memcpy(exact, rows[i], len);
        exact[len] = 'x';
        assert_int_equal(
            error_counts_add_text(&counts, STATUS_FAILED, exact, len), i == 4);
        free(exact);
    }
    assert_int_equal(counts.count, 4);
    assert_top(&counts, 0, "EntityNotExistent", "", 2, 3);
    assert_top(&counts, 1, "Guard\"Mismatch", "City", 1, 2);
    assert_top(&counts, 2, "error 4711", "", 1, 13);
    assert_top(&counts, 3, "HTTP status 502", "", 1, 14);
}

/* The table must be bounded, and the top too. */
static void test_many_kinds(void **state)
{
    struct error_counts counts = {.count = 0};
    struct error_count top[3];
    char name[200];

    (void)state;
    assert_int_equal(error_counts_top(&counts, top, 3), 0);
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof(name), "Kind%u", i);
        error_counts_add(&counts, i + 1, name, "Id");
        if (i >= 10 && i < 13)
            for (unsigned more = i; more < 20; more++)
                error_counts_add(&counts, i + 1, name, "Id");
    }
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    error_counts_add(&counts, 1, name, name);
    assert_int_equal(counts.count, ERROR_COUNTS_KINDS);
    assert_int_equal(counts.others, 1001 - ERROR_COUNTS_KINDS);
    assert_int_equal(error_counts_top(&counts, top, 3), 3);
    assert_string_equal(top[0].name, "Kind10");
    assert_string_equal(top[1].name, "Kind11");
    assert_string_equal(top[2].name, "Kind12");
    assert_int_equal(error_counts_top(&counts, top, 1), 1);
    assert_string_equal(top[0].name, "Kind10");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_result_rows),
        cmocka_unit_test(test_many_kinds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
