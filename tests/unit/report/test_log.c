#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "base/utf8.h"
#include "report/log.h"
#include "watched_files.h"

#define NAME "run.log"

/* ---- a directory, and what is in it
 * ------------------------------------------
 */

struct fixture {
    char directory[64];
    int start; /* the directory that the tests were started in */
};

/* Every test runs in an empty directory of its own. */
static int enter_directory(void **state)
{
    struct fixture *fixture = malloc(sizeof(*fixture));

    if (!fixture)
        return -1;
    *state = fixture;
    snprintf(fixture->directory, sizeof(fixture->directory),
             "/tmp/test_log.XXXXXX");
    fixture->start = open(".", O_RDONLY | O_DIRECTORY);
    if (fixture->start < 0 || !mkdtemp(fixture->directory))
        return -1;
    return chdir(fixture->directory);
}

static int leave_directory(void **state)
{
    static const char *const names[] = {NAME};
    struct fixture *fixture = *state;
    int result;

    for (size_t i = 0; i < COUNT(names); i++)
        (void)unlink(names[i]);
    result = fchdir(fixture->start) || rmdir(fixture->directory);
    close(fixture->start);
    free(fixture);
    return result;
}

static char *read_file(const char *path)
{
    static char text[8192];
    FILE *file = fopen(path, "r");
    size_t len;

    assert_non_null(file);
    len = fread(text, 1, sizeof(text) - 1, file);
    assert_true(len < sizeof(text) - 1);
    fclose(file);
    text[len] = '\0';
    return text;
}

/* ---- logs -----------------------------------------------------------------
 */

static struct log_setup make_setup(const char *path)
{
    return (struct log_setup){.clock = &clock_system,
                              .files = &file_system_posix,
                              .path = path,
                              .level = LOG_LEVEL_INFO};
}

static struct log *open_log(const struct log_setup *setup)
{
    struct error error;
    struct log *log = log_open(setup, &error);

    if (!log)
        fail_msg("%s", error.text);
    return log;
}

static void assert_flushed(struct log *log)
{
    struct error error;

    if (log_flush(log, &error))
        fail_msg("%s", error.text);
}

static void assert_refused(const struct log_setup *setup, const char *part)
{
    struct error error = {.kind = ERROR_NONE};

    assert_null(log_open(setup, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, part))
        fail_msg("%s", error.text);
}

/* What a log of one entry has behind its time. */
static const char *line_of(const struct log_entry *entry, bool json)
{
    struct log_setup setup = make_setup(NAME);
    struct log *log;
    char *text;

    (void)unlink(NAME);
    setup.json = json;
    setup.level = LOG_LEVEL_DEBUG;
    log = open_log(&setup);
    log_put(log, entry);
    assert_flushed(log);
    log_free(log);
    text = read_file(NAME);
    if (json)
        assert_same_json(text, text); /* is JSON at all */
    return strchr(text, 'Z') + 1;
}

static const struct log_entry full = {
    .level = LOG_LEVEL_WARN,
    .event = "retry",
    .user = "9100000000000000001",
    .call = "UpdateUser",
    .attempt = 2,
    .http_status = 503,
    .code = 117,
    .name = "CallRateExceeded",
    .tracking_id = "7bd2-x",
    .wait_ms = 412,
    .per_minute = 285,
    .rows = 18446744073,
    .text = "tried again",
};

/* Each member of an entry has its place in the line, in both forms. */
static void test_all_members(void **state)
{
    (void)state;
    assert_string_equal(line_of(&full, false),
                        " warn retry user=9100000000000000001 call=UpdateUser "
                        "attempt=2 http=503 code=117 error=CallRateExceeded "
                        "tracking=7bd2-x wait_ms=412 per_minute=285 "
                        "rows=18446744073: tried again\n");
    assert_string_equal(
        line_of(&full, true),
        "\",\"level\":\"warn\",\"event\":\"retry\",\"user\":"
        "\"9100000000000000001\",\"call\":\"UpdateUser\",\"attempt\":2,"
        "\"http\":503,\"code\":117,\"error\":\"CallRateExceeded\","
        "\"tracking\":\"7bd2-x\",\"wait_ms\":412,\"per_minute\":285,"
        "\"rows\":18446744073,\"text\":\"tried again\"}\n");
}

