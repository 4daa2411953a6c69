#include "unit.h"

#include "files.h"
#include "output/result_writer.h"

#define NAME "out.csv"

static const struct options apply = {.mode = MODE_APPLY, .output = NAME};

static struct result_writer *open_sink(const struct options *options,
                                       struct tally *tally)
{
    struct error error = {.kind = ERROR_NONE};
    struct result_writer *results =
        result_writer_open(options, NULL, tally, &error);

    if (!results || result_writer_begin(results, &error))
        fail_msg("%s", error.text);
    return results;
}

/* Opening must be refused with this text, and leave no file. */
static void assert_refused(const struct options *options,
                           const struct stat *input, const char *what)
{
    struct tally tally = {0};
    struct error error = {.kind = ERROR_NONE};

    assert_null(result_writer_open(options, input, &tally, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, what))
        fail_msg("\"%s\" does not say \"%s\"", error.text, what);
    assert_false(is_there(NAME ".part"));
    assert_false(is_there("diff.csv.part"));
}

static int put_alone(struct result_writer *results, uint64_t sequence)
{
    struct error error;

    return result_writer_put_alone(results, sequence, sequence + 1, "7",
                                   STATUS_NOT_ATTEMPTED, NULL, &error);
}

static int replay(struct result_writer *results, uint64_t sequence,
                  enum status status, const char *text)
{
    struct error error;

    return result_writer_put_replayed(results, sequence, status, text,
                                      strlen(text), &error);
}

/* Rows of an earlier run must go between those of this one as they stand, and
 * count. */
static void test_replayed_rows(void **state)
{
    struct tally tally = {0};
    struct result_writer *results = open_sink(&apply, &tally);
    struct error error;
    char text[512];
    FILE *file;
    size_t len;

    (void)state;
    assert_int_equal(replay(results, 2, STATUS_UPDATED, "3,as it was\n"), 0);
    assert_true(result_writer_has(results, 2));
    assert_false(result_writer_has(results, 0));
    assert_int_equal(result_writer_next(results), 0);
    assert_true(result_writer_waiting_bytes(results) >=
                strlen("3,as it was\n"));
    assert_int_equal(put_alone(results, 1), 0);
    assert_int_equal(replay(results, 0, STATUS_FAILED, "1,before\n"), 0);
    assert_int_equal(result_writer_waiting_bytes(results), 0);
    assert_int_equal(replay(results, 1, STATUS_UPDATED, "again\n"), -1);
    assert_int_equal(result_writer_finish(results, 3, &error), 0);
    result_writer_free(results);
    assert_int_equal(tally.rows, 3);
    assert_int_equal(tally.by_status[STATUS_UPDATED], 1);
    assert_int_equal(tally.by_status[STATUS_FAILED], 1);
    assert_int_equal(tally.by_status[STATUS_NOT_ATTEMPTED], 1);
    file = fopen(NAME, "r");
    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[len] = '\0';
    assert_string_equal(strchr(text, '\n'), "\n1,before\n"
                                            "2,7,NotAttempted,,,,,,yes,,,0,,\n"
                                            "3,as it was\n");
}

/* A run whose results are not all there must not come to its end. */
static void test_a_row_that_is_missing(void **state)
{
    struct tally tally = {0};
    struct result_writer *results = open_sink(&apply, &tally);
    struct error error;

    (void)state;
    assert_int_equal(replay(results, 1, STATUS_UPDATED, "2,x\n"), 0);
    assert_int_equal(result_writer_finish(results, 2, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    result_writer_free(results);
    assert_false(is_there(NAME));
}

/* The journal must lie beside OUTPUT; where OUTPUT is no file, there must be
 * none. */
static void test_journal_name(void **state)
{
    static const struct options check = {.mode = MODE_CHECK};
    struct tally tally = {0};
    struct error error;
    struct result_writer *results = open_sink(&apply, &tally);

    (void)state;
    assert_string_equal(result_writer_journal_name(results), NAME ".journal");
    assert_int_equal(result_writer_poll_fd(results), -1);
    assert_false(result_writer_is_full(results));
    result_writer_discard(results);
    result_writer_free(results);
    results = result_writer_open(&check, NULL, &tally, &error);
    assert_non_null(results);
    assert_null(result_writer_journal_name(results));
    assert_int_equal(result_writer_poll_fd(results), -1);
    assert_false(result_writer_is_full(results));
    result_writer_free(results);
}

/* What an earlier run left must stop a new one, unless --resume or --restart
 * says what is to become of it. */
static void test_an_unfinished_run(void **state)
{
    struct options options = apply;
    struct tally tally = {0};
    struct error error;

    (void)state;
    make_file(NAME ".part", "earlier", 0600);
    assert_null(result_writer_open(&options, NULL, &tally, &error));
    options.resume = true;
    result_writer_free(open_sink(&options, &tally));
    options.resume = false;
    options.restart = true;
    result_writer_free(open_sink(&options, &tally));
    assert_int_equal(size_of(NAME ".part"), strlen("earlier"));
}

/* No two of INPUT, OUTPUT, --diff and --log-file may be one file, by whatever
 * name and through whichever of OUTPUT's files. */
static void test_one_file_for_two(void **state)
{
    static const char *const names[] = {NAME, "./" NAME, NAME ".part",
                                        NAME ".journal"};
    struct options options = apply;
    struct stat input;

    (void)state;
    options.mode = MODE_DRY_RUN;
    for (size_t i = 0; i < COUNT(names); i++) {
        options.diff = names[i];
        assert_refused(&options, NULL, "--diff and OUTPUT can't be the same");
        options.diff = NULL;
        options.log_file = names[i];
        assert_refused(&options, NULL, "--log-file and OUTPUT can't be");
        options.log_file = NULL;
    }
    options.diff = options.log_file = "diff.csv";
    assert_refused(&options, NULL, "--log-file and --diff can't be");
    make_file("in.csv", "Id\n", 0600);
    assert_int_equal(stat("in.csv", &input), 0);
    options.diff = NULL;
    options.log_file = "./in.csv";
    assert_refused(&options, &input, "--log-file and INPUT can't be");
    options.log_file = NULL;
    options.diff = "in.csv";
    assert_refused(&options, &input, "INPUT and --diff are the same file");
    options.diff = NULL;
    options.output = "in.csv";
    assert_refused(&options, &input, "INPUT and OUTPUT are the same file");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_replayed_rows),    TEST(test_a_row_that_is_missing),
        TEST(test_journal_name),     TEST(test_an_unfinished_run),
        TEST(test_one_file_for_two),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
