#include "recoveries.h"

/* ---- tests: what is refused ---------------------------------------------- */

/* An earlier journal must be refused without --resume and --restart, and stay;
 * --restart must discard it. */
static void test_needs_a_choice(void **state)
{
    struct seen seen = {.refuse = 0};
    struct recovery *recovery;
    struct error error;
    struct marks marks;

    (void)state;
    make_journal(&marks);
    assert_null(try_open(quick_files(), NONE, &error));
    assert_says(&error, "--resume");
    assert_says(&error, "--restart");
    assert_says(&error, NAME);

    buffer_init(&seen.text, FILE_SIZE);
    recovery = begin_with(quick_files(), RESTART, &seen);
    assert_false(recovery_resumed(recovery));
    assert_int_equal(seen.text.len, 0);
    recovery_free(recovery);
    recovery = resume_run(&seen);
    assert_int_equal(seen.text.len, 0);
    recovery_free(recovery);
}

/* If --restart is interrupted at any place, or fails there, the next --resume
 * must be accepted: no rows may be left without a journal. */
static void test_restart_interrupted(void **state)
{
    struct seen seen = {.refuse = 0};
    struct marks marks;
    bool began = false;

    (void)state;
    for (unsigned fail_at = 1; !began; fail_at++) {
        struct error error = {.kind = ERROR_NONE};
        struct watch watch;
        struct watched_files watched = watch_files(&watch);
        struct recovery *recovery;

        (void)unlink(NAME);
        (void)unlink(PART);
        make_journal(&marks);
        make_file(PART, "rows", 0600);
        watch.fail_at = fail_at;
        recovery = open_with(&watched.files, RESTART);
        began = try_begin(recovery, &seen, &error) == 0;
        recovery_free(recovery);
        recovery_free(open_with(quick_files(), RESUME));
        assert_true(!is_there(PART) || size_of(PART) == 0 || is_there(NAME));
        assert_true(fail_at < 20);
    }
    assert_int_equal(size_of(PART), 0);
}

/* If --restart was killed after it emptied the staging file, nobody has synced
 * that. The next one must do so before it removes the journal. */
static void test_restart_again(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct seen seen = {.refuse = 0};
    struct recovery *recovery;
    struct marks marks;
    const char *sync;

    (void)state;
    make_journal(&marks);
    make_file(PART, "", 0600);
    recovery = begin_with(&watched.files, RESTART, &seen);
    sync = strstr(watch.calls, "sync " PART "\n");
    assert_non_null(sync);
    assert_true(sync < strstr(watch.calls, "remove " NAME "\n"));
    recovery_free(recovery);
}

/* A run with another fingerprint must be refused, and the journal must stay as
 * it is. */
static void test_other_fingerprint(void **state)
{
    struct fingerprint_setup fingerprint = make_fingerprint();
    struct recovery *recovery;
    struct file before, after;
    struct marks marks;
    struct error error;

    (void)state;
    make_journal(&marks);
    read_file(&before);
    fingerprint.window = 5;
    recovery = open_with(quick_files(), RESUME);
    assert_int_equal(
        recovery_begin(recovery, &fingerprint, &handler, NULL, &error), -1);
    assert_says(&error, NAME " belongs to a run with --window '100000', this "
                             "one is with --window '5'");
    assert_int_equal(recovery_stop(recovery, &error), 0);
    recovery_free(recovery);
    read_file(&after);
    assert_int_equal(after.len, before.len);
    assert_memory_equal(after.data, before.data, before.len);
}

/* ---- tests: the journal and the other files ------------------------------ */

/* If the staging file has rows, a missing journal and one without a header must
 * be refused; the rows must stay, and --restart must be accepted. Without rows,
 * a run begins. */
