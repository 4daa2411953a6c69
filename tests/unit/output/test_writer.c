#define _DEFAULT_SOURCE     /* syscall() */
#define _XOPEN_SOURCE   700 /* posix_openpt() */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "files.h"
#include "output/writer.h"
#include "watched_files.h"

#define NAME      "out.csv"
#define PART      NAME ".part"
#define GZIP_NAME "out.csv.gz"
#define GZIP_PART GZIP_NAME ".part"

/* More than writer.c collects before it writes. */
#define LARGE (300 * 1000)

/* The reader of standard output, and what it has read. */
static struct reader {
    int fd;
    char *text; /* NULL: only counted */
    size_t len;
    int signals; /* that interrupt the wait before the reader reads */
} reader;

/* Reads at most so much. */
static ssize_t read_some(size_t most)
{
    char bytes[8192];
    ssize_t count =
        read(reader.fd, bytes, most < sizeof(bytes) ? most : sizeof(bytes));

    if (!reader.text && count > 0)
        reader.len += (size_t)count;
    for (ssize_t i = 0; reader.text && i < count; i++) {
        if (bytes[i] == '\r') /* a terminal's */
            continue;
        if (reader.len < LARGE)
            reader.text[reader.len] = bytes[i];
        reader.len++;
    }
    return count;
}

/* Whenever writer.c waits without a time limit, the reader reads a little. */
int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    static const struct timespec at_once;

    assert_int_equal(count, 1);
    assert_int_equal(fds->events, POLLOUT);
    if (timeout == 0)
        return (int)syscall(SYS_ppoll, fds, count, &at_once, NULL, 0);
    assert_int_equal(timeout, -1);
    if (reader.signals-- > 0) {
        errno = EINTR;
        return -1;
    }
    return read_some(5000) > 0;
}

/* zlib reads a plain file as it is. */
static void assert_content(const char *name, const char *text, size_t len)
{
    gzFile file = gzopen(name, "rb");
    char *read = malloc(len + 1);

    assert_non_null(file);
    assert_non_null(read);
    assert_int_equal(gzread(file, read, (unsigned)len + 1), len);
    assert_memory_equal(read, text, len);
    assert_int_equal(gzclose(file), Z_OK);
    free(read);
}

static void assert_text(const char *name, const char *text)
{
    assert_content(name, text, strlen(text));
}

static struct writer *open_with(const struct file_system *files,
                                const char *path, unsigned flags,
                                const struct stat *input, struct error *error)
{
    const struct atomic_file_setup setup = {.files = files,
                                            .label = "OUTPUT",
                                            .path = path,
                                            .flags = flags,
                                            .input = input};

    return writer_open(&setup, error);
}

static struct writer *open_output(const char *path, unsigned flags)
{
    struct error error = {.kind = ERROR_NONE};
    struct writer *writer =
        open_with(&file_system_posix, path, flags, NULL, &error);

    if (!writer)
        fail_msg("%s", error.text);
    return writer;
}

/* Opening must fail with a message that contains this text. */
static void assert_refused(const char *path, unsigned flags,
                           const struct stat *input, const char *what)
{
    struct error error = {.kind = ERROR_NONE};

    assert_null(open_with(&file_system_posix, path, flags, input, &error));
    assert_int_equal(error.kind,
                     strstr(what, "another run") ? ERROR_BUSY : ERROR_USAGE);
    if (!strstr(error.text, what))
        fail_msg("\"%s\" does not say \"%s\"", error.text, what);
}

static void put(struct writer *writer, const char *text)
{
    struct error error;

    assert_int_equal(writer_write(writer, text, strlen(text), &error), 0);
}

static int try_finish(struct writer *writer, struct error *error)
{
    return writer_stop(writer, error) || writer_commit(writer, error) ? -1 : 0;
}

static void finish(struct writer *writer)
{
    struct error error = {.kind = ERROR_NONE};

    if (try_finish(writer, &error))
        fail_msg("%s", error.text);
    writer_free(writer);
}

