#include "base/text.h"

#include <string.h>

#define NEAR_MAX 64 /* bytes of the longest name that is compared */

/* What utf8_step() answers for a byte that cannot stand where it does; no
 * state looks like it. */
#define UTF8_BAD UINT32_MAX

/* Not 0 where one of the next eight bytes is outside 0x01..0x7F: its own high
 * bit is set, or taking 1 from it borrows. */
static uint64_t find_other(const char *data)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t word;

    memcpy(&word, data, sizeof(word));
    return ((word - ones) | word) & (ones << 7);
}

/* A state between two bytes of one character: how many bytes are to come, and
 * the range in which the next one must be. */
static uint32_t utf8_state(unsigned need, unsigned low, unsigned high)
{
    return need << 16 | low << 8 | high;
}

/* The first byte of a character. The narrower ranges after E0, ED, F0 and F4
 * keep out overlong forms, surrogates and what is beyond U+10FFFF. */
static uint32_t utf8_first(unsigned char byte)
{
    if (byte < 0x80)
        return byte ? 0 : UTF8_BAD;
    if (byte < 0xC2 || byte > 0xF4)
        return UTF8_BAD;
    if (byte < 0xE0)
        return utf8_state(1, 0x80, 0xBF);
    switch (byte) {
    case 0xE0:
        return utf8_state(2, 0xA0, 0xBF);
    case 0xED:
        return utf8_state(2, 0x80, 0x9F);
    case 0xF0:
        return utf8_state(3, 0x90, 0xBF);
    case 0xF4:
        return utf8_state(3, 0x80, 0x8F);
    default:
        return utf8_state(byte < 0xF0 ? 2 : 3, 0x80, 0xBF);
    }
}

static uint32_t utf8_step(uint32_t state, unsigned char byte)
{
    unsigned need = state >> 16;

    if (need == 0)
        return utf8_first(byte);
    if (byte < (state >> 8 & 0xFF) || byte > (state & 0xFF))
        return UTF8_BAD;
    return need == 1 ? 0 : utf8_state(need - 1, 0x80, 0xBF);
}

/* The offset of the first byte from `at` on that is not in 0x01..0x7F. */
static size_t skip_ascii(const char *data, size_t at, size_t len)
{
    while (len - at >= 32 &&
           (find_other(data + at) | find_other(data + at + 8) |
            find_other(data + at + 16) | find_other(data + at + 24)) == 0)
        at += 32;
    while (len - at >= 8 && find_other(data + at) == 0)
        at += 8;
    while (at < len && data[at] != '\0' && (unsigned char)data[at] < 0x80)
        at++;
    return at;
}

size_t text_utf8_check(uint32_t *state, const char *data, size_t len)
{
    uint32_t now = *state;
    size_t at = 0;

    while (at < len) {
        if (now == 0) {
            at = skip_ascii(data, at, len);
            if (at == len)
                break;
        }
        now = utf8_step(now, (unsigned char)data[at]);
        if (now == UTF8_BAD)
            return at;
        at++;
    }
    *state = now;
    return len;
}

bool text_is_utf8(const char *text, size_t len)
{
    uint32_t state = 0;

    return text_utf8_check(&state, text, len) == len && state == 0;
}

size_t text_utf16_units(const char *text, size_t len)
{
    size_t units = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];

        if ((byte & 0xC0) != 0x80)
            units++;
        if (byte >= 0xF0) /* beyond U+FFFF: a pair of surrogates */
            units++;
    }
    return units;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ASCII only: the result must not depend on the locale. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int text_parse_long(const char *text, int64_t *value)
{
    bool negative = *text == '-';
    const uint64_t limit = (uint64_t)INT64_MAX + negative;
    uint64_t sum = 0;

    if (negative)
        text++;
    if (!is_digit(*text))
        return -1;
    for (; is_digit(*text); text++) {
        uint64_t digit = (uint64_t)(*text - '0');

        if (sum >= limit / 10 && (sum > limit / 10 || digit > limit % 10))
            return -1;
        sum = sum * 10 + digit;
    }
    if (*text)
        return -1;
    /* INT64_MIN has no positive counterpart to negate. */
    *value = negative && sum > 0 ? -(int64_t)(sum - 1) - 1 : (int64_t)sum;
    return 0;
}

/* Takes count digits and moves *text behind them. */
static int take_digits(const char **text, int count, int *value)
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

/* Takes the character before a part of a time, and the part's two digits. */
static int take_part(const char **text, char before, int *value)
{
    if (**text != before)
        return -1;
    ++*text;
    return take_digits(text, 2, value);
}

