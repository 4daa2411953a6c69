#include "offline/merge_undo.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/resume_command.h"
#include "cli/shard_name.h"
#include "offline/merge_file.h"
#include "output/merged_undo.h"

/* ---- which files -------------------------------------------------------- */

/* The base name as the fingerprint of the run has it, without its escapes and
 * the quotes that they need. */
static void copy_recorded(char name[NAME_MAX + 1], const char *recorded)
{
    size_t len = 0;
    bool quoted = *recorded == '\'';

    for (recorded += quoted; *recorded && len < NAME_MAX; recorded++) {
        if (*recorded == '\\' && recorded[1])
            recorded++;
        else if (quoted && *recorded == '\'')
            break;
        name[len++] = *recorded;
    }
    name[len] = '\0';
}

/* How often the shard was retried, each time with another file beside the one
 * before (retry_command_print()). -1: the recorded file is not of this name. */
static int count_retries(const struct merge_shard *shard, const char *path)
{
    static const char suffix[] = RESUME_COMMAND_RETRIED;
    const size_t step = sizeof(suffix) - 1;
    const char *base = file_base_name(path), *rest;
    char name[NAME_MAX + 1];
    int retries = 0;

    if (!shard->undo)
        return -1;
    copy_recorded(name, shard->undo);
    if (strncmp(name, base, strlen(base)) != 0)
        return -1;
    for (rest = name + strlen(base); strncmp(rest, suffix, step) == 0;
         rest += step)
        retries++;
    return *rest ? -1 : retries;
}

static int refuse_shard(const struct merge_shards *shards, unsigned index,
                        const char *path, struct error *error)
{
    const char *undo = shards->list[index].undo;
    char name[NAME_MAX + 1] = "";

    if (undo)
        copy_recorded(name, undo);
    return error_set(error, ERROR_USAGE,
                     "--undo: shard %u/%u updated users in a run %s%s, so %s "
                     "is not its undo file; name FILE as in the runs of the "
                     "shards, or leave out --undo",
                     index, shards->count,
                     undo ? "with --undo " : "without --undo", name, path);
}

static int add_file(struct merge_undo *undo, const char *path, unsigned retries,
                    struct error *error)
{
    char **paths = realloc(undo->paths, (undo->count + 1) * sizeof(*paths));
    char *name = paths ? strdup(path) : NULL;

    if (paths)
        undo->paths = paths;
    for (; name && retries > 0; retries--) {
        char *longer = file_name_beside(name, RESUME_COMMAND_RETRIED);

        free(name);
        name = longer;
    }
    if (!name)
        return error_memory(error);
    undo->paths[undo->count++] = name;
    return 0;
}

/* Only the last run is recorded. If that updated nobody, it has made no file.
 */
static int check_file(const struct merge_undo *undo,
                      const struct merge_shard *shard, bool last,
                      const struct file_system *files, struct error *error)
{
    const char *path = undo->paths[undo->count - 1];
    struct stat status;

    if (files->stat(files, path, &status) == 0 || shard->updated == 0 ||
        (last && shard->retried && shard->sent == 0))
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--undo: %s updated users, but its undo file %s cannot be "
                     "read: %s; restore it, or leave out --undo and use the "
                     "undo files of the shards",
                     shard->path, path, strerror(errno));
}

/* The file of the last retry comes first: it expects the newest values. */
static int add_shard(struct merge_undo *undo, const struct merge_shards *shards,
                     unsigned index, const char *path,
                     const struct file_system *files, struct error *error)
{
    const struct merge_shard *shard = &shards->list[index];
    int retries = count_retries(shard, path);

    if (retries < 0)
        return shard->updated > 0 ? refuse_shard(shards, index, path, error)
                                  : 0;
    if (retries == 0 && shard->retried && shard->updated > 0)
        return error_set(error, ERROR_USAGE,
                         "--undo: %s lacks the users that were updated before "
                         "the retry of shard %u/%u; leave out --undo, and use "
                         "the undo files of the shards",
                         path, index, shards->count);
    for (int i = retries; i >= 0; i--)
        if (add_file(undo, path, (unsigned)i, error) ||
            check_file(undo, shard, i == retries, files, error))
            return -1;
    return 0;
}

int merge_undo_find(struct merge_undo *undo, const struct merge_shards *shards,
                    const struct file_system *files,
                    const struct options *options, struct error *error)
{
    int result = 0;

    for (unsigned i = 0; options->undo && i < shards->count && result == 0;
         i++) {
        char *path = shard_name_make(options->undo, i, shards->count);

        result = path ? add_shard(undo, shards, i, path, files, error)
                      : error_memory(error);
        free(path);
    }
    return result;
}

void merge_undo_clear(struct merge_undo *undo)
{
    for (unsigned i = 0; i < undo->count; i++)
        free(undo->paths[i]);
    free(undo->paths);
    *undo = (struct merge_undo){.paths = NULL};
}

/* ---- the merged file ---------------------------------------------------- */

struct writing {
    struct merged_undo undo;
    const char *path;
};

/* As a run, a merge does not replace old values. Merged again, they are the
 * same. */
static int check_present(const struct writing *writing,
                         const struct writer *writer, struct error *error)
{
    unsigned char present[HASH_SIZE], written[HASH_SIZE];

    if (file_digest(writing->undo.files, writing->path, present)) {
        if (errno == ENOENT)
            return 0;
    } else if (writer_digest(writer, written) == 0 &&
               memcmp(present, written, HASH_SIZE) == 0) {
        return 0;
    }
    return error_set(error, ERROR_USAGE,
                     "%s exists with other rows than this merge would write, "
                     "and an earlier run may need it to be undone; move it "
                     "away, or choose another FILE for --undo",
                     writing->path);
}

static int write_records(void *context, struct writer *writer,
                         struct error *error)
{
    const struct writing *writing = context;

    return merged_undo_write(&writing->undo, writer, error) ||
                   writer_stop(writer, error) ||
                   check_present(writing, writer, error)
               ? -1
               : 0;
}

int merge_undo_write(const struct merge_undo *undo,
                     const struct file_system *files,
                     const struct options *options,
                     const struct service *service, struct error *error)
{
    struct writing writing = {
        .undo = {.files = files,
                 .service = service,
                 .paths = (const char *const *)undo->paths,
                 .count = undo->count},
        .path = options->undo,
    };

    return options->undo
               ? merge_file_write(files, options, "--undo", options->undo,
                                  write_records, &writing, error)
               : 0;
}
