/*
 * The result writer takes the outcomes of rows and writes OUTPUT and --diff in
 * the input's order. It also counts the rows of the run by status.
 */
#ifndef OUTPUT_RESULT_WRITER_H
#define OUTPUT_RESULT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/hash.h"
#include "output/atomic_file.h"
#include "output/error_counts.h"
#include "output/findings.h"
#include "output/format.h"
#include "user/change_examples.h"
#include "user/outcome.h"
#include "user/task_result.h"

/* The calls of a process, by kind. */
struct call_counts {
    uint64_t get;       /* GetUser */
    uint64_t update;    /* UpdateUser */
    uint64_t probe;     /* GetUser, to find out whether the service works */
    uint64_t token;     /* to the token endpoint */
    uint64_t throttled; /* calls of users that were rejected as too many */
    uint64_t renewals;  /* new access tokens */
};

/* The counts of a run, for the summary and the exit status. */
struct tally {
    uint64_t rows; /* result rows */
    uint64_t by_status[STATUS_COUNT];
    uint64_t cells;    /* that --reconcile has compared */
    uint64_t drifting; /* of them, those that differ */
    uint64_t again;    /* rows that --retry-failed would retry */
    uint64_t calls;    /* to the service; without those for tokens */
    uint64_t retries;
    struct call_counts calls_by; /* kind */
    int64_t milliseconds;
    uint64_t rows_total;        /* of INPUT; 0: unknown */
    struct error_counts errors; /* of the rows without success */
};

/* Also receives the result rows of this run, when they are formatted: those of
 * a group with one status between begin() and end(), in the input's order.
 * part: as recovery_end_rows(). Each function returns 0, or -1 without memory.
 */
struct result_listener {
    int (*begin)(void *context, enum status status);
    int (*row)(void *context, uint64_t sequence, const char *text, size_t len);
    int (*end)(void *context, bool part);
};

/* All pointers must outlive the result writer, except input and the paths. */
struct result_writer_setup {
    const struct file_system *files;
    struct format format;
    const char *output;       /* "-": standard output; NULL: rows are counted */
    const char *diff;         /* NULL: none */
    const char *log_file;     /* NULL: none; must be another file */
    const struct stat *input; /* of INPUT; NULL: unknown */
    unsigned flags;           /* of enum atomic_file_flags */
    struct tally *tally;      /* rows, by_status and errors are counted up */
    struct findings *findings; /* also of the rows; NULL: none are wanted */
    struct change_examples *examples;       /* likewise */
    const struct result_listener *listener; /* NULL: none */
    void *context;                          /* of the listener */
};

struct result_writer;

/* Opens OUTPUT and --diff. NULL: ERROR_USAGE as writer_open(), or if two of
 * INPUT, OUTPUT, --diff and --log-file are one file; ERROR_LOCAL without
 * memory.
 *
 * The functions below that have an error parameter fail with ERROR_LOCAL. */
struct result_writer *result_writer_open(
    const struct result_writer_setup *setup, struct error *error);

/* NULL does nothing. */
void result_writer_free(struct result_writer *results);

/* Writes the headers. */
int result_writer_begin(struct result_writer *results, struct error *error);

/* Puts the outcome of the rows of a task that were refused after its user was
 * fetched, just before the intent of its update. */
int result_writer_put_refused(struct result_writer *results,
                              const struct task_result *task,
                              struct error *error);

/* Puts the outcome of all rows of a task that is done. */
int result_writer_put_task(struct result_writer *results,
                           const struct task_result *task, struct error *error);

/* Puts the outcome of a row without a task. */
int result_writer_put_alone(struct result_writer *results, uint64_t sequence,
                            const struct row_alone *row, struct error *error);

/* Puts a result row of an earlier run unchanged, line end included. It has no
 * lines in --diff, and the listener does not receive it. */
int result_writer_put_replayed(struct result_writer *results, uint64_t sequence,
                               enum status status, const char *text, size_t len,
                               struct error *error);

/* The sequence of the oldest row that has no outcome yet. */
uint64_t result_writer_next(const struct result_writer *results);

/* Does the row of this sequence have an outcome? */
bool result_writer_has(const struct result_writer *results, uint64_t sequence);

/* Memory of the rows that wait for an older one; see reorder_bytes(). */
size_t result_writer_waiting_bytes(const struct result_writer *results);

/* If OUTPUT is standard output: see writer_poll_fd() and writer_is_full(). */
int result_writer_poll_fd(const struct result_writer *results);
bool result_writer_is_full(const struct result_writer *results);

/* Writes all that can be written without waiting for a reader, from the first
 * row on. */
int result_writer_flush(struct result_writer *results, struct error *error);

/* The end of a complete run. rows: the number of rows that were read; each of
 * them must have an outcome. The first function writes and syncs the staging
 * files, the second one renames them. */
int result_writer_complete(struct result_writer *results, uint64_t rows,
                           struct error *error);
int result_writer_commit(struct result_writer *results, struct error *error);

/* The SHA-256 of the bytes of OUTPUT, after the functions above. -1 if OUTPUT
 * is no file, or as hash_peek(). */
int result_writer_digest(const struct result_writer *results,
                         unsigned char digest[HASH_SIZE]);

/* The end of a run that stops early: the rows that have an outcome are written
 * to the staging file, in the input's order, and synced. */
int result_writer_stop(struct result_writer *results, struct error *error);

/* The end of a run without any result: discards what it wrote to the staging
 * files. See writer_discard(). */
void result_writer_discard(struct result_writer *results);

/* writer_partial_name() of OUTPUT; NULL without OUTPUT. */
const char *result_writer_partial_name(const struct result_writer *results);

/* --diff or OUTPUT if others than its owner may read it, since its file system
 * does not set modes; else NULL. */
const char *result_writer_exposed(const struct result_writer *results);

/* OUTPUT, to which a link was followed, and OUTPUT.journal; NULL if OUTPUT is
 * no file. */
const char *result_writer_name(const struct result_writer *results);
const char *result_writer_journal_name(const struct result_writer *results);

#endif
