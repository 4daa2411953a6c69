#include "input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "input/gunzip.h"

#define NAME_SIZE 200
#define RAW_SIZE  ((size_t)64 << 10)

enum format { FORMAT_UNKNOWN, FORMAT_PLAIN, FORMAT_GZIP };

struct input {
    const struct file_system *files;
    char name[NAME_SIZE];
    struct stat stat;
    int fd;
    int kept; /* of input_keep(), until it has the whole pipe; -1: none */
    bool is_file;
    off_t start; /* of a file: where each reading begins */

    /* The current reading. */
    enum format format;
    uint64_t position; /* raw bytes taken from fd */
    size_t raw_at;     /* raw[raw_at..raw_len) is not used yet */
    size_t raw_len;
    bool ended;            /* fd has no more bytes */
    bool finished;         /* the end was reached, and all is valid */
    struct gunzip *gunzip; /* NULL: the format is another one */

    struct hash *hash; /* NULL: not kept */
    unsigned reading;  /* 0 or 1: index of the current reading's digest */
    unsigned char digest[2][HASH_SIZE];

    uint64_t expected; /* bytes of input_expect(); 0: none, or compared */
    unsigned char expected_digest[HASH_SIZE];

    unsigned char raw[RAW_SIZE];
};

static void set_name(struct input *input, const char *path)
{
    size_t len = strlen(path);

    if (len < NAME_SIZE) {
        memcpy(input->name, path, len + 1);
        return;
    }
    path += len - (NAME_SIZE - 4);
    while (((unsigned char)*path & 0xC0) == 0x80) /* not within a character */
        path++;
    (void)snprintf(input->name, sizeof(input->name), "...%s", path);
}

/* Finds out what fd is. */
static int examine(struct input *input, struct error *error)
{
    if (input->files->stat_open(input->files, input->fd, &input->stat))
        return error_set(error, ERROR_USAGE, "%s cannot be read: %s",
                         input->name, strerror(errno));
    if (S_ISDIR(input->stat.st_mode))
        return error_set(error, ERROR_USAGE,
                         "%s is a directory; use the name of a CSV file",
                         input->name);
    if (!S_ISREG(input->stat.st_mode))
        return 0;
    /* Other programs may have read the beginning of standard input. */
    input->start = input->files->seek(input->files, input->fd, 0, SEEK_CUR);
    if (input->start < 0)
        return error_set(error, ERROR_USAGE, "%s cannot be read: %s",
                         input->name, strerror(errno));
    input->is_file = true;
    return 0;
}

struct input *input_open(const struct file_system *files, const char *path,
                         struct error *error)
{
    struct input *input = calloc(1, sizeof(*input));

