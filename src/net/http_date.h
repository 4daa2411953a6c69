/*
 * Dates in HTTP headers. Pure.
 *
 * Source: RFC 9110, section 5.6.7.
 */
#ifndef NET_HTTP_DATE_H
#define NET_HTTP_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Parses an HTTP-date in any of its three formats into seconds since
 * 1970-01-01 UTC. now, in the same unit, decides the century in the obsolete
 * format whose year has two digits. -1 if the text is no HTTP-date. */
int http_date_parse(const char *text, int64_t now, int64_t *seconds);

/* Is a Retry-After no date, so that no clock is needed? */
bool http_date_is_seconds(const char *value);

/* Parses the value of a Retry-After header, which is a number of seconds or an
 * HTTP-date (RFC 9110, section 10.2.3). now: seconds since 1970-01-01 by the
 * server's clock. Returns milliseconds, from 0 to a year; -1 if the value is
 * neither. A negative number counts as 0. */
int64_t http_date_parse_retry_after(const char *value, int64_t now);

#endif