/* A text that hardly compresses and does not repeat within gzip's window. */
static char *make_large_text(void)
{
    char *text = malloc(LARGE + 1);
    uint32_t noise = 1;
    size_t i;

    assert_non_null(text);
    for (i = 0; i < LARGE; i++) {
        noise = noise * 1664525 + 1013904223;
        text[i] = (char)('0' + (noise >> 24) % 64);
    }
    text[LARGE] = '\0';
    return text;
}

/* What is written must be in PATH.part after a flush, and in PATH, with no
 * .part left, only after the finish. */
static void test_is_renamed_when_finished(void **state)
{
    struct writer *writer = open_output(NAME, 0);
    struct error error;

    (void)state;
    assert_string_equal(writer_partial_name(writer), PART);
    put(writer, "Row,Id\r\n");
    put(writer, "1,7\r\n");
    assert_text(PART, "");
    assert_int_equal(writer_flush(writer, &error), 0);
    assert_text(PART, "Row,Id\r\n1,7\r\n");
    assert_false(is_there(NAME));
    put(writer, "2,8\r\n");
    finish(writer);
    assert_text(NAME, "Row,Id\r\n1,7\r\n2,8\r\n");
    assert_false(is_there(PART));
}

/* More than 64 KiB must be written without a flush, in order, whatever the
 * sizes of the pieces. */
static void test_collects_a_bounded_amount(void **state)
{
    struct writer *writer = open_output(NAME, 0);
    char *text = make_large_text();
    struct error error;
    size_t done, len;

    (void)state;
    for (done = 0, len = 1; done < LARGE; done += len, len = len * 3 + 1) {
        if (len > LARGE - done)
            len = LARGE - done;
        assert_int_equal(writer_write(writer, text + done, len, &error), 0);
    }
    assert_in_range(size_of(PART), LARGE - 65536, LARGE);
    finish(writer);
    assert_content(NAME, text, LARGE);
    free(text);
}

/* A name ending in .gz must give one gzip stream of all that was written. */
static void test_compresses_by_name(void **state)
{
    struct writer *writer = open_output(GZIP_NAME, 0);
    char *text = make_large_text();
    struct error error;
    size_t i, len;

    (void)state;
    for (i = 0; i < LARGE; i += 100)
        assert_int_equal(writer_write(writer, text + i, 100, &error), 0);
    finish(writer);
    assert_in_range(size_of(GZIP_NAME), 1, LARGE * 4 / 5);
    assert_content(GZIP_NAME, text, LARGE);
    /* Some of these leave more for the end than the buffer has room for. */
    for (len = LARGE; len > LARGE - 64 * 1024; len -= 4096) {
        writer = open_output(GZIP_NAME, 0);
        assert_int_equal(writer_write(writer, text, len, &error), 0);
        finish(writer);
        assert_content(GZIP_NAME, text, len);
    }
    free(text);
}

/* A file to which nothing was written must still be a complete gzip file. */
static void test_compresses_nothing(void **state)
{
    (void)state;
    finish(open_output(GZIP_NAME, 0));
    assert_text(GZIP_NAME, "");
    /* header 10, empty block 2, trailer 8 */
    assert_int_equal(size_of(GZIP_NAME), 20);
}

/* A run that stops early must leave a .part that can be read to its end, gzip
 * included, and no OUTPUT. */
static void test_stop_leaves_a_complete_part(void **state)
{
    struct writer *writer = open_output(GZIP_NAME, 0);
    struct error error;

    (void)state;
    put(writer, "Row,Id\r\n");
    assert_int_equal(writer_stop(writer, &error), 0);
    writer_free(writer);
    assert_text(GZIP_PART, "Row,Id\r\n");
    assert_false(is_there(GZIP_NAME));
}

/* Only the owner may read result files, whatever the umask, the mode of the
 * file they replace and that of an empty .part. */
static void test_files_are_private(void **state)
{
    struct writer *writer;
    mode_t before = umask(0);

    (void)state;
    make_file(NAME, "old", 0666);
    make_file(PART, "", 0666);
    writer = open_output(NAME, 0);
    assert_int_equal(mode_of(PART), 0600);
    finish(writer);
    assert_int_equal(mode_of(NAME), 0600);
    (void)umask(0277);
    finish(open_output("other.csv", 0));
    (void)umask(before);
    assert_int_equal(mode_of("other.csv"), 0600);
}

