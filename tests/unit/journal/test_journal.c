#include "unit.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "files.h"
#include "journal/journal.h"
#include "watched_files.h"

#define NAME  "journal"
#define OTHER "other"

/* CRC-32 as of gzip; `printf ' I 00000005 hello\n' | gzip` ends with it. */
#define HELLO      "8e732f97 I 00000005 hello\n"
#define HELLO_SIZE (sizeof(HELLO) - 1)

static void write_bytes(const char *name, const void *data, size_t len)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    assert_int_equal(write(fd, data, len), len);
    assert_int_equal(close(fd), 0);
}

static void assert_file(const char *name, const char *text)
{
    char data[256];
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, data, sizeof(data));

    assert_int_equal(len, strlen(text));
    assert_memory_equal(data, text, (size_t)len);
    assert_int_equal(close(fd), 0);
}

static struct journal *create(void)
{
    struct error error = {.kind = ERROR_NONE};
    struct journal *journal = journal_create(&file_system_posix, NAME, &error);

    if (!journal)
        fail_msg("%s", error.text);
    return journal;
}

static struct journal *open_again(void)
{
    struct error error = {.kind = ERROR_NONE};
    bool missing = true;
    struct journal *journal =
        journal_open(&file_system_posix, NAME, &missing, &error);

    if (!journal)
        fail_msg("%s", error.text);
    assert_false(missing);
    return journal;
}

static void append(struct journal *journal, char type, const char *text,
                   size_t len)
{
    struct buffer *buffer = journal_begin(journal, type);

    assert_non_null(buffer);
    assert_int_equal(buffer_append(buffer, text, len), 0);
    assert_int_equal(journal_end(journal), 0);
}

static void assert_next(struct journal *journal, char type, const char *text,
                        size_t len)
{
    struct journal_record record;
    struct error error;

    assert_int_equal(journal_read(journal, &record, &error), 1);
    assert_int_equal(record.type, type);
    assert_int_equal(record.len, len);
    assert_memory_equal(record.text, text, len);
    assert_int_equal(record.text[len], '\0');
}

static void assert_end(struct journal *journal)
{
    struct journal_record record;
    struct error error;

    assert_int_equal(journal_read(journal, &record, &error), 0);
}

/* A record must be a line of its CRC, type, length and text, in a file of mode
 * 0600; only the flush may write it. */
