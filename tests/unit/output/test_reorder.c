#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "output/reorder.h"
#include "output/writer.h"

struct fixture {
    char directory[64];
    char path[80];
    struct writer *writer;
    struct reorder_buffer *reorder;
};

static int open_results(struct fixture *fixture)
{
    const struct atomic_file_setup setup = {
        .files = &file_system_posix, .label = "OUTPUT", .path = fixture->path};
    struct error error;

    fixture->writer = writer_open(&setup, &error);
    fixture->reorder = reorder_new(fixture->writer);
    return fixture->writer && fixture->reorder ? 0 : -1;
}

static void close_results(struct fixture *fixture)
{
    reorder_free(fixture->reorder);
    writer_discard(fixture->writer);
    writer_free(fixture->writer);
}

static int make_results(void **state)
{
    struct fixture *fixture = malloc(sizeof(*fixture));

    if (!fixture)
        return -1;
    *state = fixture;
    (void)snprintf(fixture->directory, sizeof(fixture->directory),
                   "/tmp/test_reorder.XXXXXX");
    if (!mkdtemp(fixture->directory))
        return -1;
    (void)snprintf(fixture->path, sizeof(fixture->path), "%s/out.csv",
                   fixture->directory);
    return open_results(fixture);
}

static int free_results(void **state)
{
    struct fixture *fixture = *state;
    int result;

    close_results(fixture);
    result = rmdir(fixture->directory);
    free(fixture);
    return result;
}

/* Row 7 is "7\n". */
static int try_put(struct fixture *fixture, uint64_t sequence,
                   struct error *error)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%u\n", (unsigned)sequence);

    return reorder_put(fixture->reorder, sequence, text, (size_t)len, error);
}

static void put(struct fixture *fixture, uint64_t sequence)
{
    struct error error;

    if (try_put(fixture, sequence, &error))
        fail_msg("%s", error.text);
}

/* The writer must have written this text and nothing else. */
static void assert_written(const struct fixture *fixture, const char *text)
{
    size_t len = strlen(text);
    char *read = malloc(len + 1);
    struct error error;
    FILE *file;

    assert_non_null(read);
    assert_int_equal(writer_flush(fixture->writer, &error), 0);
    file = fopen(writer_partial_name(fixture->writer), "r");
    assert_non_null(file);
    assert_int_equal(fread(read, 1, len + 1, file), len);
    assert_memory_equal(read, text, len);
    fclose(file);
    free(read);
}

/* Rows that come in order must be written at once. */
static void test_in_order(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, 0);
    assert_written(fixture, "0\n");
    put(fixture, 1);
    assert_written(fixture, "0\n1\n");
    assert_int_equal(reorder_next(fixture->reorder), 2);
    assert_int_equal(reorder_count(fixture->reorder), 2);
}

/* Rows that come early must wait for the oldest that is missing, and leave with
 * it as far as there is no other gap. */
static void test_waits_for_the_oldest(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, 2);
    put(fixture, 1);
    put(fixture, 4);
    assert_written(fixture, "");
    assert_int_equal(reorder_next(fixture->reorder), 0);
    assert_int_equal(reorder_count(fixture->reorder), 3);
    put(fixture, 0);
    assert_written(fixture, "0\n1\n2\n");
    assert_int_equal(reorder_next(fixture->reorder), 3);
    put(fixture, 3);
    assert_written(fixture, "0\n1\n2\n3\n4\n");
    assert_int_equal(reorder_next(fixture->reorder), 5);
    assert_int_equal(reorder_count(fixture->reorder), 5);
}

/* A row must be known to have come when it waits and when it is written, and
 * count in bytes only while it waits. */
