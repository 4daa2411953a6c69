#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "gzip.h"
#include "input/input.h"

static const char plain_text[] =
    "Id,City\n1,Portland\n2,M\xC3\xBCnchen\n3,Portland\n4,Portland\n";

/* ---- making inputs ------------------------------------------------------ */

/* The one file of these tests, in a directory of its own. */
struct place {
    char directory[64];
    char path[80];
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    if (!place)
        return -1;
    (void)snprintf(place->directory, sizeof(place->directory),
                   "/tmp/test_input.XXXXXX");
    if (!mkdtemp(place->directory)) {
        free(place);
        return -1;
    }
    (void)snprintf(place->path, sizeof(place->path), "%s/in", place->directory);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;

    (void)unlink(place->path);
    (void)rmdir(place->directory);
    free(place);
    return 0;
}

static void put_file(const struct place *place, const void *data, size_t len)
{
    int fd = open(place->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
    assert_int_equal(close(fd), 0);
}

/* ---- reading them ------------------------------------------------------- */

/* Reads to the end or an error, and answers what input_read() did. */
static int read_all(struct input *input, struct buffer *text,
                    struct error *error)
{
    const char *data;
    size_t len;
    int got;

    buffer_clear(text);
    (void)buffer_puts(text, "");
    while ((got = input_read(input, &data, &len, error)) == 1) {
        assert_true(len > 0);
        assert_int_equal(buffer_append(text, data, len), 0);
    }
    return got;
}

static struct input *open_good(const char *path)
{
    struct error error;
    struct input *input = input_open(&file_system_posix, path, &error);

    if (!input)
        fail_msg("%s", error.text);
    return input;
}

/* The file must be read as this text. */
static void check_good(const struct place *place, const void *data, size_t len,
                       const char *expected, size_t expected_len)
{
    struct buffer text;
    struct error error;
    struct input *input;

    put_file(place, data, len);
    buffer_init(&text, 100 * MIB);
    input = open_good(place->path);
    assert_true(input_is_file(input));
    assert_int_equal(input_poll_fd(input), -1);
    if (read_all(input, &text, &error) != 0)
        fail_msg("%s", error.text);
    assert_int_equal(text.len, expected_len);
    assert_memory_equal(text.data, expected, expected_len);
    assert_int_equal(read_all(input, &text, &error), 0);
    input_free(input);
    buffer_free(&text);
}

/* The file must be refused with this message behind its name. */
static void check_refused(const struct place *place, const void *data,
                          size_t len, const char *message)
{
    struct buffer text;
    struct error error;
    struct input *input;
    size_t name_len = strlen(place->path);

    put_file(place, data, len);
    buffer_init(&text, 100 * MIB);
    input = open_good(place->path);
    assert_int_equal(read_all(input, &text, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_memory_equal(error.text, place->path, name_len);
    if (!strstr(error.text + name_len, message))
        fail_msg("of %zu bytes: %s\nnot: %s", len, error.text, message);
    input_free(input);
    buffer_free(&text);
}

/* ---- files -------------------------------------------------------------- */

/* A plain file must come out as it is, one of a single byte, too. */
static void test_plain(void **state)
{
    struct buffer large;

    check_good(*state, plain_text, strlen(plain_text), plain_text,
               strlen(plain_text));
    check_good(*state, "a", 1, "a", 1);
    check_good(*state, "\x1F\x8A", 2, "\x1F\x8A", 2);
    buffer_init(&large, 2 * MIB);
    while (large.len < MIB)
        (void)buffer_puts(&large, plain_text);
    check_good(*state, large.data, large.len, large.data, large.len);
    buffer_free(&large);
}

/* An empty file must be refused. */
static void test_empty(void **state)
{
    check_refused(*state, "", 0,
                  " is empty; its first line must name the columns");
}

/* Gzip must be known by its first bytes and come out decompressed, with every
 * part that its header may have. */
static void test_gzip(void **state)
{
    struct buffer gzip;

    buffer_init(&gzip, MIB);
    for (unsigned large = 0; large < 2; large++) {
        buffer_clear(&gzip);
        put_member(&gzip, plain_text, strlen(plain_text), large);
        check_good(*state, gzip.data, gzip.len, plain_text, strlen(plain_text));
    }
    buffer_clear(&gzip);
    put_member(&gzip, "", 0, false);
    check_good(*state, gzip.data, gzip.len, "", 0);
    buffer_free(&gzip);
}

/* What can't be opened, and a directory, must be a matter of usage. */
static void test_open_refuses(void **state)
{
    const struct place *place = *state;
    struct error error;
    struct buffer path;

    assert_null(input_open(&file_system_posix, place->path, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "/in cannot be opened: No such file"));
    assert_null(input_open(&file_system_posix, place->directory, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, " is a directory"));
    /* Of a long name the end is shown, from the start of a character. */
    buffer_init(&path, 2000);
    for (size_t i = 0; i < 500; i++)
        (void)buffer_puts(&path, "\xC3\xA9");
    for (size_t i = 0; i < 2; i++) {
        (void)buffer_puts(&path, "x");
        assert_null(input_open(&file_system_posix, path.data, &error));
        assert_memory_equal(error.text, "...\xC3\xA9", 5);
        assert_non_null(strstr(error.text, "x cannot be opened: "));
        assert_true(utf8_is_valid(error.text, strlen(error.text)));
    }
    buffer_free(&path);
}

/* ---- reading twice ------------------------------------------------------ */

static void check_second_reading(const struct place *place, bool gzip)
{
    struct buffer raw, text;
    struct error error;
    struct input *input;

    buffer_init(&raw, MIB);
    buffer_init(&text, MIB);
    if (gzip)
        put_member(&raw, plain_text, strlen(plain_text), false);
    else
        (void)buffer_puts(&raw, plain_text);
    put_file(place, raw.data, raw.len);
    input = open_good(place->path);
    assert_int_equal(input_keep_hash(input, &error), 0);
    assert_int_equal(read_all(input, &text, &error), 0);
    assert_int_equal(input_rewind(input, &error), 0);
    assert_int_equal(read_all(input, &text, &error), 0);
    assert_string_equal(text.data, plain_text);
    assert_false(input_changed(input));
    assert_int_equal(read_all(input, &text, &error), 0);
    assert_false(input_changed(input));
    input_free(input);
    buffer_free(&raw);
    buffer_free(&text);
}

/* A file must be read a second time as the first, and has not changed then;
 * also where the first reading stopped half-way. */
static void test_rewind(void **state)
{
    struct error error;
    struct input *input;
    struct buffer text;
    const char *data;
    size_t len;

    check_second_reading(*state, false);
    check_second_reading(*state, true);
    buffer_init(&text, MIB);
    input = open_good(((struct place *)*state)->path);
    assert_int_equal(input_read(input, &data, &len, &error), 1);
    assert_int_equal(input_rewind(input, &error), 0);
    assert_int_equal(read_all(input, &text, &error), 0);
    assert_string_equal(text.data, plain_text);
    input_free(input);
    buffer_free(&text);
}

enum change { CHANGE_BYTES, CHANGE_SIZE, CHANGE_TIME, CHANGE_NONE };

static void change_file(const char *path, enum change change,
                        const struct stat *stat)
{
    struct timespec times[2] = {stat->st_atim, stat->st_mtim};
    int fd = open(path, O_WRONLY);

    assert_true(fd >= 0);
    if (change == CHANGE_BYTES)
        assert_int_equal(pwrite(fd, "X", 1, 10), 1);
    if (change == CHANGE_SIZE)
        assert_int_equal(pwrite(fd, "X", 1, stat->st_size), 1);
    if (change == CHANGE_TIME)
        times[1].tv_nsec ^= 1;
    assert_int_equal(futimens(fd, times), 0);
    assert_int_equal(close(fd), 0);
}

/* Is the change noticed between two readings? */
static bool notices(const struct place *place, enum change change, bool hashed)
{
    struct buffer text;
    struct error error;
    struct input *input;
    bool noticed;

    buffer_init(&text, MIB);
    put_file(place, plain_text, strlen(plain_text));
    input = open_good(place->path);
    if (hashed)
        assert_int_equal(input_keep_hash(input, &error), 0);
    assert_int_equal(read_all(input, &text, &error), 0);
    change_file(place->path, change, input_stat(input));
    assert_int_equal(input_rewind(input, &error), 0);
    assert_int_equal(read_all(input, &text, &error), 0);
    noticed = input_changed(input);
    input_free(input);
    buffer_free(&text);
    return noticed;
}

/* Another size, another time, and with a hash other bytes behind the same size
 * and time must each be noticed; nothing else may be. */
static void test_changed(void **state)
{
    for (unsigned hashed = 0; hashed < 2; hashed++) {
        assert_true(notices(*state, CHANGE_SIZE, hashed));
        assert_true(notices(*state, CHANGE_TIME, hashed));
        assert_int_equal(notices(*state, CHANGE_BYTES, hashed), hashed);
        assert_false(notices(*state, CHANGE_NONE, hashed));
    }
}

/* ---- standard input ----------------------------------------------------- */

/* Makes fd standard input, and answers what restores it. */
static int become_stdin(int fd)
{
    int saved = dup(STDIN_FILENO);

    assert_true(saved >= 0);
    assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    assert_int_equal(close(fd), 0);
    return saved;
}

static void restore_stdin(int saved)
{
    assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
    assert_int_equal(close(saved), 0);
}

/* A file redirected to standard input must be read twice from the place where
 * its descriptor stands, and leave it there. */
static void test_redirected_file(void **state)
{
    const struct place *place = *state;
    struct buffer text;
    struct error error;
    struct input *input;
    int fd, saved;

    buffer_init(&text, MIB);
    put_file(place, plain_text, strlen(plain_text));
    fd = open(place->path, O_RDONLY);
    assert_int_equal(lseek(fd, 8, SEEK_SET), 8);
    saved = become_stdin(fd);
    input = open_good("-");
    assert_true(input_is_file(input));
    assert_string_equal(input_name(input), "standard input");
    assert_int_equal(read_all(input, &text, &error), 0);
    assert_string_equal(text.data, plain_text + 8);
    assert_int_equal(input_rewind(input, &error), 0);
    assert_int_equal(read_all(input, &text, &error), 0);
    assert_string_equal(text.data, plain_text + 8);
    assert_int_equal(lseek(STDIN_FILENO, 0, SEEK_CUR), 8);
    input_free(input);
    assert_int_equal(lseek(STDIN_FILENO, 0, SEEK_CUR), 8);
    restore_stdin(saved);
    buffer_free(&text);
}

/* Opens a pipe as standard input; *to is its other end. */
static struct input *open_pipe(int *to, int *saved)
{
    struct input *input;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    *to = ends[1];
    *saved = become_stdin(ends[0]);
    input = open_good("-");
    assert_false(input_is_file(input));
    return input;
}

/* Feeds a pipe byte by byte, reading after each: nothing may wait for more than
 * is there, and the answer at the end is given. */
static int feed_pipe(const char *bytes, size_t count, struct buffer *text,
                     struct error *error)
{
    int to, saved, got = 1;
    struct input *input = open_pipe(&to, &saved);
    const char *data;
    size_t len;

    buffer_clear(text);
    (void)buffer_puts(text, "");
    for (size_t i = 0; i <= count && got == 1; i++) {
        if (i < count)
            assert_int_equal(write(to, bytes + i, 1), 1);
        else
            assert_int_equal(close(to), 0);
        assert_int_equal(input_poll_fd(input), STDIN_FILENO);
        do {
            got = input_read(input, &data, &len, error);
            if (got == 1)
                assert_int_equal(buffer_append(text, data, len), 0);
        } while (got == 1 && input_poll_fd(input) == -1);
    }
    if (got == 0)
        assert_int_equal(input_poll_fd(input), -1);
    input_free(input);
    restore_stdin(saved);
    return got;
}

/* A pipe must give what a file gives, and be refused where a file is, however
 * slowly its bytes come. */
static void test_pipe(void **unused)
{
    struct buffer gzip, text;
    struct error error;
    size_t len = strlen(plain_text);

    (void)unused;
    buffer_init(&gzip, MIB);
    buffer_init(&text, MIB);
    assert_int_equal(feed_pipe(plain_text, len, &text, &error), 0);
    assert_string_equal(text.data, plain_text);
    put_member(&gzip, plain_text, 30, true);
    put_member(&gzip, plain_text + 30, len - 30, false);
    assert_int_equal(feed_pipe(gzip.data, gzip.len, &text, &error), 0);
    assert_string_equal(text.data, plain_text);
    assert_int_equal(feed_pipe(gzip.data, gzip.len - 1, &text, &error), -1);
    assert_non_null(strstr(error.text, "standard input: the gzip data is "
                                       "truncated"));
    assert_int_equal(feed_pipe("\x1Fx", 2, &text, &error), 0);
    assert_string_equal(text.data, "\x1Fx");
    assert_int_equal(feed_pipe("", 0, &text, &error), -1);
    assert_non_null(strstr(error.text, "standard input is empty"));
    assert_int_equal(feed_pipe("\x1F", 1, &text, &error), -1);
    assert_non_null(strstr(error.text, "truncated at byte 1"));
    buffer_free(&gzip);
    buffer_free(&text);
}

/* What a pipe's bytes decompress to must all come before it is polled again. */
static void test_pipe_with_much_text(void **unused)
{
    struct buffer zeros, gzip;
    struct error error;
    struct input *input;
    const char *data;
    size_t len, sum = 0;
    int to, saved;

    (void)unused;
    buffer_init(&zeros, MIB);
    buffer_init(&gzip, 2 * MIB);
    assert_int_equal(buffer_reserve(&zeros, MIB), 0);
    memset(zeros.data, 0, MIB);
    put_member(&gzip, zeros.data, MIB, false);
    input = open_pipe(&to, &saved);
    assert_int_equal(write(to, gzip.data, gzip.len), gzip.len);
    do {
        assert_int_equal(input_read(input, &data, &len, &error), 1);
        sum += len;
    } while (input_poll_fd(input) == -1);
    assert_int_equal(sum, MIB);
    assert_int_equal(close(to), 0);
    assert_int_equal(input_read(input, &data, &len, &error), 0);
    input_free(input);
    restore_stdin(saved);
    buffer_free(&zeros);
    buffer_free(&gzip);
}

/* A pipe can't be read twice and must say so; a hash is not kept of it. */
static void test_pipe_has_one_reading(void **unused)
{
    struct error error;
    int to, saved;
    struct input *input = open_pipe(&to, &saved);

    (void)unused;
    assert_int_equal(input_keep_hash(input, &error), 0);
    assert_int_equal(input_rewind(input, &error), -1);
    assert_int_equal(error.kind, ERROR_LOCAL);
    input_free(input);
    assert_int_equal(close(to), 0);
    restore_stdin(saved);
    input_free(NULL);
}

/* Reads a pipe that brings the text and ends; the checkpoint at its end. */
static int read_pipe(const char *text, uint64_t expected,
                     const unsigned char *expected_digest, uint64_t *bytes,
                     unsigned char digest[HASH_SIZE])
{
    struct error error;
    struct buffer read;
    int to, saved, result;
    struct input *input = open_pipe(&to, &saved);

    buffer_init(&read, MIB);
    assert_int_equal(input_keep_hash(input, &error), 0);
    if (expected)
        input_expect(input, expected, expected_digest);
    assert_int_equal(write(to, text, strlen(text)), strlen(text));
    assert_int_equal(close(to), 0);
    result = read_all(input, &read, &error);
    assert_int_equal(input_is_as_expected(input), result == 0);
    if (result)
        assert_int_equal(error.kind, ERROR_USAGE);
    else
        assert_int_equal(input_checkpoint(input, bytes, digest), 0);
    buffer_free(&read);
    input_free(input);
    restore_stdin(saved);
    return result;
}

/* What a checkpoint at a pipe's end tells must be what a later reading finds,
 * be the pipe longer; and nothing else may pass for it. */
static void test_pipe_checkpoint(void **unused)
{
    unsigned char digest[HASH_SIZE] = {0}, ignored[HASH_SIZE] = {0};
    uint64_t bytes = 0, other = 0;

    (void)unused;
    assert_int_equal(read_pipe("Id\n1\n", 0, NULL, &bytes, digest), 0);
    assert_int_equal(bytes, 5);
    assert_int_equal(read_pipe("Id\n1\n", 5, digest, &other, ignored), 0);
    assert_memory_equal(ignored, digest, HASH_SIZE);
    assert_int_equal(read_pipe("Id\n1\n2\n", 5, digest, &other, ignored), 0);
    assert_int_equal(read_pipe("Id\n2\n", 5, digest, &other, ignored), -1);
    assert_int_equal(read_pipe("Id\n1", 5, digest, &other, ignored), -1);
}

/* A pipe that has nothing yet must make an empty chunk where its reader may not
 * wait. */
static void test_pipe_without_bytes(void **unused)
{
    struct error error;
    const char *data;
    size_t len = 42;
    int to, saved;
    struct input *input = open_pipe(&to, &saved);

    (void)unused;
    assert_int_equal(fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(input_read(input, &data, &len, &error), 1);
    assert_int_equal(len, 0);
    assert_int_equal(input_poll_fd(input), STDIN_FILENO);
    input_free(input);
    assert_int_equal(close(to), 0);
    restore_stdin(saved);
}

static void ignore_signal(int number)
{
    (void)number;
}

/* A signal must wake a reader that waits for a silent pipe. */
static void test_signal_wakes(void **unused)
{
    struct sigaction action = {.sa_handler = ignore_signal}, before;
    /* Again and again: the first may come before the reader waits. */
    struct itimerval timer = {{0, 10000}, {0, 10000}}, off = {{0, 0}, {0, 0}};
    struct error error;
    const char *data;
    size_t len = 42;
    int to, saved;
    struct input *input = open_pipe(&to, &saved);

    (void)unused;
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
    assert_int_equal(input_read(input, &data, &len, &error), 1);
    assert_int_equal(setitimer(ITIMER_REAL, &off, NULL), 0);
    assert_int_equal(sigaction(SIGALRM, &before, NULL), 0);
    assert_int_equal(len, 0);
    input_free(input);
    assert_int_equal(close(to), 0);
    restore_stdin(saved);
}

/* Standard input that is closed must be a matter of usage; one that can't be
 * read, a local failure. */
static void test_bad_stdin(void **unused)
{
    struct error error;
    int saved = become_stdin(open("/dev/null", O_WRONLY));

    (void)unused;
    assert_null(input_open(&file_system_posix, "-", &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_string_equal(error.text, "INPUT is -, but standard input is closed");
    assert_int_equal(close(STDIN_FILENO), 0);
    assert_null(input_open(&file_system_posix, "-", &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.text, "standard input cannot be read: "));
    restore_stdin(saved);
}

#define test_with_file(function)                                               \
    cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_file(test_plain),
        test_with_file(test_empty),
        test_with_file(test_gzip),
        test_with_file(test_open_refuses),
        test_with_file(test_rewind),
        test_with_file(test_changed),
        test_with_file(test_redirected_file),
        cmocka_unit_test(test_pipe),
        cmocka_unit_test(test_pipe_with_much_text),
        cmocka_unit_test(test_pipe_has_one_reading),
        cmocka_unit_test(test_pipe_checkpoint),
        cmocka_unit_test(test_pipe_without_bytes),
        cmocka_unit_test(test_signal_wakes),
        cmocka_unit_test(test_bad_stdin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
