/*
 * How many users a run may send an update: --limit and --max-changes, as a
 * number or, for a plan, as a percentage.
 *
 * A user counts when their first update is about to be sent, and once, however
 * often it is sent; a user whose rows lie in several groups counts for each of
 * them. Updates of earlier parts of the run count, so that the number is never
 * exceeded, whatever is killed and resumed. Pure.
 */
#ifndef DISPATCH_BOUNDS_H
#define DISPATCH_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define BOUNDS_NONE UINT64_MAX

struct bounds {
    uint64_t limit;       /* no further user is sent an update after so many */
    uint64_t max_changes; /* the run stops if one more needs an update */
    uint64_t users;       /* that were sent an update */
    uint64_t open;        /* of them, those of an earlier part whose update has
                             no outcome, and who have not started yet */
    bool refused;         /* a user needs an update and was not sent it */
    bool left;            /* a user was not started */
};

/* Refuses a plan, as ERROR_INPUT, that updates more users than that percentage
 * of the rows that it was made from; 0 rows: it does not say of how many, or
 * there were none. name: of the plan, for messages. */
int bounds_check_share(uint64_t percent, uint64_t users, uint64_t source_rows,
                       const char *name, struct error *error);

/* BOUNDS_NONE: there is no such bound. */
void bounds_init(struct bounds *bounds, uint64_t limit, uint64_t max_changes);

/* May another user be sent an update? If not, the user is left to a resumed
 * run. */
bool bounds_admit(struct bounds *bounds);

/* A user is sent their first update. */
void bounds_note_update(struct bounds *bounds);

/* A user is about to start. verifies: an earlier part has sent their update,
 * and has not recorded its outcome. False: the user is left to a resumed run.
 */
bool bounds_start(struct bounds *bounds, bool verifies);

/* Must the run stop, because users were left? ended: there is no other user to
 * start. The users of open updates are started before, so that they get their
 * results. */
bool bounds_stop(const struct bounds *bounds, bool ended);

/* Fills in the reason for the stop: ERROR_PLANNED. */
void bounds_explain(const struct bounds *bounds, struct error *error);

#endif
