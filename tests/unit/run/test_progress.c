#define _XOPEN_SOURCE 700 /* posix_openpt() */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "run/progress.h"

#define WIDE  1000
#define CLEAR "\033[J\r"

static const uint64_t none[STATUS_COUNT];
static const uint64_t most_updated[STATUS_COUNT] = {
    [STATUS_UPDATED] = 1234560, [STATUS_FAILED] = 4, [STATUS_CONFLICT] = 3};

static const struct progress_state busy = {
    .rows_done = 1234567, .rows_total = 10000000, .by_status = most_updated};

static void assert_line(const struct progress_state *state, int64_t elapsed,
                        double rate, int width, const char *expected)
{
    char text[256];

    progress_format(text, sizeof(text), state, elapsed, rate, width);
    assert_string_equal(text, expected);
}

/* A line must have everything: share, rows done and all, time left, counts by
 * status, rate, time elapsed. */
static void test_whole_line(void **state)
{
    (void)state;
    assert_line(&busy, 100000, 12345.6, WIDE,
                "12.3 %, 1,234,567 of 10,000,000 rows, 12 min left, "
                "1,234,560 Updated, 4 Failed, 3 Conflict, 12,346 rows/s, "
                "1:40 elapsed");
}

/* What the run waits for must follow the share, and be shortened if it is too
 * long for the terminal. */
static void test_waiting(void **state)
{
    struct progress_state waiting = busy;

    (void)state;
    waiting.waiting = "no connection to host: Connection refused";
    assert_line(&waiting, 100000, 0, WIDE,
                "12.3 %, no connection to host: Connection refused, "
                "1,234,567 of 10,000,000 rows, 1,234,560 Updated, 4 Failed, "
                "3 Conflict, 0.0 rows/s, 1:40 elapsed");
    assert_line(&waiting, 100000, 0, 49,
                "12.3 %, no connection to host: Connection refused");
    assert_line(&waiting, 100000, 0, 48,
                "12.3 %, no connection to host: Connection ref...");
    assert_line(&waiting, 100000, 0, 12, "12.3 %, n...");
    assert_line(&waiting, 100000, 0, 11, "12.3 %");
    waiting.waiting = "";
    assert_line(&waiting, 100000, 0, 37,
                "12.3 %, 1,234,567 of 10,000,000 rows");
}

/* If the number of rows is not known, as for a pipe, there must be no share and
 * no time left. */
static void test_unknown_total(void **state)
{
    struct progress_state pipe_state = busy;

    (void)state;
    pipe_state.rows_total = 0;
    assert_line(&pipe_state, 3599999, 12345.6, WIDE,
                "1,234,567 rows, 1,234,560 Updated, 4 Failed, 3 Conflict, "
                "12,346 rows/s, 59:59 elapsed");
}

/* Without a rate there must be no rate and no time left, and with a rate of 0
 * no time left. */
static void test_no_rate(void **state)
{
    struct progress_state start = {.rows_total = 999, .by_status = none};

    (void)state;
    assert_line(&start, 999, -1, WIDE, "0.0 %, 0 of 999 rows, 0:00 elapsed");
    assert_line(&start, 60000, 0, WIDE,
                "0.0 %, 0 of 999 rows, 0.0 rows/s, 1:00 elapsed");
}

/* 100 % must be shown when all rows are done and not a row earlier, and then
 * nothing is left. */
static void test_end(void **state)
{
    struct progress_state end = {
        .rows_done = 9999, .rows_total = 10000, .by_status = none};

    (void)state;
    assert_line(&end, 3600000, 99.9, WIDE,
                "99.9 %, 9,999 of 10,000 rows, 0 s left, 99.9 rows/s, "
                "1:00:00 elapsed");
    end.rows_done = 10000;
    assert_line(&end, 3661000, 99.9, WIDE,
                "100.0 %, 10,000 of 10,000 rows, 99.9 rows/s, "
                "1:01:01 elapsed");
}