/* What is not known is left out. */
static void test_members_left_out(void **state)
{
    const struct log_entry bare = {
        .level = LOG_LEVEL_ERROR, .event = "stop", .wait_ms = -1};
    const struct log_entry empty = {.level = LOG_LEVEL_DEBUG,
                                    .event = "turn",
                                    .user = "",
                                    .name = "",
                                    .text = ""};

    (void)state;
    assert_string_equal(line_of(&bare, false), " error stop\n");
    assert_string_equal(line_of(&bare, true),
                        "\",\"level\":\"error\",\"event\":\"stop\"}\n");
    assert_string_equal(line_of(&empty, false), " debug turn\n");
    assert_string_equal(line_of(&empty, true),
                        "\",\"level\":\"debug\",\"event\":\"turn\"}\n");
}

/* The time is UTC with milliseconds, and between before and after. */
static void test_time(void **state)
{
    struct log_setup setup = make_setup(NAME);
    struct log *log = open_log(&setup);
    struct timespec before, after;
    struct timestamp instant;
    char text[25];
    int64_t from, at, to;

    (void)state;
    clock_gettime(CLOCK_REALTIME, &before);
    log_put(log, &full);
    clock_gettime(CLOCK_REALTIME, &after);
    assert_flushed(log);
    log_free(log);
    snprintf(text, sizeof(text), "%s", read_file(NAME));
    assert_int_equal(text[19], '.');
    assert_int_equal(text[23], 'Z');
    assert_int_equal(timestamp_parse(text, &instant), 0);
    from = (int64_t)before.tv_sec * 1000 + before.tv_nsec / 1000000;
    at = instant.seconds * 1000 + instant.nanoseconds / 1000000;
    to = (int64_t)after.tv_sec * 1000 + after.tv_nsec / 1000000;
    assert_true(from <= at && at <= to);
}

/* Whatever bytes come in, there is one line, it is UTF-8, and its JSON is
 * valid. */
static void test_hostile_text(void **state)
{
    static const char *const texts[] = {
        "two\nlines",   "\r\n\r\n",    "\"quoted\"",
        "back\\slash",  "\x01\x1F",    "\x7F",
        "\xFF\xFE",     "\xC3",        "\xC3\xA9",
        "\xED\xA0\x80", "\xC0\x80",    "\xF0\x9F\x98\x80",
        "a=b c: d",     "\\\"\\\"",    "\xE2\x80\xA8",
        "\xC2\x85",     "\x1B[2Jgone", "x\",\"level\":\"y",
    };
    struct log_entry entry = full;

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        for (int json = 0; json < 2; json++) {
            const char *line;

            entry.event = entry.user = entry.call = entry.name =
                entry.tracking_id = entry.text = texts[i];
            line = line_of(&entry, json);
            assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
            assert_true(utf8_is_valid(line, strlen(line)));
            assert_null(strpbrk(line, "\x01\x1B\x1F\x7F\r"));
        }
    }
}

/* All bytes in all orders make JSON of one line that has all members. */
static void test_random_bytes_make_json(void **state)
{
    uint64_t random = 7;
    char text[1500];
    struct log_entry entry = {.level = LOG_LEVEL_INFO, .event = "x"};

    (void)state;
    for (int round = 0; round < 200; round++) {
        unsigned len = below(&random, sizeof(text));

        for (unsigned i = 0; i < len; i++)
            text[i] = (char)(1 + below(&random, 255));
        text[len] = '\0';
        entry.text = text;
        entry.name = round % 2 ? text : "plain";
        assert_non_null(strstr(line_of(&entry, true), "\"error\":"));
    }
}

/* Text comes out as it went in where it is harmless, else so that it can't be
 * mistaken for a member. */
static void test_quoting(void **state)
{
    struct log_entry entry = {.level = LOG_LEVEL_INFO, .event = "e"};

    (void)state;
    entry.name = "x wait_ms=1";
    entry.tracking_id = "a\"b\\c";
    entry.text = "\xC3\xA9 \"x\"\n";
    assert_string_equal(line_of(&entry, false),
                        " info e error=\"x wait_ms=1\" "
                        "tracking=\"a\\\"b\\\\c\": \xC3\xA9 \"x\" \n");
    assert_string_equal(line_of(&entry, true),
                        "\",\"level\":\"info\",\"event\":\"e\",\"error\":"
                        "\"x wait_ms=1\",\"tracking\":\"a\\\"b\\\\c\","
                        "\"text\":\"\xC3\xA9 \\\"x\\\" \"}\n");
}

