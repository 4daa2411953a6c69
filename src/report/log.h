/*
 * --log-file: one line for each event that an operator may ask about later,
 * such as a retry, a throttled call, a new token or a change of the run's
 * state. The log contains no value of a user and no token.
 *
 *     2026-01-02T03:04:05.678Z warn retry user=123 call=GetUser attempt=2
 *         http=503 error=HttpError tracking=7bd2... wait_ms=412: some words
 *     {"time":"2026-01-02T03:04:05.678Z","level":"warn","event":"retry",
 *         "user":"123","call":"GetUser","attempt":2,"http":503,...}
 *
 * Both formats have one line for each entry, and the same names of members.
 */
#ifndef REPORT_LOG_H
#define REPORT_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file_system.h"
#include "base/log_level.h"

struct log;

struct log_setup {
    const struct clock *clock;
    const struct file_system *files;
    const char *path; /* --log-file; NULL: nothing is logged */
    bool json;
    enum log_level level; /* the least important one that is logged */
};

/* Opens the file for appending, with mode 0600 if it is created. It may be a
 * file of this user without a second name, a device, or a pipe with a reader.
 * The setup's pointers are borrowed. NULL: ERROR_USAGE, or ERROR_LOCAL without
 * memory. */
struct log *log_open(const struct log_setup *setup, struct error *error);

/* Writes the remaining lines, for which it waits at most a second for the
 * reader of a pipe, and closes the file. NULL does nothing. */
void log_free(struct log *log);

/* The contents of a line. Members that are NULL, empty, 0 or less are left out.
 * Control characters and invalid UTF-8 in a text are replaced, and it is
 * truncated to 1,023 bytes. */
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
    const char *reason;  /* why the run waits */
    int64_t wait_ms;     /* until the next attempt */
    unsigned per_minute; /* calls that may be sent in a minute from now on */
    uint64_t rows;       /* done so far */
    uint64_t dropped;    /* lines before this one that were dropped */
    const char *text;    /* an explanation */
};

/* Appends a line if its level is logged. Lines are written by log_flush(), or
 * earlier if there is more than 1 MiB of them. If nobody reads the log by then,
 * lines are dropped; one that counts them follows as soon as the log is read
 * again. NULL does nothing. */
void log_put(struct log *log, const struct log_entry *entry);

/* The same for an event that concerns no user; rows: done so far, 0: left out.
 */
void log_event(struct log *log, enum log_level level, const char *event,
               uint64_t rows, const char *text);

/* Writes the lines, once a turn of the loop. It never waits: if a pipe is full,
 * the rest is written later. ERROR_LOCAL if writing fails. The run should stop
 * then, since nobody could find out later what it did. NULL does nothing. */
int log_flush(struct log *log, struct error *error);

#endif
