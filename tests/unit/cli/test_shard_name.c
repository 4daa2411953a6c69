#include "unit.h"

#include <stdlib.h>

#include "cli/shard_name.h"

static const char *const suffixes[] = {"", ".part", NULL};

/* The shard must be before the extension, in the last part of the path, and
 * must be found there. */
static void test_names(void **state)
{
    static const char *const cases[][2] = {
        {"result.csv", "result.3-of-16.csv"},
        {"result.csv.gz", "result.3-of-16.csv.gz"},
        {"result", "result.3-of-16"},
        {"result.gz", "result.3-of-16.gz"},
        {".hidden", ".hidden.3-of-16"},
        {"dir.d/result", "dir.d/result.3-of-16"},
        {"/a/b.c/2026.11.30.csv", "/a/b.c/2026.11.30.3-of-16.csv"},
        {"/dev/shm/r.csv", "/dev/shm/r.3-of-16.csv"},
        {"result.0-of-2.csv", "result.0-of-2.3-of-16.csv"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *name = shard_name_make(cases[i][0], 3, 16);
        const char *slash;
        unsigned shard = 0, shards = 0;
        char part[100];

        assert_string_equal(name, cases[i][1]);
        slash = strrchr(name, '/');
        snprintf(part, sizeof(part), "%s.part", slash ? slash + 1 : name);
        assert_true(
            shard_name_parse(part, cases[i][0], suffixes, &shard, &shards));
        assert_int_equal(shard, 3);
        assert_int_equal(shards, 16);
        free(name);
    }
}

/* Standard output and devices must keep their names. */
static void test_no_files(void **state)
{
    static const char *const names[] = {"-", "/dev/stderr", "/dev/null"};

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char *name = shard_name_make(names[i], 3, 16);

        assert_string_equal(name, names[i]);
        free(name);
    }
}

/* Other names must not be taken for those of a shard. */
static void test_others(void **state)
{
    static const char *const names[] = {
        "result.csv",
        "result.3-of-16.csv.bak",
        "result.3-of-16",
        "result.16-of-16.csv",
        "result.03-of-16.csv",
        "result.3-of-16.txt",
        "other.3-of-16.csv",
        "result.x-of-16.csv",
        "result.3-of-.csv",
        "result.-of-16.csv",
        "result.3-of-16x.csv",
        "result.3-of-0.csv",
        "result.3-of-99999999999.csv",
        "result.3-of-16.csv.partial",
        "",
    };
    unsigned shard, shards;

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_false(shard_name_parse(names[i], "dir/result.csv", suffixes,
                                      &shard, &shards));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_no_files),
                                       cmocka_unit_test(test_others)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
