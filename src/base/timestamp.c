#include "base/timestamp.h"

#include <stdbool.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Each parse_ function moves *text past what it has parsed. */

static int parse_digits(const char **text, int count, int *value)
{
    int sum = 0;

    for (int i = 0; i < count; i++) {
        if (!is_digit(**text))
            return -1;
        sum = sum * 10 + (*(*text)++ - '0');
    }
    *value = sum;
    return 0;
}

/* A separator and two digits. */
static int parse_part(const char **text, char separator, int *value)
{
    if (**text != separator)
        return -1;
    ++*text;
    return parse_digits(text, 2, value);
}

static int parse_fraction(const char **text, int32_t *nanoseconds)
{
    int32_t unit = 100000000;

    *nanoseconds = 0;
    if (**text != '.')
        return 0;
    ++*text;
    if (!is_digit(**text))
        return -1;
    for (; is_digit(**text); ++*text) {
        *nanoseconds += (**text - '0') * unit;
        unit /= 10;
    }
    return 0;
}

/* "Z", "+hh:mm", "-hh:mm" or nothing: the seconds ahead of UTC. */
static int parse_zone(const char **text, int *ahead)
{
    int sign = **text == '-' ? -1 : 1;
    int hours, minutes;

    *ahead = 0;
    if (**text == '\0')
        return 0;
    if (**text == 'Z') {
        ++*text;
        return 0;
    }
    if (parse_part(text, sign < 0 ? '-' : '+', &hours) ||
        parse_part(text, ':', &minutes))
        return -1;
    if (minutes > 59 || hours > 14 || (hours == 14 && minutes > 0))
        return -1;
    *ahead = sign * (hours * 3600 + minutes * 60);
    return 0;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, year >= 1. */
static int64_t days_until(int year, int month, int day)
{
    const int64_t from_year_1 = 719162; /* 0001-01-01 to 1970-01-01 */
    int64_t past = year - 1;
    int64_t days = past * 365 + past / 4 - past / 100 + past / 400;

    for (int i = 1; i < month; i++)
        days += days_in_month(year, i);
    return days + day - 1 - from_year_1;
}

static int parse_date(const char **text, int64_t *days)
{
    int year, month, day;

    if (parse_digits(text, 4, &year) || parse_part(text, '-', &month) ||
        parse_part(text, '-', &day))
        return -1;
    if (year < 1 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return -1;
    *days = days_until(year, month, day);
    return 0;
}

int timestamp_parse(const char *text, struct timestamp *timestamp)
{
    int hour, minute, second, ahead;
    int64_t days;
    int32_t nanoseconds;

    if (parse_date(&text, &days) || parse_part(&text, 'T', &hour) ||
        parse_part(&text, ':', &minute) || parse_part(&text, ':', &second) ||
        parse_fraction(&text, &nanoseconds) || parse_zone(&text, &ahead) ||
        *text)
        return -1;
    if (hour > 24 || minute > 59 || second > 59)
        return -1;
    /* 24:00:00 is the midnight that ends the day. */
    if (hour == 24 && (minute || second || nanoseconds))
        return -1;
    timestamp->seconds =
        days * 86400 + hour * 3600 + minute * 60 + second - ahead;
    timestamp->nanoseconds = nanoseconds;
    return 0;
}

int timestamp_compare(const struct timestamp *a, const struct timestamp *b)
{
    if (a->seconds != b->seconds)
        return a->seconds < b->seconds ? -1 : 1;
    return (a->nanoseconds > b->nanoseconds) -
           (a->nanoseconds < b->nanoseconds);
}

bool timestamp_is_before(const char *text, const struct timestamp *other)
{
    struct timestamp timestamp;

    return timestamp_parse(text, &timestamp) == 0 &&
           timestamp_compare(&timestamp, other) < 0;
}

bool timestamp_text_is_before(const char *text, const char *other)
{
    struct timestamp timestamp;

    return timestamp_parse(other, &timestamp) == 0 &&
           timestamp_is_before(text, &timestamp);
}
