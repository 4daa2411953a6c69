#include "base/mode.h"

#include <string.h>

const char *mode_name(enum mode mode)
{
    static const char *const names[] = {
        [MODE_APPLY] = "apply",     [MODE_CHECK] = "check",
        [MODE_DRY_RUN] = "dry-run", [MODE_RECONCILE] = "reconcile",
        [MODE_EXPORT] = "export",   [MODE_LIST] = "list",
        [MODE_REVIEW] = "review",   [MODE_MERGE] = "merge",
        [MODE_RESOLVE] = "resolve", [MODE_SIGN_IN] = "sign-in",
        [MODE_WHOAMI] = "whoami",
    };

    return names[mode];
}

bool mode_has_files(enum mode mode)
{
    return mode != MODE_SIGN_IN && mode != MODE_WHOAMI;
}

bool mode_has_results(enum mode mode)
{
    return mode < MODE_LIST;
}

bool mode_find(const char *name, enum mode *mode)
{
    for (unsigned i = 0; i < MODE_COUNT; i++) {
        if (strcmp(name, mode_name((enum mode)i)) == 0) {
            *mode = (enum mode)i;
            return true;
        }
    }
    return false;
}
