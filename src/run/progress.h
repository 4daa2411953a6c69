/*
 * The progress of a run on standard error: on a terminal one line that is
 * redrawn, elsewhere one plain line every ten seconds.
 */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the progress shows. */
struct progress_state {
    uint64_t rows_done;
    uint64_t rows_read;
    uint64_t rows_total; /* 0: unknown, as for a pipe */
    uint64_t failures;
    unsigned in_flight; /* users */
};

struct progress {
    bool enabled;
    bool terminal;
    int fd;
    int drawn;       /* columns of the terminal's line with text */
    int64_t started; /* milliseconds, as now below */
    int64_t due;
};

/* fd: standard error. quiet: nothing is ever shown. now: when the work begins,
 * after the validation pass, in milliseconds of a monotonic clock; the rate is
 * computed from then on. */
void progress_init(struct progress *progress, int fd, bool quiet, int64_t now);

/* Shows the state if it is due, at most five times a second on a terminal. A
 * line that cannot be written at once, as after Ctrl-S, is left out. */
void progress_update(struct progress *progress,
                     const struct progress_state *state, int64_t now);

/* Milliseconds until progress_update() is due; -1: never. */
int progress_wait(const struct progress *progress, int64_t now);

/* Clears the line, so that a message can be printed. */
void progress_clear(struct progress *progress);

/* Prints "bauser-batch: ", the message and a line end, even if it is quiet. If
 * standard error cannot be written for a second, because the log has filled a
 * pipe that nobody reads, the message is left out. */
void progress_message(struct progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes one line of the state into text, without a line end; pure:
 *
 *     1,234 of 10,000 rows (12 %), 3 failed, 12 min left, 12.0 rows/s,
 *     64 users in flight, 1,500 read
 *
 * The line has at most `width` columns; parts that do not fit are left out.
 * elapsed: milliseconds. rows/s is the mean over this time, and is left out in
 * the first second. */
void progress_format(char *text, size_t size,
                     const struct progress_state *state, int64_t elapsed,
                     int width);

#endif
