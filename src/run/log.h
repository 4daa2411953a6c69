/*
 * --log-file: one line for each thing that an operator may ask about later: a
 * retry, a throttle, a refresh, a change of the run's state. Never a value of a
 * user's, never a token.
 *
 *     2026-01-02T03:04:05.678Z warn retry user=123 call=GetUser attempt=2
 *         http=503 error=HttpError tracking=7bd2... wait_ms=412: some words
 *     {"time":"2026-01-02T03:04:05.678Z","level":"warn","event":"retry",
 *         "user":"123","call":"GetUser","attempt":2,"http":503,...}
 *
 * Each in one line; the names of the members are the same.
 */
#ifndef RUN_LOG_H
#define RUN_LOG_H

#include <stdint.h>

#include "base/error.h"
#include "base/log_level.h"
#include "cli/options.h"

struct log;

/* Opens --log-file for appending (mode 0600 where it is made); without that
 * option everything below does nothing. It may be a file, a device, or a pipe
 * that has a reader; it may not be INPUT, OUTPUT or --diff under another name.
 * options->log_file must outlive the log. NULL: ERROR_USAGE, no memory. */
struct log *log_open(const struct options *options, struct error *error);

/* Writes what is left, as far as that works. */
void log_free(struct log *log);

/* What a line says; what is NULL, empty, 0 or -1 is left out. A text is cleaned
 * of control characters and of what is not UTF-8, and cut after 1,023 bytes. */
struct log_entry {
    enum log_level level;
    const char *event; /* one word: "retry", "throttle", "token-refresh", ... */
    const char *user;  /* Id */
    const char *call;  /* "GetUser", "UpdateUser", "token" */
    unsigned attempt;  /* calls made for the user so far */
    long http_status;
    long code;        /* the service's number */
    const char *name; /* symbolic name of the error */
    const char *tracking_id;
    int64_t wait_ms;     /* until it goes on */
    unsigned per_minute; /* calls that may leave in a minute from now on */
    uint64_t rows;       /* done so far */
    const char *text;    /* more, in words */
};

/* Appends a line where the level is asked for. Kept in memory till
 * log_flush(), unless there is more than 1 MiB. Does nothing where log is NULL.
 */
void log_put(struct log *log, const struct log_entry *entry);

/* One write(2) a turn of the loop. Never waits: what a pipe has no room for is
 * written later. ERROR_LOCAL where it can't be written, or where a pipe's
 * reader is more than 1 MiB behind; the run should stop then, for nobody could
 * tell later what it did. Does nothing where log is NULL. */
int log_flush(struct log *log, struct error *error);

#endif
