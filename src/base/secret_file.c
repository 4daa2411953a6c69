#include "base/secret_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/locked_file.h"
#include "base/shell_quote.h"
#include "base/utf8.h"

#define NEW         ".new." /* and a random number */
#define NEW_SECONDS 60      /* a replacement does not take so long */
#define OTHERS      ((mode_t)(S_IRWXG | S_IRWXO))

bool secret_file_is_token(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    }
    return len > 0;
}

/* XML 1.0 excludes U+FFFE and U+FFFF. It allows control characters beyond
 * ASCII, but nobody types them. */
static bool is_typed(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        unsigned char next = (unsigned char)text[i + 1];

        if (byte < ' ' || byte == 0x7F || (byte == 0xC2 && next < 0xA0) ||
            strncmp(text + i, "\xEF\xBF\xBE", 3) == 0 ||
            strncmp(text + i, "\xEF\xBF\xBF", 3) == 0)
            return false;
    }
    return utf8_is_valid(text, len);
}

/* What is often stored instead of a token, or with it. */
static const char *find_addition(const char *text, size_t len)
{
    const char *line_end;

    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        return "a byte-order mark (U+FEFF) before the token";
    if (memchr(text, '\0', len))
        return "a NUL byte, as UTF-16 does; save it as ASCII";
    line_end = memchr(text, '\n', len);
    if (line_end && line_end + 1 < text + len)
        return "more than one line";
    if (strncasecmp(text, "Bearer ", 7) == 0)
        return "the word Bearer before the token";
    if (strncmp(text, "BAUSER_", 7) == 0)
        return "the name of a variable before the token";
    if (*text == '"' || *text == '\'')
        return "quotes around the token";
    if (*text == '{' || *text == '<')
        return "JSON or a page instead of a token";
    return NULL;
}

const char *secret_file_flaw(const char *text, size_t len, bool typed)
{
    const char *addition;

    if (typed)
        return is_typed(text, len)
                   ? NULL
                   : "a line end, another control character or invalid UTF-8";
    addition = find_addition(text, len);
    if (addition)
        return addition;
    return secret_file_is_token(text, len) ? NULL
                                           : "a space, a line end or another "
                                             "byte that is invalid in a token";
}

void secret_file_free(char *secret)
{
    if (secret)
        memory_wipe(secret, strlen(secret));
    free(secret);
}

/* ---- reading ------------------------------------------------------------ */

static bool is_open_to_others(const struct secret_file *file,
                              const struct stat *info)
{
    return (info->st_mode & OTHERS & ~file->allowed) != 0;
}

/* Would chmod(1) work? Not if the file is on a read-only volume, or belongs to
 * somebody else. */
static bool can_change_mode(const struct secret_file *file,
                            const struct stat *info)
{
    if (geteuid() != 0 && geteuid() != info->st_uid)
        return false;
    return faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) == 0 ||
           errno != EROFS;
}

/* Container runtimes give files such modes, although there is a single user. */
static int advise_trust(const struct secret_file *file, const struct stat *info,
                        struct error *error)
{
    char directory[SHELL_QUOTE_SIZE(PATH_MAX)];
    char *copy = strdup(file->path); /* dirname() writes into it */

    if (!copy)
        return error_memory(error);
    shell_quote(directory, sizeof(directory), dirname(copy));
    free(copy);
    return error_set(
        error, file->kind,
        "%s: others than the owner can access %s (mode %04o); in "
        "a container with a single user, use --trust-secret-modes "
        "%s%s%s",
        file->variable, file->path, (unsigned)info->st_mode & 07777, directory,
        file->plain ? ", or instead set " : "", file->plain ? file->plain : "");
}

static int check_mode(const struct secret_file *file, const struct stat *info,
                      struct error *error)
{
    char path[SHELL_QUOTE_SIZE(PATH_MAX)];

    if (!is_open_to_others(file, info))
        return 0;
    if (!can_change_mode(file, info))
        return advise_trust(file, info, error);
    shell_quote(path, sizeof(path), file->path);
    return error_set(error, file->kind,
                     "%s: others than the owner can access the file; "
                     "run: chmod 600 %s%s",
                     file->variable, *file->path == '-' ? "./" : "", path);
}

static int check_file(const struct secret_file *file, const struct stat *info,
                      struct error *error)
{
    if (!S_ISREG(info->st_mode))
        return error_set(error, file->kind,
                         "%s: %s is not a regular file; set the "
                         "variable to the name of a file",
                         file->variable, file->path);
    if (check_mode(file, info, error))
        return -1;
    if (info->st_size == 0)
        return error_set(error, file->kind,
                         "%s: %s is empty; write the secret into it",
                         file->variable, file->path);
    if (info->st_size > SECRET_FILE_MAX)
        return error_set(error, file->kind,
                         "%s: %s is larger than %d bytes; it must contain the "
                         "secret alone",
                         file->variable, file->path, SECRET_FILE_MAX);
    return 0;
}

