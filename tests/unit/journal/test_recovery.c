#include "unit.h"

#include <signal.h>
#include <sys/resource.h>

#include "files.h"
#include "journal/recovery.h"
#include "watched_files.h"

#define NAME   "out.csv.journal"
#define PART   "out.csv.part"
#define OUTPUT "out.csv"

/* More than all records of these tests. */
#define FILE_SIZE 4096
#define MARKS     16

/* What precedes the text of a record, and the place of its length. */
#define PREFIX_SIZE 20
#define LENGTH_AT   11

/* ---- the journal as a file ------------------------------------------------
 */

struct file {
    char data[FILE_SIZE];
    size_t len;
};

static void read_file(struct file *file)
{
    int fd = open(NAME, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, file->data, sizeof(file->data));

    assert_true(len >= 0 && len < FILE_SIZE);
    file->len = (size_t)len;
    assert_int_equal(close(fd), 0);
}

static void write_file(const struct file *file, size_t len)
{
    int fd;

    /* A new file: to close an emptied one can wait for the disk. */
    assert_int_equal(unlink(NAME), 0);
    fd = open(NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, file->data, len), len);
    assert_int_equal(close(fd), 0);
}

/* ---- runs ---------------------------------------------------------------- */

static int sync_nothing(const struct file_system *files, int fd)
{
    (void)files;
    (void)fd;
    return 0;
}

/* The files of this machine, without its syncs. */
static const struct file_system *quick_files(void)
{
    static struct file_system files;

    files = file_system_posix;
    files.sync = files.sync_data = sync_nothing;
    return &files;
}

static const unsigned char input[HASH_SIZE] = {0xab, 0x12, 0xcd, 0x34, 0x56};
static const unsigned char hash[HASH_SIZE] = {0xfe, [HASH_SIZE - 1] = 0x0d};

static struct fingerprint_setup make_fingerprint(void)
{
    return (struct fingerprint_setup){
        .input = input,
        .output = OUTPUT,
        .service = "rest",
        .endpoint = "https://service.example/v13",
        .delimiter = ',',
        .clear_token = "delete_value",
        .window = 100000,
        .shards = 1,
    };
}

/* What a run says of an earlier one. */
enum choice { NONE, RESUME, RESTART };

/* What a replay has found, a line each. */
struct seen {
    struct buffer text;
    uint64_t refuse; /* the row at which the handler fails; 0: none */
};

static int see_row(void *context, uint64_t sequence, enum status status,
                   const char *text, size_t len, struct error *error)
{
    struct seen *seen = context;

    if (seen->refuse && sequence == seen->refuse)
        return error_set(error, ERROR_LOCAL, "refused");
    assert_int_equal(buffer_printf(&seen->text, "row %u %s %.*s\n",
                                   (unsigned)sequence, status_name(status),
                                   (int)len, text),
                     0);
    return 0;
}

static void see_own_write(void *context, struct shared_state before,
                          struct shared_state after)
{
    struct seen *seen = context;

    assert_int_equal(buffer_printf(&seen->text, "written %s %u, %s %u\n",
                                   before.time, (unsigned)before.shared,
                                   after.time, (unsigned)after.shared),
                     0);
}

static void see_checkpoint(void *context, uint64_t bytes,
                           const unsigned char of[HASH_SIZE])
{
    struct seen *seen = context;

    assert_int_equal(buffer_printf(&seen->text, "checkpoint %u %02x%02x\n",
                                   (unsigned)bytes, of[0], of[HASH_SIZE - 1]),
                     0);
}

static const struct replay_handler handler = {
    .row = see_row, .own_write = see_own_write, .checkpoint = see_checkpoint};

static struct recovery_setup make_setup(const struct file_system *files,
                                        enum choice choice)
{
    return (struct recovery_setup){.files = files,
                                   .path = NAME,
                                   .staging = PART,
                                   .output = OUTPUT,
                                   .process = "host 123 0011223344556677",
                                   .resume = choice == RESUME,
                                   .restart = choice == RESTART};
}

static struct recovery *try_open(const struct file_system *files,
                                 enum choice choice, struct error *error)
{
    const struct recovery_setup setup = make_setup(files, choice);

    return recovery_open(&setup, error);
}

static struct recovery *open_with(const struct file_system *files,
                                  enum choice choice)
{
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery = try_open(files, choice, &error);

    if (!recovery)
        fail_msg("%s", error.text);
    return recovery;
}

