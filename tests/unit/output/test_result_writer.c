#include "unit.h"

#include "files.h"
#include "output/result_writer.h"

#define NAME "out.csv"

/* A run that applies a file. */
static struct result_writer_setup make_setup(struct tally *tally)
{
    return (struct result_writer_setup){
        .files = &file_system_posix,
        .format = {.mode = MODE_APPLY, .service = &service_rest},
        .output = NAME,
        .tally = tally,
    };
}

static struct result_writer *open_setup(const struct result_writer_setup *setup)
{
    struct error error = {.kind = ERROR_NONE};
    struct result_writer *results = result_writer_open(setup, &error);

    if (!results || result_writer_begin(results, &error))
        fail_msg("%s", error.text);
    return results;
}

static struct result_writer *open_results(struct tally *tally)
{
    const struct result_writer_setup setup = make_setup(tally);

    return open_setup(&setup);
}

/* Opening must fail with a message that contains this text, and leave no file.
 */
static void assert_refused(const struct result_writer_setup *setup,
                           const char *what)
{
    struct error error = {.kind = ERROR_NONE};

    assert_null(result_writer_open(setup, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, what))
        fail_msg("\"%s\" does not say \"%s\"", error.text, what);
    assert_false(is_there(NAME ".part"));
    assert_false(is_there("diff.csv.part"));
}

static int put_alone(struct result_writer *results, uint64_t sequence)
{
    const struct row_alone row = {
        .number = sequence + 1, .id = "7", .status = STATUS_NOT_ATTEMPTED};
    struct error error;

    return result_writer_put_alone(results, sequence, &row, &error);
}

static int replay(struct result_writer *results, uint64_t sequence,
                  enum status status, const char *text)
{
    struct error error;

    return result_writer_put_replayed(results, sequence, status, text,
                                      strlen(text), &error);
}

/* Rows of an earlier run must be written unchanged between those of this run,
 * and be counted. */
