/*
 * The values of a report.
 *
 * All strings are borrowed, of any origin, and may be NULL; all of them are
 * escaped and truncated. Times are UTC.
 */
#ifndef REPORT_VALUES_H
#define REPORT_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mode.h"

#define REPORT_SAMPLES  300 /* of the course of the run */
#define REPORT_WAITS    10  /* reasons to wait */
#define REPORT_EXAMPLES 3   /* rows of one kind of failure, or of a column */

struct report_pair {
    const char *name;
    const char *value;
};

/* How a row with a status is displayed. */
enum report_kind {
    REPORT_DONE, /* as wanted: updated, would update, valid, exported, ... */
    REPORT_KEPT, /* as wanted already */
    REPORT_DRIFT,
    REPORT_FAILED,
    REPORT_CONFLICT,
    REPORT_UNKNOWN,
    REPORT_OPEN, /* not attempted */
    REPORT_KINDS
};

struct report_status {
    const char *name;
    enum report_kind kind;
    uint64_t rows;
};

/* A row of INPUT that was not applied. */
struct report_row {
    uint64_t number;
    const char *id;
    const char *message;
    long http_status; /* 0: no response */
    const char *tracking_id;
};

/* Rows with the same error name and column. */
struct report_failure {
    const char *name;
    const char *column; /* "": none */
    uint64_t rows;
    bool retryable; /* the first of them; unknown without an example */
    unsigned example_count;
    struct report_row examples[REPORT_EXAMPLES]; /* the first rows */
};

/* A row that has changed a column. A value may be NULL: there is none. */
struct report_value {
    uint64_t number;
    const char *id;
    const char *before; /* --reconcile: of the service */
    const char *after;  /* --reconcile: of INPUT */
};

/* Rows by changed column. */
struct report_change {
    const char *column;
    uint64_t set;
    uint64_t cleared;
    uint64_t earlier; /* set or cleared by an earlier part of the run */
    unsigned example_count;
    struct report_value examples[REPORT_EXAMPLES]; /* the first rows */
};

/* What happened during report.span milliseconds. */
struct report_sample {
    uint64_t rows;
    uint64_t calls;
    uint64_t throttled; /* of the calls */
    unsigned in_flight; /* the maximum */
    unsigned limit;     /* calls a minute, the last value; 0: no limit */
    unsigned waits;     /* a bit for each reason of report.waits */
};

/* The calls of a kind. Latencies are microseconds. */
struct report_calls {
    const char *name;
    uint64_t calls;
    int64_t p50, p95, p99, max;
};

struct report_shard {
    const char *name;
    uint64_t rows;
    uint64_t failed;
    int64_t milliseconds; /* -1: not recorded */
};

/* A number that stands alone: "12 token renewals". */
struct report_fact {
    const char *one;
    const char *many;
    uint64_t count;
};

struct report {
    const char *version; /* of the program */

    bool reviewed; /* made from OUTPUT: there is no course, latencies are
                      unknown, and so is whether a column was set or cleared */

    /* The verdict. */
    enum mode mode;
    bool finished;       /* OUTPUT is complete */
    const char *stopped; /* why not */
    int exit_status;
    const char *exit_meaning;
    const char *service;
    const char *target;   /* the environment or the endpoint */
    const char *customer; /* NULL: none */
    const char *host;     /* user@host */
    int64_t started;      /* seconds since 1970; 0: no time is known */
    int64_t ended;
    int64_t milliseconds; /* of this part of the run */
    const char *input;    /* its name */
    const char *input_hash;
    uint64_t input_rows; /* 0: unknown */
    const char *output;  /* its name; NULL: none */
    uint64_t rows;       /* with a result */
    uint64_t earlier;    /* of them, those of an earlier part of the run, of
                            which times and calls are not known */

    const struct report_pair *commands; /* what to do next: why, and the command
                                         */
    unsigned command_count;
    const struct report_status *statuses;
    unsigned status_count;

    const struct report_failure *failures; /* the most frequent first */
    unsigned failure_count;
    uint64_t other_failures; /* rows of further kinds */

    const struct report_change *changes; /* --reconcile: that drifted */
    unsigned change_count;
    bool values;        /* their examples are wanted */
    uint64_t not_found; /* users, with --reconcile */
    uint64_t cells;     /* that were compared; 0: unknown */
    uint64_t differing; /* of them */

    /* The course of the run. */
    const struct report_sample *samples;
    unsigned sample_count; /* at most REPORT_SAMPLES */
    int64_t span;          /* milliseconds of a sample */
    int64_t course;        /* of all samples: the last one may be shorter */
    const char *waits[REPORT_WAITS];

    const struct report_calls *calls;
    unsigned call_count;
    const struct report_fact *facts; /* about the calls */
    unsigned fact_count;

    const struct report_shard *shards; /* after a merge */
    unsigned shard_count;

    const struct report_pair *options; /* without secrets */
    unsigned option_count;
    const struct report_pair *hashes; /* of files: name and SHA-256 */
    unsigned hash_count;
};

#endif
