#include "output/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/locked_file.h"

#define STANDARD_OUTPUT                                                        \
    " (only the result may go to standard output, written as -)"

/* ---- names -------------------------------------------------------------- */

/* Status of the directory of a file that need not exist; len: bytes of the path
 * before the file's name. */
static bool stat_directory(const struct file_system *files, const char *path,
                           size_t len, struct stat *status)
{
    char *directory = len > 0 ? strndup(path, len) : strdup(".");
    bool found = directory && files->stat(files, directory, status) == 0;

    free(directory);
    return found;
}

/* Would both names be one file, if they existed? */
static bool is_same_name(const struct file_system *files, const char *one,
                         const char *other)
{
    const char *one_end = strrchr(one, '/');
    const char *other_end = strrchr(other, '/');
    size_t one_len = one_end ? (size_t)(one_end - one) + 1 : 0;
    size_t other_len = other_end ? (size_t)(other_end - other) + 1 : 0;
    struct stat one_directory, other_directory;

    return strcmp(one + one_len, other + other_len) == 0 &&
           stat_directory(files, one, one_len, &one_directory) &&
           stat_directory(files, other, other_len, &other_directory) &&
           file_is_same(&one_directory, &other_directory);
}

bool atomic_file_is_same_place(const struct file_system *files, const char *one,
                               const char *other)
{
    struct stat one_file, other_file;
    bool exists = files->stat(files, one, &one_file) == 0;

    if (exists != (files->stat(files, other, &other_file) == 0))
        return false;
    return exists ? file_is_same(&one_file, &other_file)
                  : is_same_name(files, one, other);
}

bool atomic_file_covers(const struct atomic_file *file, const char *path)
{
    const struct file_system *files = file->files;

    return atomic_file_is_same_place(files, path, file->path) ||
           atomic_file_is_same_place(files, path, file->staging) ||
           atomic_file_is_same_place(files, path, file->journal);
}

/* A rename would replace a link itself, so a link is resolved first. */
static int name_files(struct atomic_file *file,
                      const struct atomic_file_setup *setup,
                      struct error *error)
{
    const struct file_system *files = file->files;
    struct stat status;

    if (files->stat_link(files, setup->path, &status) == 0 &&
        S_ISLNK(status.st_mode)) {
        file->path = files->resolve(files, setup->path);
        if (!file->path)
            return error_set(error, ERROR_USAGE,
                             "%s %s is a link that cannot be followed: %s; "
                             "create the file that it names, or remove the "
                             "link",
                             setup->label, setup->path, strerror(errno));
    } else {
        file->path = strdup(setup->path);
        if (!file->path)
            return error_memory(error);
    }
    file->staging = file_name_beside(file->path, ".part");
    file->journal = file_name_beside(file->path, ".journal");
    return file->staging && file->journal ? 0 : error_memory(error);
}

static void free_names(struct atomic_file *file)
{
    free(file->path);
    free(file->staging);
    free(file->journal);
}

/* ---- existing files of these names -------------------------------------- */

static int check_path(const struct atomic_file_setup *setup,
                      struct error *error)
{
    const char *label = setup->label, *path = setup->path;
    struct stat status, standard_output;

    if (path[0] == '\0')
        return error_set(error, ERROR_USAGE, "%s is an empty name: name a file",
                         label);
    /* If stat() fails for any other reason than a missing file, open() fails as
     * well. */
    if (setup->files->stat(setup->files, path, &status))
        return 0;
    if (S_ISDIR(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s %s is a directory: name a file in it", label,
                         path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s %s is not a regular file and cannot be replaced "
                         "by one: name a file" STANDARD_OUTPUT,
                         label, path);
    if (setup->input && file_is_same(&status, setup->input))
        return error_set(error, ERROR_USAGE,
                         "INPUT and %s are the same file, %s: choose "
                         "another file for %s",
                         label, path, label);
    /* Such as /dev/stdout. */
    if (setup->files->stat_open(setup->files, STDOUT_FILENO,
                                &standard_output) == 0 &&
        file_is_same(&status, &standard_output))
        return error_set(error, ERROR_USAGE,
                         "%s %s is the file that standard output writes to: "
                         "name another file" STANDARD_OUTPUT,
                         label, path);
    return 0;
}

/* They will be replaced or removed at the end. */
static int check_obstacles(const struct atomic_file *file,
                           const struct atomic_file_setup *setup,
                           struct error *error)
{
    const char *const names[] = {file->path, file->staging, file->journal};
    const char *obstacle = NULL;
    size_t i;

