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
#include "journal/recovery.h"
#include "user/outcome.h"
#include "user/user_task.h"

/* What a run came to, for the summary and the exit status. */
struct tally {
    uint64_t rows; /* result rows */
    uint64_t by_status[STATUS_COUNT];
    uint64_t calls;
    uint64_t retries;
    int64_t milliseconds;
};

struct result_writer;

/* Opens OUTPUT and --diff, where they are asked for; ERROR_USAGE as
 * writer_open(), or where two of INPUT (which input describes), OUTPUT, --diff
 * and --log-file are one file. The tally is counted up and must outlive the
 * sink. */
struct result_writer *result_writer_open(const struct options *options,
                                         const struct stat *input,
                                         struct tally *tally,
                                         struct error *error);
void result_writer_free(struct result_writer *results);

/* Result rows go to that journal too from now on; NULL: to none. */
void result_writer_set_recovery(struct result_writer *results,
                                struct recovery *recovery);

/* The headers. */
int result_writer_begin(struct result_writer *results, struct error *error);

/* Takes the outcome of all rows of a task that is done. */
int result_writer_put_task(struct result_writer *results,
                           const struct user_task *task, struct error *error);

/* Takes the outcome of a row that never became part of a task; why may be
 * NULL, see format_row_alone(). */
int result_writer_put_alone(struct result_writer *results, uint64_t sequence,
                            uint64_t number, const char *id, enum status status,
                            const struct error *why, struct error *error);

/* Takes a result row of an earlier run as it stands, line end included. There
 * is no --diff then. */
int result_writer_put_replayed(struct result_writer *results, uint64_t sequence,
                               enum status status, const char *text, size_t len,
                               struct error *error);

/* The oldest row, by sequence, that has no outcome yet. */
uint64_t result_writer_next(const struct result_writer *results);

/* Has the row an outcome? */
bool result_writer_has(const struct result_writer *results, uint64_t sequence);

/* Memory of the rows that wait for an older one; see reorder_bytes(). */
size_t result_writer_waiting_bytes(const struct result_writer *results);

/* Standard output, where OUTPUT is that: see writer_poll_fd() and
 * writer_is_full(). */
int result_writer_poll_fd(const struct result_writer *results);
bool result_writer_is_full(const struct result_writer *results);

/* Hands all that can be written to the system; never waits for a reader. */
int result_writer_flush(struct result_writer *results, struct error *error);

/* The end of a complete run: so many rows were read, and must have come out.
 * The files get their names. */
int result_writer_finish(struct result_writer *results, uint64_t rows,
                         struct error *error);

/* The end of a run that stopped early: what is known is written beside
 * OUTPUT, in the input's order. */
int result_writer_stop(struct result_writer *results, struct error *error);

/* The end of a run that came to nothing: no trace is left. */
void result_writer_discard(struct result_writer *results);

/* Where the result rows are until the end; NULL where they are nowhere. */
const char *result_writer_partial_name(const struct result_writer *results);

/* OUTPUT.journal; NULL where OUTPUT is no file. */
const char *result_writer_journal_name(const struct result_writer *results);

#endif
