#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_folder(const char *path)
{
    char *copy = strdup(path); /* dirname() writes into it */
    int fd, failure;

    if (!copy)
        return -1;
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    failure = errno;
    free(copy);
    errno = failure;
    return fd;
}

int file_sync_directory(const char *path)
{
    int fd = open_folder(path);
    int result, failure;

    if (fd < 0)
        return errno == EACCES ? 0 : -1;
    result = fsync(fd) && errno != EINVAL ? -1 : 0;
    failure = errno;
    close(fd);
    errno = failure;
    return result;
}
