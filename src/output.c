#define _XOPEN_SOURCE 700 /* realpath() */

#include "output.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define ZLIB_CONST
#include <zlib.h>

#define PENDING_SIZE (64 * 1024)
#define LOCK_TRIES   100

/* The Ids and TrackingIds of result rows pack no better at any level: 31 % of
 * their size for 1.1 microseconds a row at level 1, 29 % for 2.8 at level 6. */
#define GZIP_LEVEL  1
#define GZIP_FORMAT (15 + 16) /* the largest window, a gzip header */
#define GZIP_MEMORY 8         /* zlib's default */

struct output {
    char *path; /* NULL: standard output */
    char *part; /* NULL likewise */
    int fd;
    bool no_clobber;
    bool begun; /* nothing of an earlier run is left in the file */
    bool gzip;
    int failure; /* errno of a write that failed: none follows it */
    uint64_t written;
    z_stream stream;
    size_t pending_len;
    char pending[PENDING_SIZE]; /* packed already, where gzip is set */
};

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool is_same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

static int check_path(const char *path, unsigned flags,
                      const struct stat *input, struct error *error)
{
    struct stat status, standard_output;

    if (path[0] == '\0')
        return error_set(error, ERROR_USAGE, "OUTPUT is an empty name");
    /* Whatever stands in the way of stat() stands in open()'s as well. */
    if (stat(path, &status))
        return 0;
    if (S_ISDIR(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "OUTPUT %s is a folder: name a file in it", path);
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "OUTPUT %s is not a regular file and cannot be "
                         "replaced by one: give - as OUTPUT and redirect "
                         "standard output to it",
                         path);
    if (input && is_same_file(&status, input))
        return error_set(error, ERROR_USAGE,
                         "INPUT and OUTPUT are the same file, %s: give OUTPUT "
                         "another name",
                         path);
    /* Such as /dev/stdout. */
    if (fstat(STDOUT_FILENO, &standard_output) == 0 &&
        is_same_file(&status, &standard_output))
        return error_set(error, ERROR_USAGE,
                         "OUTPUT %s is what standard output writes to: give - "
                         "as OUTPUT, or another file",
                         path);
    if (flags & OUTPUT_NO_CLOBBER)
        return error_set(error, ERROR_USAGE,
                         "OUTPUT %s is there already, and --no-clobber "
                         "forbids to replace it",
                         path);
    return 0;
}

/* Sets path and part. A rename would put a file in a link's place, so that a
 * link is resolved first. */
static int name_files(struct output *output, const char *path,
                      struct error *error)
{
    struct stat status;
    size_t size;

    if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode)) {
        output->path = realpath(path, NULL);
        if (!output->path)
            return error_set(error, ERROR_USAGE,
                             "OUTPUT %s is a link that cannot be followed: %s",
                             path, strerror(errno));
    } else {
        output->path = strdup(path);
        if (!output->path)
            return error_memory(error);
    }
    size = strlen(output->path) + sizeof(".part");
    output->part = malloc(size);
    if (!output->part)
        return error_memory(error);
    (void)snprintf(output->part, size, "%s.part", output->path);
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
        advice = ": give OUTPUT a shorter name";
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

/* Whether path still leads to the file that fd has open. */
static bool is_named(int fd, const char *path)
{
    struct stat opened, named;

    return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
           is_same_file(&opened, &named);
}

/* Opens part, locks it and answers its descriptor. Between the two another run
 * may have finished and renamed or removed the file: then the lock is one on
 * its result, and the next try makes a new file. flock(), because a lock of
 * fcntl() ends as soon as any descriptor of the file is closed. O_RDWR, because
 * opening a FIFO of that name for writing alone would block. */
static int open_locked(const char *part, struct error *error)
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
                          "or give another OUTPUT",
                          part);
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

