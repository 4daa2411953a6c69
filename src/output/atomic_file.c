#define _XOPEN_SOURCE 700 /* realpath() */

#include "output/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_TRIES 100

#define STANDARD_OUTPUT " (the result alone may go to standard output, named -)"

bool atomic_file_is_same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* ---- names -------------------------------------------------------------- */

/* The folder of a file that need not be there. */
static bool stat_folder(const char *path, size_t len, struct stat *status)
{
    char *folder = len > 0 ? strndup(path, len) : strdup(".");
    bool found = folder && stat(folder, status) == 0;

    free(folder);
    return found;
}

/* Would both names be one file, if they were there? */
static bool is_same_name(const char *one, const char *other)
{
    const char *one_end = strrchr(one, '/');
    const char *other_end = strrchr(other, '/');
    size_t one_len = one_end ? (size_t)(one_end - one) + 1 : 0;
    size_t other_len = other_end ? (size_t)(other_end - other) + 1 : 0;
    struct stat one_folder, other_folder;

    return strcmp(one + one_len, other + other_len) == 0 &&
           stat_folder(one, one_len, &one_folder) &&
           stat_folder(other, other_len, &other_folder) &&
           atomic_file_is_same_file(&one_folder, &other_folder);
}

static bool is_same_place(const char *one, const char *other)
{
    struct stat one_file, other_file;
    bool is_there = stat(one, &one_file) == 0;

    if (is_there != (stat(other, &other_file) == 0))
        return false;
    return is_there ? atomic_file_is_same_file(&one_file, &other_file)
                    : is_same_name(one, other);
}

bool atomic_file_covers(const struct atomic_file *file, const char *path)
{
    return is_same_place(path, file->path) || is_same_place(path, file->part) ||
           is_same_place(path, file->journal);
}

static char *join(const char *path, const char *end)
{
    size_t size = strlen(path) + strlen(end) + 1;
    char *name = malloc(size);

    if (name)
        (void)snprintf(name, size, "%s%s", path, end);
    return name;
}

/* A rename would put a file in a link's place, so that a link is resolved
 * first. */
static int name_files(struct atomic_file *file, const char *word,
                      const char *path, struct error *error)
{
    struct stat status;

    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        file->path = realpath(path, NULL);
        if (!file->path)
            return error_set(error, ERROR_USAGE,
                             "%s %s is a link that cannot be followed: %s",
                             word, path, strerror(errno));
    } else {
        file->path = strdup(path);
        if (!file->path)
            return error_memory(error);
    }
    file->part = join(file->path, ".part");
    file->journal = join(file->path, ".journal");
    return file->part && file->journal ? 0 : error_memory(error);
}

static void free_names(struct atomic_file *file)
{
    free(file->path);
    free(file->part);
    free(file->journal);
}

/* ---- what stands in the way --------------------------------------------- */

static int check_path(const char *word, const char *path,
                      const struct stat *input, struct error *error)
{
    struct stat status, standard_output;

    if (path[0] == '\0')
        return error_set(error, ERROR_USAGE, "%s is an empty name", word);
    /* Whatever stands in the way of stat() stands in open()'s as well. */
    if (stat(path, &status))
        return 0;
    if (S_ISDIR(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s %s is a folder: name a file in it", word, path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s %s is not a regular file and cannot be replaced "
                         "by one: name a file" STANDARD_OUTPUT,
                         word, path);
    if (input && atomic_file_is_same_file(&status, input))
        return error_set(error, ERROR_USAGE,
                         "INPUT and %s are the same file, %s: give %s another "
                         "name",
                         word, path, word);
    /* Such as /dev/stdout. */
    if (fstat(STDOUT_FILENO, &standard_output) == 0 &&
        atomic_file_is_same_file(&status, &standard_output))
        return error_set(error, ERROR_USAGE,
                         "%s %s is what standard output writes to: name "
                         "another file" STANDARD_OUTPUT,
                         word, path);
    return 0;
}

static int check_journal(const struct atomic_file *file, const char *word,
                         const struct stat *input, struct error *error)
{
    struct stat status;

    if (input && stat(file->journal, &status) == 0 &&
        atomic_file_is_same_file(&status, input))
        return error_set(error, ERROR_USAGE,
                         "INPUT is %s, which the journal of the run is written "
                         "to: give another %s",
                         file->journal, word);
    return 0;
}

static int cannot_make(const char *part, struct error *error)
{
    const char *advice;

    switch (errno) {
    case ENOENT:
        advice = ": its folder is not there, make it first";
        break;
    case ENAMETOOLONG:
        advice = ": choose a shorter name";
        break;
    case ELOOP:
        advice = ": remove the link";
        break;
    case EACCES:
    case EPERM:
    case EROFS:
        advice = ": choose a folder that you may write to";
        break;
    default:
        advice = "";
        break;
    }
    return error_set(error, ERROR_USAGE, "cannot make %s: %s%s", part,
                     strerror(errno), advice);
}

/* Whether the locked file may be written from its start. */
static int check_part(int fd, const char *part, const char *word,
                      unsigned flags, const struct stat *input,
                      struct error *error)
{
    struct stat status;

    if (fstat(fd, &status))
        return cannot_make(part, error);
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s is there and is not a regular file: remove it, or "
                         "give another %s",
                         part, word);
    if (input && atomic_file_is_same_file(&status, input))
        return error_set(error, ERROR_USAGE,
                         "INPUT is %s, which %s is written to first: give "
                         "another %s",
                         part, word, word);
    if (status.st_size > 0 &&
        !(flags & (ATOMIC_FILE_RESTART | ATOMIC_FILE_RESUME)))
        return error_set(error, ERROR_USAGE,
                         "%s was left by a run that did not finish; the rows "
                         "in it may have been applied already: give --resume "
                         "to go on with that run, or --restart to throw away "
                         "what it left",
                         part);
    if (fchmod(fd, 0600))
        return cannot_make(part, error);
    return 0;
}