/* A link is common in a container: Kubernetes makes one for each secret. */
static int refuse_link(const struct secret_file *file, struct error *error)
{
    struct stat info;

    if (file->files->stat(file->files, file->path, &info) == 0 &&
        is_open_to_others(file, &info))
        return advise_trust(file, &info, error);
    return error_set(error, file->kind,
                     "%s: %s is a symbolic link; set the variable to the name "
                     "of the file itself, or use --follow-links",
                     file->variable, file->path);
}

static int open_file(const struct secret_file *file, struct stat *info,
                     struct error *error)
{
    /* Without O_NONBLOCK, opening a named pipe would wait for its writer. */
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    const struct file_system *files = file->files;
    int fd;

    if (!file->follow_links)
        flags |= O_NOFOLLOW;
    fd = files->open(files, file->path, flags, 0);
    if (fd < 0 && errno == ELOOP && !file->follow_links) {
        (void)refuse_link(file, error);
        return -1;
    }
    if (fd < 0 || files->stat_open(files, fd, info)) {
        error_set(error, file->kind, "%s: cannot open %s: %s", file->variable,
                  file->path, strerror(errno));
        goto err;
    }
    if (check_file(file, info, error))
        goto err;
    return fd;

err:
    if (fd >= 0)
        files->close(files, fd);
    return -1;
}

/* Fills secret with the whole file, of len bytes. -1 with errno, which is 0 if
 * the file now has another length. */
