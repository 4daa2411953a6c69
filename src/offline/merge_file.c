#include "offline/merge_file.h"

#include "setup/file_flags.h"

int merge_file_write(const struct file_system *files,
                     const struct options *options, const char *label,
                     const char *path, merge_file_fn *write, void *context,
                     struct error *error)
{
    const struct atomic_file_setup setup = {
        .files = files,
        .label = label,
        .path = path,
        .flags = file_flags_make(options) | ATOMIC_FILE_RESTART |
                 ATOMIC_FILE_NO_JOURNAL,
    };
    struct writer *writer = writer_open(&setup, error);
    int result;

    if (!writer)
        return -1;
    result =
        write(context, writer, error) || writer_commit(writer, error) ? -1 : 0;
    if (result)
        writer_discard(writer);
    writer_free(writer);
    return result;
}
