/*
 * The language of limits: [CONDITION:]...MODEL[,OPTION]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limit.h"
#include "mem.h"

#define HOUR UINT64_C(3600000000) /* microseconds */

/* The part before the separator, which is replaced; *rest is the part after
 * it, or NULL if there is no separator. */
static char *split(char *text, char separator, char **rest)
{
    char *end = strchr(text, separator);

    *rest = end != NULL ? end + 1 : NULL;
    if (end != NULL)
        *end = '\0';
    return text;
}

/* --- numbers -------------------------------------------------------------- */

static bool read_number(const char *text, uint64_t min, uint64_t max,
                        uint64_t *number)
{
    size_t len = strlen(text);

    if (len == 0 || len > 9 || strspn(text, "0123456789") != len)
        return false;
    *number = strtoull(text, NULL, 10);
    return *number >= min && *number <= max;
}

/* A time such as "10s" or "s", in microseconds. */
static bool read_time(char *text, uint64_t *time)
{
    static const struct {
        const char *name;
        uint64_t length;
    } units[] = {{"ms", 1000}, {"s", 1000000}, {"m", 60000000}, {"h", HOUR}};
    size_t digits = strspn(text, "0123456789");

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text + digits, units[i].name) != 0)
            continue;
        text[digits] = '\0';
        *time = 1;
        if (digits > 0 && !read_number(text, 1, UINT32_MAX, time))
            return false;
        *time *= units[i].length;
        return *time <= LIMIT_HOURS_MAX * HOUR;
    }
    return false;
}

/* A percentage with up to two decimals, in hundredths. */
static bool read_percent(char *text, unsigned *hundredths)
{
    char *decimals;
    size_t len = strlen(text);
    uint64_t whole, part = 0;

    if (len == 0 || text[len - 1] != '%')
        return false;
    text[len - 1] = '\0';
    split(text, '.', &decimals);
    if (!read_number(text, 0, 100, &whole))
        return false;
    if (decimals != NULL &&
        (strlen(decimals) > 2 || !read_number(decimals, 0, 99, &part)))
        return false;
    if (decimals != NULL && strlen(decimals) == 1)
        part *= 10;
    *hundredths = (unsigned)(whole * 100 + part);
    return *hundredths <= 10000;
}

/* --- conditions and models ------------------------------------------------ */

static bool copy(char *out, size_t size, const char *text)
{
    int len = snprintf(out, size, "%s", text);

    return len > 0 && (size_t)len < size;
}

/* False: it is not a condition. */
static bool read_condition(struct limit *limit, const char *text)
{
    if (strncmp(text, "user=", 5) == 0)
        return copy(limit->user, sizeof limit->user, text + 5);
    if (strncmp(text, "tenant=", 7) == 0)
        return copy(limit->tenant, sizeof limit->tenant, text + 7);
    for (int i = 0; i < CALL_KINDS; i++)
        if (i != CALL_TOKEN && strcmp(text, call_names[i]) == 0)
            limit->call = i;
    return limit->call >= 0 && strcmp(text, call_names[limit->call]) == 0;
}

static const char *read_rate(struct limit *limit, char *text)
{
    char *time;

    split(text, '/', &time);
    if (!read_number(text, 1, LIMIT_CALLS_MAX, &limit->calls) || time == NULL ||
        !read_time(time, &limit->window))
        return "a rate is a number of calls and a time, such as 300/10s";
    return NULL;
}

static const char *read_sliding(struct limit *limit, char *text)
{
    limit->model = LIMIT_SLIDING;
    return read_rate(limit, text);
}

static const char *read_fixed(struct limit *limit, char *text)
{
    limit->model = LIMIT_FIXED;
    return read_rate(limit, text);
}

static const char *read_bucket(struct limit *limit, char *text)
{
    limit->model = LIMIT_BUCKET;
    return read_rate(limit, text);
}

static const char *read_at_once(struct limit *limit, char *text)
{
    limit->model = LIMIT_AT_ONCE;
    return read_number(text, 1, LIMIT_CALLS_MAX, &limit->calls)
               ? NULL
               : "at-once requires a number of calls";
}

