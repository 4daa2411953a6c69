#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>

#include "files.h"
#include "journal/recovery.h"

#define NAME "out.csv.journal"

/* More than all records of these tests. */
#define FILE_SIZE 4096
#define MARKS     16

/* ---- the disk ------------------------------------------------------------ */

/* In the place of the C library's: counted, and failing where asked for. */
static unsigned syncs;
static int sync_failure;

int fdatasync(int fd)
{
    assert_true(fd >= 0);
    syncs++;
    errno = sync_failure;
    return sync_failure ? -1 : 0;
}

int fsync(int fd)
{
    assert_true(fd >= 0);
    return 0;
}

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

    /* A new file: where one is emptied, closing it can wait for the disk. */
    assert_int_equal(unlink(NAME), 0);
    fd = open(NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, file->data, len), len);
    assert_int_equal(close(fd), 0);
}

/* ---- runs ---------------------------------------------------------------- */

static const unsigned char input[HASH_SIZE] = {0xab, 0x12, 0xcd, 0x34, 0x56};
static const unsigned char hash[HASH_SIZE] = {0xfe, [HASH_SIZE - 1] = 0x0d};

static struct options make_options(void)
{
    static char endpoint[] = "https://service.example/v13";

    return (struct options){
        .input = "in.csv",
        .output = "out.csv",
        .delimiter = ',',
        .clear_token = "delete_value",
        .window = 100000,
        .shards = 1,
        .service = &service_rest,
        .endpoint = endpoint,
    };
}

/* What a replay has found, a line each. */
struct seen {
    struct buffer text;
    uint64_t refuse; /* this row, where it is not 0 */
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

static void see_written(void *context, struct state before, struct state after)
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

static const struct recovery_handler handler = {see_row, see_written,
                                                see_checkpoint};

static struct recovery *open_recovery(const struct options *options)
{
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery = recovery_open(options, NAME, &error);

    if (!recovery)
        fail_msg("%s", error.text);
    return recovery;
}

/* A run that begins; what it finds of an earlier one is put behind seen. */
static struct recovery *begin_run(const struct options *options,
                                  struct seen *seen)
{
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery = open_recovery(options);

    if (recovery_begin(recovery, input, &handler, seen, &error))
        fail_msg("%s", error.text);
    return recovery;
}

static struct recovery *resume_run(struct seen *seen)
{
    struct options options = make_options();

    options.resume = true;
    seen->refuse = 0;
    buffer_init(&seen->text, FILE_SIZE);
    return begin_run(&options, seen);
}

static struct recovery *new_run(void)
{
    struct options options = make_options();
    struct seen seen = {.refuse = 0};
    struct recovery *recovery = begin_run(&options, &seen);

    assert_false(recovery_resumed(recovery));
    return recovery;
}

/* The time stands still, so that nothing is synced. */
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
                              .payload = sequences[0],
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

/* The journal after each of its records: how long it is, what a replay finds,
 * and the rows whose update is open then. */
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

/* A run with all kinds of records that is killed. */
static void make_journal(struct marks *marks)
{
    struct recovery *recovery = new_run();

    marks->count = 0;
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
    assert_int_equal(recovery_put_own_write(recovery,
                                            (struct state){"2026-01-01", 7},
                                            (struct state){"", 8}),
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

/* The file as it is must be replayed as it was at the mark, and be fit to go on
 * from there; NULL: it must count as no journal. */
static void assert_taken_up(const struct mark *mark)
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

/* The last mark that is not beyond len; NULL: not even the head. */
static const struct mark *find_mark(const struct marks *marks, size_t len)
{
    const struct mark *found = NULL;

    for (size_t i = 0; i < marks->count && marks->marks[i].len <= len; i++)
        found = &marks->marks[i];
    return found;
}

/* ---- tests: what is found again ------------------------------------------ */

/* A killed run must be taken up with its rows, writes and checkpoint, in their
 * order, and with what each open update was sent upon. */
static void test_taken_up(void **state)
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
    assert_int_equal(sent->payload, 5);
    assert_int_equal(sent->changed, 33);
    buffer_free(&seen.text);
    recovery_free(recovery);
}

/* A journal that ends after any byte must give what was whole and no more, and
 * what is appended then must be found behind it. */
static void test_cut_at_each_byte(void **state)
{
    struct marks marks;
    struct file file;

    (void)state;
    make_journal(&marks);
    read_file(&file);
    assert_int_equal(file.len, marks.marks[marks.count - 1].len);
    for (size_t len = 0; len <= file.len; len++) {
        write_file(&file, len);
        assert_taken_up(find_mark(&marks, len));
    }
}

/* A journal in which any byte is another one must give what was before that
 * record, and be fit to go on from there. */
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
        assert_taken_up(find_mark(&marks, at));
        file.data[at] ^= (char)(1U << at % 8);
    }
}