    for (i = 0; !obstacle && i < sizeof(names) / sizeof(names[0]); i++)
        obstacle = file_obstacle(file->files, names[i]);
    if (!obstacle)
        return 0;
    return error_set(error, ERROR_USAGE, "%s %s, or choose another %s",
                     names[i - 1], obstacle, setup->label);
}

static int check_journal(const struct atomic_file *file,
                         const struct atomic_file_setup *setup,
                         struct error *error)
{
    struct stat status;

    if (file->files->stat(file->files, file->journal, &status))
        return 0;
    if (setup->input && file_is_same(&status, setup->input))
        return error_set(error, ERROR_USAGE,
                         "INPUT is %s, which is reserved for the run's "
                         "journal: choose another %s",
                         file->journal, setup->label);
    return 0;
}

/* To be called with the lock: a run that still writes is no interrupted one. */
static int check_no_journal(const struct atomic_file *file,
                            const struct atomic_file_setup *setup,
                            struct error *error)
{
    struct stat status;

    if (!(setup->flags & ATOMIC_FILE_NO_JOURNAL) ||
        file->files->stat(file->files, file->journal, &status))
        return 0;
    return error_set(error, ERROR_USAGE,
                     "%s belongs to a run that did not finish: resume that "
                     "run, or choose another %s",
                     file->journal, setup->label);
}

/* Explains errno of a failed operation on the staging file. */
static int fail_creation(const struct atomic_file *file, struct error *error)
{
    const char *advice;

    switch (errno) {
    case ENOENT:
        advice = ": create its directory first";
        break;
    case ENAMETOOLONG:
        advice = ": choose a shorter name";
        break;
    case ELOOP:
        advice = ": remove the link";
        break;
    case ESTALE:
        advice = ": its file system changes the identity of files; choose a "
                 "directory of another one";
        break;
    case ENOLCK:
        return error_set(error, ERROR_USAGE,
                         "cannot lock %s: " LOCKED_FILE_ADVICE, file->staging);
    case EACCES:
    case EPERM:
    case EROFS:
        advice = ": choose a directory that you may write to";
        break;
    default:
        advice = "";
        break;
    }
    return error_set(error, ERROR_USAGE, "cannot create %s: %s%s",
                     file->staging, strerror(errno), advice);
}

/* See separate_names(). */
static bool has_both_names(const struct atomic_file *file)
{
    return locked_file_is_named(file->files, file->fd, file->path);
}

/* May the locked staging file be overwritten? */
static int check_staging(struct atomic_file *file,
                         const struct atomic_file_setup *setup,
                         struct error *error)
{
    const struct file_system *files = file->files;
    struct stat status;
    const char *flaw;

    if (files->stat_open(files, file->fd, &status))
        return fail_creation(file, error);
    if (setup->input && file_is_same(&status, setup->input))
        return error_set(error, ERROR_USAGE,
                         "INPUT is %s, the staging file of %s: choose another "
                         "%s",
                         file->staging, setup->label, setup->label);
    if (status.st_nlink == 2 && has_both_names(file))
        status.st_nlink = 1;
    flaw = locked_file_flaw(&status);
    if (flaw && file->made)
        return error_set(error, ERROR_USAGE,
                         "%s %s as soon as it is created, because its file "
                         "system maps owners (root_squash, uid=): run the "
                         "program as user %lu, or choose another %s",
                         file->staging, flaw, (unsigned long)status.st_uid,
                         setup->label);
    if (flaw)
        return error_set(error, ERROR_USAGE,
                         "%s exists and %s: remove it, or choose another %s",
                         file->staging, flaw, setup->label);
    if (status.st_size > 0 &&
        !(setup->flags & (ATOMIC_FILE_RESTART | ATOMIC_FILE_RESUME)))
        return error_set(error, ERROR_USAGE,
                         "%s was left by a run that did not finish, and its "
                         "rows may have been applied: use --resume to resume "
                         "that run, or --restart to discard what it left",
                         file->staging);
    if (file_make_private(files, file->fd, &file->exposed))
        return fail_creation(file, error);
    return 0;
}

static int check_clobber(const struct atomic_file *file,
                         const struct atomic_file_setup *setup,
                         struct error *error)
{
    struct stat status;