static void test_no_journal_beside_rows(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery;
    struct seen seen;

    (void)state;
    make_file(PART, "rows", 0600);
    assert_null(try_open(quick_files(), RESUME, &error));
    assert_says(&error, NAME " is missing");
    assert_says(&error, "--restart");
    assert_false(is_there(NAME));
    make_file(NAME, "", 0600);
    assert_refused_as_it_is(RESUME, "intact journal header");
    make_file(NAME, "00000000 H 00000100 bauser-ba", 0600);
    assert_refused_as_it_is(RESUME, "intact journal header");
    assert_int_equal(size_of(PART), 4);
    assert_int_equal(unlink(PART), 0);
    recovery = resume_run(&seen);
    assert_false(recovery_resumed(recovery));
    recovery_free(recovery);

    make_file(PART, "rows", 0600);
    assert_int_equal(unlink(NAME), 0);
    recovery = begin_with(quick_files(), RESTART, &seen);
    assert_false(recovery_resumed(recovery));
    recovery_free(recovery);
}

/* While a run has its journal open, another one must be refused, also with
 * --restart; the journal must stay. */
static void test_journal_in_use(void **state)
{
    struct recovery *recovery = new_run();
    struct error error = {.kind = ERROR_NONE};
    off_t size = size_of(NAME);

    (void)state;
    for (enum choice choice = NONE; choice <= RESTART; choice++) {
        assert_null(try_open(quick_files(), choice, &error));
        assert_int_equal(error.kind, ERROR_BUSY);
        assert_non_null(
            strstr(error.text, "another run is using the journal " NAME));
        assert_int_equal(size_of(NAME), size);
    }
    recovery_free(recovery);
}

/* A run at its end, whose OUTPUT gets its name if renamed is true. */
static struct recovery *finish_run(bool renamed)
{
    struct recovery *recovery = new_run();
    struct error error = {.kind = ERROR_NONE};

    put_row(recovery, STATUS_UPDATED, 0, "1,2\n");
    make_file(PART, "Row\n1,2\n", 0600);
    assert_int_equal(recovery_put_finished(recovery, &error), 0);
    if (renamed)
        assert_int_equal(rename(PART, OUTPUT), 0);
    return recovery;
}

/* A run that has recorded its end, even one that put nothing else, must keep
 * its journal if it stops after OUTPUT has got its name: --resume completes
 * what is left. */
static void test_stops_after_its_end(void **state)
{
    struct recovery *recovery = new_run();
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    make_file(PART, "Row\n", 0600);
    assert_false(recovery_is_needed(recovery));
    assert_int_equal(recovery_put_finished(recovery, &error), 0);
    assert_int_equal(rename(PART, OUTPUT), 0);
    assert_true(recovery_is_needed(recovery));
    assert_int_equal(recovery_stop(recovery, &error), 0);
    recovery_free(recovery);
    assert_true(is_there(NAME));
    assert_int_equal(unlink(OUTPUT), 0);
}

/* A finished run whose staging file was not renamed must be resumed like any
 * other; one whose OUTPUT has its name, as finished, however often. */
static void test_finished(void **state)
{
    struct recovery *recovery;
    struct seen seen;

    (void)state;
    recovery_free(finish_run(false));
    recovery = resume_run(&seen);
    assert_string_equal(seen.text.data, "row 0 Updated 1,2\n\n");
    assert_true(recovery_resumed(recovery));
    assert_false(recovery_is_finished(recovery));
    buffer_free(&seen.text);
    recovery_free(recovery);
    assert_int_equal(unlink(NAME), 0);
    assert_int_equal(unlink(PART), 0);

    recovery_free(finish_run(true));
    for (unsigned i = 0; i < 3; i++) {
        struct error error;

        recovery = resume_run(&seen);
        assert_string_equal(seen.text.data, "row 0 Updated 1,2\n\n");
        assert_true(recovery_is_finished(recovery));
        assert_int_equal(recovery_put_checkpoint(recovery, 5, hash), 0);
        assert_int_equal(recovery_put_finished(recovery, &error), 0);
        buffer_free(&seen.text);
        recovery_free(recovery);
    }
}

