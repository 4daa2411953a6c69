#include "run/progress.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/duration.h"

#define PLAIN_PREFIX   "bauser-batch: "
#define LINE_SIZE      1024
#define CLEAR_TO_END   "\033[K"
#define MESSAGE_SIZE   4096 /* a longer message is truncated */
#define MESSAGE_WAIT   1000 /* milliseconds */
#define NUMBER_SIZE    27   /* 20 digits, 6 commas, NUL */
#define USUAL_COLUMNS  80
#define TERMINAL_EVERY 200   /* milliseconds */
#define PLAIN_EVERY    10000 /* milliseconds */
#define RATE_AFTER     1000  /* milliseconds; an earlier rate is misleading */
#define SAMPLE_EVERY   1000  /* milliseconds */

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

static void add_share(struct line *line, const struct progress_state *state)
{
    if (state->rows_total)
        add(line, "%.1f %%",
            (double)(state->rows_done * 1000 / state->rows_total) / 10);
}

static void add_rows(struct line *line, const struct progress_state *state)
{
    char done[NUMBER_SIZE], total[NUMBER_SIZE];
    uint64_t last = state->rows_total ? state->rows_total : state->rows_done;

    add(line, "%s%s%s %s", group_digits(done, state->rows_done),
        state->rows_total ? " of " : "",
        state->rows_total ? group_digits(total, state->rows_total) : "",
        last == 1 ? "row" : "rows");
}

static void add_counts(struct line *line, const struct progress_state *state)
{
    char number[NUMBER_SIZE];

    for (unsigned i = 0; i < STATUS_COUNT; i++)
        if (state->by_status[i] > 0)
            add(line, "%s %s", group_digits(number, state->by_status[i]),
                status_name((enum status)i));
}

static void add_time_left(struct line *line, double seconds)
{
    char text[DURATION_SIZE];

    if (seconds > 1e9) /* thirty years: an estimate of nothing */
        return;
    duration_format(text, (int64_t)(seconds * 1000));
    add(line, "%s left", text);
}

static void add_rate(struct line *line, double rate)
{
    char number[NUMBER_SIZE];

    if (rate < 99.95)
        add(line, "%.1f rows/s", rate);
    else
        add(line, "%s rows/s", group_digits(number, (uint64_t)(rate + 0.5)));
}

static void add_elapsed(struct line *line, int64_t elapsed)
{
    int64_t seconds = elapsed / 1000;

    if (seconds < 3600)
        add(line, "%" PRId64 ":%02" PRId64 " elapsed", seconds / 60,
            seconds % 60);
    else
        add(line, "%" PRId64 ":%02" PRId64 ":%02" PRId64 " elapsed",
            seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* Of this part as much as fits is added. */
static void add_waiting(struct line *line, const char *waiting)
{
    size_t used = line->len + (line->len ? 2 : 0);
    int room = line->max > used ? (int)(line->max - used) : 0;

    if (room < (int)strlen(waiting) && room > 3)
        add(line, "%.*s...", room - 3, waiting);
    else
        add(line, "%s", waiting);
}

void progress_format(char *text, size_t size,
                     const struct progress_state *state, int64_t elapsed,
                     double rate, int width)
{
    struct line line = {.text = text, .max = width > 0 ? (size_t)width : 0};

    if (line.max > size - 1)
        line.max = size - 1;
    text[0] = '\0';
    add_share(&line, state);
    if (state->waiting && *state->waiting)
        add_waiting(&line, state->waiting);
    add_rows(&line, state);
    if (rate > 0 && state->rows_total > state->rows_done)
        add_time_left(&line,
                      (double)(state->rows_total - state->rows_done) / rate);
    add_counts(&line, state);
    if (rate >= 0)
        add_rate(&line, rate);
    add_elapsed(&line, elapsed);
}

/* ---- the rate ----------------------------------------------------------- */

static void take_sample(struct progress *progress, uint64_t rows, int64_t now)
{
    uint64_t last = (progress->samples - 1) % PROGRESS_SAMPLES;

    if (progress->samples > 0 && now - progress->sample[last].at < SAMPLE_EVERY)
        return;
    progress->sample[progress->samples % PROGRESS_SAMPLES] =
        (struct progress_sample){now, rows};
    progress->samples++;
}

/* Rows a second since the oldest sample; -1: too early. */
static double rate_since_oldest(const struct progress *progress, uint64_t rows,
                                int64_t now)
{
    const struct progress_sample *oldest =
        &progress->sample[progress->samples < PROGRESS_SAMPLES
                              ? 0
                              : progress->samples % PROGRESS_SAMPLES];

    if (now - oldest->at < RATE_AFTER)
        return -1;
    return (double)(rows - oldest->rows) * 1000 / (double)(now - oldest->at);
}

/* ---- the line ----------------------------------------------------------- */

static int64_t interval(const struct progress *progress)
{
    return progress->terminal ? TERMINAL_EVERY : PLAIN_EVERY;
}

/* Can the line be redrawn? It needs the escape sequence that clears its end. */
static bool is_terminal(int fd)
{
    const char *type = getenv("TERM");

    return isatty(fd) == 1 && type && *type && strcmp(type, "dumb") != 0;
}

void progress_init(struct progress *progress, int fd, bool enabled,
                   uint64_t rows_done, int64_t now)
{
    *progress = (struct progress){.enabled = enabled,
                                  .terminal = is_terminal(fd),
                                  .fd = fd,
                                  .started = now};
    progress->due = now + interval(progress);
    take_sample(progress, rows_done, now);
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

    if (fd >= 0 && poll(&ready, 1, milliseconds) == 1)
        (void)!write(fd, text, len);
}

/* Redraws the line, and clears what is left of the line before, which may be
 * longer, or may have been wrapped when the terminal was resized. */
static void draw(struct progress *progress, const char *text)
{
    char line[LINE_SIZE + sizeof("\r" CLEAR_TO_END)];
    int size = snprintf(line, sizeof(line), "\r%s" CLEAR_TO_END, text);

    show(progress->fd, line, (size_t)size, 0);
    progress->drawn = *text != '\0';
}

void progress_update(struct progress *progress,
                     const struct progress_state *state, int64_t now)
{
    char text[LINE_SIZE];
    char line[LINE_SIZE + sizeof(PLAIN_PREFIX)];
    int64_t elapsed = now - progress->started;
    double rate;
    int len;

    take_sample(progress, state->rows_done, now);
    if (!progress->enabled || now < progress->due)
        return;
    progress->due = now + interval(progress);
    rate = rate_since_oldest(progress, state->rows_done, now);
    progress_format(text, sizeof(text), state, elapsed, rate,
                    progress->terminal ? line_width(progress->fd) : INT_MAX);
    if (progress->terminal) {
        draw(progress, text);
        return;
    }
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
    if (progress->drawn)
        draw(progress, "");
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
