#include "cli/option_value.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

#define NUMBER_SIZE   20 /* digits of a 64-bit number and a NUL */
#define MS_PER_MINUTE INT64_C(60000)
#define TENANT_MAX    253 /* bytes: the longest domain name */

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

int option_value_number(const char *text, unsigned min, unsigned max,
                        unsigned *number)
{
    int64_t value;

    if (number_parse_long(text, &value) || *text == '-' || value < min ||
        value > max)
        return -1;
    *number = (unsigned)value;
    return 0;
}

/* Parses the number in the first len bytes. */
static int parse_part(const char *text, size_t len, unsigned min, unsigned max,
                      unsigned *number)
{
    char part[NUMBER_SIZE];

    if (len >= sizeof(part))
        return -1;
    memcpy(part, text, len);
    part[len] = '\0';
    return option_value_number(part, min, max, number);
}

/* Parses the digits after a decimal point as a share of unit. */
static int parse_fraction(const char *digits, int64_t unit, int64_t *share)
{
    if (*digits == '\0' || digits[strspn(digits, DIGITS)] != '\0')
        return -1;
    for (*share = 0; *digits; digits++) {
        unit /= 10;
        *share += (*digits - '0') * unit;
    }
    return 0;
}

int option_value_minutes(const char *text, unsigned max, int64_t *ms)
{
    const char *point = strchr(text, '.');
    size_t len = point ? (size_t)(point - text) : strlen(text);
    int64_t fraction = 0; /* in microseconds */
    int64_t sum;
    unsigned minutes;

    if (parse_part(text, len, 0, max, &minutes) ||
        (point && parse_fraction(point + 1, MS_PER_MINUTE * 1000, &fraction)))
        return -1;
    sum = minutes * MS_PER_MINUTE + fraction / 1000;
    if (sum < 1 || sum > max * MS_PER_MINUTE)
        return -1;
    *ms = sum;
    return 0;
}

int option_value_duration(const char *text, int64_t max, int64_t *seconds)
{
    static const char units[] = "hms";
    static const int64_t lengths[] = {3600, 60, 1};
    const char *unit = units;
    int64_t sum = 0;

    while (*text) {
        size_t len = strspn(text, DIGITS);
        unsigned count;

        unit = text[len] ? strchr(unit, text[len]) : NULL;
        if (!unit || parse_part(text, len, 0, UINT_MAX, &count))
            return -1;
        sum += count * lengths[unit++ - units];
        text += len + 1;
    }
    if (sum < 1 || sum > max)
        return -1;
    *seconds = sum;
    return 0;
}

int option_value_rate(const char *text, unsigned max, unsigned *calls,
                      unsigned *seconds)
{
    size_t len = strcspn(text, "/");
    bool minute = strcmp(text + len, "/m") == 0;

    if ((!minute && strcmp(text + len, "/s") != 0) ||
        parse_part(text, len, 1, max, calls))
        return -1;
    *seconds = minute ? 60 : 1;
    return 0;
}

int option_value_shard(const char *text, unsigned max, unsigned *shard,
                       unsigned *shards)
{
    const char *slash = strchr(text, '/');
    unsigned k, n;

    if (!slash || option_value_number(slash + 1, 1, max, &n) ||
        parse_part(text, (size_t)(slash - text), 0, n - 1, &k))
        return -1;
    *shard = k;
    *shards = n;
    return 0;
}

int option_value_errors(const char *text, uint64_t *count, bool *percent)
{
    size_t len = strcspn(text, "%");
    int64_t rows;
    unsigned share;

    if (strcmp(text + len, "%") == 0) {
        if (parse_part(text, len, 0, 100, &share))
            return -1;
        *count = share;
        *percent = true;
        return 0;
    }
    if (*text == '-' || number_parse_long(text, &rows))
        return -1;
    *count = (uint64_t)rows;
    *percent = false;
    return 0;
}

int option_value_fail_fast(const char *text, unsigned max, unsigned *count,
                           bool *all)
{
    size_t len = strcspn(text, ",");

    *all = strcmp(text + len, ",all") == 0;
    if (text[len] && !*all)
        return -1;
    return parse_part(text, len, 0, max, count);
}

int option_value_delimiter(const char *text, char *delimiter)
{
    if (strcasecmp(text, "tab") == 0 || strcmp(text, "\\t") == 0)
        text = "\t";
    if (strcasecmp(text, "auto") == 0) {
        *delimiter = '\0';
        return 0;
    }
    if (text[0] <= 0 || text[1] != '\0' ||
        strchr("\"\r\n" LETTERS DIGITS, text[0]))
        return -1;
    *delimiter = text[0];
    return 0;
}

bool option_value_is_tenant(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len <= TENANT_MAX && !strchr(".-", *text) &&
           strspn(text, LETTERS DIGITS ".-") == len;
}
