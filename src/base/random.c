#include "base/random.h"

#include <stdlib.h>
#include <sys/random.h>

static void fill(const struct random *random, void *bytes, size_t len)
{
    (void)random;
    /* Cannot fail for so few bytes: see getrandom(2). */
    if (getrandom(bytes, len, 0) != (ssize_t)len)
        abort();
}

const struct random random_system = {.fill = fill};

int64_t random_up_to(const struct random *random, int64_t most)
{
    uint64_t number;

    random->fill(random, &number, sizeof(number));
    return (int64_t)(number % ((uint64_t)most + 1));
}