/* What is beyond the width must go as a whole: never half a number. */
static void test_width(void **state)
{
    static const char part1[] = "12.3 %, 1,234,567 of 10,000,000 rows";
    static const char part2[] =
        "12.3 %, 1,234,567 of 10,000,000 rows, 12 min left";
    char small[7];

    (void)state;
    assert_line(&busy, 100000, 12345, (int)sizeof(part1) - 2, "12.3 %");
    assert_line(&busy, 100000, 12345, (int)sizeof(part1) - 1, part1);
    assert_line(&busy, 100000, 12345, (int)sizeof(part2) - 2, part1);
    assert_line(&busy, 100000, 12345, (int)sizeof(part2) - 1, part2);
    assert_line(&busy, 100000, 12345, 79,
                "12.3 %, 1,234,567 of 10,000,000 rows, 12 min left, "
                "1,234,560 Updated, 4 Failed");
    assert_line(&busy, 100000, 12345, 0, "");
    assert_line(&busy, 100000, 12345, -1, "");
    progress_format(small, sizeof(small), &busy, 100000, 12345, WIDE);
    assert_string_equal(small, "12.3 %");
    progress_format(small, sizeof(small) - 1, &busy, 100000, 12345, WIDE);
    assert_string_equal(small, "");
}

/* The largest numbers must fit. */
static void test_largest(void **state)
{
    static const uint64_t all_failed[STATUS_COUNT] = {[STATUS_FAILED] =
                                                          UINT64_MAX};
    struct progress_state most = {.rows_done = UINT64_MAX,
                                  .by_status = all_failed};

    (void)state;
    assert_line(&most, INT64_MAX, 1e18, WIDE,
                "18,446,744,073,709,551,615 rows, "
                "18,446,744,073,709,551,615 Failed, "
                "1,000,000,000,000,000,000 rows/s, "
                "2562047788015:12:55 elapsed");
}

/* The time left must be that of the rate, and not be shown if it is endless. */
static void test_time_left(void **state)
{
    struct progress_state line = {
        .rows_done = 0, .rows_total = 1000, .by_status = none};

    (void)state;
    assert_line(&line, 5000, 100, WIDE,
                "0.0 %, 0 of 1,000 rows, 10 s left, 100 rows/s, 0:05 elapsed");
    assert_line(&line, 5000, 0.25, WIDE,
                "0.0 %, 0 of 1,000 rows, 1 h 7 min left, 0.2 rows/s, "
                "0:05 elapsed");
    assert_line(&line, 5000, 1e-7, WIDE,
                "0.0 %, 0 of 1,000 rows, 0.0 rows/s, 0:05 elapsed");
}

/* Small rates must have a decimal, large ones commas. */
static void test_rate(void **state)
{
    struct progress_state line = {
        .rows_done = 1, .rows_total = 1, .by_status = none};

    (void)state;
    assert_line(&line, 2000, 99.94, WIDE,
                "100.0 %, 1 of 1 row, 99.9 rows/s, 0:02 elapsed");
    assert_line(&line, 2000, 99.95, WIDE,
                "100.0 %, 1 of 1 row, 100 rows/s, 0:02 elapsed");
    assert_line(&line, 2000, 1234.5, WIDE,
                "100.0 %, 1 of 1 row, 1,235 rows/s, 0:02 elapsed");
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
    } while (count > 0 && len < expected_len && len < sizeof(text) - 1);
    text[len] = '\0';
    assert_string_equal(text, expected);
}

static void open_pipe(int ends[2])
{
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
}

/* Elsewhere than on a terminal there must be one plain line every ten seconds,
 * with the program's name, and nothing to clear. */
