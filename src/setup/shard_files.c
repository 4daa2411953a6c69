#include "setup/shard_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/shard_name.h"

static DIR *open_directory(const char *output)
{
    size_t len = (size_t)(file_base_name(output) - output);
    char *path = len > 0 ? strndup(output, len) : strdup(".");
    DIR *directory = path ? opendir(path) : NULL;

    free(path);
    return directory;
}

int shard_files_each(const char *output, shard_file_fn *function, void *context,
                     struct error *error)
{
    static const char *const suffixes[] = {"", ".part", ".journal",
                                           ".part.summary.json", NULL};
    DIR *directory = open_directory(output);
    const struct dirent *entry;
    int result = 0;

    while (directory && result == 0 && (entry = readdir(directory))) {
        struct shard_file file = {.name = entry->d_name};

        if (shard_name_parse(entry->d_name, output, suffixes, &file.shard,
                             &file.shards))
            result = function(context, &file, error);
    }
    if (directory)
        (void)closedir(directory);
    return result;
}

static int compare_count(void *context, const struct shard_file *file,
                         struct error *error)
{
    const struct options *options = *(const struct options **)context;

    if (file->shards == options->shards)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s is of a run of %u shards, but this is one of %u (%s): "
                     "give their number to resume that run, as in --shard "
                     "auto/%u, or move its files away",
                     file->name, file->shards, options->shards,
                     options->shard_variable, file->shards);
}

int shard_files_check(const struct options *options, struct error *error)
{
    if (!options->shard_variable || !options->unsharded)
        return 0;
    return shard_files_each(options->unsharded, compare_count, &options, error);
}
