/*
 * Parses the values of options that have a syntax of their own. Each function
 * is strict: it fills in its results and returns 0, or returns -1 if the text
 * is not such a value. Pure.
 */
#ifndef CLI_OPTION_VALUE_H
#define CLI_OPTION_VALUE_H

#include <stdbool.h>
#include <stdint.h>

/* A whole number of digits only, from min to max. */
int option_value_number(const char *text, unsigned min, unsigned max,
                        unsigned *number);

/* Minutes, with or without a fraction ("15", "0.5"), from a millisecond to max
 * minutes, as milliseconds. */
int option_value_minutes(const char *text, unsigned max, int64_t *ms);

/* Hours, minutes and seconds, such as "7h", "90m" or "1h30m", from a second to
 * max seconds, as seconds. */
int option_value_duration(const char *text, int64_t max, int64_t *seconds);

/* "N/s" or "N/m" with N from 1 to max: N calls in 1 or 60 seconds. */
int option_value_rate(const char *text, unsigned max, unsigned *calls,
                      unsigned *seconds);

/* "K/N" with N from 1 to max, and K from 0 to N-1. */
int option_value_shard(const char *text, unsigned max, unsigned *shard,
                       unsigned *shards);

/* A number of rows, or a percentage from "0%" to "100%". */
int option_value_errors(const char *text, uint64_t *count, bool *percent);

/* N or "N,all", with N from 0 to max. */
int option_value_fail_fast(const char *text, unsigned max, unsigned *count,
                           bool *all);

/* One ASCII character that is no letter, digit, quote or line end; "tab" and
 * "\t" mean a tab. "auto" becomes a NUL. */
int option_value_delimiter(const char *text, char *delimiter);

/* Can the text be a tenant, which becomes a part of a path? It is a domain or
 * an id: letters, digits, '.' and '-', beginning with a letter or a digit. */
bool option_value_is_tenant(const char *text);

#endif
