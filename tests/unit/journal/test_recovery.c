#include "recoveries.h"

/* ---- tests: what is replayed --------------------------------------------- */

/* A killed run must be resumed with its rows, writes and checkpoint, in their
 * order, and with what its open intents say of their updates. */
static void test_resumed(void **state)
{
    struct marks marks;
    struct seen seen;
    struct recovery *recovery;
    const struct sent *sent;

    (void)state;
    make_journal(&marks);
    recovery = resume_run(&seen);
    assert_true(recovery_resumed(recovery));
    assert_string_equal(seen.text.data, CELLS);
    assert_open(recovery, "5 ");
    sent = recovery_open_intent(recovery, 5);
    assert_string_equal(sent->stamps, "AAAA= BBBB=");
    assert_string_equal(sent->last_modified, "2026-01-02T03:04:05.678");
    assert_true(sent->shared == UINT64_MAX);
    assert_true(sent->shared_after == 0);
    assert_true(sent->telling == 1);
    assert_int_equal(sent->changed, 33);
    buffer_free(&seen.text);
    recovery_free(recovery);
}

/* A journal that ends after any byte must be replayed up to its last complete
 * record, and what is appended then must follow it. */
static void test_truncated_at_each_byte(void **state)
{
    struct marks marks;
    struct file file;

    (void)state;
    make_journal(&marks);
    read_file(&file);
    assert_int_equal(file.len, marks.marks[marks.count - 1].len);
    for (size_t len = 0; len <= file.len; len++) {
        write_file(&file, len);
        assert_resumed(find_mark(&marks, len));
    }
}

/* A journal with any byte changed must be replayed up to the record before it,
 * and what is appended then must follow that record. If the header is changed,
 * the journal must be refused, and stay as it is. */
static void test_each_byte_changed(void **state)
{
    struct marks marks;
    struct file file;

    (void)state;
    make_journal(&marks);
    read_file(&file);
    for (size_t at = 0; at < file.len; at++) {
        file.data[at] ^= (char)(1U << at % 8);
        write_file(&file, file.len);
        if (at < marks.marks[0].len)
            assert_refused_as_it_is(RESUME, "intact journal header");
        else
            assert_resumed(find_mark(&marks, at));
        file.data[at] ^= (char)(1U << at % 8);
    }
}

/* Rows of one group whose results need three records, of 100 bytes each. */
#define LARGE 25000U
#define PARTS 3

static int count_row(void *context, uint64_t sequence, enum status status,
                     const char *text, size_t len, struct error *error)
{
    uint64_t *count = context;

    (void)error;
    assert_int_equal(sequence, *count);
    assert_int_equal(status, STATUS_UPDATED);
    assert_int_equal(len, 100);
    assert_int_equal(text[99], '\n');
    ++*count;
    return 0;
}

/* Puts the group, and finds out where its records end. */
static void make_large_group(off_t ends[PARTS])
{
    struct seen seen = {.refuse = 0};
    struct recovery *recovery = begin_with(quick_files(), RESTART, &seen);
    unsigned parts = 0;
    off_t size;
    char text[101];

    (void)snprintf(text, sizeof(text), "%099d\n", 7);
    put_intent(recovery, "7", (const unsigned[]){0, LARGE - 1}, 2);
    flush(recovery);
    size = size_of(NAME);
    assert_int_equal(recovery_begin_rows(recovery, STATUS_UPDATED), 0);
    for (unsigned i = 0; i < LARGE; i++) {
        assert_int_equal(recovery_add_row(recovery, i, text, 100), 0);
        if (size_of(NAME) == size)
            continue;
        assert_true(parts < PARTS);
        size = ends[parts++] = size_of(NAME);
    }
    assert_int_equal(recovery_end_rows(recovery, false), 0);
    flush(recovery);
    ends[parts++] = size_of(NAME);
    assert_int_equal(parts, PARTS);
    recovery_free(recovery);
}

/* After a journal was truncated to len bytes, the group must have all its
 * rows and no open intent, or no row and its open intent. */