/* Whether the locked file may be written from its start. */
static int check_part(int fd, const char *part, unsigned flags,
                      const struct stat *input, struct error *error)
{
    struct stat status;

    if (fstat(fd, &status))
        return cannot_make(part, error);
    if (!S_ISREG(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s is there and is not a regular file: remove it, or "
                         "give another OUTPUT",
                         part);
    if (input && is_same_file(&status, input))
        return error_set(error, ERROR_USAGE,
                         "INPUT is %s, which OUTPUT is written to first: give "
                         "another OUTPUT",
                         part);
    if (status.st_size > 0 && !(flags & OUTPUT_RESTART))
        return error_set(error, ERROR_USAGE,
                         "%s was left by a run that did not finish; the rows "
                         "in it may have been applied already: move it away to "
                         "keep it, or give --restart to throw it away",
                         part);
    if (fchmod(fd, 0600))
        return cannot_make(part, error);
    return 0;
}

static int open_part(struct output *output, const char *path, unsigned flags,
                     const struct stat *input, struct error *error)
{
    int fd;

    if (check_path(path, flags, input, error))
        return -1;
    if (name_files(output, path, error))
        return -1;
    assert(output->part);
    fd = open_locked(output->part, error);
    if (fd < 0)
        return -1;
    if (check_part(fd, output->part, flags, input, error)) {
        close(fd);
        return -1;
    }
    output->fd = fd;
    output->no_clobber = (flags & OUTPUT_NO_CLOBBER) != 0;
    return 0;
}

static int open_standard_output(struct output *output, const struct stat *input,
                                struct error *error)
{
    struct stat status;

    /* Where the shell closed it, another file may have got its number. */
    if (fstat(STDOUT_FILENO, &status) ||
        (fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
        return error_set(error, ERROR_USAGE,
                         "OUTPUT is -, but standard output is closed");
    /* A terminal may be both. */
    if (input && S_ISREG(status.st_mode) && is_same_file(&status, input))
        return error_set(error, ERROR_USAGE,
                         "INPUT and standard output are the same file: "
                         "redirect standard output to another one");
    output->fd = STDOUT_FILENO;
    output->begun = true;
    return 0;
}

static int start_gzip(struct output *output, struct error *error)
{
    if (deflateInit2(&output->stream, GZIP_LEVEL, Z_DEFLATED, GZIP_FORMAT,
                     GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return error_memory(error);
    output->gzip = true;
    return 0;
}

struct output *output_open(const char *path, unsigned flags,
                           const struct stat *input, struct error *error)
{
    struct output *output = calloc(1, sizeof(*output));

    if (!output) {
        error_memory(error);
        return NULL;
    }
    output->fd = -1;
    if (strcmp(path, "-") == 0) {
        if (open_standard_output(output, input, error))
            goto fail;
        return output;
    }
    if (open_part(output, path, flags, input, error))
        goto fail;
    if (ends_with(output->path, ".gz") && start_gzip(output, error))
        goto fail;
    return output;

fail:
    output_free(output);
    return NULL;
}

/* The lock is held until the empty file is gone: nobody else's is removed. */
static void close_part(struct output *output)
{
    struct stat status;

    if (fstat(output->fd, &status) == 0 && status.st_size == 0 &&
        is_named(output->fd, output->part))
        unlink(output->part);
    close(output->fd);
}

void output_free(struct output *output)
{
    if (!output)
        return;
    if (output->gzip)
        deflateEnd(&output->stream);
    if (output->path && output->fd >= 0)
        close_part(output);
    free(output->part);
    free(output->path);
    free(output);
}

void output_discard(struct output *output)
{
    output->pending_len = 0;
    if (output->path && output->begun)
        (void)!ftruncate(output->fd, 0);
}

const char *output_partial_name(const struct output *output)
{
    return output->part ? output->part : "standard output";
}

/* Remembers why a write failed: data is missing from here on. */
static int fail_write(struct output *output, int failure, struct error *error)
{
    output->failure = failure;
    if (!output->path && failure == EPIPE)
        return error_set(error, ERROR_LOCAL,
                         "standard output was closed by its reader");
    return error_set(
        error, ERROR_LOCAL, "cannot write %s: %s (after %" PRIu64 " bytes)",
        output_partial_name(output), strerror(failure), output->written);
}

/* One write(2) that takes at least a byte; waits where standard output is a
 * pipe that somebody made non-blocking. */
static ssize_t write_some(int fd, const char *data, size_t len)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    ssize_t count;

    for (;;) {
        count = write(fd, data, len);
        if (count >= 0)
            return count;
        if (errno == EAGAIN)
            (void)poll(&ready, 1, -1);
        else if (errno != EINTR)
            return -1;
    }
}

/* Only when there is something to write, so that a run that fails before it has
 * a result leaves what OUTPUT_RESTART was to throw away. */
static int begin(struct output *output, struct error *error)
{
    if (!output->begun && ftruncate(output->fd, 0))
        return fail_write(output, errno, error);
    output->begun = true;
    return 0;
}

int output_flush(struct output *output, struct error *error)
{
    size_t done = 0;
    ssize_t count;

    if (output->failure)
        return fail_write(output, output->failure, error);
    if (output->pending_len == 0)
        return 0;
    if (begin(output, error))
        return -1;
    while (done < output->pending_len) {
        count = write_some(output->fd, output->pending + done,
                           output->pending_len - done);
        if (count < 0)
            return fail_write(output, errno, error);
        done += (size_t)count;
        output->written += (uint64_t)count;
    }
    output->pending_len = 0;
    return 0;
}

static int put_plain(struct output *output, const char *data, size_t len,
                     struct error *error)
{
    if (len > PENDING_SIZE - output->pending_len && output_flush(output, error))
        return -1;
    memcpy(output->pending + output->pending_len, data, len);
    output->pending_len += len;
    return 0;
}

/* mode: Z_NO_FLUSH, or Z_FINISH to end the stream. deflate() has done all it
 * was asked for once it leaves room. */
static int put_gzip(struct output *output, const char *data, size_t len,
                    int mode, struct error *error)
{
    z_stream *stream = &output->stream;

    stream->next_in = (const Bytef *)data;
    stream->avail_in = (uInt)len;
    do {
        if (output->pending_len == PENDING_SIZE && output_flush(output, error))
            return -1;
        stream->next_out = (Bytef *)output->pending + output->pending_len;
        stream->avail_out = (uInt)(PENDING_SIZE - output->pending_len);
        (void)deflate(stream, mode);
        output->pending_len = PENDING_SIZE - stream->avail_out;
    } while (stream->avail_out == 0);
    return 0;
}

int output_write(struct output *output, const char *data, size_t len,
                 struct error *error)
{
    size_t piece;
    int result;

    if (output->failure)
        return fail_write(output, output->failure, error);
    for (; len > 0; data += piece, len -= piece) {
        piece = len < PENDING_SIZE ? len : PENDING_SIZE;
        result = output->gzip ? put_gzip(output, data, piece, Z_NO_FLUSH, error)
                              : put_plain(output, data, piece, error);
        if (result)
            return -1;
    }
    return 0;
}

int output_stop(struct output *output, struct error *error)
{
    if (output->failure)
        return fail_write(output, output->failure, error);
    if (output->gzip && put_gzip(output, NULL, 0, Z_FINISH, error))
        return -1;
    if (begin(output, error) || output_flush(output, error))
        return -1;
    if (output->path && fsync(output->fd))
        return fail_write(output, errno, error);
    return 0;
}

/* link() is a rename that does not replace. It looks for the new name before
 * it finds that the file system has no hard links. */
static int rename_part(const struct output *output)
{
    if (output->no_clobber) {
        if (link(output->part, output->path) == 0)
            return unlink(output->part);
        if (errno == EEXIST)
            return -1;
    }
    return rename(output->part, output->path);
}

/* Makes the rename last. A folder that may be written but not read, or whose
 * file system has no such sync, is left to the system. */
static int sync_folder(const char *path, struct error *error)
{
    char *copy = strdup(path);
    const char *folder;
    int fd, result = 0;

    if (!copy)
        return error_memory(error);
    folder = dirname(copy);
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if ((fd < 0 && errno != EACCES) ||
        (fd >= 0 && fsync(fd) && errno != EINVAL))
        result = error_set(error, ERROR_LOCAL,
                           "%s is whole, but its folder %s cannot be synced: "
                           "%s",
                           path, folder, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(copy);
    return result;
}

int output_finish(struct output *output, struct error *error)
{
    if (output_stop(output, error))
        return -1;
    if (!output->path)
        return 0;
    if (rename_part(output))
        return error_set(error, ERROR_LOCAL,
                         "the result is whole in %s, but cannot be renamed to "
                         "%s: %s",
                         output->part, output->path, strerror(errno));
    return sync_folder(output->path, error);
}
