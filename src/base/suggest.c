#include "base/suggest.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define LONGEST    64 /* bytes of the longest name that is compared */
#define PREFIX_MIN 3  /* a shorter prefix matches too many names */

void suggest_init(struct suggestion *suggestion, const char *wanted)
{
    *suggestion = (struct suggestion){.wanted = wanted};

    /* Allows one mistake, and one more for every four letters; suggest_offer()
     * also requires that one letter is right. */
    suggestion->distance = strlen(wanted) / 4 + 2;
}

static size_t difference(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

void suggest_offer(struct suggestion *suggestion, const char *name)
{
    size_t len = strlen(suggestion->wanted);
    size_t distance;

    if (len >= PREFIX_MIN && strncasecmp(name, suggestion->wanted, len) == 0)
        distance = 1;
    else if (difference(len, strlen(name)) >= suggestion->distance)
        return; /* saves the work: the distance is at least that large */
    else
        distance = suggest_distance(suggestion->wanted, name);
    if (distance < suggestion->distance && distance < len) {
        suggestion->distance = distance;
        suggestion->name = name;
    }
}

/* ASCII only: the result must not depend on the locale. */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t suggest_distance(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    size_t a_len = strlen(a), b_len = strlen(b);

    if (a_len > LONGEST || b_len > LONGEST)
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