static int try_begin(struct recovery *recovery, struct seen *seen,
                     struct error *error)
{
    const struct fingerprint_setup fingerprint = make_fingerprint();

    return recovery_begin(recovery, &fingerprint, &handler, seen, error);
}

/* A run that begins; what it replays of an earlier one is appended to seen. */
static struct recovery *begin_with(const struct file_system *files,
                                   enum choice choice, struct seen *seen)
{
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery = open_with(files, choice);

    if (try_begin(recovery, seen, &error))
        fail_msg("%s", error.text);
    return recovery;
}

static struct recovery *resume_run(struct seen *seen)
{
    seen->refuse = 0;
    buffer_init(&seen->text, (size_t)8 << 20);
    return begin_with(quick_files(), RESUME, seen);
}

static struct recovery *new_run_with(const struct file_system *files)
{
    struct seen seen = {.refuse = 0};
    struct recovery *recovery = begin_with(files, NONE, &seen);

    assert_false(recovery_resumed(recovery));
    return recovery;
}

static struct recovery *new_run(void)
{
    return new_run_with(quick_files());
}

/* The time does not change, so that nothing is synced. */
static void flush(struct recovery *recovery)
{
    struct error error = {.kind = ERROR_NONE};

    if (recovery_flush(recovery, 0, &error))
        fail_msg("%s", error.text);
}

static void put_intent(struct recovery *recovery, const char *key,
                       const unsigned *sequences, size_t count)
{
    const struct sent sent = {.stamps = "AAAA= BBBB=",
                              .last_modified = "2026-01-02T03:04:05.678",
                              .shared = UINT64_MAX,
                              .telling = 1,
                              .changed = 1U << 5 | 1U};
    struct group group = {.key = key};
    struct row **link = &group.rows;

    for (size_t i = 0; i < count; i++) {
        *link = make_row(sequences[i] + 1, key, "");
        link = &(*link)->next;
    }
    assert_int_equal(recovery_put_intent(recovery, &group, &sent), 0);
    row_free_all(group.rows);
}

static void put_row(struct recovery *recovery, enum status status,
                    unsigned sequence, const char *text)
{
    assert_int_equal(recovery_begin_rows(recovery, status), 0);
    assert_int_equal(recovery_add_row(recovery, sequence, text, strlen(text)),
                     0);
    assert_int_equal(recovery_end_rows(recovery), 0);
}

/* The journal after each of its records: its length, what a replay finds, and
 * the rows with an open intent. */
struct mark {
    size_t len;
    const char *seen;
    const char *open;
};

struct marks {
    struct mark marks[MARKS];
    size_t count;
};

static void mark(struct recovery *recovery, struct marks *marks,
                 const char *seen, const char *open)
{
    struct stat status;

    flush(recovery);
    assert_int_equal(stat(NAME, &status), 0);
    marks->marks[marks->count++] =
        (struct mark){(size_t)status.st_size, seen, open};
}

#define ROW_0   "row 0 Failed 1,\"a\nb\",Failed\n\n"
#define ROW_4   ROW_0 "row 4 Updated 5,7\n\nrow 6 Updated 7,7\n\n"
#define WRITTEN ROW_4 "written 2026-01-01 7,  8\n"
#define CHECK   WRITTEN "checkpoint 123456 fe0d\n"

/* A run with all types of records that is killed. */
static void make_journal(struct marks *marks)
{
    struct recovery *recovery = new_run();
    struct file file;

    marks->count = 0;
    read_file(&file);
    marks->marks[marks->count++] = (struct mark){
        PREFIX_SIZE + strtoul(file.data + LENGTH_AT, NULL, 10) + 1, "", ""};
    mark(recovery, marks, "", "");
    put_row(recovery, STATUS_FAILED, 0, "1,\"a\nb\",Failed\n");
    mark(recovery, marks, ROW_0, "");
    put_intent(recovery, "7", (const unsigned[]){4, 6, 7, 8, 10}, 5);
    mark(recovery, marks, ROW_0, "4 6 7 8 10 ");
    put_intent(recovery, "", (const unsigned[]){5}, 1);
    mark(recovery, marks, ROW_0, "4 5 6 7 8 10 ");
    put_intent(recovery, "7", (const unsigned[]){4, 6}, 2);
    mark(recovery, marks, ROW_0, "4 5 6 ");
    assert_int_equal(recovery_begin_rows(recovery, STATUS_UPDATED), 0);
    assert_int_equal(recovery_add_row(recovery, 4, "5,7\n", 4), 0);
    assert_int_equal(recovery_add_row(recovery, 6, "7,7\n", 4), 0);
    assert_int_equal(recovery_end_rows(recovery), 0);
    mark(recovery, marks, ROW_4, "5 ");
    assert_int_equal(
        recovery_put_own_write(recovery, (struct shared_state){"2026-01-01", 7},
                               (struct shared_state){"", 8}),
        0);
    mark(recovery, marks, WRITTEN, "5 ");
    assert_int_equal(recovery_put_checkpoint(recovery, 123456, hash), 0);
    mark(recovery, marks, CHECK, "5 ");
    recovery_free(recovery);
}