    if (!input) {
        (void)error_memory(error);
        return NULL;
    }
    input->files = files;
    input->kept = -1;
    if (strcmp(path, "-") == 0) {
        set_name(input, "standard input");
        input->fd = STDIN_FILENO;
        /* main() opens something write-only in place of a closed one. */
        if ((files->flags(files, input->fd) & O_ACCMODE) == O_WRONLY) {
            (void)error_set(error, ERROR_USAGE,
                            "INPUT is -, but standard input is closed");
            goto fail;
        }
    } else {
        set_name(input, path);
        input->fd =
            files->open(files, path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
        if (input->fd < 0) {
            (void)error_set(error, ERROR_USAGE, "%s cannot be opened: %s",
                            input->name, strerror(errno));
            goto fail;
        }
    }
    if (examine(input, error))
        goto fail;
    return input;

fail:
    input_free(input);
    return NULL;
}

void input_free(struct input *input)
{
    if (!input)
        return;
    gunzip_free(input->gunzip);
    hash_free(input->hash);
    if (input->fd > STDIN_FILENO)
        (void)input->files->close(input->files, input->fd);
    if (input->kept >= 0)
        (void)input->files->close(input->files, input->kept);
    free(input);
}

const char *input_name(const struct input *input)
{
    return input->name;
}

const struct stat *input_stat(const struct input *input)
{
    return &input->stat;
}

bool input_is_file(const struct input *input)
{
    return input->is_file;
}

/* Copies what one read(2) of the pipe returns. 0 at the end. */
static ssize_t copy_bytes(struct input *input, int to, struct error *error)
{
    const struct file_system *files = input->files;
    ssize_t got = files->read(files, input->fd, input->raw, RAW_SIZE);
    int why = errno;

    if (got < 0 && (why == EINTR || why == EAGAIN || why == EWOULDBLOCK))
        return 1;
    if (got < 0)
        return error_set(error, ERROR_LOCAL, "%s: reading failed: %s",
                         input->name, strerror(why));
    if (got == 0 ||
        file_write_all(files, to, (char *)input->raw, (size_t)got) == 0)
        return got;
    why = errno;
    (void)error_set(error, ERROR_LOCAL, "cannot keep %s in a file: %s",
                    input->name, strerror(why));
    return error_note_write(error, why);
}

/* From now on, the kept file is read. */
static int use_kept(struct input *input, struct error *error)
{
    const struct file_system *files = input->files;

    if (files->stat_open(files, input->kept, &input->stat))
        return error_set(error, ERROR_LOCAL, "cannot keep %s in a file: %s",
                         input->name, strerror(errno));
    if (input->fd > STDIN_FILENO)
        (void)files->close(files, input->fd);
    input->fd = input->kept;
    input->kept = -1;
    input->is_file = true;
    return 0;
}

int input_keep(struct input *input, const struct random *random,
               const char *path, struct error *error)
{
    ssize_t got;

    if (input->kept < 0)
        input->kept = file_open_unnamed(input->files, random, path);
    if (input->kept < 0)
        return error_set(error, ERROR_USAGE,
                         "cannot create a file in the directory of %s: %s",
                         path, strerror(errno));
    got = copy_bytes(input, input->kept, error);
    if (got == 0)
        return use_kept(input, error);
    return got < 0 ? -1 : 1;
}

int input_keep_hash(struct input *input, struct error *error)
{
    if (input->hash)
        return 0;
    input->hash = hash_new();
    return input->hash ? 0 : error_memory(error);
}

/* Are more raw bytes needed for the next chunk? */
static bool needs_bytes(const struct input *input)
{
    if (input->ended)
        return false;
    return input->format == FORMAT_UNKNOWN || input->raw_at == input->raw_len;
}

int input_poll_fd(const struct input *input)
{
    return !input->is_file && needs_bytes(input) ? input->fd : -1;
}

/* All bytes that an earlier run read were read again, or the input ended. */
static int compare_expected(struct input *input, struct error *error)
{
    unsigned char digest[HASH_SIZE];
    uint64_t bytes;

    if (input_checkpoint(input, &bytes, digest))
        return error_memory(error);
    if (bytes == input->expected &&
        memcmp(digest, input->expected_digest, HASH_SIZE) == 0) {
        input->expected = 0;
        return 0;
    }
    return error_set(error, ERROR_USAGE,
                     "%s differs from what the run to be resumed has read "
                     "(in its first %" PRIu64 " bytes): use the same input, "
                     "or --restart to discard that run",
                     input->name, input->expected);
}

/* Reads fd once, and appends to the raw bytes that are not used yet. */
static int take_bytes(struct input *input, struct error *error)
{
    const struct file_system *files = input->files;
    unsigned char *to;
    size_t room;
    ssize_t got;

    if (input->raw_at == input->raw_len)
        input->raw_at = input->raw_len = 0;
    to = input->raw + input->raw_len;
    room = RAW_SIZE - input->raw_len;
    if (input->expected > 0 && room > input->expected - input->position)
        room = (size_t)(input->expected - input->position);
    if (input->is_file)
        got = files->read_at(files, input->fd, to, room,
                             input->start + (off_t)input->position);
    else
        got = files->read(files, input->fd, to, room);
    if (got < 0) {
        if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
            return 0;
        return error_set(error, ERROR_LOCAL,
                         "%s: reading failed at byte %" PRIu64 ": %s",
                         input->name, input->position, strerror(errno));
    }
    if (input->hash)
        hash_update(input->hash, to, (size_t)got);
    input->ended = got == 0;
    input->raw_len += (size_t)got;
    input->position += (uint64_t)got;
    if (input->expected > 0 &&
        (input->ended || input->position == input->expected))
        return compare_expected(input, error);
    return 0;
}

/* Recognises gzip by its first two bytes. The format stays unknown until enough
 * bytes are there. A file that ends between the two is not text but truncated
 * gzip data. */
static int find_format(struct input *input, struct error *error)
{
    if (input->raw_len == 0) {
        if (!input->ended)
            return 0;
        return error_set(error, ERROR_INPUT,
                         "%s is empty; its first line must name the columns",
                         input->name);
    }
    if (!gunzip_recognizes(input->raw, input->raw_len)) {
        input->format = FORMAT_PLAIN;
        return 0;
    }
    if (input->raw_len == 1 && !input->ended)
        return 0;
    input->gunzip = gunzip_new(input->name);
    if (!input->gunzip)
        return error_memory(error);
    input->format = FORMAT_GZIP;
    return 0;
}

static int read_gzip(struct input *input, const char **data, size_t *len,
                     struct error *error)
{
    ssize_t used;