/* ---- the lock ----------------------------------------------------------- */

/* Whether path still leads to the file that fd has open. */
static bool is_named(int fd, const char *path)
{
    struct stat opened, named;

    return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
           atomic_file_is_same_file(&opened, &named);
}

/* Opens part, locks it and answers its descriptor. Between the two another run
 * may have finished and renamed or removed the file: then the lock is one on
 * its result, and the next try makes a new file. flock(), because a lock of
 * fcntl() ends as soon as any descriptor of the file is closed. O_RDWR, because
 * opening a FIFO of that name for writing alone would block. */
static int open_locked(const char *part, const char *word, struct error *error)
{
    int try, fd;

    for (try = 0; try < LOCK_TRIES; try++) {
        fd = open(part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
            return cannot_make(part, error);
        if (flock(fd, LOCK_EX | LOCK_NB)) {
            if (errno == EWOULDBLOCK)
                error_set(error, ERROR_USAGE,
                          "another run is writing %s: wait until it has ended, "
                          "or give another %s",
                          part, word);
            else
                error_set(error, ERROR_USAGE, "cannot lock %s: %s", part,
                          strerror(errno));
            close(fd);
            return -1;
        }
        if (is_named(fd, part))
            return fd;
        close(fd);
    }
    return error_set(error, ERROR_USAGE,
                     "cannot lock %s: it is replaced again and again", part);
}

/* With --no-clobber, OUTPUT.part gets its name by a link, and then loses the
 * old one. A run that was killed in between left one file of two names: it must
 * not be written to as OUTPUT.part. Taken up, the run makes it anew from its
 * journal, so that it is as if it had been killed before; thrown away, it stays
 * OUTPUT. */
static int part_names(struct atomic_file *file, const char *word,
                      unsigned flags, struct error *error)
{
    if (!is_named(file->fd, file->path))
        return 0;
    if (flags & ATOMIC_FILE_RESUME)
        return unlink(file->path) ? cannot_make(file->part, error) : 0;
    if (!(flags & ATOMIC_FILE_RESTART))
        return 0;
    if (unlink(file->part))
        return cannot_make(file->part, error);
    close(file->fd);
    file->fd = open_locked(file->part, word, error);
    return file->fd < 0 ? -1 : 0;
}

static int check_clobber(const struct atomic_file *file, const char *word,
                         unsigned flags, struct error *error)
{
    struct stat status;

    if (!(flags & ATOMIC_FILE_NO_CLOBBER) || stat(file->path, &status))
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s %s is there already, and --no-clobber forbids to "
                     "replace it",
                     word, file->path);
}

int atomic_file_open(struct atomic_file *file, const char *word,
                     const char *path, unsigned flags, const struct stat *input,
                     struct error *error)
{
    *file = (struct atomic_file){.fd = -1};
    if (check_path(word, path, input, error))
        return -1;
    if (name_files(file, word, path, error) ||
        check_journal(file, word, input, error))
        goto fail;
    file->fd = open_locked(file->part, word, error);
    if (file->fd < 0)
        goto fail;
    /* It is not ours yet: an empty one is not removed. */
    if (check_part(file->fd, file->part, word, flags, input, error)) {
        close(file->fd);
        goto fail;
    }
    if (part_names(file, word, flags, error) ||
        check_clobber(file, word, flags, error)) {
        atomic_file_close(file);
        return -1;
    }
    return 0;

fail:
    free_names(file);
    return -1;
}

/* The lock is held until the empty file is gone: nobody else's is removed. */
void atomic_file_close(struct atomic_file *file)
{
    struct stat status;

    if (fstat(file->fd, &status) == 0 && status.st_size == 0 &&
        is_named(file->fd, file->part))
        unlink(file->part);
    close(file->fd);
    free_names(file);
}