/* Very many rows of one group must come back as they were put, though they
 * don't fit one record. */
static void test_large_group(void **state)
{
    const size_t len = 50000;
    char *text = malloc(len);
    struct recovery *recovery = new_run();
    struct seen seen = {.refuse = 49};
    struct options options = make_options();
    struct error error;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', len);
    put_intent(recovery, "7", (const unsigned[]){0, 49}, 2);
    assert_int_equal(recovery_begin_rows(recovery, STATUS_UPDATED), 0);
    for (unsigned i = 0; i < 50; i++)
        assert_int_equal(recovery_add_row(recovery, i, text, len), 0);
    assert_int_equal(recovery_end_rows(recovery), 0);
    flush(recovery);
    recovery_free(recovery);

    options.resume = true;
    buffer_init(&seen.text, (size_t)8 << 20);
    recovery = open_recovery(&options);
    /* all but the last, whose refusal must be the replay's */
    assert_int_equal(recovery_begin(recovery, input, &handler, &seen, &error),
                     -1);
    assert_string_equal(error.text, "refused");
    assert_int_equal(seen.text.len, 49 * len + 10 * strlen("row 1 Updated \n") +
                                        39 * strlen("row 10 Updated \n"));
    recovery_free(recovery);
    buffer_free(&seen.text);
    free(text);
}

/* ---- tests: what is refused ---------------------------------------------- */

static void assert_says(const struct error *error, const char *what)
{
    if (error->kind != ERROR_USAGE || !strstr(error->text, what))
        fail_msg("\"%s\" does not say \"%s\"", error->text, what);
}

/* A journal with a head must refuse a run that says neither --resume nor
 * --restart, and stay; --restart must begin anew. */
static void test_needs_a_word(void **state)
{
    struct options options = make_options();
    struct seen seen = {.refuse = 0};
    struct recovery *recovery;
    struct error error;
    struct marks marks;

    (void)state;
    make_journal(&marks);
    assert_null(recovery_open(&options, NAME, &error));
    assert_says(&error, "--resume");
    assert_says(&error, "--restart");
    assert_says(&error, NAME);

    options.restart = true;
    buffer_init(&seen.text, FILE_SIZE);
    recovery = begin_run(&options, &seen);
    assert_false(recovery_resumed(recovery));
    assert_int_equal(seen.text.len, 0);
    recovery_free(recovery);
    recovery = resume_run(&seen);
    assert_int_equal(seen.text.len, 0);
    recovery_free(recovery);
}

/* A run with an option that gives it another meaning must be refused, naming
 * that option, its old and its new value; the journal must stay as it is. */
static void test_other_options(void **state)
{
    static char endpoint[] = "http://127.0.0.1:1";
    static const char *ignores[] = {"Note", "a\nb"};
    char from[] = "Mail";
    struct name_pair map = {from, "Email"};
    struct options options[16], normal = make_options();
    static const char *const says[] = {
        "with --window '100000', this one is with --window '5'",
        "with --shard '0/1', this one is with --shard '1/4'",
        "this one is with --endpoint 'http://127.0.0.1:1'",
        "without --customer-id, this one is with --customer-id '7'",
        "without --account-id, this one is with --account-id '8'",
        "without --dry-run, this one is with --dry-run",
        "without --reconcile, this one is with --reconcile",
        "without --retry-failed, this one is with --retry-failed",
        "with --delimiter ',', this one is with --delimiter ';'",
        "'delete_value', this one is with --clear-token 'it\\'s'",
        "without --ignore-guards, this one is with --ignore-guards",
        "without --map, this one is with --map 'Mail=Email'",
        "without --ignore, this one is with --ignore 'Note' 'a\\nb'",
    };
    struct file before, after;
    struct marks marks;

    (void)state;
    make_journal(&marks);
    read_file(&before);
    normal.resume = true;
    for (size_t i = 0; i < COUNT(says); i++)
        options[i] = normal;
    options[0].window = 5;
    options[1].shard = 1;
    options[1].shards = 4;
    options[2].endpoint = endpoint;
    options[3].customer_id = "7";
    options[4].account_id = "8";
    options[5].mode = MODE_DRY_RUN;
    options[6].mode = MODE_RECONCILE;
    options[7].retry_failed = true;
    options[8].delimiter = ';';
    options[9].clear_token = "it's";
    options[10].ignore_guards = true;
    options[11].maps = &map;
    options[11].map_count = 1;
    options[12].ignores = ignores;
    options[12].ignore_count = 2;
    for (size_t i = 0; i < COUNT(says); i++) {
        struct recovery *recovery = open_recovery(&options[i]);
        struct seen seen = {.refuse = 0};
        struct error error;
        bool kept = false;

        assert_int_equal(
            recovery_begin(recovery, input, &handler, &seen, &error), -1);
        assert_says(&error, says[i]);
        assert_int_equal(recovery_stop(recovery, &kept, &error), 0);
        assert_true(kept);
        recovery_free(recovery);
    }
    read_file(&after);
    assert_int_equal(after.len, before.len);
    assert_memory_equal(after.data, before.data, before.len);
}