static void test_plain_lines(void **state)
{
    struct progress progress;
    struct progress_state line = {.rows_done = 20, .by_status = none};
    int ends[2] = {-1, -1};

    (void)state;
    open_pipe(ends);
    progress_init(&progress, ends[1], true, 0, 5000);
    assert_int_equal(progress_wait(&progress, 5000), 10000);
    progress_update(&progress, &line, 14999);
    assert_read(ends[0], "");
    assert_int_equal(progress_wait(&progress, 14999), 1);
    assert_int_equal(progress_wait(&progress, 15000), 0);
    assert_int_equal(progress_wait(&progress, 99999), 0);
    progress_update(&progress, &line, 15000);
    assert_read(ends[0], "bauser-batch: 20 rows, 2.0 rows/s, 0:10 elapsed\n");
    progress_update(&progress, &line, 24999);
    progress_clear(&progress);
    assert_read(ends[0], "");
    assert_int_equal(progress_wait(&progress, 24000), 1000);
    progress_update(&progress, &line, 25000);
    assert_read(ends[0], "bauser-batch: 20 rows, 1.0 rows/s, 0:20 elapsed\n");
    close(ends[0]);
    close(ends[1]);
}

/* The rate must be that of the last 30 seconds, and must not count the rows of
 * an earlier run. */
static void test_recent_rate(void **state)
{
    struct progress progress;
    struct progress_state line = {.rows_done = 1000, .by_status = none};
    int ends[2] = {-1, -1};
    int64_t now = 0;

    (void)state;
    open_pipe(ends);
    progress_init(&progress, ends[1], true, 1000, now);
    /* Ten rows a second for 40 seconds, ... */
    while (now < 40000) {
        now += 100;
        line.rows_done++;
        progress_update(&progress, &line, now);
    }
    assert_read(ends[0],
                "bauser-batch: 1,100 rows, 10.0 rows/s, 0:10 elapsed\n"
                "bauser-batch: 1,200 rows, 10.0 rows/s, 0:20 elapsed\n"
                "bauser-batch: 1,300 rows, 10.0 rows/s, 0:30 elapsed\n"
                "bauser-batch: 1,400 rows, 10.0 rows/s, 0:40 elapsed\n");
    /* ... and then none. */
    while (now < 70000) {
        now += 100;
        progress_update(&progress, &line, now);
    }
    assert_read(ends[0], "bauser-batch: 1,400 rows, 6.6 rows/s, 0:50 elapsed\n"
                         "bauser-batch: 1,400 rows, 3.1 rows/s, 1:00 elapsed\n"
                         "bauser-batch: 1,400 rows, 0.0 rows/s, 1:10 "
                         "elapsed\n");
    close(ends[0]);
    close(ends[1]);
}

/* A run without progress must show nothing, and wake nobody. */
static void test_disabled(void **state)
{
    struct progress progress;
    int ends[2] = {-1, -1};

    (void)state;
    open_pipe(ends);
    progress_init(&progress, ends[1], false, 0, 0);
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
    progress_init(&progress, ends[1], true, 0, now);
    for (; now < 1000000; now += 10000)
        progress_update(&progress, &busy, now);
    assert_int_equal(progress_wait(&progress, now), 0);
    progress_message(&progress, "nobody reads this");
    close(ends[0]);
    close(ends[1]);
}

/* A message must be one line with the program's name, even without progress;
 * one that is too long must keep its line end. */
