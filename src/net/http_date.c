#include "net/http_date.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/timestamp.h"

/* Seconds in a year; a longer delay is shortened to this. */
#define MAX_RETRY_AFTER ((int64_t)365 * 24 * 3600)

/* A date with a two-digit year that would be further ahead than this is in the
 * past. */
#define MAX_SECONDS_AHEAD ((int64_t)50 * 365 * 24 * 3600)

struct date {
    int year, month, day; /* month: from 1 */
    int hour, minute, second;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* parse_word(), parse_number(), parse_month() and parse_time() parse the
 * beginning of *text and move *text past it. The day of the week is not
 * checked. */

static int parse_word(const char **text, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*text, word, len) != 0)
        return -1;
    *text += len;
    return 0;
}

/* A number of exactly `digits` digits. */
static int parse_number(const char **text, int digits, int *number)
{
    *number = 0;
    for (int i = 0; i < digits; i++) {
        if (!is_digit(**text))
            return -1;
        *number = *number * 10 + (*(*text)++ - '0');
    }
    return 0;
}

static int parse_month(const char **text, int *month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (*month = 1; *month <= 12; ++*month) {
        if (strncmp(*text, names + (*month - 1) * 3, 3) != 0)
            continue;
        *text += 3;
        return 0;
    }
    return -1;
}

static int parse_time(const char **text, struct date *date)
{
    return parse_number(text, 2, &date->hour) || parse_word(text, ":") ||
                   parse_number(text, 2, &date->minute) ||
                   parse_word(text, ":") || parse_number(text, 2, &date->second)
               ? -1
               : 0;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", from the day on. */
static int parse_fixdate(const char *text, struct date *date)
{
    return parse_number(&text, 2, &date->day) || parse_word(&text, " ") ||
                   parse_month(&text, &date->month) || parse_word(&text, " ") ||
                   parse_number(&text, 4, &date->year) ||
                   parse_word(&text, " ") || parse_time(&text, date) ||
                   parse_word(&text, " GMT") || *text
               ? -1
               : 0;
}

/* "Sunday, 06-Nov-94 08:49:37 GMT", from the day on. */
static int parse_rfc850(const char *text, struct date *date)
{
    return parse_number(&text, 2, &date->day) || parse_word(&text, "-") ||
                   parse_month(&text, &date->month) || parse_word(&text, "-") ||
                   parse_number(&text, 2, &date->year) ||
                   parse_word(&text, " ") || parse_time(&text, date) ||
                   parse_word(&text, " GMT") || *text
               ? -1
               : 0;
}

/* "Sun Nov  6 08:49:37 1994", from the month on. */
static int parse_asctime(const char *text, struct date *date)
{
    int digits = 2;

    if (parse_month(&text, &date->month) || parse_word(&text, " "))
        return -1;
    if (parse_word(&text, " ") == 0)
        digits = 1;
    return parse_number(&text, digits, &date->day) || parse_word(&text, " ") ||
                   parse_time(&text, date) || parse_word(&text, " ") ||
                   parse_number(&text, 4, &date->year) || *text
               ? -1
               : 0;
}

/* -1 if there is no such date. */
static int seconds_of(const struct date *date, int64_t *seconds)
{
    const bool leap_second = date->second == 60;
    struct timestamp instant;
    char text[80];

    (void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d",
                   date->year, date->month, date->day, date->hour, date->minute,
                   leap_second ? 59 : date->second);
    if (date->hour > 23 || timestamp_parse(text, &instant))
        return -1;
    *seconds = instant.seconds + leap_second;
    return 0;
}

/* The latest year with these two digits that makes the date at most 50 years
 * ahead. */
static int find_century(struct date *date, int64_t now, int64_t *seconds)
{
    const int digits = date->year;

    for (int century = 2100; century >= 1900; century -= 100) {
        date->year = century + digits;
        if (seconds_of(date, seconds) == 0 &&
            *seconds - now <= MAX_SECONDS_AHEAD)
            return 0;
    }
    return -1;
}

int http_date_parse(const char *text, int64_t now, int64_t *seconds)
{
    const char *space = strchr(text, ' ');
    struct date date;

    if (!space || space == text)
        return -1;
    if (space[-1] != ',')
        return parse_asctime(space + 1, &date) ? -1
                                               : seconds_of(&date, seconds);
    if (parse_fixdate(space + 1, &date) == 0)
        return seconds_of(&date, seconds);
    return parse_rfc850(space + 1, &date) ? -1
                                          : find_century(&date, now, seconds);
}

bool http_date_is_seconds(const char *value)
{
    /* Some services send a negative number for "now". */
    const char *digits = value + (*value == '-');

    return *digits && digits[strspn(digits, "0123456789")] == '\0';
}

int64_t http_date_parse_retry_after(const char *value, int64_t now)
{
    int64_t seconds;

    if (http_date_is_seconds(value)) {
        if (*value == '-')
            return 0;
        if (number_parse_long(value, &seconds))
            seconds = MAX_RETRY_AFTER;
    } else {
        if (http_date_parse(value, now, &seconds))
            return -1;
        seconds -= now;
    }
    if (seconds < 0)
        return 0;
    return (seconds < MAX_RETRY_AFTER ? seconds : MAX_RETRY_AFTER) * 1000;
}
