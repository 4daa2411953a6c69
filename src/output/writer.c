#include "output/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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
#include "base/file.h"
#include "base/locked_file.h"

#define PENDING_SIZE ((size_t)64 * 1024)

/* Bytes that standard output has not accepted. Beyond FULL_SIZE it is full;
 * beyond WAITING_SIZE, writer_write() waits for its reader. WAITING_SIZE is
 * large because all rows that wait for an older one may be written at once. */
#define FULL_SIZE    ((size_t)1 << 20)
#define WAITING_SIZE ((size_t)128 << 20)

/* The Ids and TrackingIds of result rows hardly compress better at a higher
 * level: to 31 % of their size for 1.1 microseconds a row at level 1, to 29 %
 * for 2.8 microseconds at level 6. */
#define GZIP_LEVEL  1
#define GZIP_FORMAT (15 + 16) /* the largest window, a gzip header */
#define GZIP_MEMORY 8         /* zlib's default */

struct writer {
    const struct file_system *files;
    bool is_file;            /* else standard output */
    struct atomic_file file; /* if is_file */
    int fd;                  /* of the file or of standard output */
    bool can_block;          /* standard output may block until it is read */
    bool begun;              /* nothing of an earlier run is left in the file */
    bool committed;          /* the file has its name */
    bool gzip;
    int failure; /* errno of the first failed write; nothing is written after
                    it. ESTALE: others have changed the staging file */
    uint64_t written;
    struct hash *hash; /* of the bytes that were written; NULL: no file */
    z_stream stream;
    struct buffer pending; /* compressed already, if gzip */
    size_t sent;           /* bytes of `pending` that are written */
};

/* ---- life --------------------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);
    size_t end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* A terminal that is slow or stopped by Ctrl-S reports room for a byte, and
 * then blocks within a row. O_NONBLOCK on the shared descriptor would affect
 * the shell, so the terminal is opened again. If that is forbidden, as after
 * su(1), a stopped terminal stops the run. */
static int open_terminal(const struct file_system *files)
{
    char name[64];
    int fd;

    if (ttyname_r(STDOUT_FILENO, name, sizeof(name)))
        return STDOUT_FILENO;
    fd = files->open(files, name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                     0);
    return fd < 0 ? STDOUT_FILENO : fd;
}

static int open_standard_output(struct writer *writer, const struct stat *input,
                                struct error *error)
{
    const struct file_system *files = writer->files;
    struct stat status;

    /* If the shell closed it, another file may have got its number. */
    if (files->stat_open(files, STDOUT_FILENO, &status) ||
        (files->flags(files, STDOUT_FILENO) & O_ACCMODE) == O_RDONLY)
        return error_set(error, ERROR_USAGE,
                         "OUTPUT is -, but standard output is closed");
    /* A terminal may be both INPUT and standard output. */
    if (input && S_ISREG(status.st_mode) && file_is_same(&status, input))
        return error_set(error, ERROR_USAGE,
                         "INPUT and standard output are the same file: "
                         "redirect standard output to another one");
    writer->fd = open_terminal(files);
    writer->can_block = !S_ISREG(status.st_mode);
    writer->begun = true;
    buffer_init(&writer->pending, WAITING_SIZE);
    return 0;
}

