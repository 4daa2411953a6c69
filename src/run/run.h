/*
 * A run that goes on: what its parts share. Only pipeline.c and the run's own
 * files know it.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "input/grouper.h"
#include "input/row_source.h"
#include "journal/recovery.h"
#include "output/prior_result.h"
#include "output/result_writer.h"
#include "run/dispatch.h"
#include "run/log.h"
#include "run/platform.h"
#include "run/progress.h"
#include "user/own_writes.h"

struct run {
    const struct platform *platform;
    const struct options *options;
    struct input_rules rules;
    const volatile sig_atomic_t *stop;
    struct tally *tally;
    struct log *log;
    struct own_writes *own_writes;
    struct row_source *source;
    struct prior_result *prior; /* NULL without --retry-failed */
    struct grouper *grouper;    /* NULL with --check */
    size_t window_bytes;        /* that it may hold */
    struct dispatch *dispatch;  /* NULL with --check */
    struct recovery *recovery;  /* NULL where no journal is kept */
    struct result_writer *results;
    struct progress progress;
    bool readable;          /* a pipe has something, or its end */
    int64_t heard;          /* when a pipe last brought something */
    int64_t held_up;        /* since when another process has a lock; 0: not */
    uint64_t errors_before; /* of earlier runs, which --max-errors leaves out */
    uint64_t rows_before;

    /* Set once: nothing new is begun, what is in flight is waited for. */
    bool stopping;
    bool draining;    /* for --drain at the most, and without retries */
    int64_t deadline; /* of draining */
    struct error reason;
};

/* ---- run_start.c ---- */

/* Opens all that the run needs, reads a file once through, and takes up what an
 * earlier run has left. */
int run_open(struct run *run, const struct credentials *credentials,
             struct error *error);

/* ---- run_rows.c: from the intake to the grouper ---- */

/* Failing rows that --check shows where there is no OUTPUT. */
#define RUN_SHOWN_FAILURES 10

extern const struct row_handler run_rows;

/* Reads one chunk of the input. */
int run_read(struct run *run, struct error *error);

/* Rows can wait behind an unfinished group of their user, and result rows
 * behind an unfinished row: is there room for more of them? */
bool run_has_room(const struct run *run);

/* Takes a group to be sent; *group stays NULL where there is none yet, or the
 * run is to stop. */
int run_next_group(struct run *run, struct group **group, struct error *error);

/* Keeps what this run writes, for guards on LastModifiedTime. */
int run_keep_own_writes(struct run *run, struct error *error);

/* ---- pipeline.c: users out and in ---- */

extern const struct dispatch_handler run_users;

/* ---- run.c: why it stops ---- */

/* The first reason stands; but where a refused pipe was to be finished, a later
 * reason to end at once goes before it. */
int run_stop_for(struct run *run, const struct error *reason,
                 struct error *error);

/* What a step has failed with, in error: 0 where the run stops for it in good
 * order, -1 where this machine has failed. */
int run_stop_or_fail(struct run *run, struct error *error);

/* Rows that --max-errors counts; and has it been reached? */
uint64_t run_errors(const struct tally *tally);
int run_check_errors(struct run *run, struct error *error);

/* A line of the log about the run as a whole; text may be NULL. */
void run_log(struct run *run, enum log_level level, const char *event,
             const char *text);

/* ---- run_end.c ---- */

/* The end, whatever it is: 0 where OUTPUT is complete; else the error is the
 * reason. */
int run_finish(struct run *run, struct error *error);

#endif
