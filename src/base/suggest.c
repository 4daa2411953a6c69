#include "base/suggest.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

#define PREFIX_MIN 3 /* a shorter beginning fits too much */

void suggest_init(struct suggestion *nearest, const char *wanted)
{
    *nearest = (struct suggestion){.wanted = wanted};

    /* One slip, and one more for every four letters; never so many that
     * nothing of the name needs to be right. */
    nearest->distance = strlen(wanted) / 4 + 2;
}

static size_t gap(size_t a, size_t b)
{
    return a > b ? a - b : b - a;
}

void suggest_offer(struct suggestion *nearest, const char *name)
{
    size_t len = strlen(nearest->wanted);
    size_t distance;

    if (len >= PREFIX_MIN && strncasecmp(name, nearest->wanted, len) == 0)
        distance = 1;
    else if (gap(len, strlen(name)) >= nearest->distance)
        return; /* saves the work: it is at least the difference in length */
    else
        distance = text_distance(nearest->wanted, name);
    if (distance < nearest->distance && distance < len) {
        nearest->distance = distance;
        nearest->name = name;
    }
}
