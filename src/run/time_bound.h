/*
 * Until when a run may last: --max-duration and --until. The first part of a
 * run fixes the end, and the journal has it for the parts that resume the run.
 * Pure.
 */
#ifndef RUN_TIME_BOUND_H
#define RUN_TIME_BOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/options.h"

#define TIME_BOUND_TEXT 160

struct time_bound {
    int64_t end;                /* seconds since 1970; 0: there is none */
    bool reached;               /* a part has stopped at this end */
    char text[TIME_BOUND_TEXT]; /* the options that set it */
};

/* The end that the options set, for a run that starts now: the earlier one of
 * both. It is in the past only if a run is resumed at a date: it may have
 * stopped then. -1 with ERROR_USAGE if another run has such an end. */
int time_bound_init(struct time_bound *bound, const struct options *options,
                    int64_t now, struct error *error);

/* A run is resumed whose journal has `earlier`. *bound is that of the options,
 * and becomes that of the run:
 *
 * - an end in the future stays, unless other options are given
 * - an end that has passed is replaced by that of the options. But if the run
 * was killed before it, less than 12 hours ago, the end stays, and the run
 * stops at once: whatever restarts it must not prolong it by a day.
 *
 * -1 with ERROR_USAGE if the end has passed, the run has not stopped at it, and
 * there is no other. */
int time_bound_resume(struct time_bound *bound,
                      const struct time_bound *earlier, int64_t now,
                      struct error *error);

/* Is the end reached now? */
bool time_bound_is_reached(const struct time_bound *bound, int64_t now);

/* Fills in the reason for the stop: ERROR_PLANNED. */
void time_bound_explain(const struct time_bound *bound, struct error *error);

#endif