/* If --restart is interrupted at any place, or fails there, a finished run
 * whose staging file was not renamed must be resumed, until its journal is
 * removed. */
static void test_restart_of_finished_interrupted(void **state)
{
    struct seen seen = {.refuse = 0};
    bool began = false;

    (void)state;
    for (unsigned fail_at = 1; !began; fail_at++) {
        struct error error = {.kind = ERROR_NONE};
        struct watch watch;
        struct watched_files watched = watch_files(&watch);
        struct recovery *recovery;
        bool removed;

        (void)unlink(NAME);
        (void)unlink(PART);
        recovery_free(finish_run(false));
        watch.fail_at = fail_at;
        recovery = open_with(&watched.files, RESTART);
        began = try_begin(recovery, &seen, &error) == 0;
        recovery_free(recovery);
        removed = strstr(watch.calls, "remove " NAME "\nsync .\n") != NULL;
        recovery = resume_run(&seen);
        assert_string_equal(seen.text.data ? seen.text.data : "",
                            removed ? "" : "row 0 Updated 1,2\n\n");
        buffer_free(&seen.text);
        recovery_free(recovery);
        assert_true(fail_at < 20);
    }
}

/* The journal of a finished run must not be replayed if OUTPUT is not what the
 * run has written, or if the run that resumes it is another one: a new run must
 * begin. */
static void test_finished_long_ago(void **state)
{
    struct fingerprint_setup fingerprint = make_fingerprint();
    struct recovery *recovery;
    struct error error;
    struct seen seen;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        recovery_free(finish_run(true));
        if (i == 0)
            assert_int_equal(unlink(OUTPUT), 0);
        else if (i == 1)
            make_file(OUTPUT, "Row\n1,2\n2,3\n", 0600);
        else if (i == 2)
            make_file(OUTPUT, "Row\n1,3\n", 0600);
        else
            fingerprint.window = 5;
        if (i < 3) {
            recovery = resume_run(&seen);
        } else {
            recovery = open_with(quick_files(), RESUME);
            assert_int_equal(
                recovery_begin(recovery, &fingerprint, &handler, &seen, &error),
                0);
        }
        assert_false(recovery_resumed(recovery));
        assert_false(recovery_is_finished(recovery));
        assert_int_equal(recovery_finish(recovery, &error), 0);
        recovery_free(recovery);
        assert_false(is_there(NAME));
    }
}

/* The name of the staging file must be synced before the finished record is
 * written, and this record before recovery_put_finished() returns; the
 * directory, after the journal is removed. */
static void test_end_is_synced(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct recovery *recovery = new_run_with(&watched.files);
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    make_file(PART, "rows", 0600);
    watch_again(&watch);
    assert_int_equal(recovery_put_finished(recovery, &error), 0);
    assert_string_equal(watch.calls,
                        "sync .\nwrite " NAME "\nsync_data " NAME "\n");
    watch_again(&watch);
    assert_int_equal(recovery_finish(recovery, &error), 0);
    assert_string_equal(watch.calls, "remove " NAME "\nsync .\n");
    recovery_free(recovery);
}

/* A journal that another run has put in place must stay at the end. */
static void test_other_journal_stays(void **state)
{
    struct recovery *recovery = new_run();
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(unlink(NAME), 0);
    make_file(NAME, "another", 0600);
    assert_int_equal(recovery_finish(recovery, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, "replaced " NAME));
    recovery_free(recovery);
    assert_int_equal(size_of(NAME), 7);
}

#define TEST(test)                                                             \
    cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_needs_a_choice),
        TEST(test_restart_interrupted),
        TEST(test_restart_again),
        TEST(test_other_fingerprint),
        TEST(test_no_journal_beside_rows),
        TEST(test_journal_in_use),
        TEST(test_stops_after_its_end),
        TEST(test_finished),
        TEST(test_restart_of_finished_interrupted),
        TEST(test_finished_long_ago),
        TEST(test_end_is_synced),
        TEST(test_other_journal_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