static int start_gzip(struct writer *writer, struct error *error)
{
    if (deflateInit2(&writer->stream, GZIP_LEVEL, Z_DEFLATED, GZIP_FORMAT,
                     GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return error_memory(error);
    writer->gzip = true;
    return 0;
}

static int open_file(struct writer *writer,
                     const struct atomic_file_setup *setup, struct error *error)
{
    if (atomic_file_open(&writer->file, setup, error))
        return -1;
    writer->is_file = true;
    writer->fd = writer->file.fd;
    writer->hash = hash_new();
    if (!writer->hash)
        return error_memory(error);
    buffer_init(&writer->pending, PENDING_SIZE);
    if (buffer_reserve(&writer->pending, PENDING_SIZE))
        return error_memory(error);
    if (ends_with(writer->file.path, ".gz"))
        return start_gzip(writer, error);
    return 0;
}

struct writer *writer_open(const struct atomic_file_setup *setup,
                           struct error *error)
{
    struct writer *writer = calloc(1, sizeof(*writer));
    int failed;

    if (!writer) {
        error_memory(error);
        return NULL;
    }
    writer->files = setup->files;
    writer->fd = STDOUT_FILENO;
    if (strcmp(setup->path, "-") == 0)
        failed = open_standard_output(writer, setup->input, error);
    else
        failed = open_file(writer, setup, error);
    if (failed) {
        writer_free(writer);
        return NULL;
    }
    return writer;
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    if (writer->gzip)
        deflateEnd(&writer->stream);
    if (writer->is_file)
        atomic_file_close(&writer->file);
    else if (writer->fd != STDOUT_FILENO)
        writer->files->close(writer->files, writer->fd);
    hash_free(writer->hash);
    buffer_free(&writer->pending);
    free(writer);
}

void writer_discard(struct writer *writer)
{
    if (writer->committed)
        return;
    buffer_clear(&writer->pending);
    writer->sent = 0;
    if (writer->is_file && writer->begun)
        (void)writer->files->truncate(writer->files, writer->fd, 0);
    if (writer->is_file)
        atomic_file_remove_empty(&writer->file);
}

bool writer_is_exposed(const struct writer *writer)
{
    return writer->is_file && writer->file.exposed;
}

const char *writer_partial_name(const struct writer *writer)
{
    return writer->is_file ? writer->file.staging : "standard output";
}

const char *writer_name(const struct writer *writer)
{
    return writer->is_file ? writer->file.path : NULL;
}

const char *writer_journal_name(const struct writer *writer)
{
    return writer->is_file ? writer->file.journal : NULL;
}

bool writer_covers(const struct writer *writer, const char *path)
{
    const struct file_system *files = writer->files;
    struct stat standard_output, status;

    if (writer->is_file)
        return atomic_file_covers(&writer->file, path);
    /* Two files of a run may be the same terminal, or /dev/null. */
    return files->stat_open(files, STDOUT_FILENO, &standard_output) == 0 &&
           S_ISREG(standard_output.st_mode) &&
           files->stat(files, path, &status) == 0 &&
           file_is_same(&standard_output, &status);
}

/* ---- writing ------------------------------------------------------------ */

/* Stores the errno: nothing may be written after missing data. */
static int fail_write(struct writer *writer, int failure, struct error *error)
{
    writer->failure = failure;
    if (!writer->is_file && failure == EPIPE)
        return error_set(error, ERROR_LOCAL,
                         "standard output was closed by its reader");
    if (failure == ESTALE)
        return locked_file_fail_changed(writer_partial_name(writer), error);
    (void)error_set(
        error, ERROR_LOCAL, "cannot write %s: %s (after %" PRIu64 " bytes)",
        writer_partial_name(writer), strerror(failure), writer->written);
    return error_note_write(error, failure);
}

/* Empties the staging file before the first write. Not earlier, so that a run
 * that fails before its first result keeps the rows of an earlier run. */
static int begin(struct writer *writer, struct error *error)
{
    const struct file_system *files = writer->files;

    if (!writer->begun && files->truncate(files, writer->fd, 0))
        return fail_write(writer, errno, error);
    writer->begun = true;
    return 0;
}

/* Is everything that was written, and nothing else, in the staging file? */
static int check_file(struct writer *writer, struct error *error)
{
    if (!writer->is_file ||
        atomic_file_is_intact(&writer->file, (off_t)writer->written))
        return 0;
    return fail_write(writer, ESTALE, error);
}

/* Returns the number of bytes written; 0 if it would block. A pipe that is
 * writable for poll(2) accepts PIPE_BUF bytes without blocking; a socket
 * accepts more. */
static ssize_t write_some(const struct writer *writer, const char *data,
                          size_t len)
{
    const struct file_system *files = writer->files;
    struct pollfd ready = {.fd = writer->fd, .events = POLLOUT};
    ssize_t count;

    if (writer->can_block && len > PIPE_BUF)
        len = PIPE_BUF;
    do {
        if (writer->can_block && poll(&ready, 1, 0) <= 0)
            return 0;
        count = files->write(files, writer->fd, data, len);
    } while (count < 0 && errno == EINTR);
    return count < 0 && errno == EAGAIN ? 0 : count;
}

/* Removes the bytes that were written. A larger rest is not moved each time. */
static void drop_sent(struct writer *writer)
{
    struct buffer *pending = &writer->pending;
    size_t rest = pending->len - writer->sent;

    if (rest > 0 && rest > writer->sent)
        return;
    if (rest > 0)
        memmove(pending->data, pending->data + writer->sent, rest);
    else if (pending->size > 2 * FULL_SIZE)
        buffer_free(pending);
    if (pending->data)
        pending->data[rest] = '\0';
    pending->len = rest;
    writer->sent = 0;
}

int writer_flush(struct writer *writer, struct error *error)
{
    const struct buffer *pending = &writer->pending;
    ssize_t count;

    if (writer->failure)
        return fail_write(writer, writer->failure, error);
    if (pending->len == 0)
        return 0;
    if (begin(writer, error) || check_file(writer, error))
        return -1;
    while (writer->sent < pending->len) {
        count = write_some(writer, pending->data + writer->sent,
                           pending->len - writer->sent);
        if (count < 0)
            return fail_write(writer, errno, error);
        if (count == 0)
            break;
        if (writer->hash)
            hash_update(writer->hash, pending->data + writer->sent,
                        (size_t)count);
        writer->sent += (size_t)count;
        writer->written += (uint64_t)count;
    }
    drop_sent(writer);
    return 0;
}

int writer_poll_fd(const struct writer *writer)
{
    return writer->can_block && writer->pending.len > 0 ? writer->fd : -1;
}

bool writer_is_full(const struct writer *writer)
{
    return writer->pending.len - writer->sent > FULL_SIZE;
}

/* Waits until everything is written. The first signal does not interrupt it,
 * since result rows would be lost. A second one ends the program. */
static int drain(struct writer *writer, struct error *error)
{
    struct pollfd ready = {.fd = writer->fd, .events = POLLOUT};

    for (;;) {
        if (writer_flush(writer, error))
            return -1;
        if (writer->pending.len == 0)
            return 0;
        (void)poll(&ready, 1, -1);
    }
}

static int put_plain(struct writer *writer, const char *data, size_t len,
                     struct error *error)
{
    if (writer->pending.len + len > PENDING_SIZE && writer_flush(writer, error))
        return -1;
    if (buffer_append(&writer->pending, data, len) == 0)
        return 0;
    if (errno == EFBIG) {
        if (drain(writer, error))
            return -1;
        if (buffer_append(&writer->pending, data, len) == 0)
            return 0;
    }
    return error_memory(error);
}

/* mode: Z_NO_FLUSH, or Z_FINISH to end the stream. deflate() has nothing left
 * when it does not fill the output. */
static int put_gzip(struct writer *writer, const char *data, size_t len,
                    int mode, struct error *error)
{
    struct buffer *pending = &writer->pending;
    z_stream *stream = &writer->stream;

    stream->next_in = (const Bytef *)data;
    stream->avail_in = (uInt)len;
    do {
        if (pending->len == PENDING_SIZE && writer_flush(writer, error))
            return -1;
        stream->next_out = (Bytef *)pending->data + pending->len;
        stream->avail_out = (uInt)(PENDING_SIZE - pending->len);
        (void)deflate(stream, mode);
        pending->len = PENDING_SIZE - stream->avail_out;
    } while (stream->avail_out == 0);
    return 0;
}

int writer_write(struct writer *writer, const char *data, size_t len,
                 struct error *error)
{
    size_t piece;
    int result;

    if (writer->failure)
        return fail_write(writer, writer->failure, error);
    for (; len > 0; data += piece, len -= piece) {
        piece = len < PENDING_SIZE ? len : PENDING_SIZE;
        result = writer->gzip ? put_gzip(writer, data, piece, Z_NO_FLUSH, error)
                              : put_plain(writer, data, piece, error);
        if (result)
            return -1;
    }
    return 0;
}

/* ---- the end ------------------------------------------------------------ */

int writer_stop(struct writer *writer, struct error *error)
{
    const struct file_system *files = writer->files;

    if (writer->failure)
        return fail_write(writer, writer->failure, error);
    if (writer->gzip && put_gzip(writer, NULL, 0, Z_FINISH, error))
        return -1;
    if (begin(writer, error) || drain(writer, error))
        return -1;
    if (writer->is_file && files->sync(files, writer->fd))
        return fail_write(writer, errno, error);
    return 0;
}

int writer_digest(const struct writer *writer, unsigned char digest[HASH_SIZE])
{
    return writer->hash ? hash_peek(writer->hash, digest) : -1;
}

int writer_commit(struct writer *writer, struct error *error)
{
    if (check_file(writer, error))
        return -1;
    if (!writer->is_file)
        return 0;
    if (atomic_file_commit(&writer->file, error))
        return -1;
    writer->committed = true;
    return 0;
}
