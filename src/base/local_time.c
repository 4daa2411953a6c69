#define _XOPEN_SOURCE 700 /* strptime() */
#include "base/local_time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define MINUTE      60
#define DAY_MINUTES 1440
#define SEARCHED    (49 * 60) /* minutes: two days, one of them with 25 hours */

int local_time_parse(const char *text, struct local_time *time)
{
    static const char *const formats[] = {"%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M",
                                          "%H:%M"};

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        struct tm tm = {.tm_year = -1900, .tm_mon = -1};
        const char *end = strptime(text, formats[i], &tm);

        if (!end || *end || strpbrk(text, "\t\n"))
            continue;
        *time = (struct local_time){tm.tm_year + 1900, tm.tm_mon + 1,
                                    tm.tm_mday, tm.tm_hour, tm.tm_min};
        return 0;
    }
    return -1;
}

static int minute_of(int64_t seconds)
{
    time_t moment = (time_t)seconds;
    struct tm tm;

    if (!localtime_r(&moment, &tm))
        return -1;
    return tm.tm_hour * 60 + tm.tm_min;
}

/* Does the clock show the minute now, or has it skipped it since the minute
 * before? */
static bool is_reached(int wanted, int before, int now)
{
    int step = (now - before + DAY_MINUTES) % DAY_MINUTES;
    int to = (wanted - before + DAY_MINUTES) % DAY_MINUTES;

    return now == wanted ||
           (step > 1 && step < DAY_MINUTES / 2 && to > 0 && to < step);
}

/* Minute by minute, since the clock may be set forward or back meanwhile. */
static int64_t find_minute(const struct local_time *time, int64_t now)
{
    int wanted = time->hour * 60 + time->minute;
    int64_t moment = now - now % MINUTE;
    int before = minute_of(moment);

    for (int i = 0; i < SEARCHED && before >= 0; i++) {
        int shown = minute_of(moment += MINUTE);

        if (is_reached(wanted, before, shown))
            return moment;
        before = shown;
    }
    return -1;
}

int64_t local_time_next(const struct local_time *time, int64_t now)
{
    struct tm midnight = {.tm_year = time->year - 1900,
                          .tm_mon = time->month - 1,
                          .tm_mday = time->day,
                          .tm_isdst = -1};
    int64_t start, moment;

    if (time->year == 0)
        return find_minute(time, now);
    start = (int64_t)mktime(&midnight);
    if (start == -1 || midnight.tm_mday != time->day)
        return -1;
    moment = find_minute(time, start - 1);
    return moment > now ? moment : -1;
}

void local_time_format(char text[LOCAL_TIME_SIZE], int64_t seconds)
{
    time_t moment = (time_t)seconds;
    struct tm tm;

    if (!localtime_r(&moment, &tm) ||
        strftime(text, LOCAL_TIME_SIZE, "%Y-%m-%d %H:%M %z", &tm) == 0)
        (void)snprintf(text, LOCAL_TIME_SIZE, "an unknown time");
}
