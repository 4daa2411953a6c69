#include "scopes.h"

#include <stddef.h>
#include <string.h>

#define OFFLINE " offline_access"

bool scopes_is_known(const char *scope, bool *offline)
{
    static const char *const resources[] = {
        "https://ads.microsoft.com/msads.manage",
        "https://si.ads.microsoft.com/msads.manage",
        "https://api.partnercenter.microsoft.com/user_impersonation",
    };

    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        size_t len = strlen(resources[i]);
        if (strncmp(scope, resources[i], len) != 0)
            continue;
        *offline = strcmp(scope + len, OFFLINE) == 0;
        if (*offline || scope[len] == '\0')
            return true;
    }
    return false;
}

void scopes_show(const char *scope, struct text *out)
{
    const char *end = strstr(scope, OFFLINE);

    text_put(out, scope, end != NULL ? (size_t)(end - scope) : strlen(scope));
}
