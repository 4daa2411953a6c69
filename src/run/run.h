/*
 * The state of a run, which the files of this directory share. Functions return
 * 0 or -1; -1 means that this machine failed (ERROR_LOCAL), unless something
 * else is said.
 */
#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "changes/plan.h"
#include "changes/undo.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "dispatch/bounds.h"
#include "dispatch/dispatch.h"
#include "input/grouper.h"
#include "input/row_source.h"
#include "journal/recovery.h"
#include "output/failed_rows.h"
#include "output/newer_rows.h"
#include "output/prior_result.h"
#include "output/result_writer.h"
#include "report/log.h"
#include "report/record.h"
#include "report/run_summary.h"
#include "run/fail_fast.h"
#include "run/listing.h"
#include "run/progress.h"
#include "run/time_bound.h"
#include "setup/platform.h"
#include "user/own_writes.h"

/* platform, options, stop, summary and tally are borrowed, the rest is owned.
 */
struct run {
    const struct platform *platform;
    const struct options *options;
    struct input_rules rules;
    const volatile sig_atomic_t *stop;
    struct run_summary *summary;
    struct tally *tally; /* of the summary */
    struct log *log;
    struct run_record *record; /* NULL without --report */
    struct own_writes *own_writes;
    struct row_source *source;             /* NULL with --list */
    struct listing *listing;               /* NULL without --list */
    uint64_t listed;                       /* rows, failed customers included */
    uint64_t failed_customers;             /* which are not in OUTPUT */
    struct prior_result *prior;            /* NULL without --retry-failed */
    unsigned char prior_digest[HASH_SIZE]; /* SHA-256 of its file */
    struct newer_rows *newer;              /* likewise */
    char prior_input[RUN_SUMMARY_DIGEST];  /* the SHA-256 of its INPUT; "":
                                              unknown */
    uint64_t retried;                      /* rows of it that are tried again */
    struct grouper *grouper;               /* NULL with --check */
    size_t window_bytes;                   /* the grouper's bound of bytes */
    struct dispatch *dispatch;             /* NULL with --check */
    struct recovery *recovery;             /* NULL: no journal is kept */
    struct undo *undo;                     /* NULL without --undo */
    struct plan *plan;                     /* NULL without --plan */
    struct result_writer *results;
    struct failed_rows *failed; /* NULL without --failed */
    struct progress progress;
    bool warned;            /* of the first name such as NULL */
    bool estimated;         /* run_print_estimate() has printed */
    bool readable;          /* a pipe can be read without waiting */
    unsigned chunks;        /* of INPUT, that this turn has read */
    int64_t heard;          /* when INPUT was last read, in milliseconds */
    struct waiting waiting; /* why it waits */
    struct fail_fast fail_fast;
    struct bounds bounds;
    struct time_bound time_bound;
    struct time_bound earlier_bound; /* of the journal */
    uint64_t errors_before; /* of earlier runs; --max-errors ignores both */
    uint64_t rows_before;

    bool stopping;       /* no new user is started; users in flight finish */
    bool draining;       /* also: without retries, and until the deadline */
    int64_t deadline;    /* milliseconds, from --drain */
    struct error reason; /* why it stops */
    char waited[WAITING_TEXT_SIZE]; /* what it waited for then; "": nothing */
    bool lost;                      /* a result could not be put */
    bool committed;                 /* OUTPUT is complete */
    bool summarized;                /* the summary was written */
};

/* ---- run.c: its start ---- */

/* Opens all that the run needs, validates the input if it is a file, and
 * resumes an earlier run or starts a journal. The error can be of any kind but
 * ERROR_VALUE. */
int run_open(struct run *run, const struct credentials *credentials,
             struct error *error);

/* ---- resume.c: its journal, and how an earlier run is resumed ---- */

/* Opens the journal of an earlier run, if there is one. As recovery_open(). */
int run_open_recovery(struct run *run, struct error *error);

/* Resumes the earlier run, or starts a journal. As recovery_begin();
 * ERROR_USAGE also as undo_begin(), plan_begin(), listing_end_replay() and
 * time_bound_resume(): a journal that was just started then does not stay. */
