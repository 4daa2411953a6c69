/*
 * The loop that a run is: rows in, calls, result rows out, on one thread.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <signal.h>
#include <stdint.h>

#include "credentials.h"
#include "error.h"
#include "options.h"
#include "outcome.h"

/* What a run came to, for the summary and the exit status. */
struct tally {
    uint64_t rows; /* result rows */
    uint64_t by_status[STATUS_COUNT];
    uint64_t calls;
    uint64_t retries;
    int64_t milliseconds;
};

/* Runs what the options ask for. credentials may be NULL with MODE_CHECK.
 *
 * *stop becomes nonzero when a signal asks for a stop: nothing new is begun
 * then, and the calls in flight are waited for. 0: OUTPUT is complete. -1:
 *
 *   ERROR_USAGE    nothing was sent, OUTPUT is untouched
 *   ERROR_INPUT    the same; but where the input is a pipe that was refused
 *                  half-way, OUTPUT is complete and says how far it went
 *   others         OUTPUT is untouched; rows with an outcome are in
 *                  OUTPUT.part, in the input's order
 *
 * The tally is right in each case. */
int pipeline_run(const struct options *options,
                 const struct credentials *credentials,
                 const volatile sig_atomic_t *stop, struct tally *tally,
                 struct error *error);

#endif
