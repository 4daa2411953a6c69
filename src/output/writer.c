#include "output/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZLIB_CONST
#include <zlib.h>

#include "base/buffer.h"

#define PENDING_SIZE ((size_t)64 * 1024)

/* Of a standard output that takes nothing: so much makes it full, and beyond
 * the second its reader is waited for. The rows that wait for an older one may
 * come all at once. */
#define FULL_SIZE    ((size_t)1 << 20)
#define WAITING_SIZE ((size_t)128 << 20)

/* The Ids and TrackingIds of result rows pack no better at any level: 31 % of
 * their size for 1.1 microseconds a row at level 1, 29 % for 2.8 at level 6. */
#define GZIP_LEVEL  1
#define GZIP_FORMAT (15 + 16) /* the largest window, a gzip header */
#define GZIP_MEMORY 8         /* zlib's default */

struct output {
    bool is_file;         /* else standard output */
    struct target target; /* of a file */
    int fd;
    bool can_block; /* standard output may wait for somebody who reads it */
    bool no_clobber;
    bool begun; /* nothing of an earlier run is left in the file */
    bool gzip;
    int failure; /* errno of a write that failed: none follows it */
    uint64_t written;
    z_stream stream;
    struct buffer pending; /* packed already, where gzip is set */
    size_t sent;           /* so much of it is written */
};

/* ---- life --------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* A terminal, stopped by Ctrl-S or read slowly, promises room for a byte and
 * then blocks within a row. O_NONBLOCK would be the shell's as well, so that
 * the terminal is opened once more. Where that is forbidden, as after su(1),
 * one that stops stops the run. */