static void assert_large_group(off_t len, bool complete)
{
    static const struct replay_handler counter = {
        .row = count_row,
        .own_write = see_own_write,
        .checkpoint = see_checkpoint,
    };
    const struct fingerprint_setup fingerprint = make_fingerprint();
    char last[64];
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery;
    struct seen seen;
    uint64_t count = 0;
    size_t end;

    (void)snprintf(last, sizeof(last), "row %u Unknown 1,2\n\n", LARGE);
    assert_int_equal(truncate(NAME, len), 0);
    recovery = open_with(quick_files(), RESUME);
    if (recovery_begin(recovery, &fingerprint, &counter, &count, &error))
        fail_msg("%s", error.text);
    assert_int_equal(count, complete ? LARGE : 0);
    assert_int_equal(recovery_open_intent(recovery, 0) == NULL, complete);
    assert_int_equal(recovery_open_intent(recovery, LARGE - 1) == NULL,
                     complete);
    put_row(recovery, STATUS_UNKNOWN, LARGE, "1,2\n");
    flush(recovery);
    recovery_free(recovery);

    recovery = resume_run(&seen);
    end = seen.text.len - strlen(last);
    assert_string_equal(seen.text.data + end, last);
    assert_int_equal(end == 0, !complete);
    buffer_free(&seen.text);
    recovery_free(recovery);
}

/* Very many rows of one group need several records. They must be replayed as
 * they were put if all of them are there; otherwise none of them, also if the
 * journal ends directly after one of the records, and what is put then must be
 * replayed. */
static void test_large_group(void **state)
{
    off_t ends[PARTS];

    (void)state;
    for (unsigned i = 0; i < PARTS; i++) {
        make_large_group(ends);
        assert_large_group(ends[i] - 1, false);
        make_large_group(ends);
        assert_large_group(ends[i], i == PARTS - 1);
    }
}

/* A row that was refused before the update of its group must be replayed with
 * the intent of the update, and not without it: neither if the journal ends
 * between them, wherever that is, nor if another record follows. */
static void test_refused_row(void **state)
{
    struct recovery *recovery = new_run();
    struct seen seen;
    struct file file;
    off_t begin, middle;

    (void)state;
    begin = size_of(NAME);
    put_part(recovery, STATUS_FAILED, 1, "2,7\n");
    flush(recovery);
    middle = size_of(NAME);
    put_intent(recovery, "7", (const unsigned[]){2, 3}, 2);
    flush(recovery);
    recovery_free(recovery);
    read_file(&file);
    for (size_t len = (size_t)begin; len <= file.len; len++) {
        bool complete = len == file.len;

        write_file(&file, len);
        recovery = resume_run(&seen);
        assert_int_equal(seen.text.len > 0, complete);
        assert_int_equal(recovery_open_intent(recovery, 2) != NULL, complete);
        buffer_free(&seen.text);
        recovery_free(recovery);
    }
    write_file(&file, (size_t)middle);
    recovery = resume_run(&seen);
    put_row(recovery, STATUS_UPDATED, 5, "6,8\n");
    flush(recovery);
    recovery_free(recovery);
    buffer_free(&seen.text);
    recovery = resume_run(&seen);
    assert_string_equal(seen.text.data, "row 5 Updated 6,8\n\n");
    buffer_free(&seen.text);
    recovery_free(recovery);
}

/* ---- tests: to disk ------------------------------------------------------ */

/* A run that stops must leave its journal if it did anything or resumed another
 * run; otherwise, and if the run is complete, there must be none. */
static void test_ends(void **state)
{
    struct error error;
    struct recovery *recovery = new_run();
    struct seen seen;

    (void)state;
    assert_int_equal(recovery_put_checkpoint(recovery, 5, hash), 0);
    assert_int_equal(recovery_stop(recovery, &error), 0);
    recovery_free(recovery);
    assert_false(is_there(NAME));

    recovery = new_run();
    put_intent(recovery, "7", (const unsigned[]){4}, 1);
    assert_int_equal(recovery_stop(recovery, &error), 0);
    recovery_free(recovery);
    assert_true(is_there(NAME));

    recovery = resume_run(&seen);
    assert_open(recovery, "4 ");
    assert_int_equal(recovery_stop(recovery, &error), 0);
    recovery_free(recovery);
    assert_true(is_there(NAME));

    recovery = resume_run(&seen);
    assert_true(recovery_resumed(recovery));
    assert_int_equal(recovery_finish(recovery, &error), 0);
    recovery_free(recovery);
    assert_false(is_there(NAME));
}