static void test_knows_what_has_come(void **state)
{
    struct fixture *fixture = *state;

    assert_false(reorder_has(fixture->reorder, 0));
    assert_false(reorder_has(fixture->reorder, UINT64_MAX));
    assert_int_equal(reorder_bytes(fixture->reorder), 0);
    put(fixture, 0);
    put(fixture, 2);
    put(fixture, 70);
    assert_true(reorder_has(fixture->reorder, 0));
    assert_false(reorder_has(fixture->reorder, 1));
    assert_true(reorder_has(fixture->reorder, 2));
    assert_false(reorder_has(fixture->reorder, 69));
    assert_true(reorder_has(fixture->reorder, 70));
    assert_false(reorder_has(fixture->reorder, 128 + 2));
    /* "2\n" and "70\n", 8 bytes for each */
    assert_int_equal(reorder_bytes(fixture->reorder), 2 + 3 + 2 * 8);
    put(fixture, 1);
    assert_true(reorder_has(fixture->reorder, 2));
    assert_int_equal(reorder_bytes(fixture->reorder), 3 + 8);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

static void shuffle(uint32_t *rows, uint32_t first, uint32_t end,
                    uint32_t *seed)
{
    uint32_t i;

    for (i = end - 1; i > first; i--) {
        uint32_t other = first + next_random(seed) % (i - first + 1);
        uint32_t kept = rows[i];

        rows[i] = rows[other];
        rows[other] = kept;
    }
}

/* Whatever the order in which rows come, near or far from the input's, they
 * must leave in the input's order, each once. */
static void test_any_order(void **state)
{
    enum { ROWS = 5000 };
    static uint32_t rows[ROWS];
    struct fixture *fixture = *state;
    char expected[ROWS * 5];
    size_t len = 0;
    uint32_t seed = 1;
    uint32_t i, window;

    for (i = 0; i < ROWS; i++)
        len +=
            (size_t)snprintf(expected + len, sizeof(expected) - len, "%u\n", i);
    for (window = 2; window <= ROWS; window *= 3) {
        close_results(fixture);
        assert_int_equal(open_results(fixture), 0);
        for (i = 0; i < ROWS; i++)
            rows[i] = i;
        for (i = 0; i < ROWS; i += window)
            shuffle(rows, i, i + window < ROWS ? i + window : ROWS, &seed);
        for (i = 0; i < ROWS; i++)
            put(fixture, rows[i]);
        assert_written(fixture, expected);
        assert_int_equal(reorder_next(fixture->reorder), ROWS);
        assert_int_equal(reorder_count(fixture->reorder), ROWS);
    }
}

/* The last row first, and then the rest: the ring must grow while it is full of
 * rows, beginning anywhere in it, and never put two rows in one place. */
static void test_grows_from_any_place(void **state)
{
    static const uint64_t distances[] = {1,   62,  63,  64,  65,
                                         127, 128, 129, 500, 1025};
    struct fixture *fixture = *state;
    uint64_t first = 0;
    uint64_t last, row;
    size_t i;

    for (i = 0; i < sizeof(distances) / sizeof(distances[0]); i++) {
        last = first + distances[i];
        put(fixture, last);
        for (row = first + 1; row < last; row++)
            put(fixture, row);
        assert_int_equal(reorder_next(fixture->reorder), first);
        put(fixture, first);
        assert_int_equal(reorder_next(fixture->reorder), last + 1);
        first = last + 1;
    }
    assert_int_equal(reorder_count(fixture->reorder), first);
}

/* A second result for a row must be an error that names the row, whether the
 * first was written or waits, and change nothing. */
static void test_refuses_a_second_result(void **state)
{
    struct fixture *fixture = *state;
    struct error error;

    put(fixture, 0);
    put(fixture, 2);
    assert_int_equal(try_put(fixture, 0, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, "row 1 got a second result"));
    assert_int_equal(try_put(fixture, 2, &error), -1);
    assert_non_null(strstr(error.text, "row 3 got a second result"));
    assert_int_equal(reorder_count(fixture->reorder), 2);
    put(fixture, 1);
    assert_written(fixture, "0\n1\n2\n");
}

/* A run that stops must be able to write what waits, leaving out the gaps, and
 * then be given none of those. */
static void test_writes_what_waits(void **state)
{
    struct fixture *fixture = *state;
    struct error error;

    put(fixture, 0);
    put(fixture, 900);
    put(fixture, 3);
    put(fixture, 5);
    assert_int_equal(reorder_write_waiting(fixture->reorder, &error), 0);
    assert_written(fixture, "0\n3\n5\n900\n");
    assert_int_equal(reorder_next(fixture->reorder), 901);
    assert_int_equal(reorder_count(fixture->reorder), 4);
    assert_int_equal(try_put(fixture, 4, &error), -1);
    assert_int_equal(reorder_write_waiting(fixture->reorder, &error), 0);
    assert_written(fixture, "0\n3\n5\n900\n");
}

/* Makes every later write fail, as on a full disk. */
static void break_output(struct writer *writer)
{
    struct rlimit before, limit;
    struct error error;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 0;
    assert_int_equal(writer_write(writer, "x", 1, &error), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(writer_flush(writer, &error), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

/* A write that fails must be reported by the call that wrote, and the rows that
 * were not written must not count as written. */
static void test_reports_a_failed_write(void **state)
{
    struct fixture *fixture = *state;
    struct error error;

    put(fixture, 1);
    break_output(fixture->writer);
    assert_int_equal(try_put(fixture, 0, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, "out.csv.part: File too large"));
    assert_int_equal(reorder_next(fixture->reorder), 0);
    assert_int_equal(reorder_count(fixture->reorder), 1);
    error = (struct error){.kind = ERROR_NONE};
    assert_int_equal(reorder_write_waiting(fixture->reorder, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_int_equal(reorder_next(fixture->reorder), 1);
}

/* A distance that no memory could hold must be an error, not a crash. */
static void test_refuses_an_absurd_distance(void **state)
{
    struct fixture *fixture = *state;
    struct error error;

    assert_int_equal(try_put(fixture, UINT64_MAX, &error), -1);
    assert_string_equal(error.text, "out of memory");
    assert_int_equal(reorder_count(fixture->reorder), 0);
    put(fixture, 0);
    assert_written(fixture, "0\n");
}

/* Without a writer, rows must be put in order and counted as well. */
static void test_without_output(void **state)
{
    struct reorder_buffer *reorder = reorder_new(NULL);
    struct error error;

    (void)state;
    assert_non_null(reorder);
    assert_int_equal(reorder_put(reorder, 1, "b\n", 2, &error), 0);
    assert_int_equal(reorder_next(reorder), 0);
    assert_int_equal(reorder_put(reorder, 0, "a\n", 2, &error), 0);
    assert_int_equal(reorder_next(reorder), 2);
    assert_int_equal(reorder_count(reorder), 2);
    reorder_free(reorder);
    reorder_free(NULL);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, make_results, free_results)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_in_order),
        TEST(test_waits_for_the_oldest),
        TEST(test_knows_what_has_come),
        TEST(test_any_order),
        TEST(test_grows_from_any_place),
        TEST(test_refuses_a_second_result),
        TEST(test_writes_what_waits),
        TEST(test_reports_a_failed_write),
        TEST(test_refuses_an_absurd_distance),
        cmocka_unit_test(test_without_output),
    };

    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