static int open_terminal(void)
{
    char name[64];
    int fd;

    if (ttyname_r(STDOUT_FILENO, name, sizeof(name)))
        return STDOUT_FILENO;
    fd = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return fd < 0 ? STDOUT_FILENO : fd;
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
    if (input && S_ISREG(status.st_mode) && target_is_same_file(&status, input))
        return error_set(error, ERROR_USAGE,
                         "INPUT and standard output are the same file: "
                         "redirect standard output to another one");
    output->fd = open_terminal();
    output->can_block = !S_ISREG(status.st_mode);
    output->begun = true;
    buffer_init(&output->pending, WAITING_SIZE);
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

static int open_file(struct output *output, const char *word, const char *path,
                     unsigned flags, const struct stat *input,
                     struct error *error)
{
    if (target_open(&output->target, word, path, flags, input, error))
        return -1;
    output->is_file = true;
    output->fd = output->target.fd;
    output->no_clobber = (flags & TARGET_NO_CLOBBER) != 0;
    buffer_init(&output->pending, PENDING_SIZE);
    if (buffer_reserve(&output->pending, PENDING_SIZE))
        return error_memory(error);
    if (ends_with(output->target.path, ".gz"))
        return start_gzip(output, error);
    return 0;
}

struct output *output_open(const char *word, const char *path, unsigned flags,
                           const struct stat *input, struct error *error)
{
    struct output *output = calloc(1, sizeof(*output));
    int failed;

    if (!output) {
        error_memory(error);
        return NULL;
    }
    output->fd = STDOUT_FILENO;
    if (strcmp(path, "-") == 0)
        failed = open_standard_output(output, input, error);
    else
        failed = open_file(output, word, path, flags, input, error);
    if (failed) {
        output_free(output);
        return NULL;
    }
    return output;
}

void output_free(struct output *output)
{
    if (!output)
        return;
    if (output->gzip)
        deflateEnd(&output->stream);
    if (output->is_file)
        target_close(&output->target);
    else if (output->fd != STDOUT_FILENO)
        close(output->fd);
    buffer_free(&output->pending);
    free(output);
}

void output_discard(struct output *output)
{
    buffer_clear(&output->pending);
    output->sent = 0;
    if (output->is_file && output->begun)
        (void)!ftruncate(output->fd, 0);
}

const char *output_partial_name(const struct output *output)
{
    return output->is_file ? output->target.part : "standard output";
}

const char *output_journal_name(const struct output *output)
{
    return output->is_file ? output->target.journal : NULL;
}

bool output_covers(const struct output *output, const char *path)
{
    return output->is_file && target_covers(&output->target, path);
}

/* ---- writing ------------------------------------------------------------ */

/* Remembers why a write failed: data is missing from here on. */
static int fail_write(struct output *output, int failure, struct error *error)
{
    output->failure = failure;
    if (!output->is_file && failure == EPIPE)
        return error_set(error, ERROR_LOCAL,
                         "standard output was closed by its reader");
    return error_set(
        error, ERROR_LOCAL, "cannot write %s: %s (after %" PRIu64 " bytes)",
        output_partial_name(output), strerror(failure), output->written);
}

/* Only when there is something to write, so that a run that fails before it has
 * a result leaves what was to be thrown away. */
static int begin(struct output *output, struct error *error)
{
    if (!output->begun && ftruncate(output->fd, 0))
        return fail_write(output, errno, error);
    output->begun = true;
    return 0;
}

/* Answers how much was written; 0: nothing, as it would block. Where poll(2)
 * says that a pipe can be written to, it takes PIPE_BUF bytes without blocking;
 * sockets take more. */
static ssize_t write_some(const struct output *output, const char *data,
                          size_t len)
{
    struct pollfd ready = {.fd = output->fd, .events = POLLOUT};
    ssize_t count;

    if (output->can_block && len > PIPE_BUF)
        len = PIPE_BUF;
    do {
        if (output->can_block && poll(&ready, 1, 0) <= 0)
            return 0;
        count = write(output->fd, data, len);
    } while (count < 0 && errno == EINTR);
    return count < 0 && errno == EAGAIN ? 0 : count;
}

/* Gives the memory of what was sent back, without moving the rest each time. */
static void drop_sent(struct output *output)
{
    struct buffer *pending = &output->pending;
    size_t rest = pending->len - output->sent;

    if (rest > 0 && rest > output->sent)
        return;
    if (rest > 0)
        memmove(pending->data, pending->data + output->sent, rest);
    else if (pending->size > 2 * FULL_SIZE)
        buffer_free(pending);
    if (pending->data)
        pending->data[rest] = '\0';
    pending->len = rest;
    output->sent = 0;
}

int output_flush(struct output *output, struct error *error)
{
    const struct buffer *pending = &output->pending;
    ssize_t count;

    if (output->failure)
        return fail_write(output, output->failure, error);
    if (pending->len == 0)
        return 0;
    if (begin(output, error))
        return -1;
    while (output->sent < pending->len) {
        count = write_some(output, pending->data + output->sent,
                           pending->len - output->sent);
        if (count < 0)
            return fail_write(output, errno, error);
        if (count == 0)
            break;
        output->sent += (size_t)count;
        output->written += (uint64_t)count;
    }
    drop_sent(output);
    return 0;
}

int output_poll_fd(const struct output *output)
{
    return output->can_block && output->pending.len > 0 ? output->fd : -1;
}

bool output_is_full(const struct output *output)
{
    return output->pending.len - output->sent > FULL_SIZE;
}

/* Waits until all is written. A signal that asks for a stop changes nothing:
 * what is left is result rows. The second one ends the program. */
static int drain(struct output *output, struct error *error)
{
    struct pollfd ready = {.fd = output->fd, .events = POLLOUT};

    for (;;) {
        if (output_flush(output, error))
            return -1;
        if (output->pending.len == 0)
            return 0;
        (void)poll(&ready, 1, -1);
    }
}

static int put_plain(struct output *output, const char *data, size_t len,
                     struct error *error)
{
    if (output->pending.len + len > PENDING_SIZE && output_flush(output, error))
        return -1;
    if (buffer_append(&output->pending, data, len) == 0)
        return 0;
    if (errno == EFBIG) {
        if (drain(output, error))
            return -1;
        if (buffer_append(&output->pending, data, len) == 0)
            return 0;
    }
    return error_memory(error);
}

/* mode: Z_NO_FLUSH, or Z_FINISH to end the stream. deflate() has done all it
 * was asked for once it leaves room. */
static int put_gzip(struct output *output, const char *data, size_t len,
                    int mode, struct error *error)
{
    struct buffer *pending = &output->pending;
    z_stream *stream = &output->stream;

    stream->next_in = (const Bytef *)data;
    stream->avail_in = (uInt)len;
    do {
        if (pending->len == PENDING_SIZE && output_flush(output, error))
            return -1;
        stream->next_out = (Bytef *)pending->data + pending->len;
        stream->avail_out = (uInt)(PENDING_SIZE - pending->len);
        (void)deflate(stream, mode);
        pending->len = PENDING_SIZE - stream->avail_out;
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

/* ---- the end ------------------------------------------------------------ */

int output_stop(struct output *output, struct error *error)
{
    if (output->failure)
        return fail_write(output, output->failure, error);
    if (output->gzip && put_gzip(output, NULL, 0, Z_FINISH, error))
        return -1;
    if (begin(output, error) || drain(output, error))
        return -1;
    if (output->is_file && fsync(output->fd))
        return fail_write(output, errno, error);
    return 0;
}

/* link() is a rename that does not replace. It looks for the new name before
 * it finds that the file system has no hard links. */
static int rename_part(const struct output *output)
{
    const struct target *target = &output->target;

    if (output->no_clobber) {
        if (link(target->part, target->path) == 0)
            return unlink(target->part);
        if (errno == EEXIST)
            return -1;
    }
    return rename(target->part, target->path);
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
    if (!output->is_file)
        return 0;
    if (rename_part(output))
        return error_set(error, ERROR_LOCAL,
                         "the result is whole in %s, but cannot be renamed to "
                         "%s: %s",
                         output->target.part, output->target.path,
                         strerror(errno));
    return sync_folder(output->target.path, error);
}
