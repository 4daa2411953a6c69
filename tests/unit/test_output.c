#define _DEFAULT_SOURCE /* syscall() */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "output.h"

#define NAME      "out.csv"
#define PART      NAME ".part"
#define GZIP_NAME "out.csv.gz"
#define GZIP_PART GZIP_NAME ".part"

/* More than output.c gathers before it writes by itself. */
#define LARGE (300 * 1000)

/* What another run does between this one's open() and its flock(); once. */
static void (*other_run)(void);

int flock(int fd, int operation)
{
    void (*run)(void) = other_run;

    other_run = NULL;
    if (run)
        run();
    return (int)syscall(SYS_flock, fd, operation);
}

/* Who reads from the pipe behind standard output, a little whenever output.c
 * waits for him. */
static struct reader {
    int fd;
    char *text;
    size_t len;
} reader;

static ssize_t read_some(void)
{
    size_t room = LARGE - reader.len;
    ssize_t count =
        read(reader.fd, reader.text + reader.len, room < 5000 ? room : 5000);

    if (count > 0)
        reader.len += (size_t)count;
    return count;
}

int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    assert_int_equal(count, 1);
    assert_int_equal(fds->events, POLLOUT);
    assert_int_equal(timeout, -1);
    return read_some() > 0;
}

struct fixture {
    char folder[64];
    int start; /* the folder the tests were started in */
};

/* Every test runs in an empty folder of its own. */
static int enter_folder(void **state)
{
    struct fixture *fixture = malloc(sizeof(*fixture));

    if (!fixture)
        return -1;
    *state = fixture;
    (void)snprintf(fixture->folder, sizeof(fixture->folder),
                   "/tmp/test_output.XXXXXX");
    fixture->start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fixture->start < 0 || !mkdtemp(fixture->folder))
        return -1;
    return chdir(fixture->folder);
}

static int leave_folder(void **state)
{
    struct fixture *fixture = *state;
    DIR *folder = opendir(".");
    struct dirent *entry;
    int result;

    while (folder && (entry = readdir(folder)))
        if (entry->d_name[0] != '.')
            (void)remove(entry->d_name);
    if (folder)
        closedir(folder);
    result = fchdir(fixture->start);
    close(fixture->start);
    if (rmdir(fixture->folder))
        result = -1;
    free(fixture);
    return result;
}

static void make_file(const char *name, const char *text, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
}

static bool is_there(const char *name)
{
    struct stat status;

    return lstat(name, &status) == 0;
}

static mode_t mode_of(const char *name)
{
    struct stat status;

    assert_int_equal(stat(name, &status), 0);
    return status.st_mode & 07777;
}

static off_t size_of(const char *name)
{
    struct stat status;

    assert_int_equal(stat(name, &status), 0);
    return status.st_size;
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
    struct output *output = output_open(path, flags, NULL, &error);

    if (!output)
        fail_msg("%s", error.text);
    return output;
}