    if (!file->no_clobber ||
        file->files->stat(file->files, file->path, &status))
        return 0;
    return error_set(
        error, ERROR_USAGE,
        "%s %s exists, and --no-clobber does not allow it to be replaced; "
        "choose another name, or leave out --no-clobber",
        setup->label, file->path);
}

/* ---- the lock ----------------------------------------------------------- */

static void close_staging(struct atomic_file *file)
{
    file->files->close(file->files, file->fd);
    file->fd = -1;
}

/* O_RDWR, because opening a FIFO of that name for writing alone would block. */
static int open_locked(struct atomic_file *file,
                       const struct atomic_file_setup *setup,
                       struct error *error)
{
    file->fd = locked_file_open(file->files, file->staging, O_RDWR | O_CREAT,
                                &file->made);
    if (file->fd >= 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return fail_creation(file, error);
    return error_set(error, ERROR_BUSY,
                     "another run is writing %s: wait until it ends, or choose "
                     "another %s",
                     file->staging, setup->label);
}

/* With --no-clobber, PATH is created as a hard link to the staging file, whose
 * old name is then removed. A run that was killed in between left one file with
 * two names, which must not be written to. If that run is resumed, PATH is
 * removed, and made again from the journal. If it is restarted, the file stays
 * as PATH. */
static int separate_names(struct atomic_file *file,
                          const struct atomic_file_setup *setup,
                          struct error *error)
{
    const struct file_system *files = file->files;

    if (!has_both_names(file))
        return 0;
    if (setup->flags & ATOMIC_FILE_RESUME)
        return files->remove(files, file->path) ? fail_creation(file, error)
                                                : 0;
    if (!(setup->flags & ATOMIC_FILE_RESTART))
        return 0;
    if (files->remove(files, file->staging))
        return fail_creation(file, error);
    close_staging(file);
    return open_locked(file, setup, error);
}

/* ---- opening and closing ------------------------------------------------ */

int atomic_file_open(struct atomic_file *file,
                     const struct atomic_file_setup *setup, struct error *error)
{
    *file = (struct atomic_file){
        .files = setup->files,
        .no_clobber = (setup->flags & ATOMIC_FILE_NO_CLOBBER) != 0,
        .fd = -1,
    };
    if (check_path(setup, error))
        return -1;
    if (name_files(file, setup, error) || check_journal(file, setup, error) ||
        check_obstacles(file, setup, error) || open_locked(file, setup, error))
        goto err1;
    /* Until it is checked, an empty staging file that was there before may
     * belong to others, so it is not removed. */
    if (check_no_journal(file, setup, error) ||
        check_staging(file, setup, error))
        goto err2;
    if (separate_names(file, setup, error))
        goto err2;
    if (check_clobber(file, setup, error)) {
        atomic_file_close(file);
        return -1;
    }
    return 0;

err2:
    if (file->fd >= 0 && file->made)
        atomic_file_remove_empty(file);
    if (file->fd >= 0)
        close_staging(file);
err1:
    free_names(file);
    return -1;
}

void atomic_file_remove_empty(const struct atomic_file *file)
{
    const struct file_system *files = file->files;
    struct stat status;

    if (files->stat_open(files, file->fd, &status) == 0 &&
        status.st_size == 0 &&
        locked_file_is_named(files, file->fd, file->staging))
        files->remove(files, file->staging);
}

/* An empty file is removed before it is unlocked: after that, it may belong to
 * another run. */
void atomic_file_close(struct atomic_file *file)
{
    atomic_file_remove_empty(file);
    close_staging(file);
    free_names(file);
}

/* ---- the end ------------------------------------------------------------ */

/* link() is a rename that does not replace. It reports an existing name before
 * it reports that the file system has no hard links; then rename() is used. */
static int rename_staging(const struct atomic_file *file)
{
    const struct file_system *files = file->files;

    if (file->no_clobber) {
        if (files->link(files, file->staging, file->path) == 0)
            return files->remove(files, file->staging);
        if (errno == EEXIST)
            return -1;
    }
    return file_rename(files, file->staging, file->path);
}

bool atomic_file_is_intact(const struct atomic_file *file, off_t size)
{
    return locked_file_is_intact(file->files, file->fd, file->staging, size);
}

/* On a network drive, a spreadsheet may have the old file open. */
static const char *advise_rename(void)
{
    return errno == EACCES || errno == EPERM || errno == EBUSY ||
                   errno == ETXTBSY
               ? "; close programs that have it open, and check its permissions"
               : "";
}

int atomic_file_commit(const struct atomic_file *file, struct error *error)
{
    if (rename_staging(file))
        return error_set(error, ERROR_LOCAL,
                         "the result is complete in %s, but cannot be renamed "
                         "to %s: %s%s",
                         file->staging, file->path, strerror(errno),
                         advise_rename());
    if (file_sync_directory(file->files, file->path))
        return error_set(error, ERROR_LOCAL,
                         "%s is complete, but its directory cannot be synced: "
                         "%s",
                         file->path, strerror(errno));
    return 0;
}