int run_begin_recovery(struct run *run, struct error *error);

/* Writes result rows, or pages of a list, to the journal; context: the run. */
extern const struct result_listener run_row_recorder;

/* ---- stop.c: why it stops, and what is logged ---- */

/* The run stops early, by draining. If the reason is ERROR_INPUT (a pipe was
 * refused), users in flight may also be retried, unless the run was resumed.
 * The first reason is kept, but a later one replaces ERROR_INPUT. */
int run_stop_for(struct run *run, const struct error *reason,
                 struct error *error);

/* The run stops early, as planned: the users that have started finish. */
void run_stop_when_done(struct run *run, const struct error *reason);

/* A step failed with that error. -1 if it is ERROR_LOCAL; else stops the run
 * for that reason. */
int run_stop_or_fail(struct run *run, struct error *error);

/* The number of rows that are Failed, Conflict or Unknown. */
uint64_t run_errors(const struct tally *tally);

/* Stops the run if these are more than --max-errors allows. */
int run_check_errors(struct run *run, struct error *error);

/* Logs an event of the run as a whole; text may be NULL. */
void run_log(struct run *run, enum log_level level, const char *event,
             const char *text);

/* Logs that a reason to wait begins or ends. */
void run_log_wait(struct run *run, const char *event,
                  enum waiting_reason reason, const char *text);

/* ---- finish.c: its end ---- */

/* Ends the run: completes, keeps or discards its files. 0 if the run is
 * complete; else -1 with the reason, of any kind but ERROR_VALUE. */
int run_finish(struct run *run, struct error *error);

/* ---- replaced.c: what OUTPUT must not replace ---- */

/* Refuses, as ERROR_USAGE, that --export replaces an OUTPUT that somebody has
 * edited, unless --force is given. */
int run_check_edited(const struct run *run, struct error *error);

/* The same, and refuses that any run replaces an OUTPUT whose columns are not
 * those of results, but of values to be expected: the file of --undo, of --plan
 * or another INPUT. */
int run_check_output(const struct run *run, struct error *error);

/* ---- failed.c: the file of --failed; without it, 0 ---- */

/* Opens it, after OUTPUT. ERROR_USAGE or ERROR_LOCAL. */
int run_open_failed(struct run *run, struct error *error);

/* Writes it, when OUTPUT's staging file is complete, and renames it.
 * ERROR_LOCAL, or the first one ERROR_STOPPED, if INPUT has changed or a signal
 * came. */
int run_write_failed(struct run *run, struct error *error);
int run_commit_failed(struct run *run, struct error *error);

void run_discard_failed(struct run *run);

/* ---- announce.c ---- */

/* Prints what the run will do, after INPUT was validated. If it changes users
 * in production and somebody can answer, asks for confirmation; ERROR_USAGE if
 * the answer is not yes. */
int run_announce(struct run *run, struct error *error);

/* Warns of what a user must know before the run. */
void run_warn(struct run *run);

/* Prints the estimate, unless run_announce() has. */
void run_print_estimate(struct run *run);

/* ---- list.c: pages of a listing instead of groups of rows, and their users as
 * rows of OUTPUT ---- */

/* Creates the listing. ERROR_LOCAL. */
int run_list_open(struct run *run, struct error *error);

/* Replays a row of the journal. ERROR_USAGE or ERROR_LOCAL. */
int run_list_replay(struct run *run, uint64_t sequence, const char *text,
                    size_t len, struct error *error);

/* The task of a page is done, and is freed. The run stops if the customers
 * cannot be listed. ERROR_LOCAL. */
int run_list_take(struct run *run, struct user_task *task, struct error *error);

/* The run stops before the task is done: frees it. why: as
 * dispatch_handler.released. */
int run_list_release(struct run *run, struct user_task *task,
                     const struct error *why, struct error *error);

/* All pages are done: stops the run if no customer could be listed. */
int run_list_end(struct run *run, struct error *error);

/* ---- prior.c: the result that --retry-failed starts from ---- */

/* Opens the prior result, and reads its summary if that belongs to it.
 * ERROR_USAGE, or ERROR_LOCAL. */
int run_open_prior(struct run *run, struct error *error);

