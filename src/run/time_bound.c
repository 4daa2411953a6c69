#include "run/time_bound.h"

#include <stdio.h>
#include <string.h>

#include "base/local_time.h"

#define GRACE ((int64_t)12 * 3600)

static void add_option(char text[TIME_BOUND_TEXT], const char *name,
                       const char *value)
{
    size_t len = strlen(text);

    if (value)
        (void)snprintf(text + len, TIME_BOUND_TEXT - len, "%s--%s %s",
                       len > 0 ? " " : "", name, value);
}

int time_bound_init(struct time_bound *bound, const struct options *options,
                    int64_t now, struct error *error)
{
    struct local_time time;
    int64_t until;

    *bound = (struct time_bound){.end = 0};
    add_option(bound->text, "max-duration", options->max_duration_text);
    add_option(bound->text, "until", options->until);
    if (options->max_duration > 0)
        bound->end = now + options->max_duration;
    if (!options->until)
        return 0;
    until = local_time_parse(options->until, &time) == 0
                ? local_time_next(&time, time.year > 0 ? 0 : now)
                : -1;
    if (until < 0 || (until <= now && !options->resume))
        return error_set(error, ERROR_USAGE,
                         "--until %s is in the past; give a later time",
                         options->until);
    if (bound->end == 0 || until < bound->end)
        bound->end = until;
    return 0;
}

int time_bound_resume(struct time_bound *bound,
                      const struct time_bound *earlier, int64_t now,
                      struct error *error)
{
    bool same = bound->end == 0 || strcmp(bound->text, earlier->text) == 0;
    char end[LOCAL_TIME_SIZE];

    if (earlier->end == 0 || !same)
        return 0;
    if (earlier->end > now ||
        (bound->end > 0 && !earlier->reached && now - earlier->end < GRACE)) {
        *bound = *earlier;
        return 0;
    }
    if (bound->end > 0 || earlier->reached)
        return 0;
    local_time_format(end, earlier->end);
    return error_set(error, ERROR_USAGE,
                     "the end of this run, %s (%s), has passed; give a new "
                     "--until or --max-duration",
                     end, earlier->text);
}

bool time_bound_is_reached(const struct time_bound *bound, int64_t now)
{
    return bound->end > 0 && now >= bound->end;
}

void time_bound_explain(const struct time_bound *bound, struct error *error)
{
    char end[LOCAL_TIME_SIZE];

    local_time_format(end, bound->end);
    error_set(error, ERROR_PLANNED, "stopped at its end, %s (%s)", end,
              bound->text);
    error->option =
        strstr(bound->text, "--until ") ? "--until" : "--max-duration";
}