/* A long text is cut, between two characters. */
static void test_long_text(void **state)
{
    char text[4096];
    struct log_entry entry = {
        .level = LOG_LEVEL_INFO, .event = "e", .text = text};
    const char *line;

    (void)state;
    for (size_t i = 0; i < sizeof(text) - 1; i += 3)
        memcpy(text + i, "\xE2\x82\xAC", 3);
    text[sizeof(text) - 1] = '\0';
    line = line_of(&entry, true);
    assert_in_range(strlen(line), 1020, 1100);
    assert_true(utf8_is_valid(line, strlen(line)));
}

/* A level has all of those before it, and none behind. */
static void test_levels(void **state)
{
    struct log_entry entry = {.event = "e"};

    (void)state;
    for (int asked = LOG_LEVEL_ERROR; asked <= LOG_LEVEL_DEBUG; asked++) {
        struct log_setup setup = make_setup(NAME);
        struct log *log;
        const char *text;
        int lines = 0;

        (void)unlink(NAME);
        setup.level = (enum log_level)asked;
        log = open_log(&setup);
        for (int level = LOG_LEVEL_ERROR; level <= LOG_LEVEL_DEBUG; level++) {
            entry.level = (enum log_level)level;
            log_put(log, &entry);
        }
        assert_flushed(log);
        log_free(log);
        for (text = read_file(NAME); *text; text++)
            lines += *text == '\n';
        assert_int_equal(lines, asked + 1);
    }
}

/* ---- files ----------------------------------------------------------------
 */

/* The file is made for its owner alone, nothing is written before a flush, and
 * a second log goes on behind the first. */
