#include "partner_path.h"

#include <string.h>

/* Copies the segment up to the next slash. False: it is empty or too long. */
static bool read_segment(const char **path, char *out, size_t size)
{
    size_t len = strcspn(*path, "/");

    if (len == 0 || len >= size)
        return false;
    memcpy(out, *path, len);
    out[len] = '\0';
    *path += len;
    return true;
}

static bool skip_word(const char **path, const char *word)
{
    size_t len = strlen(word);

    if (strncmp(*path, word, len) != 0)
        return false;
    *path += len;
    return true;
}

bool partner_path_split(const char *path, char *tenant, char *user)
{
    return skip_word(&path, PARTNER_PATH_BASE "customers/") &&
           read_segment(&path, tenant, PARTNER_PATH_ID) &&
           skip_word(&path, "/users/") &&
           read_segment(&path, user, PARTNER_PATH_ID) && *path == '\0';
}

bool partner_path_is_list(const char *path, char *tenant)
{
    *tenant = '\0';
    if (!skip_word(&path, PARTNER_PATH_BASE "customers"))
        return false;
    if (*path == '\0')
        return true;
    return skip_word(&path, "/") &&
           read_segment(&path, tenant, PARTNER_PATH_ID) &&
           strcmp(path, "/users") == 0;
}