static int read_whole(const struct file_system *files, int fd, char *secret,
                      size_t len)
{
    size_t done = 0;
    ssize_t got;

    while (done <= len) { /* one byte more than there should be */
        got = files->read(files, fd, secret + done, len + 1 - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    errno = 0;
    return done == len ? 0 : -1;
}

static size_t without_line_end(const char *text, size_t len)
{
    if (len > 0 && text[len - 1] == '\n') {
        len--;
        if (len > 0 && text[len - 1] == '\r')
            len--;
    }
    return len;
}

static int check_secret(const struct secret_file *file, const char *secret,
                        size_t len, struct error *error)
{
    const char *flaw = secret_file_flaw(secret, len, file->typed);

    if (len == 0)
        return error_set(error, file->kind,
                         "%s: %s is empty; write the secret into it",
                         file->variable, file->path);
    if (flaw)
        return error_set(error, file->kind,
                         "%s: %s contains %s; it must contain the secret "
                         "alone",
                         file->variable, file->path, flaw);
    return 0;
}

char *secret_file_read(const struct secret_file *file, struct error *error)
{
    struct stat info;
    char *secret;
    size_t size, len;
    int fd = open_file(file, &info, error);

    if (fd < 0)
        return NULL;
    size = (size_t)info.st_size + 1;
    secret = calloc(1, size);
    if (!secret) {
        error_memory(error);
        goto err1;
    }
    if (read_whole(file->files, fd, secret, size - 1)) {
        error_set(error, file->kind, "%s: cannot read %s: %s", file->variable,
                  file->path,
                  errno ? strerror(errno) : "it changed while it was read");
        goto err2;
    }
    len = without_line_end(secret, size - 1);
    secret[len] = '\0';
    if (check_secret(file, secret, len, error))
        goto err2;
    file->files->close(file->files, fd);
    return secret;

err2:
    memory_wipe(secret, size);
    free(secret);
err1:
    file->files->close(file->files, fd);
    return NULL;
}

/* ---- replacing ---------------------------------------------------------- */

/* If root runs the program, the file must not become root's: its owner could
 * not read it any more. */
static int keep_owner(const struct file_system *files, int fd, const char *path)
{
    struct stat old, made;

    if (files->stat_link(files, path, &old))
        return errno == ENOENT ? 0 : -1;
    if (files->stat_open(files, fd, &made))
        return -1;
    if (old.st_uid == made.st_uid && old.st_gid == made.st_gid)
        return 0;
    if (files->change_owner(files, fd, old.st_uid, old.st_gid) &&
        geteuid() == 0)
        return -1;
    return 0;
}

static int make_private(const struct secret_file *file, int fd)
{
    bool exposed;

    if (file_make_private(file->files, fd, &exposed))
        return -1;
    errno = EPERM;
    return exposed && file->allowed == 0 ? -1 : 0;
}

/* Creates the new file and syncs it. -1 with errno. */
static int write_new(const struct secret_file *file, const char *new,
                     const char *secret)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const struct file_system *files = file->files;
    int fd, failure;

    fd = files->open(files, new, flags, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return -1;
    if (make_private(file, fd) || keep_owner(files, fd, file->path) ||
        file_write_all(files, fd, secret, strlen(secret)) ||
        file_write_all(files, fd, "\n", 1) || files->sync(files, fd)) {
        failure = errno;
        files->close(files, fd);
        errno = failure;
        return -1;
    }
    return files->close(files, fd);
}

int secret_file_replace(const struct secret_file *file, const char *secret,
                        struct error *error)
{
    const struct file_system *files = file->files;
    char suffix[32], *new;
    uint64_t number;
    int result = 0, failure;

    file->random->fill(file->random, &number, sizeof(number));
    (void)snprintf(suffix, sizeof(suffix), NEW "%016" PRIx64, number);
    new = file_name_beside(file->path, suffix);
    if (!new)
        return error_memory(error);
    if (write_new(file, new, secret) || file_rename(files, new, file->path)) {
        failure = errno;
        (void)files->remove(files, new);
        result = error_set(error, file->kind, "%s: cannot replace %s: %s",
                           file->variable, file->path, strerror(failure));
    } else if (file_sync_directory(files, file->path)) {
        result = error_set(error, file->kind,
                           "%s: %s was replaced, but its directory cannot "
                           "be synced: %s",
                           file->variable, file->path, strerror(errno));
    }
    free(new);
    return result;
}

/* ---- the lock ----------------------------------------------------------- */

/* The lock is on a file beside it, since a rename would defeat a lock on the
 * file itself. For the same reason the lock file is never removed. */
int secret_file_lock(const struct secret_file *file, int *lock,
                     struct error *error)
{
    char *name = file_name_beside(file->path, ".lock");
    int result = 0;

    *lock = -1;
    if (!name)
        return error_memory(error);
    *lock = locked_file_open(file->files, name, O_RDWR | O_CREAT, NULL);
    if (*lock < 0 && errno == ENOLCK)
        result =
            error_set(error, file->kind,
                      "%s: cannot lock %s, which runs that share this token "
                      "use: " LOCKED_FILE_ADVICE,
                      file->variable, name);
    else if (*lock < 0 && errno != EWOULDBLOCK)
        result = error_set(error, file->kind,
                           "%s: cannot open %s, the lock of the runs that "
                           "share this token: %s",
                           file->variable, name, strerror(errno));
    free(name);
    return result;
}

void secret_file_unlock(const struct secret_file *file, int lock)
{
    if (lock >= 0)
        file->files->close(file->files, lock);
}

/* Removes the file if it is a leftover. A younger one may belong to a process
 * that the lock does not exclude. */
static void remove_leftover(int directory, const char *name, const char *base,
                            int64_t now)
{
    size_t len = strlen(base);
    struct stat status;

    if (strncmp(name, base, len) == 0 &&
        strncmp(name + len, NEW, sizeof(NEW) - 1) == 0 &&
        fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        status.st_mtime < now - NEW_SECONDS)
        (void)unlinkat(directory, name, 0);
}

static void remove_leftovers(const char *directory, const char *path,
                             int64_t now)
{
    DIR *entries = opendir(directory);
    struct dirent *entry;

    while (entries && (entry = readdir(entries)))
        remove_leftover(dirfd(entries), entry->d_name, file_base_name(path),
                        now);
    if (entries)
        closedir(entries);
}

int secret_file_check_replaceable(const struct secret_file *file,
                                  const struct clock *clock,
                                  struct error *error)
{
    const char *obstacle = file_obstacle(file->files, file->path);
    char *copy = strdup(file->path);
    const char *directory;
    int lock, result = 0;

    if (!copy)
        return error_memory(error);
    directory = dirname(copy);
    if (obstacle)
        result = error_set(error, file->kind,
                           "%s: %s %s, since the token in "
                           "it changes",
                           file->variable, file->path, obstacle);
    else if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS))
        result = error_set(error, file->kind,
                           "%s: %s cannot be replaced when the token in it "
                           "changes: %s; move it to a directory that you can "
                           "write to",
                           file->variable, file->path, strerror(errno));
    else
        remove_leftovers(directory, file->path,
                         clock->wall_us(clock) / 1000000);
    free(copy);
    if (result || secret_file_lock(file, &lock, error))
        return -1;
    secret_file_unlock(file, lock);
    return 0;
}
