#define _GNU_SOURCE /* statx() */

#include "base/file_system.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int posix_open(const struct file_system *files, const char *path,
                      int flags, mode_t mode)
{
    (void)files;
    return open(path, flags, mode);
}

static int posix_close(const struct file_system *files, int fd)
{
    (void)files;
    return close(fd);
}

static ssize_t posix_read(const struct file_system *files, int fd, void *data,
                          size_t len)
{
    (void)files;
    return read(fd, data, len);
}

static ssize_t posix_read_at(const struct file_system *files, int fd,
                             void *data, size_t len, off_t offset)
{
    (void)files;
    return pread(fd, data, len, offset);
}

static ssize_t posix_write(const struct file_system *files, int fd,
                           const void *data, size_t len)
{
    (void)files;
    return write(fd, data, len);
}

static off_t posix_seek(const struct file_system *files, int fd, off_t offset,
                        int whence)
{
    (void)files;
    return lseek(fd, offset, whence);
}

static int posix_truncate(const struct file_system *files, int fd, off_t len)
{
    (void)files;
    return ftruncate(fd, len);
}

static int posix_sync(const struct file_system *files, int fd)
{
    (void)files;
    return fsync(fd);
}

static int posix_sync_data(const struct file_system *files, int fd)
{
    (void)files;
    return fdatasync(fd);
}

static int posix_lock(const struct file_system *files, int fd, int operation)
{
    (void)files;
    return flock(fd, operation);
}

static int no_lock(const struct file_system *files, int fd, int operation)
{
    (void)files;
    (void)fd;
    (void)operation;
    return 0;
}

static int posix_change_mode(const struct file_system *files, int fd,
                             mode_t mode)
{
    (void)files;
    return fchmod(fd, mode);
}

static int posix_change_owner(const struct file_system *files, int fd,
                              uid_t user, gid_t group)
{
    (void)files;
    return fchown(fd, user, group);
}

static int posix_stat(const struct file_system *files, const char *path,
                      struct stat *status)
{
    (void)files;
    return stat(path, status);
}

static int posix_stat_link(const struct file_system *files, const char *path,
                           struct stat *status)
{
    (void)files;
    return lstat(path, status);
}

static int posix_stat_open(const struct file_system *files, int fd,
                           struct stat *status)
{
    (void)files;
    return fstat(fd, status);
}

static int posix_flags(const struct file_system *files, int fd)
{
    (void)files;
    return fcntl(fd, F_GETFL);
}

static int posix_rename(const struct file_system *files, const char *from,
                        const char *to)
{
    (void)files;
    return rename(from, to);
}

static int posix_link(const struct file_system *files, const char *from,
                      const char *to)
{
    (void)files;
    return link(from, to);
}

static int posix_remove(const struct file_system *files, const char *path)
{
    (void)files;
    return unlink(path);
}

static char *posix_resolve(const struct file_system *files, const char *path)
{
    (void)files;
    return realpath(path, NULL);
}

/* Only a kernel of Linux 5.8 or newer reports mount points. */
static unsigned posix_attributes(const struct file_system *files,
                                 const char *path)
{
    const uint64_t fixed = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
    struct statx status;

    (void)files;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &status))
        return 0;
    return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT ? FILE_MOUNT_POINT
                                                          : 0U) |
           (status.stx_attributes & fixed ? FILE_FIXED : 0U);
}

/* clang-format off */
#define POSIX_FILES(lock_function) { \
    .open = posix_open, \
    .close = posix_close, \
    .read = posix_read, \
    .read_at = posix_read_at, \
    .write = posix_write, \
    .seek = posix_seek, \
    .truncate = posix_truncate, \
    .sync = posix_sync, \
    .sync_data = posix_sync_data, \
    .lock = (lock_function), \
    .change_mode = posix_change_mode, \
    .change_owner = posix_change_owner, \
    .stat = posix_stat, \
    .stat_link = posix_stat_link, \
    .stat_open = posix_stat_open, \
    .flags = posix_flags, \
    .rename = posix_rename, \
    .link = posix_link, \
    .remove = posix_remove, \
    .resolve = posix_resolve, \
    .attributes = posix_attributes, \
}
/* clang-format on */

const struct file_system file_system_posix = POSIX_FILES(posix_lock);
const struct file_system file_system_unlocked = POSIX_FILES(no_lock);
