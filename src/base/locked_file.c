#include "base/locked_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"

#define TRIES 100

/* Is the open file the one that has this name? Sets *size to its size. */
static bool is_named(const struct file_system *files, int fd, const char *path,
                     off_t *size)
{
    struct stat opened, named;

    if (files->stat_open(files, fd, &opened) ||
        files->stat_link(files, path, &named))
        return false;
    *size = opened.st_size;
    return file_is_same(&opened, &named);
}

bool locked_file_is_named(const struct file_system *files, int fd,
                          const char *path)
{
    off_t size;

    return is_named(files, fd, path, &size);
}

bool locked_file_is_intact(const struct file_system *files, int fd,
                           const char *path, off_t size)
{
    off_t now;

    return is_named(files, fd, path, &now) && now == size;
}

/* Such as NFS without its lock daemon, SMB, 9P or Lustre. */
static bool lacks_locks(int failure)
{
    return failure == ENOLCK || failure == ENOSYS || failure == EOPNOTSUPP ||
           failure == EINVAL;
}

/* As open(2), or ESTALE if the file was removed meanwhile. Without O_EXCL it
 * would be unknown who has created the file. */
static int open_or_make(const struct file_system *files, const char *path,
                        int flags, bool *made)
{
    const mode_t mode = S_IRUSR | S_IWUSR;
    int fd = -1;

    flags |= O_NOFOLLOW | O_CLOEXEC;
    if (flags & O_CREAT)
        fd = files->open(files, path, flags | O_EXCL, mode);
    *made = fd >= 0;
    if (fd >= 0 || (flags & O_CREAT && (flags & O_EXCL || errno != EEXIST)))
        return fd;
    fd = files->open(files, path, flags & ~O_CREAT, mode);
    if (fd < 0 && errno == ENOENT && flags & O_CREAT)
        errno = ESTALE;
    return fd;
}

/* Between opening and locking, another process may have renamed or removed the
 * file: the lock is then on a file of another name, and the next try opens or
 * creates a new one. flock(), because a lock of fcntl() ends as soon as any
 * descriptor of the file is closed. */
int locked_file_open(const struct file_system *files, const char *path,
                     int flags, bool *made)
{
    for (int i = 0; i < TRIES; i++) {
        bool new;
        int fd = open_or_make(files, path, flags, &new);
        int failure = 0;

        if (fd < 0 && errno == ESTALE)
            continue;
        if (fd < 0)
            return -1;
        if (files->lock(files, fd, LOCK_EX | LOCK_NB))
            failure = lacks_locks(errno) ? ENOLCK : errno;
        else if (locked_file_is_named(files, fd, path)) {
            if (made)
                *made = new;
            return fd;
        }
        if (failure && failure != EWOULDBLOCK && new)
            (void)files->remove(files, path);
        files->close(files, fd);
        errno = failure;
        if (failure)
            return -1;
    }
    errno = ESTALE;
    return -1;
}

int locked_file_fail_changed(const char *what, struct error *error)
{
    return error_set(
        error, ERROR_LOCAL,
        "another process has changed or replaced %s: end the other "
        "run, since the locks of this file system do not exclude "
        "it",
        what);
}

const char *locked_file_flaw(const struct stat *status)
{
    if (!S_ISREG(status->st_mode))
        return "is not a regular file";
    if (status->st_uid != geteuid())
        return "belongs to another user";
    if (status->st_nlink != 1)
        return "has a second name (a hard link)";
    return NULL;
}