/* Without a recovery, every function must do nothing. */
static void test_none(void **state)
{
    struct error error;

    (void)state;
    assert_int_equal(recovery_begin(NULL, NULL, &handler, NULL, &error), 0);
    assert_false(recovery_resumed(NULL));
    assert_null(recovery_open_intent(NULL, 0));
    assert_int_equal(recovery_put_intent(NULL, NULL, NULL), 0);
    assert_int_equal(recovery_begin_rows(NULL, STATUS_FAILED), 0);
    assert_int_equal(recovery_add_row(NULL, 0, "", 0), 0);
    assert_int_equal(recovery_end_rows(NULL, false), 0);
    assert_int_equal(recovery_put_own_write(NULL, (struct shared_state){"", 0},
                                            (struct shared_state){"", 0}),
                     0);
    assert_int_equal(recovery_put_checkpoint(NULL, 0, hash), 0);
    assert_int_equal(recovery_flush(NULL, 0, &error), 0);
    assert_int_equal(recovery_wait(NULL, 0), -1);
    assert_int_equal(recovery_check(NULL, &error), 0);
    assert_int_equal(recovery_finish(NULL, &error), 0);
    assert_int_equal(recovery_stop(NULL, &error), 0);
    recovery_free(NULL);
}

/* A full disk must be reported, also by every later call, and what was written
 * before must be replayed. */
