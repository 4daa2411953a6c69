#include "report/time_text.h"

#include <stdio.h>
#include <time.h>

#include "base/timestamp.h"

void time_text_format(char text[TIME_TEXT_SIZE], int64_t time)
{
    time_t seconds = (time_t)(time / 1000);
    char end[8];
    struct tm parts;
    size_t len;

    text[0] = '\0';
    if (time < 0 || !gmtime_r(&seconds, &parts))
        return;
    (void)snprintf(end, sizeof(end), ".%03dZ", (int)(time % 1000));
    len = strftime(text, TIME_TEXT_SIZE - sizeof(end), "%Y-%m-%dT%H:%M:%S",
                   &parts);
    (void)snprintf(text + len, TIME_TEXT_SIZE - len, "%s", len > 0 ? end : "");
}

int64_t time_text_parse(const char *text)
{
    struct timestamp timestamp;

    if (!text || timestamp_parse(text, &timestamp))
        return 0;
    return timestamp.seconds * 1000 + timestamp.nanoseconds / 1000000;
}
