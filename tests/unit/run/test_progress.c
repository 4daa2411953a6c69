#define _XOPEN_SOURCE 700 /* posix_openpt() */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "run/progress.h"

#define WIDE 1000

static const struct progress_state busy = {.rows_done = 1234567,
                                           .rows_read = 1334567,
                                           .rows_total = 10000000,
                                           .failures = 3,
                                           .in_flight = 64};

static void assert_line(const struct progress_state *state, int64_t elapsed,
                        int width, const char *expected)
{
    char text[256];

    progress_format(text, sizeof(text), state, elapsed, width);
    assert_string_equal(text, expected);
}

/* A line must have everything: rows done, all and read, share, failures, time
 * left, mean rows/s, users in flight. */
static void test_whole_line(void **state)
{
    (void)state;
    assert_line(&busy, 100000, WIDE,
                "1,234,567 of 10,000,000 rows (12 %), 3 failed, 12 min left, "
                "12,346 rows/s, 64 users in flight, 1,334,567 rows read");
}

/* Where the number of rows is not known, as for a pipe, there must be no share
 * and no time left. */
static void test_unknown_total(void **state)
{
    struct progress_state pipe_state = busy;

    (void)state;
    pipe_state.rows_total = 0;
    assert_line(&pipe_state, 100000, WIDE,
                "1,234,567 rows, 3 failed, 12,346 rows/s, 64 users in flight, "
                "1,334,567 rows read");
}

/* Before the first second, and before the first row, no rate is told. */
static void test_start(void **state)
{
    struct progress_state start = {.rows_total = 999};

    (void)state;
    assert_line(
        &start, 0, WIDE,
        "0 of 999 rows (0 %), 0 failed, 0 users in flight, 0 rows read");
    assert_line(
        &start, 60000, WIDE,
        "0 of 999 rows (0 %), 0 failed, 0 users in flight, 0 rows read");
    start.rows_done = 500;
    start.rows_read = 1000;
    assert_line(&start, 999, WIDE,
                "500 of 999 rows (50 %), 0 failed, 0 users in flight, "
                "1,000 rows read");
}

/* 100 % must be said when all rows are done and not a row earlier, and then
 * nothing is left. */
static void test_end(void **state)
{
    struct progress_state end = {
        .rows_done = 999, .rows_read = 1000, .rows_total = 1000};

    (void)state;
    assert_line(&end, 10000, WIDE,
                "999 of 1,000 rows (99 %), 0 failed, 0 s left, 99.9 rows/s, "
                "0 users in flight, 1,000 rows read");
    end.rows_done = 1000;
    assert_line(&end, 10000, WIDE,
                "1,000 of 1,000 rows (100 %), 0 failed, 100 rows/s, "
                "0 users in flight, 1,000 rows read");
}

/* What is beyond the width must go as a whole: never half a number. */
static void test_width(void **state)
{
    static const char part1[] = "1,234,567 of 10,000,000 rows (12 %)";
    static const char part2[] = "1,234,567 of 10,000,000 rows (12 %), 3 failed";
    char small[10];

    (void)state;
    assert_line(&busy, 100000, (int)sizeof(part1) - 2, "");
    assert_line(&busy, 100000, (int)sizeof(part1) - 1, part1);
    assert_line(&busy, 100000, (int)sizeof(part2) - 2, part1);
    assert_line(&busy, 100000, (int)sizeof(part2) - 1, part2);
    assert_line(&busy, 100000, 79,
                "1,234,567 of 10,000,000 rows (12 %), 3 failed, 12 min left, "
                "12,346 rows/s");
    assert_line(&busy, 100000, 0, "");
    assert_line(&busy, 100000, -1, "");
    progress_format(small, sizeof(small), &busy, 100000, WIDE);
    assert_string_equal(small, "");
}

/* The largest numbers must fit. */
static void test_largest(void **state)
{
    struct progress_state most = {.rows_done = UINT64_MAX,
                                  .rows_read = UINT64_MAX,
                                  .failures = UINT64_MAX,
                                  .in_flight = 4294967295};

    (void)state;
    assert_line(&most, INT64_MAX, WIDE,
                "18,446,744,073,709,551,615 rows, "
                "18,446,744,073,709,551,615 failed, 2,000 rows/s, "
                "4294967295 users in flight, "
                "18,446,744,073,709,551,615 rows read");
}

