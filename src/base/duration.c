#include "base/duration.h"

#include <inttypes.h>
#include <stdio.h>

void duration_format(char text[DURATION_SIZE], int64_t milliseconds)
{
    int64_t seconds = milliseconds > 0 ? milliseconds / 1000 : 0;
    int64_t minutes;

    seconds += milliseconds > 0 && milliseconds % 1000 >= 500;
    minutes = seconds / 60 + (seconds % 60 >= 30);
    if (seconds < 60)
        (void)snprintf(text, DURATION_SIZE, "%" PRId64 " s", seconds);
    else if (minutes < 60)
        (void)snprintf(text, DURATION_SIZE, "%" PRId64 " min", minutes);
    else
        (void)snprintf(text, DURATION_SIZE, "%" PRId64 " h %" PRId64 " min",
                       minutes / 60, minutes % 60);
}