static int take_fraction(const char **text, int32_t *nanoseconds)
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

/* Takes "Z", "+hh:mm", "-hh:mm" or nothing: the seconds ahead of UTC. */
static int take_zone(const char **text, int *ahead)
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
    if (take_part(text, sign < 0 ? '-' : '+', &hours) ||
        take_part(text, ':', &minutes))
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
static int64_t days_to(int year, int month, int day)
{
    const int64_t from_year_1 = 719162; /* 0001-01-01 to 1970-01-01 */
    int64_t past = year - 1;
    int64_t days = past * 365 + past / 4 - past / 100 + past / 400;

    for (int i = 1; i < month; i++)
        days += days_in_month(year, i);
    return days + day - 1 - from_year_1;
}

static int take_date(const char **text, int64_t *days)
{
    int year, month, day;

    if (take_digits(text, 4, &year) || take_part(text, '-', &month) ||
        take_part(text, '-', &day))
        return -1;
    if (year < 1 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month))
        return -1;
    *days = days_to(year, month, day);
    return 0;
}

int text_parse_instant(const char *text, struct instant *instant)
{
    int hour, minute, second, ahead;
    int64_t days;
    int32_t nanoseconds;

    if (take_date(&text, &days) || take_part(&text, 'T', &hour) ||
        take_part(&text, ':', &minute) || take_part(&text, ':', &second) ||
        take_fraction(&text, &nanoseconds) || take_zone(&text, &ahead) || *text)
        return -1;
    if (hour > 24 || minute > 59 || second > 59)
        return -1;
    /* 24:00:00 is the midnight that ends the day. */
    if (hour == 24 && (minute || second || nanoseconds))
        return -1;
    instant->seconds =
        days * 86400 + hour * 3600 + minute * 60 + second - ahead;
    instant->nanoseconds = nanoseconds;
    return 0;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t text_distance(const char *a, const char *b)
{
    size_t rows[3][NEAR_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    size_t a_len = strlen(a), b_len = strlen(b);

    if (a_len > NEAR_MAX || b_len > NEAR_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *oldest = before;

        before = above;
        above = row;
        row = oldest;
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            char x = lower(a[i - 1]), y = lower(b[j - 1]);

            row[j] = smaller(above[j], row[j - 1]) + 1;
            row[j] = smaller(row[j], above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == lower(b[j - 2]) && lower(a[i - 2]) == y)
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
    }
    return row[b_len];
}

#define FNV_START 0xCBF29CE484222325u
#define FNV_PRIME 0x100000001B3u

static uint64_t add_bytes(uint64_t hash, const char *text)
{
    for (; *text; text++) {
        hash ^= (unsigned char)*text;
        hash *= FNV_PRIME;
    }
    return hash;
}

uint64_t text_fnv1a64(const char *text)
{
    return add_bytes(FNV_START, text);
}

uint64_t text_fnv1a64_on(uint64_t hash, const char *text)
{
    return add_bytes(hash, text) * FNV_PRIME; /* the NUL */
}

/* How many bytes the character that begins with this one has. */
static size_t character_size(unsigned char first)
{
    if (first >= 0xF0)
        return 4;
    if (first >= 0xE0)
        return 3;
    return first >= 0xC0 ? 2 : 1;
}

void text_trim(char *text, size_t len)
{
    size_t start = len;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 &&
        len - (start - 1) < character_size((unsigned char)text[start - 1]))
        text[start - 1] = '\0';
}

/* C0, DEL and C1, all of which a terminal may obey. */
static bool is_control(const char *text)
{
    unsigned char first = (unsigned char)text[0];

    return first < 0x20 || first == 0x7F ||
           (first == 0xC2 && (unsigned char)text[1] < 0xA0);
}

bool text_clean(char *to, size_t size, const char *from)
{
    size_t used = 0;

    /* Mostly there is nothing to clean. */
    while (from && *from >= ' ' && *from < 0x7F && used + 1 < size)
        to[used++] = *from++;
    while (from && *from) {
        size_t len = character_size((unsigned char)*from);
        bool is_valid = strnlen(from, len) == len && text_is_utf8(from, len);
        bool is_shown = is_valid && !is_control(from);
        size_t put = is_shown ? len : 1;

        if (used + put >= size)
            break;
        memcpy(to + used, is_shown ? from : "?", put);
        used += put;
        from += is_valid ? len : 1;
    }
    to[used] = '\0';
    return from && *from;
}