/* An existing OUTPUT must stay as it is until the finish replaces it. */
static void test_replaces_at_the_end(void **state)
{
    struct writer *writer;

    (void)state;
    make_file(NAME, "old", 0600);
    writer = open_output(NAME, 0);
    put(writer, "new");
    assert_text(NAME, "old");
    finish(writer);
    assert_text(NAME, "new");
}

/* With --no-clobber a file that was created during the run must not be
 * replaced, and the result must stay in .part. */
static void test_no_clobber_holds_at_the_end(void **state)
{
    struct writer *writer = open_output(NAME, ATOMIC_FILE_NO_CLOBBER);
    struct error error;

    (void)state;
    put(writer, "new");
    make_file(NAME, "theirs", 0600);
    assert_int_equal(try_finish(writer, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, "complete in " PART));
    writer_free(writer);
    assert_text(NAME, "theirs");
    assert_text(PART, "new");
}

/* With --no-clobber and no existing file the result must exist, once. */
static void test_no_clobber_renames(void **state)
{
    struct writer *writer = open_output(NAME, ATOMIC_FILE_NO_CLOBBER);

    (void)state;
    put(writer, "new");
    finish(writer);
    assert_text(NAME, "new");
    assert_false(is_there(PART));
}

/* A second run with the same OUTPUT must be refused during the first, and must
 * neither truncate nor remove the first's file. */
static void test_two_runs_exclude_each_other(void **state)
{
    struct writer *first = open_output(NAME, 0);
    struct error error;

    (void)state;
    assert_refused(NAME, 0, NULL, "another run is writing " PART);
    put(first, "first");
    assert_int_equal(writer_flush(first, &error), 0);
    assert_refused(NAME, ATOMIC_FILE_RESTART, NULL, "another run");
    assert_text(PART, "first");
    finish(first);
    assert_text(NAME, "first");
    finish(open_output(NAME, 0));
    assert_text(NAME, "");
}

/* If another run empties, extends or replaces .part in spite of the lock, the
 * run must fail at its next flush and not complete OUTPUT. */
static void test_part_changed_by_others(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        struct writer *writer = open_output(NAME, ATOMIC_FILE_RESTART);
        struct error error = {.kind = ERROR_NONE};
        int fd;

        put(writer, "first");
        assert_int_equal(writer_flush(writer, &error), 0);
        switch (i) {
        case 0:
            assert_int_equal(truncate(PART, 0), 0);
            break;
        case 1:
            fd = open(PART, O_WRONLY | O_APPEND | O_CLOEXEC);
            assert_int_equal(write(fd, "x", 1), 1);
            assert_int_equal(close(fd), 0);
            break;
        case 2:
            assert_int_equal(unlink(PART), 0);
            break;
        default:
            assert_int_equal(unlink(PART), 0);
            make_file(PART, "first", 0600);
            break;
        }
        put(writer, "second");
        if (i % 2) {
            assert_int_equal(writer_commit(writer, &error), -1);
        } else {
            assert_int_equal(writer_flush(writer, &error), -1);
            assert_int_equal(writer_stop(writer, &error), -1);
        }
        assert_int_equal(error.kind, ERROR_LOCAL);
        assert_non_null(strstr(error.text, "changed or replaced " PART));
        writer_free(writer);
        assert_false(is_there(NAME));
    }
}

/* A run that has finished with an empty result must not remove the .part that
 * another run has created since. */
static void test_leaves_the_part_of_the_next_run(void **state)
{
    struct writer *first = open_output(NAME, 0);
    struct writer *second;
    struct error error;

    (void)state;
    assert_int_equal(try_finish(first, &error), 0);
    second = open_output(NAME, 0);
    writer_free(first);
    assert_true(is_there(PART));
    finish(second);
}

/* Writes an OUTPUT of LARGE times the letter, again and again; returns how
 * often something other than a lock made it fail. */
