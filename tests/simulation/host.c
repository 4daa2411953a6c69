#include "host.h"

#include <stdarg.h>
#include <string.h>

#define START INT64_C(1767323045000000) /* 2026-01-02T03:04:05Z */

static int64_t steady(const struct clock *clock)
{
    return ((const struct host_clock *)clock)->host->now;
}

static int64_t wall(const struct clock *clock)
{
    const struct host *host = ((const struct host_clock *)clock)->host;

    return host->now + host->wall_error;
}

static void fill(const struct random *random, void *bytes, size_t len)
{
    struct host *host = ((const struct host_random *)random)->host;
    unsigned char *byte = bytes;

    for (size_t i = 0; i < len; i++)
        byte[i] = (unsigned char)draw_below(&host->numbers, 256);
}

void host_init(struct host *host, FILE *trace)
{
    memset(host, 0, sizeof(*host));
    host->clock = (struct host_clock){{steady, wall}, host};
    host->random = (struct host_random){{fill}, host};
    host->now = START;
    host->trace = trace;
}

void host_start(struct host *host, uint64_t seed, unsigned die_at)
{
    host->numbers = (struct draw){seed};
    host->operations = 0;
    host->die_at = die_at;
    host->dead = false;
    host->stop = 0;
}

void host_end(struct host *host)
{
    if (host->dead)
        host->now = host->died;
    host->dead = false;
}

bool host_operate(struct host *host, bool *dies)
{
    if (dies)
        *dies = false;
    if (host->dead)
        return false;
    if (++host->operations != host->die_at)
        return true;
    host_trace(host, "the process dies");
    host->dead = true;
    host->died = host->now;
    host->stop = 1;
    if (dies)
        *dies = true;
    return false;
}

double host_seconds(const struct host *host)
{
    return (double)(host->now - START) / 1e6;
}

void host_trace(const struct host *host, const char *format, ...)
{
    va_list arguments;

    if (!host->trace || host->dead)
        return;
    fprintf(host->trace, "%12.3f  ", host_seconds(host));
    va_start(arguments, format);
    vfprintf(host->trace, format, arguments);
    va_end(arguments);
    fputc('\n', host->trace);
}
