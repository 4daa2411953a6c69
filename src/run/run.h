/*
 * The state of a run, which pipeline.c, feed.c and run.c share.
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
    struct prior_result *prior;            /* NULL without --retry-failed */
    unsigned char prior_digest[HASH_SIZE]; /* SHA-256 of its file */
    struct grouper *grouper;               /* NULL with --check */
    size_t window_bytes;                   /* its bound */
    struct dispatch *dispatch;             /* NULL with --check */
    struct recovery *recovery;             /* NULL: no journal is kept */
    struct result_writer *results;
    struct progress progress;
    bool readable;          /* a pipe can be read without waiting */
    int64_t heard;          /* when a pipe was last read, in milliseconds */
    int64_t locked_since;   /* another process has the token's lock; 0: no */
    uint64_t errors_before; /* of earlier runs; --max-errors ignores them */
    uint64_t rows_before;

    /* Set once: nothing new is started, users in flight finish. */
    bool stopping;
    bool draining;    /* within --drain, and without retries */
    int64_t deadline; /* of draining */
    struct error reason;
};

/* ---- run.c: its start, its end, and why it stops ---- */

/* Opens all that the run needs, validates a file, and resumes an earlier run or
 * starts a journal. */
int run_open(struct run *run, const struct credentials *credentials,
             struct error *error);

/* The run stops early. The first reason is kept; but while a run finishes a
 * pipe that was refused, a reason to stop at once replaces it. */
int run_stop_for(struct run *run, const struct error *reason,
                 struct error *error);

/* A step failed with that error. 0: the run stops in good order. -1: this
 * machine failed. */
int run_stop_or_fail(struct run *run, struct error *error);

/* The number of rows that --max-errors counts; stops the run if there are too
 * many. */
uint64_t run_errors(const struct tally *tally);
int run_check_errors(struct run *run, struct error *error);

/* Logs an event of the run as a whole; text may be NULL. */
void run_log(struct run *run, enum log_level level, const char *event,
             const char *text);

/* The end, whatever the reason. 0: OUTPUT is complete. -1: the error is the
 * reason. */
int run_finish(struct run *run, struct error *error);

/* ---- feed.c: from the row source to the grouper ---- */

/* Failed rows that --check without OUTPUT shows. */
#define RUN_SHOWN_FAILURES 10

extern const struct row_handler run_rows;

/* Reads one chunk of the input. */
int run_read(struct run *run, struct error *error);

/* Rows can wait for an unfinished group of their user, and result rows for an
 * unfinished row: is there room for more of them? */
bool run_has_room(const struct run *run);

/* Takes a group to send. *group stays NULL if there is none yet, or if the run
 * stops. */
int run_next_group(struct run *run, struct group **group, struct error *error);

/* Keeps this run's own writes, for guards on LastModifiedTime. */
int run_keep_own_writes(struct run *run, struct error *error);

/* ---- pipeline.c: users out and in ---- */

extern const struct dispatch_handler run_users;

#endif