static int compete(char letter)
{
    struct writer *writer;
    struct error error;
    char text[LARGE / 100];
    int round, failures = 0;
    size_t i;

    memset(text, letter, sizeof(text));
    for (round = 0; round < 200; round++) {
        writer = open_with(&file_system_posix, NAME, 0, NULL, &error);
        if (!writer) {
            failures += !strstr(error.text, "another run");
            continue;
        }
        for (i = 0; i < LARGE / sizeof(text); i++)
            failures += !!writer_write(writer, text, sizeof(text), &error);
        failures += !!try_finish(writer, &error);
        writer_free(writer);
    }
    return failures;
}

/* Of several processes that compete for one OUTPUT each must either be refused
 * or leave a complete file: never a mixture, and no .part. */
static void test_competing_processes(void **state)
{
    char *text = malloc(LARGE);
    int letter, status;
    FILE *file;

    (void)state;
    assert_non_null(text);
    for (letter = 'a'; letter <= 'd'; letter++) {
        pid_t child = fork();

        assert_true(child >= 0);
        if (child == 0)
            _exit(compete((char)letter) ? 1 : 0);
    }
    for (letter = 'a'; letter <= 'd'; letter++) {
        assert_true(wait(&status) > 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_false(is_there(PART));
    assert_int_equal(size_of(NAME), LARGE);
    file = fopen(NAME, "r");
    assert_non_null(file);
    assert_int_equal(fread(text, 1, LARGE, file), LARGE);
    fclose(file);
    /* Each byte equals the one before it. */
    assert_memory_equal(text, text + 1, LARGE - 1);
    free(text);
}

/* ATOMIC_FILE_RESTART must discard what an earlier run left, but only when the
 * new run writes, and keep nothing of it. */
static void test_restart_discards(void **state)
{
    struct writer *writer = open_output(NAME, ATOMIC_FILE_RESTART);

    (void)state;
    writer_free(writer);
    make_file(PART, "a longer text of an earlier run", 0600);
    writer_free(open_output(NAME, ATOMIC_FILE_RESTART));
    assert_text(PART, "a longer text of an earlier run");
    writer = open_output(NAME, ATOMIC_FILE_RESTART);
    put(writer, "new");
    finish(writer);
    assert_text(NAME, "new");
    make_file(PART, "earlier", 0600);
    finish(open_output(NAME, ATOMIC_FILE_RESTART));
    assert_text(NAME, "");
}

/* ATOMIC_FILE_RESUME must write the whole file again, from its start. */
static void test_resume_writes_again(void **state)
{
    struct writer *writer;

    (void)state;
    make_file(PART, "a longer text of an earlier run", 0600);
    writer = open_output(NAME, ATOMIC_FILE_RESUME);
    assert_text(PART, "a longer text of an earlier run");
    put(writer, "new");
    finish(writer);
    assert_text(NAME, "new");
}

/* The name of the journal must be beside a file; standard output has none. */
static void test_journal_name(void **state)
{
    struct writer *writer = open_output(NAME, 0);

    (void)state;
    assert_string_equal(writer_journal_name(writer), NAME ".journal");
    assert_true(writer_covers(writer, NAME ".journal"));
    writer_free(writer);
    writer = open_output("-", 0);
    assert_null(writer_journal_name(writer));
    assert_false(writer_covers(writer, "-"));
    writer_free(writer);
}

/* An empty .part, of a run killed before its first flush, must be used. */
static void test_uses_an_empty_part(void **state)
{
    struct writer *writer;

    (void)state;
    make_file(PART, "", 0600);
    writer = open_output(NAME, 0);
    put(writer, "new");
    finish(writer);
    assert_text(NAME, "new");
}

/* Closing without a finish must keep what was flushed, and remove a .part to
 * which nothing was. */
static void test_closing_keeps_what_was_flushed(void **state)
{
    struct writer *writer = open_output(NAME, 0);
    struct error error;

    (void)state;
    assert_true(is_there(PART));
    writer_free(writer);
    assert_false(is_there(PART));
    writer = open_output(NAME, 0);
    put(writer, "flushed");
    assert_int_equal(writer_flush(writer, &error), 0);
    put(writer, "not");
    writer_free(writer);
    assert_text(PART, "flushed");
    writer_free(NULL);
}

/* A result that is discarded must leave no file, except an earlier run's .part
 * that this run had not begun to replace, and a file that has its name. */
static void test_discard(void **state)
{
    struct writer *writer = open_output(GZIP_NAME, 0);
    struct error error;

    (void)state;
    put(writer, "Row,Id\r\n");
    assert_int_equal(writer_stop(writer, &error), 0);
    assert_true(size_of(GZIP_PART) > 0);
    writer_discard(writer);
    writer_free(writer);
    assert_false(is_there(GZIP_PART));
    make_file(PART, "earlier", 0600);
    writer = open_output(NAME, ATOMIC_FILE_RESTART);
    put(writer, "Row,Id\r\n");
    writer_discard(writer);
    writer_free(writer);
    assert_text(PART, "earlier");
    writer = open_output(NAME, ATOMIC_FILE_RESTART);
    put(writer, "whole");
    assert_int_equal(writer_stop(writer, &error), 0);
    assert_int_equal(writer_commit(writer, &error), 0);
    writer_discard(writer);
    writer_free(writer);
    assert_text(NAME, "whole");
}

/* Through a link the file that it leads to must be replaced, with .part beside
 * that file, and the link stay a link. */
static void test_follows_a_link(void **state)
{
    struct writer *writer;
    struct stat status;

    (void)state;
    assert_int_equal(mkdir("directory", 0700), 0);
    make_file("directory/real.csv", "old", 0600);
    assert_int_equal(symlink("directory/real.csv", "link.csv"), 0);
    writer = open_output("link.csv", 0);
    assert_non_null(
        strstr(writer_partial_name(writer), "/directory/real.csv.part"));
    assert_refused("directory/real.csv", 0, NULL, "another run");
    put(writer, "new");
    finish(writer);
    assert_text("directory/real.csv", "new");
    assert_int_equal(lstat("link.csv", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(unlink("directory/real.csv"), 0);
    assert_refused("link.csv", 0, NULL, "cannot be followed");
}

/* A file that can't grow must be reported with its name and the bytes that were
 * written, every later call must fail, and nothing may be renamed. */
static void test_full_disk(void **state)
{
    static const char row[] = "0123456789";
    struct writer *writer = open_output(NAME, 0);
    struct rlimit before, limit;
    struct error error;
    int result = 0;
    int i;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 100005;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (i = 0; i < 20000 && result == 0; i++)
        result = writer_write(writer, row, sizeof(row) - 1, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(result, -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, "cannot write " PART
                                       ": File too large (after 100005 bytes); "
                                       "raise the limit"));
    error = (struct error){.kind = ERROR_NONE};
    assert_int_equal(writer_write(writer, "x", 1, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_int_equal(writer_flush(writer, &error), -1);
    assert_int_equal(writer_stop(writer, &error), -1);
    assert_int_equal(try_finish(writer, &error), -1);
    writer_free(writer);
    assert_false(is_there(NAME));
    assert_true(is_there(PART));
}

/* Replaces standard output by fd during a call. No assertion may fail in
 * between, as its message would go to fd. */
static int write_with(const struct file_system *files, int fd,
                      const struct stat *input, const char *text, size_t len,
                      struct error *error)
{
    struct writer *writer = NULL;
    int saved = dup(STDOUT_FILENO);
    int result = -1;

    if (fd >= 0)
        (void)dup2(fd, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    writer = open_with(files, "-", 0, input, error);
    if (writer && writer_write(writer, text, len, error) == 0)
        result = try_finish(writer, error);
    writer_free(writer);
    (void)dup2(saved, STDOUT_FILENO);
    close(saved);
    return result;
}

static int write_to(int fd, const char *text, size_t len, struct error *error)
{
    return write_with(&file_system_posix, fd, NULL, text, len, error);
}

/* "-" must append to standard output, never truncate it, and create no file. */
static void test_standard_output(void **state)
{
    struct error error;
    int fd;

    (void)state;
    make_file("log", "before ", 0600);
    fd = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write_to(fd, "after", 5, &error), 0);
    close(fd);
    assert_text("log", "before after");
    assert_false(is_there("-"));
    assert_false(is_there("-.part"));
}

/* A write to standard output that fails must be reported, and be the last one.
 */
static void test_standard_output_fails(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error = {.kind = ERROR_NONE};
    int fd = open("log", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    (void)state;
    assert_true(fd >= 0);
    watch.fail_at = 1;
    assert_int_equal(write_with(&watched.files, fd, NULL, "text", 4, &error),
                     -1);
    close(fd);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_string_equal(error.text, "cannot write standard output: "
                                    "Input/output error (after 0 bytes)");
    assert_int_equal(watch.count, 1);
    assert_text("log", "");
}

static void start_reader(int fd)
{
    reader = (struct reader){.fd = fd, .text = malloc(LARGE)};
    assert_non_null(reader.text);
}

static void end_reader(const char *text)
{
    assert_int_equal(reader.len, LARGE);
    assert_memory_equal(reader.text, text, LARGE);
    free(reader.text);
}

/* The end of a run must wait for the reader and lose nothing, even if the pipe
 * was made non-blocking or a signal comes. */
static void test_finish_waits_for_the_reader(void **state)
{
    char *text = make_large_text();
    struct error error;
    int ends[2], result;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    start_reader(ends[0]);
    reader.signals = 2;
    result = write_to(ends[1], text, LARGE, &error);
    close(ends[1]);
    assert_int_equal(result, 0);
    assert_in_range(reader.len, 1, LARGE - 1);
    while (read_some(5000) > 0)
        continue;
    close(ends[0]);
    end_reader(text);
    free(text);
}

/* What one turn of the loop finds. */
struct turn {
    int poll_fd;
    bool full;
};

static struct turn take_turn(struct writer *writer, int *failed)
{
    struct error error;

    *failed |= writer_flush(writer, &error);
    return (struct turn){writer_poll_fd(writer), writer_is_full(writer)};
}

/* Writes all to a standard output that is not read at first, then a little at a
 * time between two flushes, none of which may wait. */
static void write_unread(int fd, const char *text)
{
    int saved = dup(STDOUT_FILENO);
    struct writer *writer;
    struct turn first, last;
    struct error error;
    int failed = 0;

    (void)dup2(fd, STDOUT_FILENO);
    writer = open_with(&file_system_posix, "-", 0, NULL, &error);
    for (size_t i = 0; i < LARGE; i += 1000)
        failed |= writer_write(writer, text + i, 1000, &error);
    first = last = take_turn(writer, &failed);
    for (size_t most = 1; last.poll_fd >= 0 && !failed; most += 7) {
        (void)read_some(most);
        last = take_turn(writer, &failed);
    }
    failed |= try_finish(writer, &error);
    writer_free(writer);
    (void)dup2(saved, STDOUT_FILENO);
    close(saved);
    close(fd);
    assert_int_equal(failed, 0);
    assert_true(first.poll_fd >= 0);
    assert_false(first.full);
    assert_false(last.full);
    while (reader.len < LARGE && read_some(5000) > 0)
        continue;
}

/* A flush to a full pipe must leave the rest for later, without making the pipe
 * non-blocking for other processes that share it. */
static void test_flush_never_waits_for_a_pipe(void **state)
{
    char *text = make_large_text();
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    start_reader(ends[0]);
    write_unread(dup(ends[1]), text);
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
    close(ends[1]);
    close(ends[0]);
    end_reader(text);
    free(text);
}

/* A flush must not wait for a socket, however small its buffer. */
static void test_flush_never_waits_for_a_socket(void **state)
{
    char *text = make_large_text();
    int ends[2], size = 1;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(
        setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)), 0);
    start_reader(ends[0]);
    write_unread(ends[1], text);
    close(ends[0]);
    end_reader(text);
    free(text);
}

/* A flush must not wait for a terminal, which makes two bytes of a line end. */
static void test_flush_never_waits_for_a_terminal(void **state)
{
    char *text = make_large_text();
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    int fd = -1;

    (void)state;
    if (master < 0 || grantpt(master) || unlockpt(master) ||
        (fd = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0) {
        print_message("skipped: no pseudo-terminal: %s\n", strerror(errno));
        free(text);
        skip();
        return; /* the analyzer does not know that skip() does not return */
    }
    for (size_t i = 96; i < LARGE; i += 97)
        text[i] = '\n';
    start_reader(master);
    write_unread(fd, text);
    close(master);
    end_reader(text);
    free(text);
}

/* If standard output accepts nothing, more than 1 MiB must be reported as full,
 * and beyond 128 MiB a write must wait: memory has a bound. */
static void test_pending_bytes_are_bounded(void **state)
{
    enum { MIB = 1 << 20 };
    char *text = calloc(1, MIB);
    int saved = dup(STDOUT_FILENO);
    int ends[2], failed = 0, full[2];
    struct writer *writer;
    struct error error;
    size_t before, after;

    (void)state;
    assert_non_null(text);
    assert_int_equal(pipe(ends), 0);
    reader = (struct reader){.fd = ends[0]};
    (void)dup2(ends[1], STDOUT_FILENO);
    writer = open_with(&file_system_posix, "-", 0, NULL, &error);
    failed |= writer_write(writer, text, MIB, &error);
    full[0] = writer_is_full(writer);
    failed |= writer_write(writer, text, MIB, &error);
    full[1] = writer_is_full(writer);
    for (int i = 2; i < 128; i++)
        failed |= writer_write(writer, text, MIB, &error);
    before = reader.len;
    failed |= writer_write(writer, text, MIB, &error);
    after = reader.len;
    failed |= try_finish(writer, &error);
    writer_free(writer);
    (void)dup2(saved, STDOUT_FILENO);
    close(saved);
    close(ends[1]);
    assert_int_equal(failed, 0);
    assert_false(full[0]);
    assert_true(full[1]);
    assert_int_equal(before, 0);
    assert_true(after > 0);
    while (read_some(5000) > 0)
        continue;
    close(ends[0]);
    assert_int_equal(reader.len, 129 * MIB);
    free(text);
}

/* A closed pipe must be reported as such. */
static void test_standard_output_without_reader(void **state)
{
    struct error error;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    assert_int_equal(write_to(ends[1], "x", 1, &error), -1);
    close(ends[1]);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_string_equal(error.text, "standard output was closed by its reader");
}

/* If standard output is a full device, that must be reported. */
static void test_standard_output_full(void **state)
{
    struct error error;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write_to(fd, "x", 1, &error), -1);
    close(fd);
    assert_string_equal(error.text,
                        "cannot write standard output: No space left on device "
                        "(after 0 bytes)");
}

/* A standard output that is closed, or open for reading because another file
 * has its number, must be refused at the start. */
static void test_standard_output_closed(void **state)
{
    struct error error;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_int_equal(write_to(-1, "x", 1, &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "closed"));
    assert_true(fd >= 0);
    assert_int_equal(write_to(fd, "x", 1, &error), -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    close(fd);
}

/* INPUT and standard output may be one terminal or device, but not one file. */
static void test_standard_output_is_the_input(void **state)
{
    struct stat input;
    struct error error;
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &input), 0);
    assert_int_equal(write_with(&file_system_posix, fd, &input, "x", 1, &error),
                     0);
    close(fd);
    make_file("log", "before", 0600);
    fd = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &input), 0);
    assert_int_equal(write_with(&file_system_posix, fd, &input, "x", 1, &error),
                     -1);
    close(fd);
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_text("log", "before");
}

/* ---- durability ---------------------------------------------------------- */

/* A complete file must be synced before it is renamed, and its directory
 * afterwards. */
static void test_finish_is_durable(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error;
    struct writer *writer = open_with(&watched.files, NAME, 0, NULL, &error);

    (void)state;
    assert_non_null(writer);
    put(writer, "rows");
    finish(writer);
    assert_string_equal(watch.calls, "truncate " PART "\n"
                                     "write " PART "\n"
                                     "sync " PART "\n"
                                     "rename " PART " " NAME "\n"
                                     "sync .\n");
}

/* The rows of a run that stops must be synced in .part. */
static void test_stop_is_durable(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error;
    struct writer *writer = open_with(&watched.files, NAME, 0, NULL, &error);

    (void)state;
    assert_non_null(writer);
    put(writer, "rows");
    assert_int_equal(writer_stop(writer, &error), 0);
    writer_free(writer);
    assert_string_equal(watch.calls, "truncate " PART "\n"
                                     "write " PART "\n"
                                     "sync " PART "\n");
}

/* Whichever call fails, the finish must fail with an error that names the file
 * and the reason, and OUTPUT must not exist before the rename. */
static void test_each_call_fails(void **state)
{
    static const char *const messages[] = {
        "cannot write " PART ": Input/output error (after 0 bytes)", /* empty */
        "cannot write " PART ": Input/output error (after 0 bytes)", /* write */
        "cannot write " PART ": Input/output error (after 4 bytes)", /* sync */
        "the result is complete in " PART ", but cannot be renamed to " NAME
        ": Input/output error",
        NAME " is complete, but its directory cannot be synced: "
             "Input/output error",
    };
    struct watch watch;
    struct watched_files watched = watch_files(&watch);

    (void)state;
    for (unsigned i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
        struct error error = {.kind = ERROR_NONE};
        struct writer *writer =
            open_with(&watched.files, NAME, ATOMIC_FILE_RESTART, NULL, &error);

        assert_non_null(writer);
        watch_again(&watch);
        watch.fail_at = i + 1;
        put(writer, "rows");
        assert_int_equal(try_finish(writer, &error), -1);
        assert_int_equal(error.kind, ERROR_LOCAL);
        assert_string_equal(error.text, messages[i]);
        assert_int_equal(is_there(NAME), i == 4);
        writer_free(writer);
    }
}

/* After a sync that failed nothing may be tried again: the kernel reports the
 * failure once, and the data may be lost. */
static void test_failed_sync_is_final(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct error error;
    struct writer *writer = open_with(&watched.files, NAME, 0, NULL, &error);

    (void)state;
    assert_non_null(writer);
    put(writer, "rows");
    watch.fail_at = 3;
    assert_int_equal(writer_stop(writer, &error), -1);
    watch_again(&watch);
    assert_int_equal(try_finish(writer, &error), -1);
    assert_non_null(strstr(error.text, "Input/output error"));
    assert_string_equal(watch.calls, "");
    writer_free(writer);
    assert_false(is_there(NAME));
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, enter_directory, leave_directory)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_is_renamed_when_finished),
        TEST(test_collects_a_bounded_amount),
        TEST(test_compresses_by_name),
        TEST(test_compresses_nothing),
        TEST(test_stop_leaves_a_complete_part),
        TEST(test_files_are_private),
        TEST(test_replaces_at_the_end),
        TEST(test_no_clobber_holds_at_the_end),
        TEST(test_no_clobber_renames),
        TEST(test_two_runs_exclude_each_other),
        TEST(test_part_changed_by_others),
        TEST(test_leaves_the_part_of_the_next_run),
        TEST(test_competing_processes),
        TEST(test_restart_discards),
        TEST(test_resume_writes_again),
        TEST(test_journal_name),
        TEST(test_uses_an_empty_part),
        TEST(test_closing_keeps_what_was_flushed),
        TEST(test_discard),
        TEST(test_follows_a_link),
        TEST(test_full_disk),
        TEST(test_standard_output),
        TEST(test_standard_output_fails),
        TEST(test_finish_waits_for_the_reader),
        TEST(test_flush_never_waits_for_a_pipe),
        TEST(test_flush_never_waits_for_a_socket),
        TEST(test_flush_never_waits_for_a_terminal),
        TEST(test_pending_bytes_are_bounded),
        TEST(test_standard_output_without_reader),
        TEST(test_standard_output_full),
        TEST(test_standard_output_closed),
        TEST(test_standard_output_is_the_input),
        TEST(test_finish_is_durable),
        TEST(test_stop_is_durable),
        TEST(test_each_call_fails),
        TEST(test_failed_sync_is_final),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
