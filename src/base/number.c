#include "base/number.h"

#include <stdbool.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

int number_parse_long(const char *text, int64_t *value)
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

const char *number_group_digits(char text[NUMBER_GROUPED_SIZE], uint64_t number)
{
    char *at = &text[NUMBER_GROUPED_SIZE - 1];
    int digits = 0;

    *at = '\0';
    do {
        if (digits && digits % 3 == 0)
            *--at = ',';
        *--at = (char)('0' + number % 10);
        number /= 10;
        digits++;
    } while (number);
    return at;
}
