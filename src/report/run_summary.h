/*
 * What is known of a run when it ends: plain values, which are filled in once
 * and passed to the formatters of the screen, the summary file, the metrics and
 * the report.
 *
 * Strings contain no value of a user, but perhaps any bytes, such as those of a
 * file's name. They are NULL if they are not known, and are owned by the
 * summary (run_summary_keep()), or outlive it.
 */
#ifndef REPORT_RUN_SUMMARY_H
#define REPORT_RUN_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/mode.h"
#include "output/result_writer.h"

#define RUN_SUMMARY_SCHEMA  1 /* its number in OUTPUT.summary.json */
#define RUN_SUMMARY_DIGEST  (2 * HASH_SIZE + 1)
#define RUN_SUMMARY_STEPS   8
#define RUN_SUMMARY_OPTIONS 64

/* What a process did. A run has one part, and one more each time that it is
 * resumed. */
struct run_part {
    int64_t start;   /* milliseconds since 1970-01-01 UTC */
    int64_t end;     /* likewise */
    int64_t elapsed; /* milliseconds of a steady clock */
    struct call_counts calls;
    uint64_t retries;
};

/* Something to do next. */
struct run_step {
    const char *name;    /* "resume", "retry-failed", ... */
    const char *text;    /* "to resume": what the command does, and what must be
                            done before it */
    const char *command; /* one line for a POSIX shell */
};

/* The file of --plan. */
struct run_plan {
    const char *name;                /* NULL: there is none */
    char sha256[RUN_SUMMARY_DIGEST]; /* "" if it was not made */
    uint64_t users;                  /* that would change */
    uint64_t source_rows;            /* of INPUT */
    uint64_t left_out;               /* of them, those that would fail */
    const char *estimate;            /* of applying it; NULL: unknown */
};

/* An option that decides what the run does, as the journal records it. */
struct run_option {
    const char *name;  /* without "--" */
    const char *value; /* "yes" if it takes none; of one that was repeated, all
                          values in quotes */
};

/* The shard of a run. */
struct run_shard {
    unsigned index;       /* from 0 */
    unsigned count;       /* of shards; 0: the run has all rows */
    const char *by;       /* --shard-by; NULL: the default */
    const char *variable; /* that decided the shard; NULL: --shard K/N */
    const char *command;  /* that runs or resumes it */
    uint64_t rows;        /* of all shards; 0: unknown */
};

/* A shard of a result that --merge made. */
struct run_merged {
    unsigned index;
    uint64_t rows;
    uint64_t failed;
    int64_t elapsed; /* milliseconds */
};

struct run_summary {
    const char *version; /* of the program */
    const char *host;
    const char *user; /* who@host is the user of the machine */
    enum mode mode;

    /* The service. */
    const char *service;     /* as in --api */
    const char *environment; /* "production", "sandbox"; NULL: an endpoint was
                                given */
    const char *endpoint;    /* the base address */
    const char *customer_id;
    const char *account_id;

    /* The files, as they were named. */
    const char *input;
    char input_sha256[RUN_SUMMARY_DIGEST]; /* of the file's bytes; "": unknown,
                                              as for a pipe */
    const char *output;
    const char *result; /* the file that contains the result rows: OUTPUT,
                           OUTPUT.part, or NULL if there are none */
    bool complete;      /* result is OUTPUT, with one row for each row */
    char output_sha256[RUN_SUMMARY_DIGEST]; /* of its bytes; "" unless complete
                                             */

    /* The options, and the digest of all that decides what the run does. */
    char fingerprint[RUN_SUMMARY_DIGEST]; /* "": unknown */
    struct run_option options[RUN_SUMMARY_OPTIONS];
    unsigned option_count;

    /* All parts of the run. tally.calls, retries and milliseconds are those of
     * this part. */
    struct tally tally;

    struct run_shard shard;
    struct run_merged *merged; /* the shards of a merge; owned, from malloc() */
    unsigned merged_count;

    uint64_t undone_users; /* in the file of --undo */
    struct run_plan plan;

    bool resumed;
    int64_t started;      /* of this part: milliseconds of a steady clock */
    struct run_part part; /* this one */
    struct run_part all;  /* the sum of this part and of the earlier ones that
                             are recorded; those that were killed are not */
    unsigned parts;       /* in the sum */
    struct run_part earlier; /* the sum without this part */
    unsigned earlier_parts;

    /* The end. */
    int exit_status;
    const char *meaning; /* of the exit status */
    const char *message; /* with which the run ended; NULL: none */
    const char *option;  /* "--limit": the one that stopped it; NULL: none */
    struct run_step steps[RUN_SUMMARY_STEPS];
    unsigned step_count;

    /* What the strings above may point to. */
    struct run_text *texts;
};

/* Filled with zeros, a summary is empty. */

/* Copies the text into memory of the summary. NULL if text is NULL, or without
 * memory. */
const char *run_summary_keep(struct run_summary *summary, const char *text);

/* The value of a recorded option, named without "--"; NULL: it was not given.
 */
const char *run_summary_option(const struct run_summary *summary,
                               const char *name);

/* Frees the texts, and empties the summary. */
void run_summary_clear(struct run_summary *summary);

/* Adds a step; ignored if there are too many of them. The texts are copied. */
void run_summary_add_step(struct run_summary *summary, const char *name,
                          const char *text, const char *command);

/* Writes a digest as hexadecimal digits. */
void run_summary_put_digest(char text[RUN_SUMMARY_DIGEST],
                            const unsigned char digest[HASH_SIZE]);

/* Makes `all` of the earlier parts and this one. */
void run_summary_add_parts(struct run_summary *summary);

#endif