static const char *read_random(struct limit *limit, char *text)
{
    limit->model = LIMIT_RANDOM;
    return read_percent(text, &limit->chance)
               ? NULL
               : "random requires a percentage, such as 1% or 0.25%";
}

static const char *read_model(struct limit *limit, char *text)
{
    static const struct {
        const char *name;
        const char *(*read)(struct limit *limit, char *text);
    } models[] = {
        {"fixed", read_fixed},
        {"bucket", read_bucket},
        {"at-once", read_at_once},
        {"random", read_random},
    };
    char *rest;

    split(text, ':', &rest);
    if (rest == NULL)
        return read_sliding(limit, text);
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (strcmp(text, models[i].name) == 0)
            return models[i].read(limit, rest);
    if (read_condition(limit, text))
        return read_model(limit, rest);
    return "before a colon must be GetUser, UpdateUser, other, user=ID, "
           "tenant=ID, fixed, bucket, at-once or random";
}

/* --- options -------------------------------------------------------------- */

static const char *read_retry_after(struct limit *limit, const char *value)
{
    uint64_t number;

    if (strcmp(value, "seconds") != 0 && strcmp(value, "date") != 0 &&
        strcmp(value, "none") != 0 && !read_number(value, 0, 999999, &number))
        return "retry-after requires a number, seconds, date or none";
    snprintf(limit->retry_after, sizeof limit->retry_after, "%s", value);
    return NULL;
}

static const char *read_neighbour(struct limit *limit, char *value)
{
    unsigned hundredths;

    if (!read_percent(value, &hundredths))
        return "neighbour requires a percentage";
    limit->neighbour = hundredths / 100;
    return limit->window > 0 ? NULL : "neighbour requires a rate";
}

static const char *read_burst(struct limit *limit, const char *value)
{
    if (limit->model != LIMIT_BUCKET)
        return "burst requires a bucket";
    return read_number(value, 1, LIMIT_CALLS_MAX, &limit->burst)
               ? NULL
               : "burst requires a number of calls";
}

static const char *read_option(struct limit *limit, char *text)
{
    char *value;
    uint64_t status;

    split(text, '=', &value);
    if (strcmp(text, "refused-count") == 0 && value == NULL) {
        limit->counts_refused = true;
        return NULL;
    }
    if (value == NULL)
        return "an unknown option";
    if (strcmp(text, "retry-after") == 0)
        return read_retry_after(limit, value);
    if (strcmp(text, "neighbour") == 0)
        return read_neighbour(limit, value);
    if (strcmp(text, "burst") == 0)
        return read_burst(limit, value);
    if (strcmp(text, "after") == 0)
        return read_number(value, 1, 999999999, &limit->after)
                   ? NULL
                   : "after requires a number of calls";
    if (strcmp(text, "until") == 0)
        return read_number(value, 1, 999999999, &limit->until)
                   ? NULL
                   : "until requires a number of calls";
    if (strcmp(text, "status") != 0)
        return "an unknown option";
    if (!read_number(value, 400, 599, &status))
        return "status requires 400 to 599";
    limit->status = (unsigned)status;
    return NULL;
}

const char *limit_parse(struct limit *limit, const char *text)
{
    char parts[sizeof limit->text], *rest;

    *limit = (struct limit){.call = -1};
    if (!copy(limit->text, sizeof limit->text, text))
        return "it is empty or too long";
    snprintf(parts, sizeof parts, "%s", text);
    char *model = split(parts, ',', &rest);
    const char *reason = read_model(limit, model);
    while (reason == NULL && rest != NULL) {
        char *option = split(rest, ',', &rest);
        reason = read_option(limit, option);
    }
    if (reason != NULL)
        return reason;
    if (limit->model == LIMIT_SLIDING)
        limit->times = mem_new(limit->calls * sizeof *limit->times);
    if (limit->burst == 0)
        limit->burst = limit->calls;
    limit->level = limit->burst * limit->window;
    return NULL;
}
