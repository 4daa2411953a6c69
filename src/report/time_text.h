/*
 * Points in time, as people and programs read them.
 */
#ifndef REPORT_TIME_TEXT_H
#define REPORT_TIME_TEXT_H

#include <stdint.h>

#define TIME_TEXT_SIZE 32

/* "2026-11-28T23:42:09.546Z"; time: milliseconds since 1970-01-01 UTC. "": the
 * time cannot be represented. */
void time_text_format(char text[TIME_TEXT_SIZE], int64_t time);

/* The time of such a text; 0: it is none. text may be NULL. */
int64_t time_text_parse(const char *text);

#endif
