/*
 * --log-file: one line for each thing that an operator may ask about later: a
 * retry, a throttle, a refresh, a change of the run's state. Never a value of a
 * user's, never a token.
 *
 *     2026-01-02T03:04:05.678Z warn retry user=123 attempt=2 http=503
 *         tracking=7bd2... wait_ms=412: ServiceUnavailable     (one line)
 *     {"time":"2026-01-02T03:04:05.678Z","level":"warn","event":"retry",...}
 */
#ifndef LOG_H
#define LOG_H

#include <stdint.h>

#include "error.h"
#include "options.h"

struct log;

/* Opens --log-file for appending (mode 0600 where it is made); without that
 * option everything below does nothing. NULL: ERROR_USAGE, no memory. */
struct log *log_open(const struct options *options, struct error *error);
void log_free(struct log *log);

/* What a line says; what is NULL, 0 or -1 is left out. */
struct log_entry {
    enum log_level level;
    const char *event; /* one word: "retry", "throttle", "refresh", ... */
    const char *user;  /* Id */
    const char *call;  /* "GetUser", "UpdateUser", "token" */
    unsigned attempt;  /* calls made for the user so far */
    long http_status;
    long code;        /* the service's number */
    const char *name; /* symbolic name of the error */
    const char *tracking_id;
    int64_t wait_ms;  /* until it goes on; -1: left out */
    uint64_t rows;    /* done so far */
    const char *text; /* more, in words; cleaned here of control characters */
};

/* Appends a line where the level is asked for. Kept in memory till
 * log_flush(). Does nothing where log is NULL. */
void log_put(struct log *log, const struct log_entry *entry);

/* One write(2) a turn of the loop. ERROR_LOCAL where it can't be written. */
int log_flush(struct log *log, struct error *error);

#endif
