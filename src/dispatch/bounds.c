#include "dispatch/bounds.h"

#include <inttypes.h>

int bounds_check_share(uint64_t percent, uint64_t users, uint64_t source_rows,
                       const char *name, struct error *error)
{
    if (source_rows == 0 && users > 0)
        return error_set(error, ERROR_INPUT,
                         "--max-changes %" PRIu64 "%%: %s has no column "
                         "_SourceRows=N, so the rows that it was made from are "
                         "not known; make the plan again, or give a number of "
                         "users",
                         percent, name);
    if (users <=
        source_rows / 100 * percent + source_rows % 100 * percent / 100)
        return 0;
    error_set(error, ERROR_INPUT,
              "%s updates %" PRIu64 " %s, more than --max-changes %" PRIu64
              "%% of the %" PRIu64 " %s that it was made from; nothing was "
              "sent. If this is right, use a larger --max-changes",
              name, users, users == 1 ? "user" : "users", percent, source_rows,
              source_rows == 1 ? "row" : "rows");
    error->option = "--max-changes";
    return -1;
}

void bounds_init(struct bounds *bounds, uint64_t limit, uint64_t max_changes)
{
    *bounds = (struct bounds){.limit = limit, .max_changes = max_changes};
}

bool bounds_admit(struct bounds *bounds)
{
    if (bounds->users < bounds->limit && bounds->users < bounds->max_changes)
        return true;
    bounds->refused = bounds->left = true;
    return false;
}

void bounds_note_update(struct bounds *bounds)
{
    bounds->users++;
}

/* Can no user any more be sent an update, or may none? */
static bool is_full(const struct bounds *bounds)
{
    return bounds->refused || bounds->users >= bounds->limit;
}

bool bounds_start(struct bounds *bounds, bool verifies)
{
    if (verifies && bounds->open > 0)
        bounds->open--;
    if (verifies || !is_full(bounds))
        return true;
    bounds->left = true;
    return false;
}

bool bounds_stop(const struct bounds *bounds, bool ended)
{
    return bounds->left && (bounds->open == 0 || ended);
}

void bounds_explain(const struct bounds *bounds, struct error *error)
{
    bool limited = bounds->users >= bounds->limit;
    const char *were = bounds->users == 1 ? "user was" : "users were";

    if (limited)
        error_set(error, ERROR_PLANNED,
                  "stopped by --limit %" PRIu64 ": %" PRIu64 " %s sent an "
                  "update",
                  bounds->limit, bounds->users, were);
    else
        error_set(error, ERROR_PLANNED,
                  "stopped by --max-changes %" PRIu64 ": %" PRIu64 " %s sent "
                  "an update, and another one needs an update",
                  bounds->max_changes, bounds->users, were);
    error->option = limited ? "--limit" : "--max-changes";
}