static void test_line(void **state)
{
    struct journal *journal;
    struct stat status;
    struct error error;

    (void)state;
    journal = create();
    append(journal, 'I', "hello", 5);
    assert_file(NAME, "");
    assert_false(journal_is_dirty(journal));
    assert_int_equal(journal_flush(journal, &error), 0);
    assert_true(journal_is_dirty(journal));
    assert_file(NAME, HELLO);
    assert_int_equal(journal_sync(journal, &error), 0);
    assert_false(journal_is_dirty(journal));
    assert_int_equal(stat(NAME, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(journal_remove(journal, &error), 0);
    assert_int_equal(stat(NAME, &status), -1);
    assert_int_equal(journal_remove(journal, &error), 0);
    journal_free(journal);
}

/* Records of any bytes and sizes must be read as they were appended, also if
 * they are larger than what is read at a time. */
static void test_read_again(void **state)
{
    static const size_t sizes[] = {0, 1, 65515, 65516, 65536, 3000000, 5};
    char *text = malloc(3000000);
    uint64_t seed = 7;
    struct journal *journal = create();
    struct error error;

    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < 3000000; i++)
        text[i] = (char)next_random(&seed);
    for (size_t i = 0; i < COUNT(sizes); i++)
        append(journal, (char)('A' + i), text, sizes[i]);
    assert_int_equal(journal_flush(journal, &error), 0);
    journal_free(journal);

    journal = open_again();
    for (size_t i = 0; i < COUNT(sizes); i++)
        assert_next(journal, (char)('A' + i), text, sizes[i]);
    assert_end(journal);
    assert_end(journal);
    journal_free(journal);
    free(text);
}

/* A record that was begun and not ended, or whose text is too long, must not be
 * written; the records around it must. */
static void test_not_ended(void **state)
{
    struct journal *journal = create();
    struct buffer *buffer;
    struct error error;

    (void)state;
    append(journal, 'A', "a", 1);
    assert_non_null(journal_begin(journal, 'B'));
    append(journal, 'C', "c", 1);
    buffer = journal_begin(journal, 'D');
    assert_non_null(buffer);
    assert_int_equal(buffer_reserve(buffer, JOURNAL_MAX_TEXT + 1), 0);
    memset(buffer->data + buffer->len, 'd', JOURNAL_MAX_TEXT + 1);
    buffer->len += JOURNAL_MAX_TEXT + 1;
    assert_int_equal(journal_end(journal), -1);
    append(journal, 'E', "e", 1);
    assert_non_null(journal_begin(journal, 'F'));
    assert_int_equal(journal_flush(journal, &error), 0);
    append(journal, 'G', "g", 1);
    assert_int_equal(journal_flush(journal, &error), 0);
    journal_free(journal);

    journal = open_again();
    assert_next(journal, 'A', "a", 1);
    assert_next(journal, 'C', "c", 1);
    assert_next(journal, 'E', "e", 1);
    assert_next(journal, 'G', "g", 1);
    assert_end(journal);
    journal_free(journal);
}

/* A record that claims more bytes than a record may have, or than the file has,
 * must end the file. */
static void test_claims(void **state)
{
    static const char *const claims[] = {"00000000 I 99999999 x\n",
                                         "00000000 I 60000000 x\n",
                                         "00000000 I 0000000x x\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(claims); i++) {
        struct journal *journal;
        struct error error;

        write_bytes(NAME, claims[i], strlen(claims[i]));
        journal = open_again();
        assert_end(journal);
        assert_int_equal(journal_truncate(journal, &error), 0);
        assert_file(NAME, "");
        journal_free(journal);
    }
}

/* What follows the last complete record must be removed, and new records must
 * follow it. */
static void test_truncate(void **state)
{
    static const char torn[] = HELLO HELLO "8e732f97 I 000";
    struct journal *journal;
    struct error error;

    (void)state;
    write_bytes(NAME, torn, sizeof(torn) - 1);
    journal = open_again();
    assert_next(journal, 'I', "hello", 5);
    assert_next(journal, 'I', "hello", 5);
    assert_end(journal);
    assert_file(NAME, torn);
    assert_int_equal(journal_truncate(journal, &error), 0);
    assert_file(NAME, HELLO HELLO);
    append(journal, 'I', "hello", 5);
    assert_int_equal(journal_flush(journal, &error), 0);
    assert_file(NAME, HELLO HELLO HELLO);
    journal_free(journal);
}

/* More than 1 MiB must be written without a flush; the next flush must report a
 * failure, and nothing may be written after it. */
static void test_much(void **state)
{
    struct journal *journal = create();
    struct rlimit limit, small;
    char *text = calloc(1, 1 << 20);
    struct stat status;
    struct error error;

    (void)state;
    assert_non_null(text);
    append(journal, 'A', text, 1 << 20);
    assert_int_equal(stat(NAME, &status), 0);
    assert_true(status.st_size > 1 << 20);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = (3 << 20) / 2;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    append(journal, 'B', text, 1 << 20);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    append(journal, 'C', "c", 1);
    assert_int_equal(journal_flush(journal, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, NAME ": File too large"));
    assert_int_equal(journal_sync(journal, &error), -1);
    journal_free(journal);
    assert_int_equal(stat(NAME, &status), 0);
    assert_int_equal(status.st_size, small.rlim_cur);
    free(text);
}

/* ---- what the name belongs to ---------------------------------------------
 */

static void assert_neither(const char *what)
{
    struct error error = {.kind = ERROR_NONE};
    bool missing = true;

    assert_null(journal_open(&file_system_posix, NAME, &missing, &error));
    assert_false(missing);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, what))
        fail_msg("\"%s\" does not say \"%s\"", error.text, what);
    error.text[0] = '\0';
    assert_null(journal_create(&file_system_posix, NAME, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, what))
        fail_msg("\"%s\" does not say \"%s\"", error.text, what);
}

