#include "offline/merge_undo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shard_name.h"
#include "offline/merge_file.h"
#include "output/merged_undo.h"

int merge_undo_check(const struct merge_shards *shards,
                     const struct file_system *files,
                     const struct options *options, struct error *error)
{
    struct stat status;
    int result = 0;

    for (unsigned i = 0; options->undo && i < shards->count && result == 0;
         i++) {
        char *name = shard_name_make(options->undo, i, shards->count);

        if (!name)
            return error_memory(error);
        if (shards->list[i].updated && files->stat(files, name, &status))
            result = error_set(error, ERROR_USAGE,
                               "--undo: shard %u/%u updated users, but its "
                               "file %s cannot be read: %s; name FILE as in "
                               "the runs of the shards, or leave out --undo",
                               i, shards->count, name, strerror(errno));
        free(name);
    }
    return result;
}

static int write_records(void *context, struct writer *writer,
                         struct error *error)
{
    return merged_undo_write(context, writer, error) ||
                   writer_stop(writer, error)
               ? -1
               : 0;
}

int merge_undo_write(const struct merge_shards *shards,
                     const struct file_system *files,
                     const struct options *options,
                     const struct service *service, struct error *error)
{
    char *names[MERGE_SHARDS_MAX] = {NULL};
    struct merged_undo undo = {.files = files,
                               .service = service,
                               .paths = (const char *const *)names,
                               .count = shards->count};
    int result = 0;

    if (!options->undo)
        return 0;
    for (unsigned i = 0; i < shards->count && result == 0; i++) {
        names[i] = shard_name_make(options->undo, i, shards->count);
        result = names[i] ? 0 : error_memory(error);
    }
    if (result == 0)
        result = merge_file_write(files, options, "--undo", options->undo,
                                  write_records, &undo, error);
    for (unsigned i = 0; i < shards->count; i++)
        free(names[i]);
    return result;
}