static void test_replayed_rows(void **state)
{
    struct tally tally = {0};
    struct result_writer *results = open_results(&tally);
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
    assert_int_equal(result_writer_complete(results, 3, &error), 0);
    assert_int_equal(result_writer_commit(results, &error), 0);
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

/* A run must not finish if the result of a row is missing. */
static void test_a_row_that_is_missing(void **state)
{
    struct tally tally = {0};
    struct result_writer *results = open_results(&tally);
    struct error error;

    (void)state;
    assert_int_equal(replay(results, 1, STATUS_UPDATED, "2,x\n"), 0);
    assert_int_equal(result_writer_complete(results, 2, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    result_writer_free(results);
    assert_false(is_there(NAME));
}

/* The journal must be beside OUTPUT; if OUTPUT is no file, there must be
 * none. */
static void test_journal_name(void **state)
{
    struct tally tally = {0};
    struct result_writer_setup check = make_setup(&tally);
    struct error error;
    struct result_writer *results = open_results(&tally);

    (void)state;
    assert_string_equal(result_writer_journal_name(results), NAME ".journal");
    assert_int_equal(result_writer_poll_fd(results), -1);
    assert_false(result_writer_is_full(results));
    result_writer_discard(results);
    result_writer_free(results);
    check.format.mode = MODE_CHECK;
    check.output = NULL;
    results = result_writer_open(&check, &error);
    assert_non_null(results);
    assert_null(result_writer_journal_name(results));
    assert_int_equal(result_writer_poll_fd(results), -1);
    assert_false(result_writer_is_full(results));
    result_writer_free(results);
}

/* What an earlier run left must stop a new one, unless it is resumed or
 * restarted. */
static void test_an_unfinished_run(void **state)
{
    struct tally tally = {0};
    struct result_writer_setup setup = make_setup(&tally);
    struct error error;

    (void)state;
    make_file(NAME ".part", "earlier", 0600);
    assert_null(result_writer_open(&setup, &error));
    setup.flags = ATOMIC_FILE_RESUME;
    result_writer_free(open_setup(&setup));
    setup.flags = ATOMIC_FILE_RESTART;
    result_writer_free(open_setup(&setup));
    assert_int_equal(size_of(NAME ".part"), strlen("earlier"));
}

/* No two of INPUT, OUTPUT, --diff and --log-file may be one file, whatever the
 * name and whichever of OUTPUT's files it is. */
static void test_one_file_for_two(void **state)
{
    static const char *const names[] = {NAME, "./" NAME, NAME ".part",
                                        NAME ".journal"};
    struct tally tally = {0};
    struct result_writer_setup setup = make_setup(&tally);
    struct stat input;

    (void)state;
    setup.format.mode = MODE_DRY_RUN;
    for (size_t i = 0; i < COUNT(names); i++) {
        setup.diff = names[i];
        assert_refused(&setup, "--diff and OUTPUT are the same file");
        setup.diff = NULL;
        setup.log_file = names[i];
        assert_refused(&setup, "is a file of OUTPUT");
        setup.log_file = NULL;
    }
    setup.diff = setup.log_file = "diff.csv";
    assert_refused(&setup, "is a file of --diff");
    make_file("in.csv", "Id\n", 0600);
    assert_int_equal(stat("in.csv", &input), 0);
    setup.input = &input;
    setup.diff = NULL;
    setup.log_file = "./in.csv";
    assert_refused(&setup, "is a file of INPUT");
    setup.log_file = NULL;
    setup.diff = "in.csv";
    assert_refused(&setup, "INPUT and --diff are the same file");
    setup.diff = NULL;
    setup.output = "in.csv";
    assert_refused(&setup, "INPUT and OUTPUT are the same file");
}

/* ---- the listener -------------------------------------------------------- */

/* What a listener has received, and the call at which it fails. */
struct heard {
    char text[512];
    size_t len;
    unsigned calls;
    unsigned fail_at; /* 0: never */
};

static int hear(struct heard *heard, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int hear(struct heard *heard, const char *format, ...)
{
    va_list args;

    if (++heard->calls == heard->fail_at)
        return -1;
    va_start(args, format);
    heard->len +=
        (size_t)vsnprintf(heard->text + heard->len,
                          sizeof(heard->text) - heard->len, format, args);
    va_end(args);
    return 0;
}

static int hear_begin(void *context, enum status status)
{
    return hear(context, "begin %s\n", status_name(status));
}

static int hear_row(void *context, uint64_t sequence, const char *text,
                    size_t len)
{
    return hear(context, "%u: %.*s", (unsigned)sequence, (int)len, text);
}

static int hear_end(void *context, bool part)
{
    return hear(context, part ? "part\n" : "end\n");
}

static const struct result_listener listener = {hear_begin, hear_row, hear_end};

static struct result_writer *open_heard(struct tally *tally,
                                        struct heard *heard)
{
    struct result_writer_setup setup = make_setup(tally);

    setup.listener = &listener;
    setup.context = heard;
    return open_setup(&setup);
}

/* The listener must receive the rows of each group, as they are written, and no
 * row of an earlier run. */
static void test_listener(void **state)
{
    struct row *first = make_row(1, "7", "");
    struct group group = {.rows = first};
    struct task_result task = {.group = &group};
    struct tally tally = {0};
    struct heard heard = {.len = 0};
    struct result_writer *results = open_heard(&tally, &heard);
    struct error error;

    (void)state;
    first->next = make_row(3, "7", "");
    merge_init(&task.merge, first);
    assert_int_equal(replay(results, 3, STATUS_UPDATED, "4,before\n"), 0);
    assert_int_equal(result_writer_put_task(results, &task, &error), 0);
    assert_int_equal(put_alone(results, 1), 0);
    assert_string_equal(heard.text, "begin Updated\n"
                                    "0: 1,7,Updated,,,,,,,,,0,,\n"
                                    "2: 3,7,Updated,,,,,,,,,0,,\n"
                                    "end\n"
                                    "begin NotAttempted\n"
                                    "1: 2,7,NotAttempted,,,,,,yes,,,0,,\n"
                                    "end\n");
    result_writer_discard(results);
    result_writer_free(results);
    row_free_all(first);
}

/* The refused rows of a task must be a part of its group. */
static void test_refused_rows(void **state)
{
    struct row *row = make_row(2, "7", ""), *refused = make_row(1, "7", "");
    struct doubt *why = calloc(1, sizeof(*why) + 1); /* with an empty text */
    struct group group = {.rows = row, .refused = refused};
    struct task_result task = {.group = &group};
    struct tally tally = {0};
    struct heard heard = {.len = 0};
    struct result_writer *results = open_heard(&tally, &heard);
    struct error error;

    (void)state;
    assert_non_null(why);
    why->code = "InvalidValue";
    refused->why = refused->doubts = why;
    merge_init(&task.merge, row);
    assert_int_equal(result_writer_put_task(results, &task, &error), 0);
    assert_string_equal(heard.text, "begin Failed\n"
                                    "0: 1,7,Failed,,,InvalidValue,,Id,no,,,0,,"
                                    "\npart\nbegin Updated\n"
                                    "1: 2,7,Updated,,,,,,,,,0,,\nend\n");
    assert_int_equal(tally.by_status[STATUS_UPDATED], 1);
    assert_int_equal(tally.by_status[STATUS_FAILED], 1);
    result_writer_discard(results);
    result_writer_free(results);
    row_free(row);
    row_free(refused);
}

/* A listener without memory must end the run, whichever call fails. */
static void test_listener_fails(void **state)
{
    struct tally tally = {0};

    (void)state;
    for (unsigned i = 1; i <= 3; i++) {
        struct heard heard = {.fail_at = i};
        struct result_writer *results = open_heard(&tally, &heard);

        assert_int_equal(put_alone(results, 0), -1);
        assert_int_equal(heard.calls, i);
        result_writer_discard(results);
        result_writer_free(results);
    }
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, enter_directory, leave_directory)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_replayed_rows),    TEST(test_a_row_that_is_missing),
        TEST(test_journal_name),     TEST(test_an_unfinished_run),
        TEST(test_one_file_for_two), TEST(test_listener),
        TEST(test_refused_rows),     TEST(test_listener_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
