/*
 * The progress of a run on standard error: on a terminal one line that is
 * redrawn, elsewhere (and on a terminal without escape sequences, TERM=dumb)
 * one plain line every ten seconds.
 */
#ifndef RUN_PROGRESS_H
#define RUN_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/outcome.h"

/* What the progress shows. */
struct progress_state {
    uint64_t rows_done;
    uint64_t rows_total;       /* 0: unknown, as for a pipe */
    const uint64_t *by_status; /* the rows of each enum status */
    const char *waiting;       /* why nothing moves; NULL or "": it does */
};

/* One a second; the oldest is about 30 seconds old. */
#define PROGRESS_SAMPLES 30

struct progress_sample {
    int64_t at; /* milliseconds */
    uint64_t rows;
};

struct progress {
    bool enabled;
    bool terminal;
    bool drawn; /* the terminal's line has text */
    int fd;
    int64_t started; /* milliseconds, as now below */
    int64_t due;
    struct progress_sample sample[PROGRESS_SAMPLES]; /* a ring */
    uint64_t samples;                                /* taken so far */
};

/* fd: standard error; -1: nothing is ever written. enabled: the state is shown;
 * messages are printed in any case. rows_done: those of an earlier run, which
 * are not part of the rate. now: when the work begins, after the validation
 * pass, in milliseconds of a monotonic clock. */
void progress_init(struct progress *progress, int fd, bool enabled,
                   uint64_t rows_done, int64_t now);

/* To be called once a turn of the loop: shows the state if it is due, at most
 * five times a second on a terminal. A line that cannot be written at once, as
 * after Ctrl-S, is left out. */
void progress_update(struct progress *progress,
                     const struct progress_state *state, int64_t now);

/* Milliseconds until progress_update() is due; -1: never. */
int progress_wait(const struct progress *progress, int64_t now);

/* Clears the line, so that a message can be printed. */
void progress_clear(struct progress *progress);

/* Prints "bauser-batch: ", the message and a line end. If
 * standard error cannot be written for a second, because the log has filled a
 * pipe that nobody reads, the message is left out. */
void progress_message(struct progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes one line of the state into text, without a line end; pure:
 *
 *     12.3 %, 1,234 of 10,000 rows, 12 min left, 1,231 Updated, 3 Failed,
 *     12.0 rows/s, 1:43 elapsed
 *
 * What the run waits for follows the share. The line has at most `width`
 * columns; parts that do not fit are left out. elapsed: milliseconds. rate:
 * rows a second; less than 0: unknown. */
void progress_format(char *text, size_t size,
                     const struct progress_state *state, int64_t elapsed,
                     double rate, int width);

#endif
