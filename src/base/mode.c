#include "base/mode.h"

const char *mode_name(enum mode mode)
{
    static const char *const names[] = {
        [MODE_APPLY] = "apply",     [MODE_CHECK] = "check",
        [MODE_DRY_RUN] = "dry-run", [MODE_RECONCILE] = "reconcile",
        [MODE_EXPORT] = "export",
    };

    return names[mode];
}