/* Validates INPUT, as row_source_validate(). A prior result must belong to it.
 */
int run_validate(struct run *run, struct error *error);

/* ---- planning.c: --plan and --approve; without them, 0 ---- */

/* Opens the plan, after the journal. As plan_open(). */
int run_open_plan(struct run *run, struct error *error);

/* Checks INPUT, when its header was read. ERROR_USAGE. */
int run_check_plan(const struct run *run, struct error *error);

/* Keeps a pipe that must be approved in a file, since all of it must be known
 * before the first update. ERROR_USAGE, ERROR_STOPPED or ERROR_LOCAL. */
int run_keep_approved(struct run *run, struct error *error);

/* Refuses, as ERROR_INPUT, an INPUT with another SHA-256 than the approved one,
 * or that updates more users than --max-changes N% allows. */
int run_check_approved(const struct run *run, struct error *error);

/* Writes the plan when all rows have a result, unless INPUT was rejected; and
 * renames it. ERROR_LOCAL. */
int run_make_plan(struct run *run, struct error *error);
int run_commit_plan(struct run *run, struct error *error);

/* How many calls the run will make, and how long they will take; text has
 * ESTIMATE_SIZE bytes. False: the number of rows is unknown, or none is left.
 */
bool run_estimate(const struct run *run, char *text);

/* ---- summarize.c: what is recorded of the run ---- */

/* Notes the fingerprint, and what is recorded of earlier parts of a run that is
 * resumed. */
void run_note_beginning(struct run *run,
                        const struct fingerprint_setup *fingerprint);

/* Fills in the summary and writes its file, unless OUTPUT's files belong to
 * another process or to a run that is not resumed. why: with which the run
 * ends; NULL: OUTPUT is complete. A failure is a warning. */
void run_summarize(struct run *run, const struct error *why);

/* ---- report.c: --report; without it, the functions do nothing ---- */

/* Prepares the record. ERROR_LOCAL without memory. */
int run_open_report(struct run *run, struct error *error);

/* The values that the report shows; NULL: none. */
struct change_examples *run_examples(struct run *run);

/* Checks that the report can be written. ERROR_USAGE. */
int run_check_report(struct run *run, struct error *error);

/* Notes what happened since the last note. The first one starts the record. */
void run_note_course(struct run *run);

/* Notes that a reason to wait holds since that time. */
void run_note_wait(struct run *run, enum waiting_reason reason, int64_t since);

/* Writes the report. A failure is a warning. */
void run_write_report(struct run *run);

/* ---- feed.c: from the row source to the grouper ---- */

/* Failed rows that --check without OUTPUT shows. */
#define RUN_SHOWN_FAILURES 10

/* Takes the rows of the row source. Its context is the run. */
extern const struct row_handler run_rows;

/* Reads one chunk of the input. -1 with an error of any kind, which may stop
 * the run: see run_stop_or_fail(). */
int run_read(struct run *run, struct error *error);

/* May more rows be read? Bounds the rows that wait for an unfinished group of
 * their user, and the result rows that wait for an unfinished row. */
bool run_has_room(const struct run *run);

/* Chunks of INPUT that a turn reads at most, so that responses and signals wait
 * no longer. The next turn follows at once. */
#define RUN_CHUNKS 16

/* Takes a group to send, and reads INPUT for it if necessary. *group stays NULL
 * if there is none yet, or if the run stops. */
int run_next_group(struct run *run, struct group **group, struct error *error);

/* Starts to record own writes, unless it has started. */
int run_keep_own_writes(struct run *run, struct error *error);

/* ---- users.c: users to the dispatch and back ---- */

/* Starts users while there is room for them, and groups to send. */
int run_start_users(struct run *run, struct error *error);

/* The tasks that --fail-fast holds get their results, unless they have stopped
 * the run. */
int run_release_held(struct run *run, struct error *error);

/* Takes the tasks of the dispatch. Its context is the run. */
extern const struct dispatch_handler run_users;

/* ---- pipeline.c: the loop ---- */

/* The number of rows that the run processes; 0: unknown. */
uint64_t run_rows_total(const struct run *run);

#endif
