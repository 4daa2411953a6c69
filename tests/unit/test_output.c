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
#include "output.h"

#define NAME      "out.csv"
#define PART      NAME ".part"
#define GZIP_NAME "out.csv.gz"
#define GZIP_PART GZIP_NAME ".part"

/* More than output.c gathers before it writes by itself. */
#define LARGE (300 * 1000)

/* Who reads what standard output gets, and what he got. */
static struct reader {
    int fd;
    char *text; /* NULL: only counted */
    size_t len;
    int signals; /* that interrupt the waiting for him before he reads */
} reader;

/* Reads so much at the most. */
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

/* Whenever output.c waits without end, the reader takes a little. */
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

static struct output *open_output(const char *path, unsigned flags)
{
    struct error error = {.kind = ERROR_NONE};
    struct output *output = output_open("OUTPUT", path, flags, NULL, &error);

    if (!output)
        fail_msg("%s", error.text);
    return output;
}

/* Opening must be refused with a text that says all of what. */
static void assert_refused(const char *path, unsigned flags,
                           const struct stat *input, const char *what)
{
    struct error error = {.kind = ERROR_NONE};

    assert_null(output_open("OUTPUT", path, flags, input, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, what))
        fail_msg("\"%s\" does not say \"%s\"", error.text, what);
}

static void put(struct output *output, const char *text)
{
    struct error error;

    assert_int_equal(output_write(output, text, strlen(text), &error), 0);
}

static void finish(struct output *output)
{
    struct error error = {.kind = ERROR_NONE};

    if (output_finish(output, &error))
        fail_msg("%s", error.text);
    output_free(output);
}

/* A text that neither packs to nothing nor repeats within gzip's window. */
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
    struct output *output = open_output(NAME, 0);
    struct error error;

    (void)state;
    assert_string_equal(output_partial_name(output), PART);
    put(output, "Row,Id\r\n");
    put(output, "1,7\r\n");
    assert_text(PART, "");
    assert_int_equal(output_flush(output, &error), 0);
    assert_text(PART, "Row,Id\r\n1,7\r\n");
    assert_false(is_there(NAME));
    put(output, "2,8\r\n");
    finish(output);
    assert_text(NAME, "Row,Id\r\n1,7\r\n2,8\r\n");
    assert_false(is_there(PART));
}

/* More than the 64 KiB that are gathered must be written by itself, in order,
 * whatever the sizes of the pieces. */
static void test_gathers_a_bounded_amount(void **state)
{
    struct output *output = open_output(NAME, 0);
    char *text = make_large_text();
    struct error error;
    size_t done, len;

    (void)state;
    for (done = 0, len = 1; done < LARGE; done += len, len = len * 3 + 1) {
        if (len > LARGE - done)
            len = LARGE - done;
        assert_int_equal(output_write(output, text + done, len, &error), 0);
    }
    assert_in_range(size_of(PART), LARGE - 65536, LARGE);
    finish(output);
    assert_content(NAME, text, LARGE);
    free(text);
}

/* A name ending in .gz must give one gzip stream of all that was written. */
static void test_packs_by_name(void **state)
{
    struct output *output = open_output(GZIP_NAME, 0);
    char *text = make_large_text();
    struct error error;
    size_t i, len;

    (void)state;
    for (i = 0; i < LARGE; i += 100)
        assert_int_equal(output_write(output, text + i, 100, &error), 0);
    finish(output);
    assert_in_range(size_of(GZIP_NAME), 1, LARGE * 4 / 5);
    assert_content(GZIP_NAME, text, LARGE);
    /* Some of these leave more for the end than there is room. */
    for (len = LARGE; len > LARGE - 64 * 1024; len -= 4096) {
        output = open_output(GZIP_NAME, 0);
        assert_int_equal(output_write(output, text, len, &error), 0);
        finish(output);
        assert_content(GZIP_NAME, text, len);
    }
    free(text);
}

/* An output to which nothing was written must still be a whole gzip file. */
static void test_packs_nothing(void **state)
{
    (void)state;
    finish(open_output(GZIP_NAME, 0));
    assert_text(GZIP_NAME, "");
    /* header 10, empty block 2, trailer 8 */
    assert_int_equal(size_of(GZIP_NAME), 20);
}

/* A run that stops early must leave a .part that can be read to its end, gzip
 * included, and no OUTPUT. */
static void test_stop_leaves_a_whole_part(void **state)
{
    struct output *output = open_output(GZIP_NAME, 0);
    struct error error;

    (void)state;
    put(output, "Row,Id\r\n");
    assert_int_equal(output_stop(output, &error), 0);
    output_free(output);
    assert_text(GZIP_PART, "Row,Id\r\n");
    assert_false(is_there(GZIP_NAME));
}

