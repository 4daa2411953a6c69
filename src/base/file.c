#define _XOPEN_SOURCE 700 /* S_ISVTX */

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536 /* bytes read at a time */

bool file_is_same(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

const char *file_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

char *file_name_beside(const char *path, const char *suffix)
{
    size_t size = strlen(path) + strlen(suffix) + 1;
    char *name = malloc(size);

    if (name)
        (void)snprintf(name, size, "%s%s", path, suffix);
    return name;
}

const char *file_special(const struct file_system *files, const char *path)
{
    struct stat status;

    if (files->stat_link(files, path, &status) || S_ISREG(status.st_mode))
        return NULL;
    if (S_ISDIR(status.st_mode))
        return "is a directory";
    return S_ISLNK(status.st_mode) ? "is a symbolic link"
                                   : "is not a regular file";
}

/* In a directory such as /tmp. */
static bool is_sticky(const struct file_system *files, const char *path,
                      const char *directory)
{
    struct stat file, place;

    return geteuid() != 0 && files->stat_link(files, path, &file) == 0 &&
           files->stat(files, directory, &place) == 0 &&
           place.st_mode & S_ISVTX && file.st_uid != geteuid() &&
           place.st_uid != geteuid();
}

static unsigned attributes_of(const struct file_system *files, const char *path)
{
    return files->attributes ? files->attributes(files, path) : 0;
}

#define CANNOT "so it cannot be replaced or removed: "

static const char *find_obstacle(const struct file_system *files,
                                 const char *path, const char *directory)
{
    unsigned attributes = attributes_of(files, path);

    if (attributes & FILE_MOUNT_POINT)
        return "is a mount point, " CANNOT "mount its directory instead";
    if (attributes & FILE_FIXED)
        return "has the attribute i or a, " CANNOT "clear it with chattr(1)";
    if (attributes_of(files, directory) & FILE_FIXED)
        return "is in a directory with the attribute i or a, " CANNOT
               "clear it with chattr(1)";
    if (is_sticky(files, path, directory))
        return "belongs to another user, and its directory has the sticky "
               "bit, " CANNOT "use a directory of your own";
    return NULL;
}

const char *file_obstacle(const struct file_system *files, const char *path)
{
    char *copy = strdup(path); /* dirname() writes into it */
    const char *obstacle =
        copy ? find_obstacle(files, path, dirname(copy)) : NULL;

    free(copy);
    return obstacle;
}

static bool lacks_modes(int failure)
{
    return failure == EPERM || failure == EACCES || failure == EINVAL ||
           failure == ENOSYS || failure == EOPNOTSUPP;
}

/* Some file systems report success and keep the mode of their mount. */
int file_make_private(const struct file_system *files, int fd, bool *exposed)
{
    struct stat status;

    if (files->change_mode(files, fd, S_IRUSR | S_IWUSR) && !lacks_modes(errno))
        return -1;
    if (files->stat_open(files, fd, &status))
        return -1;
    *exposed = status.st_mode & (S_IRWXG | S_IRWXO);
    return 0;
}

int file_write_all(const struct file_system *files, int fd, const char *data,
                   size_t len)
{
    ssize_t count;

    while (len > 0) {
        count = files->write(files, fd, data, len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        data += count;
        len -= (size_t)count;
    }
    return 0;
}

static bool is_special(const struct file_system *files, const char *path)
{
    if (!file_special(files, path))
        return false;
    errno = EEXIST;
    return true;
}

/* What is left of a killed process is removed. */
static int open_new(const struct file_system *files, const char *path)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = files->open(files, path, flags, S_IRUSR | S_IWUSR);

    if (fd >= 0 || errno != EEXIST || is_special(files, path) ||
        files->remove(files, path))
        return fd;
    return files->open(files, path, flags, S_IRUSR | S_IWUSR);
}

/* Also closes it. */
static int write_new(const struct file_system *files, int fd, mode_t mode,
                     const char *data, size_t len)
{
    int result;

    if (mode != (S_IRUSR | S_IWUSR) && files->change_mode(files, fd, mode) &&
        !lacks_modes(errno))
        result = -1;
    else
        result = file_write_all(files, fd, data, len) || files->sync(files, fd);
    return files->close(files, fd) || result ? -1 : 0;
}

int file_rename(const struct file_system *files, const char *from,
                const char *to)
{
    return is_special(files, to) ? -1 : files->rename(files, from, to);
}

int file_try_replace(const struct file_system *files, const char *path)
{
    char *staging = file_name_beside(path, ".part");
    int fd = -1;

    if (staging && !is_special(files, path))
        fd = open_new(files, staging);
    if (fd >= 0) {
        (void)files->close(files, fd);
        (void)files->remove(files, staging);
    }
    free(staging);
    return fd < 0 ? -1 : 0;
}

static int replace(const struct file_system *files, const char *path,
                   const char *staging, mode_t mode, const char *data,
                   size_t len)
{
    int fd = open_new(files, staging);
    int failure;

    if (fd < 0)
        return -1;
    if (write_new(files, fd, mode, data, len) == 0 &&
        file_rename(files, staging, path) == 0)
        return file_sync_directory(files, path);
    failure = errno;
    (void)files->remove(files, staging);
    errno = failure;
    return -1;
}

int file_replace(const struct file_system *files, const char *path, mode_t mode,
                 const char *data, size_t len)
{
    char *staging = file_name_beside(path, ".part");
    int result = staging ? replace(files, path, staging, mode, data, len) : -1;

    free(staging);
    return result;
}

static int read_open(const struct file_system *files, int fd, size_t max,
                     struct buffer *data)
{
    char chunk[4096];
    struct stat status;
    ssize_t count;

    if (files->stat_open(files, fd, &status))
        return -1;
    if (!S_ISREG(status.st_mode) || status.st_size > (off_t)max) {
        errno = EFBIG;
        return -1;
    }
    do {
        count = files->read(files, fd, chunk, sizeof(chunk));
        if (count > 0 && buffer_append(data, chunk, (size_t)count))
            return -1;
    } while (count > 0 || (count < 0 && errno == EINTR));
    return count < 0 ? -1 : buffer_append(data, "", 0);
}

int file_read(const struct file_system *files, const char *path, size_t max,
              struct buffer *data)
{
    int fd = files->open(files, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
    int result, failure;

    if (fd < 0)
        return -1;
    result = read_open(files, fd, max, data);
    failure = errno;
    (void)files->close(files, fd);
    errno = failure;
    return result;
}

static int hash_open(const struct file_system *files, int fd, struct hash *hash)
{
    char chunk[CHUNK];
    ssize_t count;

    do {
        count = files->read(files, fd, chunk, sizeof(chunk));
        if (count > 0)
            hash_update(hash, chunk, (size_t)count);
    } while (count > 0 || (count < 0 && errno == EINTR));
    return (int)count;
}

int file_digest(const struct file_system *files, const char *path,
                unsigned char digest[HASH_SIZE])
{
    struct hash *hash = hash_new();
    int fd = files->open(files, path, O_RDONLY | O_CLOEXEC, 0);
    int result = -1;

    if (fd >= 0 && hash && hash_open(files, fd, hash) == 0)
        result = hash_digest(hash, digest);
    if (fd >= 0)
        files->close(files, fd);
    hash_free(hash);
    return result;
}

static int open_directory(const struct file_system *files, const char *path)
{
    char *copy = strdup(path); /* dirname() writes into it */
    int fd, failure;

    if (!copy)
        return -1;
    fd = files->open(files, dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                     0);
    failure = errno;
    free(copy);
    errno = failure;
    return fd;
}

int file_sync_directory(const struct file_system *files, const char *path)
{
    int fd = open_directory(files, path);
    int result, failure;

    if (fd < 0)
        return errno == EACCES ? 0 : -1;
    result = files->sync(files, fd) && errno != EINVAL ? -1 : 0;
    failure = errno;
    files->close(files, fd);
    errno = failure;
    return result;
}