    if (input->raw_at == input->raw_len)
        return input->ended ? gunzip_end(input->gunzip, error) : 1;
    used = gunzip_read(input->gunzip, input->raw + input->raw_at,
                       input->raw_len - input->raw_at, data, len, error);
    if (used < 0)
        return -1;
    input->raw_at += (size_t)used;
    return 1;
}

static int read_plain(struct input *input, const char **data, size_t *len)
{
    if (input->raw_at == input->raw_len)
        return input->ended ? 0 : 1;
    *data = (const char *)input->raw + input->raw_at;
    *len = input->raw_len - input->raw_at;
    input->raw_at = input->raw_len;
    return 1;
}

/* As input_read(), but a file's chunk may be empty, too. */
static int read_once(struct input *input, const char **data, size_t *len,
                     struct error *error)
{
    *data = "";
    *len = 0;
    if (needs_bytes(input) && take_bytes(input, error))
        return -1;
    if (input->format == FORMAT_UNKNOWN && find_format(input, error))
        return -1;
    switch (input->format) {
    case FORMAT_PLAIN:
        return read_plain(input, data, len);
    case FORMAT_GZIP:
        return read_gzip(input, data, len, error);
    default:
        return 1;
    }
}

/* All was read and is valid: computes its digest. */
static int finish(struct input *input, struct error *error)
{
    input->finished = true;
    if (input->hash && hash_digest(input->hash, input->digest[input->reading]))
        return error_set(
            error, ERROR_LOCAL,
            "%s: cannot compute its SHA-256; check the installation "
            "of OpenSSL",
            input->name);
    return 0;
}

int input_read(struct input *input, const char **data, size_t *len,
               struct error *error)
{
    int got;

    if (input->finished)
        return 0;
    do {
        got = read_once(input, data, len, error);
    } while (got == 1 && *len == 0 && input->is_file);
    return got == 0 ? finish(input, error) : got;
}

int input_rewind(struct input *input, struct error *error)
{
    if (!input->is_file)
        return error_set(error, ERROR_LOCAL,
                         "%s is a pipe and cannot be read twice", input->name);
    input->format = FORMAT_UNKNOWN;
    input->position = 0;
    input->raw_at = input->raw_len = 0;
    input->ended = input->finished = false;
    gunzip_free(input->gunzip);
    input->gunzip = NULL;
    input->reading = 1;
    if (input->hash)
        hash_reset(input->hash);
    return 0;
}

const unsigned char *input_digest(const struct input *input)
{
    return input->digest[0];
}

int input_checkpoint(const struct input *input, uint64_t *bytes,
                     unsigned char digest[HASH_SIZE])
{
    *bytes = input->position;
    if (!input->finished)
        return hash_peek(input->hash, digest);
    memcpy(digest, input->digest[input->reading], HASH_SIZE);
    return 0;
}

void input_expect(struct input *input, uint64_t bytes,
                  const unsigned char digest[HASH_SIZE])
{
    input->expected = bytes;
    memcpy(input->expected_digest, digest, HASH_SIZE);
}

bool input_is_as_expected(const struct input *input)
{
    return input->expected == 0;
}

bool input_changed(const struct input *input)
{
    const struct stat *then = &input->stat;
    struct stat now;

    if (input->files->stat_open(input->files, input->fd, &now) ||
        now.st_size != then->st_size ||
        now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
        now.st_mtim.tv_nsec != then->st_mtim.tv_nsec)
        return true;
    return input->hash &&
           memcmp(input->digest[0], input->digest[1], HASH_SIZE) != 0;
}