static void test_full_disk(void **state)
{
    struct recovery *recovery = new_run();
    struct rlimit limit, small;
    struct error error;
    struct seen seen;

    (void)state;
    put_row(recovery, STATUS_FAILED, 0, "1,2\n");
    flush(recovery);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 600;
    put_row(recovery, STATUS_FAILED, 1,
            "a row that is long enough not to fit the file any more, as it has "
            "more than a hundred bytes, two hundred bytes, even more than "
            "three hundred bytes of text that nobody is ever going to read, "
            "unless the disk is larger than the disk of this test is, which "
            "ends after so few bytes that the header takes most of them\n");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(recovery_flush(recovery, 0, &error), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, NAME ": File too large"));
    put_row(recovery, STATUS_FAILED, 2, "3,2\n");
    assert_int_equal(recovery_flush(recovery, 0, &error), -1);
    assert_int_equal(recovery_stop(recovery, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    recovery_free(recovery);

    recovery = resume_run(&seen);
    assert_string_equal(seen.text.data, "row 0 Failed 1,2\n\n");
    buffer_free(&seen.text);
    recovery_free(recovery);
}

/* What was written must be synced if the last sync is a second ago, and at
 * every stop; if nothing was written since, there must be no sync. */
static void test_synced(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct recovery *recovery;
    struct error error;

    (void)state;
    recovery = new_run_with(&watched.files);
    assert_string_equal(watch.calls,
                        "sync .\nwrite " NAME "\nsync_data " NAME "\n");
    watch_again(&watch);
    put_row(recovery, STATUS_FAILED, 0, "1,2\n");
    assert_int_equal(recovery_flush(recovery, 5000, &error), 0);
    assert_string_equal(watch.calls, "write " NAME "\nsync_data " NAME "\n");
    put_row(recovery, STATUS_FAILED, 1, "2,2\n");
    assert_int_equal(recovery_flush(recovery, 5999, &error), 0);
    assert_int_equal(count_calls(&watch, "write"), 2);
    assert_int_equal(count_calls(&watch, "sync_data"), 1);
    assert_int_equal(recovery_wait(recovery, 5999), 1);
    assert_int_equal(recovery_wait(recovery, 6001), 0);
    assert_int_equal(recovery_flush(recovery, 6000, &error), 0);
    assert_int_equal(count_calls(&watch, "sync_data"), 2);
    assert_int_equal(recovery_wait(recovery, 6000), -1);
    assert_int_equal(recovery_flush(recovery, 9000, &error), 0);
    assert_int_equal(count_calls(&watch, "sync_data"), 2);
    put_row(recovery, STATUS_FAILED, 2, "3,2\n");
    assert_int_equal(recovery_stop(recovery, &error), 0);
    assert_int_equal(count_calls(&watch, "sync_data"), 3);
    recovery_free(recovery);
}

/* Intents must be synced in the turn in which they were put, all of them by one
 * sync; with --sync second, when the last sync is a second ago. */
static void test_intents_synced(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct recovery *recovery = new_run_with(&watched.files);
    struct recovery_setup each_second = make_setup(&watched.files, RESTART);
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    each_second.sync_second = true;
    assert_int_equal(recovery_flush(recovery, 5000, &error), 0);
    for (unsigned i = 1; i <= 3; i++) {
        watch_again(&watch);
        put_intent(recovery, "7", (const unsigned[]){4 * i}, 1);
        put_intent(recovery, "8", (const unsigned[]){4 * i + 1}, 1);
        assert_int_equal(recovery_flush(recovery, 5000 + i, &error), 0);
        assert_string_equal(watch.calls,
                            "write " NAME "\nsync_data " NAME "\n");
        put_row(recovery, STATUS_UPDATED, 4 * i, "1,2\n");
        assert_int_equal(recovery_flush(recovery, 5000 + i, &error), 0);
        assert_int_equal(count_calls(&watch, "sync_data"), 1);
    }
    recovery_free(recovery);

    recovery = recovery_open(&each_second, &error);
    assert_non_null(recovery);
    assert_int_equal(try_begin(recovery, NULL, &error), 0);
    watch_again(&watch);
    put_intent(recovery, "7", (const unsigned[]){4}, 1);
    assert_int_equal(recovery_flush(recovery, 999, &error), 0);
    assert_string_equal(watch.calls, "write " NAME "\n");
    assert_int_equal(recovery_flush(recovery, 1000, &error), 0);
    assert_int_equal(count_calls(&watch, "sync_data"), 1);
    recovery_free(recovery);
}

/* With --sync second, intents must be synced before other files are, and only
 * then; there must be no sync without one. */
static void test_intents_synced_at_the_end(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct recovery_setup setup = make_setup(&watched.files, RESTART);
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery;

    (void)state;
    setup.sync_second = true;
    recovery = recovery_open(&setup, &error);
    assert_non_null(recovery);
    assert_int_equal(try_begin(recovery, NULL, &error), 0);
    watch_again(&watch);
    put_intent(recovery, "7", (const unsigned[]){4}, 1);
    assert_int_equal(recovery_sync_intents(recovery, &error), 0);
    assert_string_equal(watch.calls, "write " NAME "\nsync_data " NAME "\n");
    assert_int_equal(recovery_sync_intents(recovery, &error), 0);
    assert_int_equal(count_calls(&watch, "sync_data"), 1);
    assert_int_equal(recovery_sync_intents(NULL, &error), 0);
    recovery_free(recovery);
}

/* A sync that fails must be reported and never be repeated: the data may be
 * lost. */
static void test_sync_fails(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct recovery *recovery = new_run_with(&watched.files);
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    put_row(recovery, STATUS_FAILED, 0, "1,2\n");
    watch_again(&watch);
    watch.fail_at = 2;
    assert_int_equal(recovery_flush(recovery, 5000, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, NAME ": Input/output error"));
    watch_again(&watch);
    assert_int_equal(recovery_flush(recovery, 9000, &error), -1);
    assert_int_equal(recovery_stop(recovery, &error), -1);
    assert_string_equal(watch.calls, "");
    recovery_free(recovery);
}

/* If the header can't be written or synced, or its directory not be synced, the
 * run must not begin, and leave no journal with a header. */
static void test_header_fails(void **state)
{
    (void)state;
    for (unsigned fail_at = 1; fail_at <= 3; fail_at++) {
        struct watch watch;
        struct watched_files watched = watch_files(&watch);
        struct recovery *recovery = open_with(&watched.files, NONE);
        struct error error = {.kind = ERROR_NONE};

        watch.fail_at = fail_at;
        assert_int_equal(try_begin(recovery, NULL, &error), -1);
        assert_non_null(strstr(error.text, NAME ": Input/output error"));
        assert_int_equal(recovery_stop(recovery, &error), 0);
        recovery_free(recovery);
        assert_true(!is_there(NAME) || size_of(NAME) == 0);
    }
}

/* ---- tests: a file system without locks ---------------------------------- */

static int lock_nothing(const struct file_system *files, int fd, int operation)
{
    (void)files;
    (void)fd;
    (void)operation;
    return 0;
}

/* If locks exclude nobody, the run that begins last must go on with all intents
 * that the other one has flushed. The other one must fail at its next flush, so
 * that it sends nothing, and its journal must stay. */
static void test_two_runs(void **state)
{
    struct file_system files = *quick_files();
    struct recovery *first, *second;
    struct error error = {.kind = ERROR_NONE};
    struct seen seen = {.refuse = 0};

    (void)state;
    files.lock = lock_nothing;
    first = new_run_with(&files);
    put_row(first, STATUS_UPDATED, 0, "1,2\n");
    put_intent(first, "7", (const unsigned[]){4}, 1);
    flush(first);
    buffer_init(&seen.text, FILE_SIZE);
    second = begin_with(&files, RESUME, &seen);
    assert_string_equal(seen.text.data, "row 0 Updated 1,2\n\n");
    assert_open(second, "4 ");

    assert_int_equal(recovery_check(second, &error), 0);
    assert_int_equal(recovery_check(first, &error), -1);
    put_intent(first, "8", (const unsigned[]){5}, 1);
    assert_int_equal(recovery_flush(first, 0, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, "changed or replaced " NAME));
    assert_int_equal(recovery_stop(first, &error), -1);
    assert_int_equal(recovery_put_finished(first, &error), -1);
    recovery_free(first);
    assert_true(is_there(NAME));
    recovery_free(second);
    buffer_free(&seen.text);
}

static int intrusions;

/* Another process appends a byte before what this one writes. */
static ssize_t write_after_intruder(const struct file_system *files, int fd,
                                    const void *data, size_t len)
{
    (void)files;
    if (intrusions > 0) {
        intrusions--;
        assert_int_equal(write(fd, "x", 1), 1);
    }
    return write(fd, data, len);
}

/* If another process writes just before the claim of a run that resumes, the
 * claim must be repeated; if it does so each time, the run must not begin. */
static void test_claim_is_repeated(void **state)
{
    struct file_system files = *quick_files();
    struct recovery *recovery;
    struct seen seen = {.refuse = 0};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    recovery_free(new_run());
    files.write = write_after_intruder;
    buffer_init(&seen.text, FILE_SIZE);
    intrusions = 2;
    recovery = begin_with(&files, RESUME, &seen);
    put_row(recovery, STATUS_UPDATED, 0, "1,2\n");
    flush(recovery);
    recovery_free(recovery);
    recovery = begin_with(&files, RESUME, &seen);
    assert_string_equal(seen.text.data, "row 0 Updated 1,2\n\n");
    recovery_free(recovery);
    buffer_free(&seen.text);

    intrusions = 10;
    recovery = open_with(&files, RESUME);
    assert_int_equal(try_begin(recovery, &seen, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    recovery_free(recovery);
}

/* A run must notice at its next flush that others have emptied, extended or
 * replaced its journal, or put one of the same size in place. */
static void test_journal_changed_by_others(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        struct seen seen = {.refuse = 0};
        struct recovery *recovery = begin_with(quick_files(), RESTART, &seen);
        struct error error = {.kind = ERROR_NONE};
        struct file file;
        int fd;

        put_row(recovery, STATUS_UPDATED, 0, "1,2\n");
        flush(recovery);
        read_file(&file);
        fd = open(NAME, O_WRONLY | O_CLOEXEC);
        if (i == 0) {
            assert_int_equal(ftruncate(fd, 0), 0);
        } else if (i == 1) {
            assert_int_equal(pwrite(fd, "x", 1, (off_t)file.len), 1);
        } else if (i == 2) {
            assert_int_equal(unlink(NAME), 0);
        } else if (i == 3) {
            write_file(&file, file.len);
        } else {
            strstr(file.data, "host 123 ")[0] = 'g';
            assert_int_equal(pwrite(fd, file.data, file.len, 0), file.len);
        }
        assert_int_equal(close(fd), 0);
        put_row(recovery, STATUS_UPDATED, 1, "2,2\n");
        assert_int_equal(recovery_flush(recovery, 0, &error), -1);
        assert_int_equal(error.kind, ERROR_LOCAL);
        assert_non_null(strstr(error.text, "changed or replaced " NAME));
        recovery_free(recovery);
    }
}

/* A journal must be kept for the runs that can be resumed, and for no others.
 */
static void test_is_kept(void **state)
{
    (void)state;
    assert_true(recovery_is_kept(MODE_APPLY, "out.csv", NULL));
    assert_true(recovery_is_kept(MODE_RECONCILE, "out.csv", NULL));
    assert_true(recovery_is_kept(MODE_DRY_RUN, "out.csv", NULL));
    assert_false(recovery_is_kept(MODE_DRY_RUN, "out.csv", "diff.csv"));
    assert_false(recovery_is_kept(MODE_EXPORT, "out.csv", NULL));
    assert_false(recovery_is_kept(MODE_CHECK, NULL, NULL));
    assert_false(recovery_is_kept(MODE_APPLY, "-", NULL));
}

/* An update whose outcome was not recorded must be replayed as an own write
 * without a time. */
static void test_replays_own_write_of_intent(void **state)
{
    const struct sent sent = {.stamps = "AAAA= BBBB=",
                              .last_modified = "2026-01-02T03:04:05.678",
                              .shared = 7,
                              .shared_after = 9,
                              .changed = 1};
    struct recovery *recovery = new_run();
    struct group group = {.rows = make_row(5, "7", ""), .key = "7"};
    struct seen seen;

    (void)state;
    assert_int_equal(recovery_put_intent(recovery, &group, &sent), 0);
    flush(recovery);
    recovery_free(recovery);
    recovery = resume_run(&seen);
    assert_string_equal(seen.text.data,
                        "written 2026-01-02T03:04:05.678 7,  9\n");
    assert_true(recovery_open_intent(recovery, 4)->shared_after == 9);
    recovery_free(recovery);
    buffer_free(&seen.text);
    row_free_all(group.rows);
}

static int ignore_row(void *context, uint64_t sequence, enum status status,
                      const char *text, size_t len, struct error *error)
{
    (void)context;
    (void)sequence;
    (void)status;
    (void)text;
    (void)len;
    (void)error;
    return 0;
}

static void see_update(void *context, const char *key, const struct sent *sent,
                       enum status status)
{
    struct seen *seen = context;

    assert_int_equal(buffer_printf(&seen->text, "%s %s %s\n", key, sent->stamps,
                                   status_name(status)),
                     0);
}

/* The outcome of each update must be replayed with its user and its stamps. */
static void test_replays_updates(void **state)
{
    static const struct replay_handler updates = {.row = ignore_row,
                                                  .update = see_update};
    const struct fingerprint_setup fingerprint = make_fingerprint();
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery = new_run();
    struct seen seen = {.refuse = 0};

    (void)state;
    put_intent(recovery, "7", (const unsigned[]){4, 6}, 2);
    put_intent(recovery, "8", (const unsigned[]){5}, 1);
    put_intent(recovery, "9", (const unsigned[]){7}, 1);
    put_row(recovery, STATUS_UNKNOWN, 5, "6,8\n");
    put_row(recovery, STATUS_FAILED, 1, "2,3\n");
    put_row(recovery, STATUS_UPDATED, 4, "5,7\n");
    flush(recovery);
    recovery_free(recovery);
    buffer_init(&seen.text, FILE_SIZE);
    recovery = open_with(&file_system_posix, RESUME);
    if (recovery_begin(recovery, &fingerprint, &updates, &seen, &error))
        fail_msg("%s", error.text);
    assert_string_equal(seen.text.data,
                        "8 AAAA= BBBB= Unknown\n7 AAAA= BBBB= Updated\n");
    recovery_free(recovery);
    buffer_free(&seen.text);
}

#define TEST(test)                                                             \
    cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_resumed),
        TEST(test_truncated_at_each_byte),
        TEST(test_each_byte_changed),
        TEST(test_large_group),
        TEST(test_refused_row),
        TEST(test_replays_own_write_of_intent),
        TEST(test_replays_updates),
        TEST(test_ends),
        TEST(test_none),
        TEST(test_full_disk),
        TEST(test_synced),
        TEST(test_intents_synced),
        TEST(test_intents_synced_at_the_end),
        TEST(test_sync_fails),
        TEST(test_header_fails),
        TEST(test_two_runs),
        TEST(test_claim_is_repeated),
        TEST(test_journal_changed_by_others),
        TEST(test_is_kept),
    };

    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