/* Another input, and a pipe in a file's place, must be refused by their
 * hashes. */
static void test_other_input(void **state)
{
    static const unsigned char other[HASH_SIZE] = {0xcd};
    struct options options = make_options();
    struct marks marks;
    struct recovery *recovery;
    struct error error;

    (void)state;
    make_journal(&marks);
    options.resume = true;
    recovery = open_recovery(&options);
    assert_int_equal(recovery_begin(recovery, other, &handler, NULL, &error),
                     -1);
    assert_says(&error, "another input (SHA-256 ab12cd345600...; this one is "
                        "SHA-256 cd0000000000...)");
    recovery_free(recovery);
    recovery = open_recovery(&options);
    assert_int_equal(recovery_begin(recovery, NULL, &handler, NULL, &error),
                     -1);
    assert_says(&error, "this one is a pipe");
    recovery_free(recovery);
}

/* ---- tests: to disk ------------------------------------------------------ */

/* A run that did nothing must leave no journal when it stops; one that did, or
 * that took up another, must leave it; a complete one must not. */
static void test_ends(void **state)
{
    struct error error;
    struct recovery *recovery = new_run();
    struct seen seen;
    bool kept = true;

    (void)state;
    assert_int_equal(recovery_put_checkpoint(recovery, 5, hash), 0);
    assert_int_equal(recovery_stop(recovery, &kept, &error), 0);
    recovery_free(recovery);
    assert_false(kept);
    assert_false(is_there(NAME));

    recovery = new_run();
    put_intent(recovery, "7", (const unsigned[]){4}, 1);
    assert_int_equal(recovery_stop(recovery, &kept, &error), 0);
    recovery_free(recovery);
    assert_true(kept);

    kept = false;
    recovery = resume_run(&seen);
    assert_open(recovery, "4 ");
    assert_int_equal(recovery_stop(recovery, &kept, &error), 0);
    recovery_free(recovery);
    assert_true(kept);

    recovery = resume_run(&seen);
    assert_true(recovery_resumed(recovery));
    assert_int_equal(recovery_finish(recovery, &error), 0);
    recovery_free(recovery);
    assert_false(is_there(NAME));
}

/* Where there is no recovery, everything must do nothing. */
static void test_none(void **state)
{
    struct error error;
    bool kept = true;

    (void)state;
    assert_int_equal(recovery_begin(NULL, input, &handler, NULL, &error), 0);
    assert_false(recovery_resumed(NULL));
    assert_null(recovery_open_intent(NULL, 0));
    assert_int_equal(recovery_put_intent(NULL, NULL, NULL), 0);
    assert_int_equal(recovery_begin_rows(NULL, STATUS_FAILED), 0);
    assert_int_equal(recovery_add_row(NULL, 0, "", 0), 0);
    assert_int_equal(recovery_end_rows(NULL), 0);
    assert_int_equal(recovery_put_own_write(NULL, (struct state){"", 0},
                                            (struct state){"", 0}),
                     0);
    assert_int_equal(recovery_put_checkpoint(NULL, 0, hash), 0);
    assert_int_equal(recovery_flush(NULL, 0, &error), 0);
    assert_int_equal(recovery_finish(NULL, &error), 0);
    assert_int_equal(recovery_stop(NULL, &kept, &error), 0);
    assert_false(kept);
    recovery_free(NULL);
}

/* A disk that is full must be told, also by every later call, and what was
 * written before must be found again. */