static void test_file(void **state)
{
    struct log_setup setup = make_setup(NAME);
    struct stat status;
    mode_t mask = umask(0);
    struct log *log = open_log(&setup);
    size_t len;

    (void)state;
    umask(mask);
    log_put(log, &full);
    assert_int_equal(stat(NAME, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(status.st_size, 0);
    assert_flushed(log);
    len = strlen(read_file(NAME));
    assert_true(len > 0);
    assert_flushed(log);
    assert_int_equal(strlen(read_file(NAME)), len);
    log_free(log);
    log = open_log(&setup);
    log_put(log, &full);
    assert_flushed(log);
    log_free(log);
    assert_int_equal(strlen(read_file(NAME)), 2 * len);
}

/* Without --log-file, and without a log, nothing happens. */
static void test_no_log(void **state)
{
    struct log_setup setup = make_setup(NULL);
    struct log *log = open_log(&setup);

    (void)state;
    log_put(log, &full);
    assert_flushed(log);
    log_free(log);
    log_put(NULL, &full);
    assert_flushed(NULL);
    log_free(NULL);
    assert_int_equal(access(NAME, F_OK), -1);
}

/* What was put is not lost with the log. */
static void test_free_writes(void **state)
{
    struct log_setup setup = make_setup(NAME);
    struct log *log = open_log(&setup);

    (void)state;
    log_put(log, &full);
    log_free(log);
    assert_non_null(strstr(read_file(NAME), "tried again\n"));
}

/* Lines beyond the bound are written at once, whole and in their order. */
static void test_many_lines(void **state)
{
    struct log_setup setup = make_setup(NAME);
    struct log *log = open_log(&setup);
    char line[512];
    struct stat status;
    struct log_entry entry = full;
    FILE *file;
    uint64_t rows;

    (void)state;
    for (rows = 1; rows <= 20000; rows++) {
        entry.rows = rows;
        log_put(log, &entry);
    }
    assert_int_equal(stat(NAME, &status), 0);
    assert_true(status.st_size > 1 << 20);
    assert_flushed(log);
    log_free(log);
    file = fopen(NAME, "r");
    assert_non_null(file);
    for (rows = 1; fgets(line, sizeof(line), file); rows++) {
        const char *found = strstr(line, " rows=");

        assert_non_null(found);
        assert_int_equal(strtoull(found + 6, NULL, 10), rows);
    }
    fclose(file);
    assert_int_equal(rows, 20001);
}

/* What can't be opened, or is no log, is refused by its name. */
static void test_refused_files(void **state)
{
    struct log_setup setup = make_setup("none/run.log");
    int fd;

    (void)state;
    assert_refused(&setup, "--log-file none/run.log cannot be opened: No");
    setup.path = ".";
    assert_refused(&setup, "cannot be opened");
    assert_int_equal(mkfifo(NAME, 0600), 0);
    setup.path = NAME;
    assert_refused(&setup, "nobody reads from this pipe");
    fd = open("other", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(link("other", "second"), 0);
    setup.path = "second";
    assert_refused(&setup, "--log-file second has a second name");
    assert_int_equal(unlink("other"), 0);
    assert_int_equal(unlink("second"), 0);
}

/* Standard error, where it is a file, keeps its messages: both go on from one
 * place. */
static void test_standard_error(void **state)
{
    struct log_setup setup = make_setup("/dev/stderr");
    int before = dup(STDERR_FILENO);
    int fd = open(NAME, O_WRONLY | O_CREAT, 0600);
    struct log *log;
    const char *text;

    (void)state;
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    log = open_log(&setup);
    fputs("one\n", stderr);
    log_put(log, &full);
    assert_flushed(log);
    fputs("three\n", stderr);
    log_free(log);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    close(fd);
    text = read_file(NAME);
    assert_memory_equal(text, "one\n2", 5);
    assert_string_equal(text + strlen(text) - 18, "tried again\nthree\n");
}

/* Standard error may be a socket, as under systemd; one that is closed is
 * refused. */
static void test_other_standard_errors(void **state)
{
    struct log_setup setup = make_setup("/dev/stderr");
    int before = dup(STDERR_FILENO);
    int sockets[2], null = open("/dev/null", O_RDONLY);
    struct log *log;
    char text[512];
    ssize_t len;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    assert_int_equal(dup2(sockets[0], STDERR_FILENO), STDERR_FILENO);
    log = open_log(&setup);
    log_put(log, &full);
    assert_flushed(log);
    log_free(log);
    len = read(sockets[1], text, sizeof(text) - 1);
    assert_true(len > 0 && text[len - 1] == '\n');
    assert_int_equal(dup2(null, STDERR_FILENO), STDERR_FILENO);
    assert_refused(&setup, "cannot be opened");
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    close(null);
    close(sockets[0]);
    close(sockets[1]);
}

/* A full disk is an error, at each flush from then on. */
static void test_full_disk(void **state)
{
    struct log_setup setup = make_setup("/dev/full");
    struct log *log = open_log(&setup);

    (void)state;
    assert_flushed(log);
    log_put(log, &full);
    for (int i = 0; i < 2; i++) {
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(log_flush(log, &error), -1);
        assert_int_equal(error.kind, ERROR_LOCAL);
        assert_string_equal(error.text, "cannot write --log-file /dev/full: No "
                                        "space left on device");
        log_put(log, &full);
    }
    log_free(log);
}

/* ---- readers that do not read --------------------------------------------
 */

/* Reads what there is, and flushes, until no more comes. Each line must be
 * whole, with the rows from *rows on, after the lines that a line counts as
 * dropped. Returns the number of dropped lines. */
static uint64_t read_lines(int fd, struct log *log, uint64_t *rows)
{
    static char text[4 << 20];
    uint64_t dropped = 0;
    size_t len = 0;
    ssize_t count;

    while ((count = read(fd, text + len, sizeof(text) - 1 - len)) > 0) {
        len += (size_t)count;
        assert_flushed(log);
    }
    text[len] = '\0';
    for (char *line = text, *end; *line; line = end + 1) {
        const char *found;

        end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        found = strstr(line, " dropped=");
        if (found) {
            assert_non_null(strstr(line, "Z warn log-dropped dropped="));
            dropped += strtoull(found + 9, NULL, 10);
            *rows += strtoull(found + 9, NULL, 10);
            continue;
        }
        found = strstr(line, " rows=");
        assert_non_null(found);
        assert_int_equal(strtoull(found + 6, NULL, 10), *rows);
        ++*rows;
    }
    return dropped;
}

static void put_lines(struct log *log, uint64_t *next, unsigned count)
{
    struct log_entry entry = full;

    for (; count > 0; count--) {
        entry.rows = (*next)++;
        log_put(log, &entry);
        assert_flushed(log);
    }
}

/* A reader that pauses gets all lines, whole and in order. If it pauses for too
 * long, lines must be dropped, and a line must count them when it reads again.
 * The log must never wait. */
static void assert_never_waits(struct log *log, int fd)
{
    uint64_t put = 1, read = 1, dropped;

    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    put_lines(log, &put, 2000); /* more than a pipe or socket contains */
    assert_int_equal(read_lines(fd, log, &read), 0);
    assert_int_equal(read, put);
    for (int round = 0; round < 2; round++) {
        put_lines(log, &put, 20000);
        dropped = read_lines(fd, log, &read);
        assert_in_range(dropped, 1000, 19000);
        assert_int_equal(read, put);
    }
    put_lines(log, &put, 10);
    assert_int_equal(read_lines(fd, log, &read), 0);
    assert_int_equal(read, put);
    log_free(log);
}

/* A named pipe that is not read must not make the log wait. */
static void test_unread_pipe(void **state)
{
    struct log_setup setup = make_setup(NAME);
    int fd;

    (void)state;
    assert_int_equal(mkfifo(NAME, 0600), 0);
    fd = open(NAME, O_RDONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    assert_never_waits(open_log(&setup), fd);
    close(fd);
}

/* Nor must the end of a log wait for ever. */
static void test_unread_at_the_end(void **state)
{
    struct log_setup setup = make_setup(NAME);
    uint64_t put = 1;
    struct log *log;
    int fd;

    (void)state;
    assert_int_equal(mkfifo(NAME, 0600), 0);
    fd = open(NAME, O_RDONLY | O_NONBLOCK);
    assert_true(fd >= 0);
    log = open_log(&setup);
    put_lines(log, &put, 2000);
    log_free(log);
    close(fd);
}

/* Opens a log on standard error while it is that descriptor. */
static struct log *open_on(int fd)
{
    struct log_setup setup = make_setup("/dev/stderr");
    int before = dup(STDERR_FILENO);
    struct log *log;

    assert_true(before >= 0);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    log = open_log(&setup);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    return log;
}

/* Standard error must stay as it is for the processes that share it: writes of
 * theirs still wait. */
static void test_unread_standard_error(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_never_waits(open_on(ends[1]), ends[0]);
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
    close(ends[0]);
    close(ends[1]);
}

/* So it must be if standard error belongs to another user, who may not open it
 * again. */
static void test_unread_standard_error_of_another(void **state)
{
    const uid_t nobody = 65534;
    uid_t user = geteuid();
    char path[32];
    struct log *log;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fchmod(ends[1], 0), 0);
    if (user == 0)
        assert_int_equal(seteuid(nobody), 0);
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[1]);
    assert_int_equal(open(path, O_WRONLY | O_NONBLOCK), -1);
    log = open_on(ends[1]);
    if (user == 0)
        assert_int_equal(seteuid(user), 0);
    assert_never_waits(log, ends[0]);
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
    close(ends[0]);
    close(ends[1]);
}

/* Nor must a socket, which standard error is under systemd. */
static void test_unread_socket(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_never_waits(open_on(ends[1]), ends[0]);
    assert_int_equal(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
    close(ends[0]);
    close(ends[1]);
}

/* A file must be written by the file system that was passed, and its failure
 * be reported. */
static void test_file_system(void **state)
{
    struct watch watch;
    struct watched_files watched = watch_files(&watch);
    struct log_setup setup = make_setup(NAME);
    struct error error;
    struct log *log;

    (void)state;
    setup.files = &watched.files;
    log = open_log(&setup);
    log_put(log, &full);
    assert_flushed(log);
    assert_string_equal(watch.calls, "write " NAME "\n");
    watch.fail_at = 2;
    log_put(log, &full);
    assert_int_equal(log_flush(log, &error), -1);
    assert_string_equal(error.text,
                        "cannot write --log-file " NAME ": Input/output error");
    log_free(log);
}

#define IN_DIRECTORY(test)                                                     \
    cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(test_all_members),
        IN_DIRECTORY(test_members_left_out),
        IN_DIRECTORY(test_time),
        IN_DIRECTORY(test_hostile_text),
        IN_DIRECTORY(test_random_bytes_make_json),
        IN_DIRECTORY(test_quoting),
        IN_DIRECTORY(test_long_text),
        IN_DIRECTORY(test_levels),
        IN_DIRECTORY(test_file),
        IN_DIRECTORY(test_no_log),
        IN_DIRECTORY(test_free_writes),
        IN_DIRECTORY(test_many_lines),
        IN_DIRECTORY(test_refused_files),
        IN_DIRECTORY(test_standard_error),
        IN_DIRECTORY(test_other_standard_errors),
        IN_DIRECTORY(test_full_disk),
        IN_DIRECTORY(test_unread_pipe),
        IN_DIRECTORY(test_unread_at_the_end),
        IN_DIRECTORY(test_unread_standard_error),
        IN_DIRECTORY(test_unread_standard_error_of_another),
        IN_DIRECTORY(test_unread_socket),
        IN_DIRECTORY(test_file_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
