#include "cli/shard_name.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/option_value.h"

#define GZIP ".gz"

/* The length of the base name without its extension. A dot at its start begins
 * none. */
static size_t stem_length(const char *name)
{
    size_t len = strlen(name), end = len, gzip = strlen(GZIP);

    if (len > gzip && strcmp(name + len - gzip, GZIP) == 0)
        end = len - gzip;
    for (size_t i = end; i-- > 1;)
        if (name[i] == '.')
            return i;
    return end;
}

char *shard_name_make(const char *path, unsigned shard, unsigned shards)
{
    const char *name = file_base_name(path);
    size_t stem = (size_t)(name - path) + stem_length(name);
    size_t size = strlen(path) + 40;
    char *made;

    if (strcmp(path, "-") == 0 ||
        (strncmp(path, "/dev/", 5) == 0 && strncmp(path, "/dev/shm/", 9) != 0))
        return strdup(path);
    made = malloc(size);
    if (made)
        (void)snprintf(made, size, "%.*s.%u-of-%u%s", (int)stem, path, shard,
                       shards, path + stem);
    return made;
}

/* Takes a number without leading zeros and the text after it. */
static bool take_number(const char **name, const char *after, unsigned *number)
{
    size_t len = strspn(*name, "0123456789");
    char digits[12] = "";

    if (len == 0 || len >= sizeof(digits) || (len > 1 && **name == '0') ||
        strncmp(*name + len, after, strlen(after)) != 0)
        return false;
    memcpy(digits, *name, len);
    *name += len + strlen(after);
    return option_value_number(digits, 0, UINT_MAX, number) == 0;
}

bool shard_name_parse(const char *name, const char *path,
                      const char *const *suffixes, unsigned *shard,
                      unsigned *shards)
{
    const char *base = file_base_name(path);
    size_t stem = stem_length(base), rest = strlen(base + stem);

    if (strncmp(name, base, stem) != 0 || name[stem] != '.')
        return false;
    name += stem + 1;
    if (!take_number(&name, "-of-", shard) || !take_number(&name, "", shards) ||
        *shard >= *shards || strncmp(name, base + stem, rest) != 0)
        return false;
    for (; *suffixes; suffixes++)
        if (strcmp(name + rest, *suffixes) == 0)
            return true;
    return false;
}