static void test_full_disk(void **state)
{
    struct recovery *recovery = new_run();
    struct rlimit limit, small;
    struct error error;
    struct seen seen;
    bool kept;

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
            "ends after so few bytes that the head takes most of them\n");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(recovery_flush(recovery, 0, &error), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, NAME ": File too large"));
    put_row(recovery, STATUS_FAILED, 2, "3,2\n");
    assert_int_equal(recovery_flush(recovery, 0, &error), -1);
    assert_int_equal(recovery_stop(recovery, &kept, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    recovery_free(recovery);

    recovery = resume_run(&seen);
    assert_string_equal(seen.text.data, "row 0 Failed 1,2\n\n");
    buffer_free(&seen.text);
    recovery_free(recovery);
}

/* What was written must be synced when the last sync is a second ago, and at
 * every stop; where nothing was written since, there must be no sync. */
static void test_synced(void **state)
{
    struct recovery *recovery;
    struct error error;
    bool kept;

    (void)state;
    syncs = 0;
    recovery = new_run();
    assert_int_equal(syncs, 1); /* the head */
    put_row(recovery, STATUS_FAILED, 0, "1,2\n");
    assert_int_equal(recovery_flush(recovery, 5000, &error), 0);
    assert_int_equal(syncs, 2);
    put_row(recovery, STATUS_FAILED, 1, "2,2\n");
    assert_int_equal(recovery_flush(recovery, 5999, &error), 0);
    assert_int_equal(syncs, 2);
    assert_int_equal(recovery_flush(recovery, 6000, &error), 0);
    assert_int_equal(syncs, 3);
    assert_int_equal(recovery_flush(recovery, 9000, &error), 0);
    assert_int_equal(syncs, 3);
    put_row(recovery, STATUS_FAILED, 2, "3,2\n");
    assert_int_equal(recovery_stop(recovery, &kept, &error), 0);
    assert_int_equal(syncs, 4);
    recovery_free(recovery);
}

/* A sync that fails must be told and never tried again: the data may be gone.
 * Where it is the head's, the run must not begin, and leave no journal. */
static void test_sync_fails(void **state)
{
    struct options options = make_options();
    struct recovery *recovery = new_run();
    struct error error = {.kind = ERROR_NONE};
    bool kept;

    (void)state;
    put_row(recovery, STATUS_FAILED, 0, "1,2\n");
    sync_failure = EIO;
    assert_int_equal(recovery_flush(recovery, 5000, &error), -1);
    sync_failure = 0;
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, NAME ": Input/output error"));
    syncs = 0;
    assert_int_equal(recovery_flush(recovery, 9000, &error), -1);
    assert_int_equal(recovery_stop(recovery, &kept, &error), -1);
    assert_int_equal(syncs, 0);
    recovery_free(recovery);

    options.restart = true;
    recovery = open_recovery(&options);
    sync_failure = EIO;
    assert_int_equal(recovery_begin(recovery, input, &handler, NULL, &error),
                     -1);
    sync_failure = 0;
    assert_int_equal(recovery_stop(recovery, &kept, &error), 0);
    assert_false(kept);
    assert_false(is_there(NAME));
    recovery_free(recovery);
}

/* A journal must be kept for the runs that can be taken up, and for no other.
 */
static void test_is_kept(void **state)
{
    struct options options = make_options();

    (void)state;
    assert_true(recovery_is_kept(&options));
    options.mode = MODE_RECONCILE;
    assert_true(recovery_is_kept(&options));
    options.mode = MODE_DRY_RUN;
    assert_true(recovery_is_kept(&options));
    options.diff = "diff.csv";
    assert_false(recovery_is_kept(&options));
    options.diff = NULL;
    options.mode = MODE_EXPORT;
    assert_false(recovery_is_kept(&options));
    options.mode = MODE_CHECK;
    options.output = NULL;
    assert_false(recovery_is_kept(&options));
    options.mode = MODE_APPLY;
    options.output = "-";
    assert_false(recovery_is_kept(&options));
}

#define TEST(test)                                                             \
    cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_taken_up),
        TEST(test_cut_at_each_byte),
        TEST(test_each_byte_changed),
        TEST(test_large_group),
        TEST(test_needs_a_word),
        TEST(test_other_options),
        TEST(test_other_input),
        TEST(test_ends),
        TEST(test_none),
        TEST(test_full_disk),
        TEST(test_synced),
        TEST(test_sync_fails),
        TEST(test_is_kept),
    };

    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
