#include "user/outcome.h"

#include <string.h>

const char *status_name(enum status status)
{
    static const char *const names[STATUS_COUNT] = {
        [STATUS_UPDATED] = "Updated",
        [STATUS_WOULD_UPDATE] = "WouldUpdate",
        [STATUS_UNCHANGED] = "Unchanged",
        [STATUS_MATCH] = "Match",
        [STATUS_DRIFT] = "Drift",
        [STATUS_VALID] = "Valid",
        [STATUS_EXPORTED] = "Exported",
        [STATUS_LISTED] = "Listed",
        [STATUS_FAILED] = "Failed",
        [STATUS_CONFLICT] = "Conflict",
        [STATUS_UNKNOWN] = "Unknown",
        [STATUS_NOT_ATTEMPTED] = "NotAttempted",
    };

    return names[status];
}

bool status_find(const char *name, enum status *status)
{
    for (unsigned i = 0; i < STATUS_COUNT; i++) {
        if (strcmp(status_name((enum status)i), name) == 0) {
            *status = (enum status)i;
            return true;
        }
    }
    return false;
}

bool status_is_success(enum status status)
{
    return !status_is_error(status) && status != STATUS_DRIFT;
}

bool status_is_error(enum status status)
{
    return status >= STATUS_FAILED;
}