/* Opening must be refused with a text that says all of what. */
static void assert_refused(const char *path, unsigned flags,
                           const struct stat *input, const char *what)
{
    struct error error = {.kind = ERROR_NONE};

    assert_null(output_open(path, flags, input, &error));
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

/* --no-clobber must refuse at the start, and make nothing. */
static void test_no_clobber_refuses(void **state)
{
    (void)state;
    make_file(NAME, "old", 0600);
    assert_refused(NAME, OUTPUT_NO_CLOBBER, NULL, "--no-clobber");
    assert_text(NAME, "old");
    assert_false(is_there(PART));
}

/* With --no-clobber a file that came to be during the run must not be replaced,
 * and the result must stay in .part. */
static void test_no_clobber_holds_at_the_end(void **state)
{
    struct output *output = open_output(NAME, OUTPUT_NO_CLOBBER);
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
    struct output *output = open_output(NAME, OUTPUT_NO_CLOBBER);

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
    assert_refused(NAME, OUTPUT_RESTART, NULL, "another run");
    assert_text(PART, "first");
    finish(first);
    assert_text(NAME, "first");
    finish(open_output(NAME, 0));
    assert_text(NAME, "");
}

static void finish_other_run(void)
{
    assert_int_equal(rename(PART, NAME), 0);
}

static void remove_other_run(void)
{
    assert_int_equal(unlink(PART), 0);
}

/* A .part that another run renames or removes before it could be locked must
 * not be written to: it is a result now, or nothing. */
static void test_part_that_goes_before_the_lock(void **state)
{
    struct output *output;

    (void)state;
    make_file(PART, "theirs", 0600);
    other_run = finish_other_run;
    output = open_output(NAME, OUTPUT_RESTART);
    put(output, "ours");
    assert_text(NAME, "theirs");
    finish(output);
    assert_text(NAME, "ours");
    make_file(PART, "", 0600);
    other_run = remove_other_run;
    output = open_output(NAME, 0);
    assert_true(is_there(PART));
    output_free(output);
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
        output = output_open(NAME, 0, NULL, &error);
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

/* A .part with something in it must be kept and refused by name, with the way
 * to throw it away. */
static void test_refuses_an_unfinished_run(void **state)
{
    (void)state;
    make_file(PART, "earlier", 0600);
    assert_refused(NAME, 0, NULL, PART " was left by a run");
    assert_refused(NAME, 0, NULL, "--restart");
    assert_text(PART, "earlier");
}

/* OUTPUT_RESTART must throw away what an earlier run left, though not before
 * the new run writes, and keep nothing of it. */
static void test_restart_throws_away(void **state)
{
    struct output *output = open_output(NAME, OUTPUT_RESTART);

    (void)state;
    output_free(output);
    make_file(PART, "a longer text of an earlier run", 0600);
    output_free(open_output(NAME, OUTPUT_RESTART));
    assert_text(PART, "a longer text of an earlier run");
    output = open_output(NAME, OUTPUT_RESTART);
    put(output, "new");
    finish(output);
    assert_text(NAME, "new");
    make_file(PART, "earlier", 0600);
    finish(open_output(NAME, OUTPUT_RESTART));
    assert_text(NAME, "");
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
    output = open_output(NAME, OUTPUT_RESTART);
    put(output, "Row,Id\r\n");
    output_discard(output);
    output_free(output);
    assert_text(PART, "earlier");
}

/* Writing over the input must be refused, by whatever name it goes, and leave
 * it as it is. */
static void test_refuses_the_input(void **state)
{
    struct stat input;

    (void)state;
    make_file("in.csv", "Id\r\n", 0600);
    assert_int_equal(stat("in.csv", &input), 0);
    assert_refused("in.csv", 0, &input, "same file, in.csv");
    assert_int_equal(symlink("in.csv", "link.csv"), 0);
    assert_refused("link.csv", 0, &input, "same file");
    assert_int_equal(link("in.csv", PART), 0);
    assert_refused(NAME, OUTPUT_RESTART, &input, "INPUT is " PART);
    assert_text("in.csv", "Id\r\n");
    assert_text(PART, "Id\r\n");
}

/* An empty input that has .part's name must not be removed either. */
static void test_keeps_an_empty_input(void **state)
{
    struct stat input;

    (void)state;
    make_file(PART, "", 0600);
    assert_int_equal(stat(PART, &input), 0);
    assert_refused(NAME, 0, &input, "INPUT is " PART);
    assert_true(is_there(PART));
}

/* Names that can't become a file must be refused at the start, with a word on
 * what to do, and nothing made. */
static void test_refuses_impossible_names(void **state)
{
    char name[256];

    (void)state;
    assert_refused("", 0, NULL, "empty");
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_refused("folder", 0, NULL, "folder is a folder");
    assert_refused("folder/", 0, NULL, "is a folder");
    assert_refused("missing/out.csv", 0, NULL, "its folder is not there");
    assert_refused("/dev/null", 0, NULL, "give - as OUTPUT");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_refused("fifo", 0, NULL, "not a regular file");
    assert_false(is_there("fifo.part"));
    memset(name, 'x', 255);
    name[255] = '\0';
    assert_refused(name, 0, NULL, "shorter");
    name[250] = '\0';
    finish(open_output(name, 0));
    assert_true(is_there(name));
}

/* A .part that is a link, a FIFO or a folder must be refused and left alone. */
static void test_refuses_a_strange_part(void **state)
{
    (void)state;
    make_file("target", "precious", 0600);
    assert_int_equal(symlink("target", PART), 0);
    assert_refused(NAME, OUTPUT_RESTART, NULL, "remove the link");
    assert_text("target", "precious");
    assert_int_equal(unlink(PART), 0);
    assert_int_equal(mkfifo(PART, 0600), 0);
    assert_refused(NAME, OUTPUT_RESTART, NULL, "not a regular file");
    assert_true(is_there(PART));
    assert_int_equal(unlink(PART), 0);
    assert_int_equal(mkdir(PART, 0700), 0);
    assert_refused(NAME, 0, NULL, PART);
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
    output = output_open("-", 0, input, error);
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

/* An OUTPUT that is standard output's own file, as /dev/stdout can be, must be
 * refused: others who write there would lose theirs. */
static void test_refuses_standard_output_by_name(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct output *output;
    int saved = dup(STDOUT_FILENO);
    int fd;

    (void)state;
    make_file("log", "before", 0600);
    fd = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    (void)dup2(fd, STDOUT_FILENO);
    output = output_open("/dev/stdout", 0, NULL, &error);
    (void)dup2(saved, STDOUT_FILENO);
    close(saved);
    close(fd);
    assert_null(output);
    assert_non_null(strstr(error.text, "give - as OUTPUT"));
    assert_text("log", "before");
}

/* A non-blocking pipe that is full must be waited for, and lose nothing. */
static void test_standard_output_waits(void **state)
{
    char *text = make_large_text();
    struct error error;
    int ends[2], result;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    reader = (struct reader){.fd = ends[0], .text = malloc(LARGE)};
    assert_non_null(reader.text);
    result = write_to(ends[1], text, LARGE, &error);
    close(ends[1]);
    assert_int_equal(result, 0);
    assert_in_range(reader.len, 1, LARGE - 1);
    while (read_some() > 0)
        continue;
    close(ends[0]);
    assert_int_equal(reader.len, LARGE);
    assert_memory_equal(reader.text, text, LARGE);
    free(reader.text);
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
        TEST(test_no_clobber_refuses),
        TEST(test_no_clobber_holds_at_the_end),
        TEST(test_no_clobber_renames),
        TEST(test_two_runs_exclude_each_other),
        TEST(test_part_that_goes_before_the_lock),
        TEST(test_leaves_the_part_of_the_next_run),
        TEST(test_fighting_processes),
        TEST(test_refuses_an_unfinished_run),
        TEST(test_restart_throws_away),
        TEST(test_uses_an_empty_part),
        TEST(test_closing_keeps_what_was_flushed),
        TEST(test_discard),
        TEST(test_refuses_the_input),
        TEST(test_keeps_an_empty_input),
        TEST(test_refuses_impossible_names),
        TEST(test_refuses_a_strange_part),
        TEST(test_follows_a_link),
        TEST(test_full_disk),
        TEST(test_standard_output),
        TEST(test_refuses_standard_output_by_name),
        TEST(test_standard_output_waits),
        TEST(test_standard_output_without_reader),
        TEST(test_standard_output_full),
        TEST(test_standard_output_closed),
        TEST(test_standard_output_is_the_input),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
