/*
 * Where the outcomes of rows go: OUTPUT, --diff, and the counts of the run.
 */
#ifndef OUTPUT_RESULT_WRITER_H
#define OUTPUT_RESULT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "cli/options.h"
#include "user/outcome.h"
#include "journal/recovery.h"
#include "user/user_task.h"

/* What a run came to, for the summary and the exit status. */
struct tally {
    uint64_t rows; /* result rows */
    uint64_t by_status[STATUS_COUNT];
    uint64_t calls;
    uint64_t retries;
    int64_t milliseconds;
};

struct sink;

/* Opens OUTPUT and --diff, where they are asked for; ERROR_USAGE as
 * output_open(), or where two of INPUT (which input describes), OUTPUT, --diff
 * and --log-file are one file. The tally is counted up and must outlive the
 * sink. */
struct sink *sink_open(const struct options *options, const struct stat *input,
                       struct tally *tally, struct error *error);
void sink_free(struct sink *sink);

/* Result rows go to that journal too from now on; NULL: to none. */
void sink_set_recovery(struct sink *sink, struct recovery *recovery);

/* The headers. */
int sink_begin(struct sink *sink, struct error *error);

/* Takes the outcome of all rows of a task that is done. */
int sink_put_task(struct sink *sink, const struct user_task *task,
                  struct error *error);

/* Takes the outcome of a row that never became part of a task; why may be
 * NULL, see report_row_alone(). */
int sink_put_alone(struct sink *sink, uint64_t sequence, uint64_t number,
                   const char *id, enum status status, const struct error *why,
                   struct error *error);

/* Takes a result row of an earlier run as it stands, line end included. There
 * is no --diff then. */
int sink_put_replayed(struct sink *sink, uint64_t sequence, enum status status,
                      const char *text, size_t len, struct error *error);

/* The oldest row, by sequence, that has no outcome yet. */
uint64_t sink_next(const struct sink *sink);

/* Has the row an outcome? */
bool sink_has(const struct sink *sink, uint64_t sequence);

/* Memory of the rows that wait for an older one; see results_bytes(). */
size_t sink_waiting_bytes(const struct sink *sink);

/* Standard output, where OUTPUT is that: see output_poll_fd() and
 * output_is_full(). */
int sink_poll_fd(const struct sink *sink);
bool sink_is_full(const struct sink *sink);

/* Hands all that can be written to the system; never waits for a reader. */
int sink_flush(struct sink *sink, struct error *error);

/* The end of a complete run: so many rows were read, and must have come out.
 * The files get their names. */
int sink_finish(struct sink *sink, uint64_t rows, struct error *error);

/* The end of a run that stopped early: what is known is written beside
 * OUTPUT, in the input's order. */
int sink_stop(struct sink *sink, struct error *error);

/* The end of a run that came to nothing: no trace is left. */
void sink_discard(struct sink *sink);

/* Where the result rows are until the end; NULL where they are nowhere. */
const char *sink_partial_name(const struct sink *sink);

/* OUTPUT.journal; NULL where OUTPUT is no file. */
const char *sink_journal_name(const struct sink *sink);

#endif