/* A link, a directory, a FIFO and a socket must be refused at once, and what a
 * link leads to must stay unchanged. */
static void test_other_kinds(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = NAME};
    int fd;

    (void)state;
    write_bytes(OTHER, HELLO, HELLO_SIZE);
    assert_int_equal(symlink(OTHER, NAME), 0);
    assert_neither("not a regular file");
    assert_file(OTHER, HELLO);
    assert_int_equal(unlink(NAME), 0);

    assert_int_equal(symlink("nowhere", NAME), 0);
    assert_neither("not a regular file");
    assert_int_equal(unlink(NAME), 0);

    assert_int_equal(mkdir(NAME, 0700), 0);
    assert_neither("not a regular file");
    assert_int_equal(rmdir(NAME), 0);

    assert_int_equal(mkfifo(NAME, 0600), 0);
    assert_neither("not a regular file");
    assert_int_equal(unlink(NAME), 0);

    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_neither("not a regular file");
    assert_int_equal(close(fd), 0);
}

/* A file with a second name must be refused and stay unchanged; a file must
 * never be created in place of another one. */
static void test_hard_link(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    bool missing;

    (void)state;
    write_bytes(OTHER, HELLO, HELLO_SIZE);
    assert_int_equal(link(OTHER, NAME), 0);
    assert_null(journal_open(&file_system_posix, NAME, &missing, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "has a second name"));
    assert_int_equal(unlink(OTHER), 0);
    assert_null(journal_create(&file_system_posix, NAME, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_file(NAME, HELLO);
}

/* The file of another user must be refused. (Only root can create one.) */
static void test_other_owner(void **state)
{
    struct error error;
    bool missing;

    (void)state;
    write_bytes(NAME, HELLO, HELLO_SIZE);
    if (chown(NAME, 12345, (gid_t)-1))
        skip();
    assert_null(journal_open(&file_system_posix, NAME, &missing, &error));
    assert_non_null(strstr(error.text, "belongs to another user"));
}

/* A missing file must be no error; a missing directory must be one when the
 * file is created. */
static void test_missing(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    bool missing = false;

    (void)state;
    assert_null(journal_open(&file_system_posix, NAME, &missing, &error));
    assert_true(missing);
    assert_int_equal(error.kind, ERROR_NONE);
    assert_null(journal_create(&file_system_posix, "nowhere/" NAME, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    journal_free(NULL);
}

/* ---- durability ---------------------------------------------------------- */

/* The directory must be synced when the file is created, and the data when a
 * sync is asked for and something was written since the last one. */
static void test_syncs(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error;
    struct journal *journal = journal_create(&watched.files, NAME, &error);

    (void)state;
    assert_non_null(journal);
    assert_string_equal(watch.calls, "sync .\n");
    watch_again(&watch);
    assert_int_equal(journal_sync(journal, &error), 0);
    assert_string_equal(watch.calls, "");
    append(journal, 'I', "hello", 5);
    assert_int_equal(journal_sync(journal, &error), 0);
    assert_int_equal(journal_sync(journal, &error), 0);
    assert_int_equal(journal_remove(journal, &error), 0);
    assert_string_equal(watch.calls, "write " NAME "\n"
                                     "sync_data " NAME "\n"
                                     "remove " NAME "\nsync .\n");
    journal_free(journal);
}

/* A truncated file must be synced as well, as the rest could come back. The
 * name of an earlier process's file must be synced with it, once. */
static void test_syncs_truncation(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error;
    bool missing;
    struct journal *journal;

    (void)state;
    write_bytes(NAME, HELLO "torn", HELLO_SIZE + 4);
    journal = journal_open(&watched.files, NAME, &missing, &error);
    assert_non_null(journal);
    assert_next(journal, 'I', "hello", 5);
    assert_end(journal);
    assert_int_equal(journal_truncate(journal, &error), 0);
    assert_int_equal(journal_sync(journal, &error), 0);
    assert_string_equal(watch.calls,
                        "truncate " NAME "\nsync_data " NAME "\nsync .\n");
    assert_int_equal(journal_sync(journal, &error), 0);
    assert_string_equal(watch.calls,
                        "truncate " NAME "\nsync_data " NAME "\nsync .\n");
    journal_free(journal);
}

/* What an earlier process has written must be synced, even if nothing is added:
 * that process may have been killed before. */
static void test_syncs_earlier_bytes(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error;
    bool missing;
    struct journal *journal;

    (void)state;
    write_bytes(NAME, HELLO, HELLO_SIZE);
    journal = journal_open(&watched.files, NAME, &missing, &error);
    assert_non_null(journal);
    assert_int_equal(journal_sync(journal, &error), 0);
    assert_string_equal(watch.calls, "sync_data " NAME "\nsync .\n");
    journal_free(journal);
}

/* A write or sync that fails must be reported with the name of the file and the
 * reason, and so must every later call, without another write. */
static void test_failures_are_final(void **state)
{
    (void)state;
    for (unsigned fail_at = 2; fail_at <= 3; fail_at++) {
        struct watch watch;
        struct watched_files watched = watch_files(&watch);
        struct error error = {.kind = ERROR_NONE};
        struct journal *journal = journal_create(&watched.files, NAME, &error);

        assert_non_null(journal);
        watch.fail_at = fail_at;
        append(journal, 'I', "hello", 5);
        assert_int_equal(journal_sync(journal, &error), -1);
        assert_int_equal(error.kind, ERROR_LOCAL);
        assert_string_equal(error.text, "cannot write the journal " NAME
                                        ": Input/output error");
        watch_again(&watch);
        watch.fail_at = 0;
        append(journal, 'I', "hello", 5);
        assert_int_equal(journal_flush(journal, &error), -1);
        assert_int_equal(journal_sync(journal, &error), -1);
        assert_string_equal(watch.calls, "");
        journal_free(journal);
        assert_int_equal(unlink(NAME), 0);
    }
}

/* A failure to sync the directory, to truncate or to remove must be reported
 * with the name of the file and the reason. In the first case the new file must
 * be removed. */
static void test_other_failures(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error = {.kind = ERROR_NONE};
    struct journal *journal;
    bool missing;

    (void)state;
    watch.fail_at = 1;
    assert_null(journal_create(&watched.files, NAME, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_string_equal(error.text,
                        "cannot open the journal " NAME ": Input/output error");
    assert_null(journal_open(&watched.files, NAME, &missing, &error));
    assert_true(missing);

    watched = watch_files(&watch);
    journal = journal_create(&watched.files, NAME, &error);
    assert_non_null(journal);
    watch.fail_at = 2;
    assert_int_equal(journal_truncate(journal, &error), -1);
    assert_string_equal(error.text, "cannot truncate the journal " NAME
                                    ": Input/output error");
    watch.fail_at = 3;
    assert_int_equal(journal_remove(journal, &error), -1);
    assert_string_equal(error.text, "cannot remove the journal " NAME
                                    ": Input/output error");
    journal_free(journal);
}

#define TEST(test)                                                             \
    cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_line),
        TEST(test_read_again),
        TEST(test_not_ended),
        TEST(test_claims),
        TEST(test_truncate),
        TEST(test_much),
        TEST(test_other_kinds),
        TEST(test_hard_link),
        TEST(test_other_owner),
        TEST(test_missing),
        TEST(test_syncs),
        TEST(test_syncs_truncation),
        TEST(test_failures_are_final),
        TEST(test_other_failures),
    };

    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