static void test_message(void **state)
{
    static char text[10000];
    struct progress progress;
    int ends[2] = {-1, -1};
    ssize_t count;

    (void)state;
    open_pipe(ends);
    progress_init(&progress, ends[1], false, 0, 0);
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

/* Without a descriptor nothing must be written, and nothing must wait. */
static void test_closed(void **state)
{
    struct progress progress;

    (void)state;
    progress_init(&progress, -1, true, 0, 0);
    progress_update(&progress, &busy, 10000);
    progress_message(&progress, "nobody reads this");
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
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
}

/* A terminal must have one line that is redrawn five times a second, whose rest
 * is cleared, and which is cleared in the end. */
static void test_terminal(void **state)
{
    struct progress progress;
    struct progress_state line = {.rows_done = 1000, .by_status = none};
    int ends[2] = {-1, -1};

    (void)state;
    open_terminal(ends, 23);
    progress_init(&progress, ends[1], true, 1000, 0);
    assert_int_equal(progress_wait(&progress, 0), 200);
    progress_update(&progress, &line, 199);
    progress_clear(&progress);
    assert_read(ends[0], "");
    progress_update(&progress, &line, 200);
    assert_read(ends[0], "\r1,000 rows" CLEAR);
    line.rows_done = 20;
    progress_update(&progress, &line, 399);
    assert_read(ends[0], "");
    progress_update(&progress, &line, 400);
    assert_read(ends[0], "\r20 rows, 0:00 elapsed" CLEAR);
    progress_clear(&progress);
    assert_read(ends[0], "\r" CLEAR);
    progress_clear(&progress);
    assert_read(ends[0], "");
    close(ends[1]);
    close(ends[0]);
}

/* After a terminal was resized, the line must fit it, and its rest must be
 * cleared. */
static void test_resized_terminal(void **state)
{
    struct winsize size = {.ws_row = 24, .ws_col = 10};
    struct progress progress;
    struct progress_state line = {.rows_done = 1, .by_status = none};
    int ends[2] = {-1, -1};

    (void)state;
    open_terminal(ends, 100);
    progress_init(&progress, ends[1], true, 1, 0);
    progress_update(&progress, &line, 200);
    assert_read(ends[0], "\r1 row, 0:00 elapsed" CLEAR);
    assert_int_equal(ioctl(ends[0], TIOCSWINSZ, &size), 0);
    progress_update(&progress, &line, 400);
    assert_read(ends[0], "\r1 row" CLEAR);
    close(ends[1]);
    close(ends[0]);
}

/* A terminal without escape sequences must get plain lines. */
static void test_dumb_terminal(void **state)
{
    static const char *const types[] = {"dumb", "", NULL};
    struct progress progress;
    int ends[2] = {-1, -1};

    (void)state;
    open_terminal(ends, 80);
    for (unsigned i = 0; i < 3; i++) {
        if (types[i])
            assert_int_equal(setenv("TERM", types[i], 1), 0);
        else
            assert_int_equal(unsetenv("TERM"), 0);
        progress_init(&progress, ends[1], true, 0, 0);
        assert_int_equal(progress_wait(&progress, 0), 10000);
    }
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
    close(ends[1]);
    close(ends[0]);
}

/* A terminal that does not report its size must count as one of 80 columns. */
static void test_terminal_without_size(void **state)
{
    struct progress progress;
    int ends[2] = {-1, -1};

    (void)state;
    open_terminal(ends, 0);
    progress_init(&progress, ends[1], true, 0, 0);
    progress_update(&progress, &busy, 100000);
    assert_read(ends[0], "\r12.3 %, 1,234,567 of 10,000,000 rows, 12 min left, "
                         "1,234,560 Updated, 4 Failed" CLEAR);
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
    progress_init(&progress, ends[1], true, 0, 0);
    progress_update(&progress, &busy, 200);
    assert_read(ends[0], "");
    assert_int_equal(tcflow(ends[1], TCOON), 0);
    progress_update(&progress, &busy, 400);
    assert_read(ends[0], "\r12.3 %, 1,234,567 of 10,000,000 rows, "
                         "1,234,560 Updated, 4 Failed, 3 Conflict" CLEAR);
    close(ends[1]);
    close(ends[0]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_line),
        cmocka_unit_test(test_unknown_total),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_no_rate),
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_largest),
        cmocka_unit_test(test_time_left),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_plain_lines),
        cmocka_unit_test(test_recent_rate),
        cmocka_unit_test(test_disabled),
        cmocka_unit_test(test_full_pipe),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_closed),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_resized_terminal),
        cmocka_unit_test(test_dumb_terminal),
        cmocka_unit_test(test_terminal_without_size),
        cmocka_unit_test(test_stopped_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