/* Result files must be for their owner alone, whatever the umask, the mode of
 * the file they replace and that of an empty .part. */
static void test_files_are_private(void **state)
{
    struct output *output;
    mode_t before = umask(0);

    (void)state;
    make_file(NAME, "old", 0666);
    make_file(PART, "", 0666);
    output = open_output(NAME, 0);
    assert_int_equal(mode_of(PART), 0600);
    finish(output);
    assert_int_equal(mode_of(NAME), 0600);
    (void)umask(0277);
    finish(open_output("other.csv", 0));
    (void)umask(before);
    assert_int_equal(mode_of("other.csv"), 0600);
}

/* An OUTPUT that is there must stay as it is until the finish replaces it. */
static void test_replaces_at_the_end(void **state)
{
    struct output *output;

    (void)state;
    make_file(NAME, "old", 0600);
    output = open_output(NAME, 0);
    put(output, "new");
    assert_text(NAME, "old");
    finish(output);
    assert_text(NAME, "new");
}

/* With --no-clobber a file that came to be during the run must not be replaced,
 * and the result must stay in .part. */
static void test_no_clobber_holds_at_the_end(void **state)
{
    struct output *output = open_output(NAME, TARGET_NO_CLOBBER);
    struct error error;

    (void)state;
    put(output, "new");
    make_file(NAME, "somebody's", 0600);
    assert_int_equal(output_finish(output, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_non_null(strstr(error.text, "whole in " PART));
    output_free(output);
    assert_text(NAME, "somebody's");
    assert_text(PART, "new");
}

/* With --no-clobber and no file in the way the result must be there, once. */
static void test_no_clobber_renames(void **state)
{
    struct output *output = open_output(NAME, TARGET_NO_CLOBBER);

    (void)state;
    put(output, "new");
    finish(output);
    assert_text(NAME, "new");
    assert_false(is_there(PART));
}

/* A second run with the same OUTPUT must be refused while the first goes on,
 * and must neither cut nor remove the first's file. */
static void test_two_runs_exclude_each_other(void **state)
{
    struct output *first = open_output(NAME, 0);
    struct error error;

    (void)state;
    assert_refused(NAME, 0, NULL, "another run is writing " PART);
    put(first, "first");
    assert_int_equal(output_flush(first, &error), 0);
    assert_refused(NAME, TARGET_RESTART, NULL, "another run");
    assert_text(PART, "first");
    finish(first);
    assert_text(NAME, "first");
    finish(open_output(NAME, 0));
    assert_text(NAME, "");
}

/* A run that has finished with an empty result must not remove the .part that
 * another has made since. */
static void test_leaves_the_part_of_the_next_run(void **state)
{
    struct output *first = open_output(NAME, 0);
    struct output *second;
    struct error error;

    (void)state;
    assert_int_equal(output_finish(first, &error), 0);
    second = open_output(NAME, 0);
    output_free(first);
    assert_true(is_there(PART));
    finish(second);
}

/* Writes an OUTPUT of LARGE times the letter, again and again; answers how
 * often something other than a lock stood in the way. */
static int fight(char letter)
{
    struct output *output;
    struct error error;
    char text[LARGE / 100];
    int round, failures = 0;
    size_t i;

    memset(text, letter, sizeof(text));
    for (round = 0; round < 200; round++) {
        output = output_open("OUTPUT", NAME, 0, NULL, &error);
        if (!output) {
            failures += !strstr(error.text, "another run");
            continue;
        }
        for (i = 0; i < LARGE / sizeof(text); i++)
            failures += !!output_write(output, text, sizeof(text), &error);
        failures += !!output_finish(output, &error);
        output_free(output);
    }
    return failures;
}

/* Of several processes that fight for one OUTPUT each must either be refused or
 * leave a whole file: never a mixture, never a .part left over. */
static void test_fighting_processes(void **state)
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
            _exit(fight((char)letter) ? 1 : 0);
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

/* TARGET_RESTART must throw away what an earlier run left, though not before
 * the new run writes, and keep nothing of it. */
static void test_restart_throws_away(void **state)
{
    struct output *output = open_output(NAME, TARGET_RESTART);

    (void)state;
    output_free(output);
    make_file(PART, "a longer text of an earlier run", 0600);
    output_free(open_output(NAME, TARGET_RESTART));
    assert_text(PART, "a longer text of an earlier run");
    output = open_output(NAME, TARGET_RESTART);
    put(output, "new");
    finish(output);
    assert_text(NAME, "new");
    make_file(PART, "earlier", 0600);
    finish(open_output(NAME, TARGET_RESTART));
    assert_text(NAME, "");
}

/* TARGET_RESUME must write what an earlier run left anew, from its start. */
static void test_resume_writes_anew(void **state)
{
    struct output *output;

    (void)state;
    make_file(PART, "a longer text of an earlier run", 0600);
    output = open_output(NAME, TARGET_RESUME);
    assert_text(PART, "a longer text of an earlier run");
    put(output, "new");
    finish(output);
    assert_text(NAME, "new");
}

/* The journal's name must be known, and standard output have none. */
static void test_journal_name(void **state)
{
    struct output *output = open_output(NAME, 0);

    (void)state;
    assert_string_equal(output_journal_name(output), NAME ".journal");
    assert_true(output_covers(output, NAME ".journal"));
    output_free(output);
    output = open_output("-", 0);
    assert_null(output_journal_name(output));
    assert_false(output_covers(output, "-"));
    output_free(output);
}

/* An empty .part, of a run killed before its first flush, must just be used. */
static void test_uses_an_empty_part(void **state)
{
    struct output *output;

    (void)state;
    make_file(PART, "", 0600);
    output = open_output(NAME, 0);
    put(output, "new");
    finish(output);
    assert_text(NAME, "new");
}

/* Closing without a finish must keep what was flushed, and remove a .part to
 * which nothing was. */
static void test_closing_keeps_what_was_flushed(void **state)
{
    struct output *output = open_output(NAME, 0);
    struct error error;

    (void)state;
    assert_true(is_there(PART));
    output_free(output);
    assert_false(is_there(PART));
    output = open_output(NAME, 0);
    put(output, "flushed");
    assert_int_equal(output_flush(output, &error), 0);
    put(output, "not");
    output_free(output);
    assert_text(PART, "flushed");
    output_free(NULL);
}

/* A result that is thrown away must leave nothing, but an earlier run's .part
 * that this one had not begun to replace. */
static void test_discard(void **state)
{
    struct output *output = open_output(GZIP_NAME, 0);
    struct error error;

    (void)state;
    put(output, "Row,Id\r\n");
    assert_int_equal(output_stop(output, &error), 0);
    assert_true(size_of(GZIP_PART) > 0);
    output_discard(output);
    output_free(output);
    assert_false(is_there(GZIP_PART));
    make_file(PART, "earlier", 0600);
    output = open_output(NAME, TARGET_RESTART);
    put(output, "Row,Id\r\n");
    output_discard(output);
    output_free(output);
    assert_text(PART, "earlier");
}

/* Through a link the file that it leads to must be replaced, with .part beside
 * that file, and the link stay a link. */
static void test_follows_a_link(void **state)
{
    struct output *output;
    struct stat status;

    (void)state;
    assert_int_equal(mkdir("folder", 0700), 0);
    make_file("folder/real.csv", "old", 0600);
    assert_int_equal(symlink("folder/real.csv", "link.csv"), 0);
    output = open_output("link.csv", 0);
    assert_non_null(
        strstr(output_partial_name(output), "/folder/real.csv.part"));
    assert_refused("folder/real.csv", 0, NULL, "another run");
    put(output, "new");
    finish(output);
    assert_text("folder/real.csv", "new");
    assert_int_equal(lstat("link.csv", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(unlink("folder/real.csv"), 0);
    assert_refused("link.csv", 0, NULL, "cannot be followed");
}

/* A file that can't grow must be reported with its name and the bytes that it
 * holds, every call after that must fail, and nothing be renamed. */
static void test_full_disk(void **state)
{
    static const char row[] = "0123456789";
    struct output *output = open_output(NAME, 0);
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
        result = output_write(output, row, sizeof(row) - 1, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(result, -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_string_equal(error.text, "cannot write " PART
                                    ": File too large (after 100005 bytes)");
    error = (struct error){.kind = ERROR_NONE};
    assert_int_equal(output_write(output, "x", 1, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    assert_int_equal(output_flush(output, &error), -1);
    assert_int_equal(output_stop(output, &error), -1);
    assert_int_equal(output_finish(output, &error), -1);
    output_free(output);
    assert_false(is_there(NAME));
    assert_true(is_there(PART));
}

/* Replaces standard output by fd for the time of a call; the real one must not
 * be touched by a failing assertion in between. */
static int write_with(int fd, const struct stat *input, const char *text,
                      size_t len, struct error *error)
{
    struct output *output = NULL;
    int saved = dup(STDOUT_FILENO);
    int result = -1;

    if (fd >= 0)
        (void)dup2(fd, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    output = output_open("OUTPUT", "-", 0, input, error);
    if (output && output_write(output, text, len, error) == 0)
        result = output_finish(output, error);
    output_free(output);
    (void)dup2(saved, STDOUT_FILENO);
    close(saved);
    return result;
}

static int write_to(int fd, const char *text, size_t len, struct error *error)
{
    return write_with(fd, NULL, text, len, error);
}

/* "-" must append to standard output, never cut it, and make no file. */
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

/* The end of a run must wait for a reader, though somebody made his pipe
 * non-blocking or a signal comes, and lose nothing. */
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

/* What a turn of the loop sees. */
struct turn {
    int poll_fd;
    bool full;
};

static struct turn take_turn(struct output *output, int *failed)
{
    struct error error;

    *failed |= output_flush(output, &error);
    return (struct turn){output_poll_fd(output), output_is_full(output)};
}

/* Writes all to a standard output that is not read at first, then a bit at a
 * time between two flushes; none of these may wait. */
static void write_unread(int fd, const char *text)
{
    int saved = dup(STDOUT_FILENO);
    struct output *output;
    struct turn first, last;
    struct error error;
    int failed = 0;

    (void)dup2(fd, STDOUT_FILENO);
    output = output_open("OUTPUT", "-", 0, NULL, &error);
    for (size_t i = 0; i < LARGE; i += 1000)
        failed |= output_write(output, text + i, 1000, &error);
    first = last = take_turn(output, &failed);
    for (size_t most = 1; last.poll_fd >= 0 && !failed; most += 7) {
        (void)read_some(most);
        last = take_turn(output, &failed);
    }
    failed |= output_finish(output, &error);
    output_free(output);
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

/* A flush to a pipe that is full must leave the rest for later, without making
 * the pipe non-blocking for those who share it. */
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

/* Nor must it wait for a socket, however small its buffer. */
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

/* Nor for a terminal, which makes two bytes of a line end. */
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
    }
    for (size_t i = 96; i < LARGE; i += 97)
        text[i] = '\n';
    start_reader(master);
    write_unread(fd, text);
    close(master);
    end_reader(text);
    free(text);
}

/* A standard output that takes nothing must be called full beyond 1 MiB, and be
 * waited for beyond 128 MiB: memory has a bound. */
static void test_what_waits_is_bounded(void **state)
{
    enum { MIB = 1 << 20 };
    char *text = calloc(1, MIB);
    int saved = dup(STDOUT_FILENO);
    int ends[2], failed = 0, full[2];
    struct output *output;
    struct error error;
    size_t before, after;

    (void)state;
    assert_non_null(text);
    assert_int_equal(pipe(ends), 0);
    reader = (struct reader){.fd = ends[0]};
    (void)dup2(ends[1], STDOUT_FILENO);
    output = output_open("OUTPUT", "-", 0, NULL, &error);
    failed |= output_write(output, text, MIB, &error);
    full[0] = output_is_full(output);
    failed |= output_write(output, text, MIB, &error);
    full[1] = output_is_full(output);
    for (int i = 2; i < 128; i++)
        failed |= output_write(output, text, MIB, &error);
    before = reader.len;
    failed |= output_write(output, text, MIB, &error);
    after = reader.len;
    failed |= output_finish(output, &error);
    output_free(output);
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

/* A reader that has gone must be named as the cause. */
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

/* A full device behind standard output must be reported. */
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
 * got its number, must be refused at the start. */
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

/* Input and standard output may be one terminal or device, not one file. */
static void test_standard_output_is_the_input(void **state)
{
    struct stat input;
    struct error error;
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &input), 0);
    assert_int_equal(write_with(fd, &input, "x", 1, &error), 0);
    close(fd);
    make_file("log", "before", 0600);
    fd = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &input), 0);
    assert_int_equal(write_with(fd, &input, "x", 1, &error), -1);
    close(fd);
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_text("log", "before");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, enter_folder, leave_folder)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_is_renamed_when_finished),
        TEST(test_gathers_a_bounded_amount),
        TEST(test_packs_by_name),
        TEST(test_packs_nothing),
        TEST(test_stop_leaves_a_whole_part),
        TEST(test_files_are_private),
        TEST(test_replaces_at_the_end),
        TEST(test_no_clobber_holds_at_the_end),
        TEST(test_no_clobber_renames),
        TEST(test_two_runs_exclude_each_other),
        TEST(test_leaves_the_part_of_the_next_run),
        TEST(test_fighting_processes),
        TEST(test_restart_throws_away),
        TEST(test_resume_writes_anew),
        TEST(test_journal_name),
        TEST(test_uses_an_empty_part),
        TEST(test_closing_keeps_what_was_flushed),
        TEST(test_discard),
        TEST(test_follows_a_link),
        TEST(test_full_disk),
        TEST(test_standard_output),
        TEST(test_finish_waits_for_the_reader),
        TEST(test_flush_never_waits_for_a_pipe),
        TEST(test_flush_never_waits_for_a_socket),
        TEST(test_flush_never_waits_for_a_terminal),
        TEST(test_what_waits_is_bounded),
        TEST(test_standard_output_without_reader),
        TEST(test_standard_output_full),
        TEST(test_standard_output_closed),
        TEST(test_standard_output_is_the_input),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