/* One row a second, rows left, and what must be said of the time. */
static void assert_time_left(uint64_t left, const char *expected)
{
    struct progress_state line = {.rows_done = 10, .rows_total = 10 + left};
    char text[256];
    const char *at;

    progress_format(text, sizeof(text), &line, 10000, WIDE);
    at = strstr(text, "failed, ");
    assert_non_null(at);
    at += strlen("failed, ");
    if (strncmp(at, expected, strlen(expected)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", at, expected);
}

/* The time left must be told in the unit that suits it, rounded. */
static void test_time_left(void **state)
{
    (void)state;
    assert_time_left(1, "1 s left, ");
    assert_time_left(59, "59 s left, ");
    assert_time_left(60, "1 min left, ");
    assert_time_left(89, "1 min left, ");
    assert_time_left(90, "2 min left, ");
    assert_time_left(3569, "59 min left, ");
    assert_time_left(3570, "1 h 0 min left, ");
    assert_time_left(100000, "27 h 47 min left, ");
    assert_time_left(1000000000, "277777 h 47 min left, ");
    assert_time_left(1000000001, "1.0 rows/s, ");
}

/* Small rates must have a decimal, large ones commas. */
static void test_rate(void **state)
{
    struct progress_state line = {.rows_done = 1, .rows_total = 1};

    (void)state;
    assert_line(&line, 2000, WIDE,
                "1 of 1 row (100 %), 0 failed, 0.5 rows/s, "
                "0 users in flight, 0 rows read");
    line = (struct progress_state){.rows_done = 9994};
    assert_line(
        &line, 100000, WIDE,
        "9,994 rows, 0 failed, 99.9 rows/s, 0 users in flight, 0 rows read");
    line.rows_done = 9995;
    assert_line(
        &line, 100000, WIDE,
        "9,995 rows, 0 failed, 100 rows/s, 0 users in flight, 0 rows read");
}

/* Reads as much as is expected; what a terminal was given takes a moment to
 * come out on the other side. More than that fails the next of these. */
static void assert_read(int fd, const char *expected)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    size_t expected_len = strlen(expected);
    char text[1024];
    size_t len = 0;
    ssize_t count;

    do {
        if (expected_len && poll(&ready, 1, 10000) != 1)
            break;
        count = read(fd, text + len, sizeof(text) - 1 - len);
        if (count > 0)
            len += (size_t)count;
    } while (count > 0 && len < expected_len);
    text[len] = '\0';
    assert_string_equal(text, expected);
}

static void open_pipe(int ends[2])
{
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
}

/* Elsewhere than on a terminal there must be one plain line every ten seconds,
 * with the program's name, and nothing to wipe. */
static void test_plain_lines(void **state)
{
    struct progress progress;
    struct progress_state line = {.rows_done = 20, .rows_read = 30};
    int ends[2] = {-1, -1};

    (void)state;
    open_pipe(ends);
    progress_init(&progress, ends[1], false, 5000);
    assert_int_equal(progress_wait(&progress, 5000), 10000);
    progress_update(&progress, &line, 14999);
    assert_read(ends[0], "");
    assert_int_equal(progress_wait(&progress, 14999), 1);
    assert_int_equal(progress_wait(&progress, 15000), 0);
    assert_int_equal(progress_wait(&progress, 99999), 0);
    progress_update(&progress, &line, 15000);
    assert_read(ends[0], "bauser-batch: 20 rows, 0 failed, 2.0 rows/s, "
                         "0 users in flight, 30 rows read\n");
    progress_update(&progress, &line, 24999);
    progress_clear(&progress);
    assert_read(ends[0], "");
    assert_int_equal(progress_wait(&progress, 24000), 1000);
    progress_update(&progress, &line, 25000);
    assert_read(ends[0], "bauser-batch: 20 rows, 0 failed, 1.0 rows/s, "
                         "0 users in flight, 30 rows read\n");
    close(ends[0]);
    close(ends[1]);
}

/* A quiet run must show nothing, and wake nobody. */
static void test_quiet(void **state)
{
    struct progress progress;
    int ends[2] = {-1, -1};

    (void)state;
    open_pipe(ends);
    progress_init(&progress, ends[1], true, 0);
    assert_int_equal(progress_wait(&progress, 1000000), -1);
    progress_update(&progress, &busy, 1000000);
    progress_clear(&progress);
    assert_read(ends[0], "");
    close(ends[0]);
    close(ends[1]);
}

/* A pipe that nobody empties must not stop the run: this test would hang. */
static void test_full_pipe(void **state)
{
    static const char page[4096];
    struct progress progress;
    int ends[2] = {-1, -1};
    int64_t now = 0;

    (void)state;
    open_pipe(ends);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    while (write(ends[1], page, sizeof(page)) > 0)
        continue;
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
    progress_init(&progress, ends[1], false, now);
    for (; now < 1000000; now += 10000)
        progress_update(&progress, &busy, now);
    assert_int_equal(progress_wait(&progress, now), 0);
    progress_message(&progress, "nobody reads this");
    close(ends[0]);
    close(ends[1]);
}

/* A message must be one line with the program's name, even in a quiet run; one
 * that is too long must keep its line end. */
static void test_message(void **state)
{
    static char text[10000];
    struct progress progress;
    int ends[2] = {-1, -1};
    ssize_t count;

    (void)state;
    open_pipe(ends);
    progress_init(&progress, ends[1], true, 0);
    progress_message(&progress, "%u of %s", 7, "rows");
    assert_read(ends[0], "bauser-batch: 7 of rows\n");
    memset(text, 'x', sizeof(text) - 1);
    progress_message(&progress, "%s", text);
    count = read(ends[0], text, sizeof(text));
    assert_in_range(count, 4000, 4096);
    assert_int_equal(text[count - 1], '\n');
    close(ends[0]);
    close(ends[1]);
}

/* A descriptor that is closed must do no harm. */
static void test_closed(void **state)
{
    struct progress progress;

    (void)state;
    progress_init(&progress, -1, false, 0);
    progress_update(&progress, &busy, 10000);
    progress_clear(&progress);
    assert_int_equal(progress_wait(&progress, 10000), 10000);
}

/* A terminal of so many columns; ends[0] is what its person sees. The test is
 * skipped where there are none, as in a chroot without /dev/pts. */
static void open_terminal(int ends[2], unsigned short columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    struct termios modes;

    ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
    if (ends[0] < 0 || grantpt(ends[0]) || unlockpt(ends[0]) ||
        (ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY)) < 0) {
        print_message("skipped: no pseudo-terminal: %s\n", strerror(errno));
        skip();
        return; /* the analyzer does not know that skip() does not return */
    }
    assert_int_equal(ioctl(ends[0], TIOCSWINSZ, &size), 0);
    assert_int_equal(tcgetattr(ends[1], &modes), 0);
    modes.c_oflag &= ~(tcflag_t)OPOST;
    assert_int_equal(tcsetattr(ends[1], TCSANOW, &modes), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
}

/* A terminal must have one line that is drawn over five times a second, wiped
 * where a shorter follows a longer, and wiped to nothing in the end. */
static void test_terminal(void **state)
{
    struct progress progress;
    struct progress_state line = {.rows_done = 1000};
    int ends[2] = {-1, -1};

    (void)state;
    open_terminal(ends, 20);
    progress_init(&progress, ends[1], false, 0);
    assert_int_equal(progress_wait(&progress, 0), 200);
    progress_update(&progress, &line, 199);
    progress_clear(&progress);
    assert_read(ends[0], "");
    progress_update(&progress, &line, 200);
    assert_read(ends[0], "\r1,000 rows");
    line.rows_done = 20;
    progress_update(&progress, &line, 399);
    assert_read(ends[0], "");
    progress_update(&progress, &line, 400);
    assert_read(ends[0], "\r20 rows, 0 failed");
    line.failures = 1000;
    progress_update(&progress, &line, 600);
    assert_read(ends[0], "\r20 rows          ");
    progress_clear(&progress);
    assert_read(ends[0], "\r       \r");
    progress_clear(&progress);
    assert_read(ends[0], "");
    close(ends[1]);
    close(ends[0]);
}

/* A terminal that does not tell its size must count as one of 80 columns. */
static void test_terminal_without_size(void **state)
{
    struct progress progress;
    int ends[2] = {-1, -1};

    (void)state;
    open_terminal(ends, 0);
    progress_init(&progress, ends[1], false, 0);
    progress_update(&progress, &busy, 100000);
    assert_read(ends[0], "\r1,234,567 of 10,000,000 rows (12 %), 3 failed, "
                         "12 min left, 12,346 rows/s");
    close(ends[1]);
    close(ends[0]);
}

/* A terminal that its person has stopped (Ctrl-S) must not stop the run: this
 * test would hang. */
static void test_stopped_terminal(void **state)
{
    struct progress progress;
    int ends[2] = {-1, -1};

    (void)state;
    open_terminal(ends, 80);
    assert_int_equal(tcflow(ends[1], TCOOFF), 0);
    progress_init(&progress, ends[1], false, 0);
    progress_update(&progress, &busy, 200);
    assert_read(ends[0], "");
    assert_int_equal(tcflow(ends[1], TCOON), 0);
    progress_update(&progress, &busy, 400);
    assert_read(ends[0], "\r1,234,567 of 10,000,000 rows (12 %), 3 failed, "
                         "64 users in flight");
    close(ends[1]);
    close(ends[0]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_line),
        cmocka_unit_test(test_unknown_total),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_largest),
        cmocka_unit_test(test_time_left),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_plain_lines),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_full_pipe),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_terminal_without_size),
        cmocka_unit_test(test_stopped_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