static void assert_open(const struct recovery *recovery, const char *open)
{
    char text[64];
    size_t len = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < 20; i++)
        if (recovery_open_intent(recovery, i))
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%u ", i);
    assert_string_equal(text, open);
}

/* The file must be replayed up to the mark, and records that are put then must
 * be replayed as well; NULL: the file must not count as a journal. */
static void assert_resumed(const struct mark *mark)
{
    struct seen seen;
    struct recovery *recovery = resume_run(&seen);
    char text[FILE_SIZE];

    assert_int_equal(recovery_resumed(recovery), mark != NULL);
    assert_string_equal(seen.text.data ? seen.text.data : "",
                        mark ? mark->seen : "");
    assert_open(recovery, mark ? mark->open : "");
    buffer_free(&seen.text);
    put_row(recovery, STATUS_UNKNOWN, 12, "13,9\n");
    flush(recovery);
    recovery_free(recovery);

    recovery = resume_run(&seen);
    assert_true(recovery_resumed(recovery));
    (void)snprintf(text, sizeof(text), "%srow 12 Unknown 13,9\n\n",
                   mark ? mark->seen : "");
    assert_string_equal(seen.text.data, text);
    assert_open(recovery, mark ? mark->open : "");
    buffer_free(&seen.text);
    recovery_free(recovery);
}

static void assert_says(const struct error *error, const char *what)
{
    if (error->kind != ERROR_USAGE || !strstr(error->text, what))
        fail_msg("\"%s\" does not say \"%s\"", error->text, what);
}

/* The journal must be refused with this text, and stay as it is. */
static void assert_refused_as_it_is(enum choice choice, const char *what)
{
    struct file before, after;
    struct error error = {.kind = ERROR_NONE};

    read_file(&before);
    assert_null(try_open(quick_files(), choice, &error));
    assert_says(&error, what);
    assert_says(&error, "--restart");
    read_file(&after);
    assert_int_equal(after.len, before.len);
    assert_memory_equal(after.data, before.data, before.len);
}

/* The last mark that is not beyond len; NULL: there is no complete header. */
static const struct mark *find_mark(const struct marks *marks, size_t len)
{
    const struct mark *found = NULL;

    for (size_t i = 0; i < marks->count && marks->marks[i].len <= len; i++)
        found = &marks->marks[i];
    return found;
}

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
    assert_string_equal(seen.text.data, CHECK);
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
    assert_int_equal(recovery_end_rows(recovery), 0);
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
    assert_int_equal(recovery_end_rows(NULL), 0);
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
        assert_says(&error, "another run is using the journal " NAME);
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

#define TEST(test)                                                             \
    cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_resumed),
        TEST(test_truncated_at_each_byte),
        TEST(test_each_byte_changed),
        TEST(test_large_group),
        TEST(test_needs_a_choice),
        TEST(test_restart_interrupted),
        TEST(test_other_fingerprint),
        TEST(test_replays_own_write_of_intent),
        TEST(test_replays_updates),
        TEST(test_ends),
        TEST(test_none),
        TEST(test_full_disk),
        TEST(test_synced),
        TEST(test_intents_synced),
        TEST(test_sync_fails),
        TEST(test_header_fails),
        TEST(test_no_journal_beside_rows),
        TEST(test_journal_in_use),
        TEST(test_finished),
        TEST(test_finished_long_ago),
        TEST(test_end_is_synced),
        TEST(test_other_journal_stays),
        TEST(test_two_runs),
        TEST(test_claim_is_repeated),
        TEST(test_journal_changed_by_others),
        TEST(test_is_kept),
    };

    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
