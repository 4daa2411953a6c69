#include "run/progress.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PLAIN_PREFIX   "bauser-batch: "
#define LINE_SIZE      256
#define MESSAGE_SIZE   4096 /* a longer message is truncated */
#define MESSAGE_WAIT   1000 /* milliseconds */
#define NUMBER_SIZE    27   /* 20 digits, 6 commas, NUL */
#define USUAL_COLUMNS  80
#define TERMINAL_EVERY 200   /* milliseconds */
#define PLAIN_EVERY    10000 /* milliseconds */
#define RATE_AFTER     1000  /* milliseconds; an earlier rate is misleading */

/* A line to which whole parts are added until one does not fit. */
struct line {
    char *text;
    size_t len;
    size_t max;
    bool full;
};

static void add(struct line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct line *line, const char *format, ...)
{
    const char *comma = line->len ? ", " : "";
    char part[LINE_SIZE];
    va_list args;
    size_t len;

    va_start(args, format);
    (void)vsnprintf(part, sizeof(part), format, args);
    va_end(args);
    len = strlen(comma) + strlen(part);
    if (line->full || len > line->max - line->len) {
        line->full = true;
        return;
    }
    (void)snprintf(line->text + line->len, len + 1, "%s%s", comma, part);
    line->len += len;
}

/* 1234567 as "1,234,567". text has NUMBER_SIZE bytes. Returns the number's
 * first character, which may be after the start of text. */
static const char *group_digits(char *text, uint64_t number)
{
    char *at = &text[NUMBER_SIZE - 1];
    int digits = 0;

    *at = '\0';
    do {
        if (digits && digits % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + number % 10);
        number /= 10;
        digits++;
    } while (number);
    return at;
}

static const char *rows(uint64_t count)
{
    return count == 1 ? "row" : "rows";
}

static void add_rows(struct line *line, const struct progress_state *state)
{
    char done[NUMBER_SIZE], total[NUMBER_SIZE];

    if (state->rows_total)
        add(line, "%s of %s %s (%" PRIu64 " %%)",
            group_digits(done, state->rows_done),
            group_digits(total, state->rows_total), rows(state->rows_total),
            state->rows_done * 100 / state->rows_total);
    else
        add(line, "%s %s", group_digits(done, state->rows_done),
            rows(state->rows_done));
}

static void add_time_left(struct line *line, double seconds)
{
    uint64_t minutes;

    if (seconds < 60) {
        add(line, "%.0f s left", seconds);
        return;
    }
    if (seconds > 1e9) /* thirty years: an estimate of nothing */
        return;
    minutes = (uint64_t)(seconds / 60 + 0.5);
    if (minutes < 60)
        add(line, "%" PRIu64 " min left", minutes);
    else
        add(line, "%" PRIu64 " h %" PRIu64 " min left", minutes / 60,
            minutes % 60);
}

static void add_rate(struct line *line, double rate)
{
    char number[NUMBER_SIZE];

    if (rate < 99.95)
        add(line, "%.1f rows/s", rate);
    else
        add(line, "%s rows/s", group_digits(number, (uint64_t)(rate + 0.5)));
}

void progress_format(char *text, size_t size,
                     const struct progress_state *state, int64_t elapsed,
                     int width)
{
    struct line line = {.text = text, .max = width > 0 ? (size_t)width : 0};
    char number[NUMBER_SIZE];
    double rate = 0;

    if (line.max > size - 1)
        line.max = size - 1;
    text[0] = '\0';
    if (elapsed >= RATE_AFTER)
        rate = (double)state->rows_done * 1000 / (double)elapsed;
    add_rows(&line, state);
    add(&line, "%s failed", group_digits(number, state->failures));
    if (rate > 0 && state->rows_total > state->rows_done)
        add_time_left(&line,
                      (double)(state->rows_total - state->rows_done) / rate);
    if (rate > 0)
        add_rate(&line, rate);
    add(&line, "%u %s in flight", state->in_flight,
        state->in_flight == 1 ? "user" : "users");
    add(&line, "%s %s read", group_digits(number, state->rows_read),
        rows(state->rows_read));
}

static int64_t interval(const struct progress *progress)
{
    return progress->terminal ? TERMINAL_EVERY : PLAIN_EVERY;
}

void progress_init(struct progress *progress, int fd, bool quiet, int64_t now)
{
    *progress = (struct progress){.enabled = !quiet,
                                  .terminal = isatty(fd) == 1,
                                  .fd = fd,
                                  .started = now};
    progress->due = now + interval(progress);
}

/* The last column stays free, since some terminals start a new line as soon as
 * it is used. */
static int line_width(int fd)
{
    struct winsize size;

    if (ioctl(fd, TIOCGWINSZ, &size) || size.ws_col == 0)
        return USUAL_COLUMNS - 1;
    return size.ws_col - 1;
}

/* Discards what would have to wait longer: a stopped terminal must not stop the
 * run. */
static void show(int fd, const char *text, size_t len, int milliseconds)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};

    if (poll(&ready, 1, milliseconds) == 1)
        (void)!write(fd, text, len);
}

/* Redraws the line. Spaces clear its end on every terminal, so that no escape
 * sequence is needed. */
static void draw(struct progress *progress, const char *text)
{
    char line[2 * LINE_SIZE];
    int len = (int)strlen(text);
    int padding = progress->drawn > len ? progress->drawn - len : 0;
    int size = snprintf(line, sizeof(line), "\r%s%*s", text, padding, "");

    show(progress->fd, line, (size_t)size, 0);
    progress->drawn = len;
}

void progress_update(struct progress *progress,
                     const struct progress_state *state, int64_t now)
{
    char text[LINE_SIZE];
    char line[LINE_SIZE + sizeof(PLAIN_PREFIX)];
    int64_t elapsed = now - progress->started;
    int len;

    if (!progress->enabled || now < progress->due)
        return;
    progress->due = now + interval(progress);
    if (progress->terminal) {
        progress_format(text, sizeof(text), state, elapsed,
                        line_width(progress->fd));
        draw(progress, text);
        return;
    }
    progress_format(text, sizeof(text), state, elapsed, INT_MAX);
    len = snprintf(line, sizeof(line), PLAIN_PREFIX "%s\n", text);
    show(progress->fd, line, (size_t)len, 0);
}

int progress_wait(const struct progress *progress, int64_t now)
{
    if (!progress->enabled)
        return -1;
    return now < progress->due ? (int)(progress->due - now) : 0;
}

void progress_clear(struct progress *progress)
{
    if (!progress->drawn)
        return;
    draw(progress, "");
    show(progress->fd, "\r", 1, 0);
}

void progress_message(struct progress *progress, const char *format, ...)
{
    char text[MESSAGE_SIZE] = PLAIN_PREFIX;
    size_t len = strlen(text);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text + len, sizeof(text) - len, format, args);
    va_end(args);
    len = strlen(text);
    text[len] = '\n';
    progress_clear(progress);
    show(progress->fd, text, len + 1, MESSAGE_WAIT);
}
