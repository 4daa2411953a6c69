#include "journal/output_file.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>

int output_file_describe(const struct file_system *files, const char *path,
                         char text[OUTPUT_FILE_SIZE])
{
    struct stat status;

    if (files->stat(files, path, &status))
        return -1;
    (void)snprintf(text, OUTPUT_FILE_SIZE,
                   "%020" PRIu64 " %020" PRIu64 " %020" PRIu64 ".%09" PRIu64,
                   (uint64_t)status.st_ino, (uint64_t)status.st_size,
                   (uint64_t)status.st_mtim.tv_sec,
                   (uint64_t)status.st_mtim.tv_nsec);
    return 0;
}

bool output_file_has_rows(const struct file_system *files, const char *staging)
{
    struct stat status;

    return files->stat_link(files, staging, &status) == 0 && status.st_size > 0;
}
