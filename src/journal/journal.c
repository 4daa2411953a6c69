#include "journal/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/locked_file.h"

/* What precedes the text of a record. Numbers have a fixed width, so that they
 * can be filled in when the text is complete. */
#define PREFIX      "00000000 ? 00000000 "
#define PREFIX_SIZE (sizeof(PREFIX) - 1)
#define DIGITS      8 /* of the CRC (base 16) and the length (base 10) */
#define TYPE_AT     (DIGITS + 1)
#define LENGTH_AT   (TYPE_AT + 2)
#define LINE_END    1

#define MAX_RECORD (PREFIX_SIZE + JOURNAL_MAX_TEXT + LINE_END)
#define WRITE_SIZE ((size_t)1 << 20)
#define READ_SIZE  ((size_t)1 << 16)
#define SCAN_SIZE  ((size_t)1 << 20)

#define CLAIM_TRIES 3

struct journal {
    const struct file_system *files;
    char *path;
    int fd;

    struct buffer
        pending;     /* records to be written; the last may be incomplete */
    size_t complete; /* bytes of complete records in `pending` */
    bool dirty;
    int failure; /* errno of the first failed write or sync; nothing is written
                    after it */

    struct buffer chunk; /* as read from the file */
    size_t at;           /* offset of the next record in `chunk` */
    off_t valid;         /* bytes of the file that were read as records */

    off_t size;          /* of the file, unless another process writes to it */
    struct buffer claim; /* a record of this process, */
    off_t claim_at;      /* and its place */
};

/* ---- records as bytes --------------------------------------------------- */

static void write_digits(char *to, size_t number, unsigned base)
{
    for (size_t i = DIGITS; i-- > 0; number /= base)
        to[i] = "0123456789abcdef"[number % base];
}

static int read_digits(const char *from, size_t *number)
{
    *number = 0;
    for (size_t i = 0; i < DIGITS; i++) {
        if (from[i] < '0' || from[i] > '9')
            return -1;
        *number = *number * 10 + (size_t)(from[i] - '0');
    }
    return 0;
}

static void write_crc(char crc[DIGITS], const char *record, size_t size)
{
    const Bytef *checked = (const Bytef *)record + DIGITS;

    write_digits(crc, crc32_z(0, checked, size - DIGITS), 16);
}

/* The size of the record that begins with these bytes, at least PREFIX_SIZE; 0:
 * there is none. */
static size_t claimed_size(const char *bytes)
{
    size_t len;

    if (read_digits(bytes + LENGTH_AT, &len) || len > JOURNAL_MAX_TEXT)
        return 0;
    return PREFIX_SIZE + len + LINE_END;
}

static bool is_complete(const char *bytes, size_t size)
{
    char crc[DIGITS];

    write_crc(crc, bytes, size);
    return memcmp(crc, bytes, DIGITS) == 0;
}

/* ---- opening ------------------------------------------------------------ */

static int reject_file(const char *path, const char *flaw, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s, the name of the journal, %s: remove it, or choose "
                     "another OUTPUT",
                     path, flaw);
}

/* Explains errno of a file that can't be opened or created. */
static int fail_open(const char *path, struct error *error)
{
    const char *advice = "";

    switch (errno) {
    case ELOOP: /* a link */
    case EISDIR:
    case ENXIO: /* a socket */
        return reject_file(path, "is not a regular file", error);
    case EWOULDBLOCK:
        return error_set(error, ERROR_USAGE,
                         "another run is using the journal %s: wait until it "
                         "ends, or choose another OUTPUT",
                         path);
    case ENAMETOOLONG:
        advice = ": choose a shorter name for OUTPUT";
        break;
    case EACCES:
    case EPERM:
    case EROFS:
        advice = ": choose an OUTPUT in a directory that you can write to";
        break;
    default:
        break;
    }
    return error_set(error, ERROR_USAGE, "cannot open the journal %s: %s%s",
                     path, strerror(errno), advice);
}

/* In a directory that all may write to, another user may have created it. */
static int check_file(struct journal *journal, struct error *error)
{
    struct stat status;
    const char *flaw;

    if (journal->files->stat_open(journal->files, journal->fd, &status))
        return fail_open(journal->path, error);
    flaw = locked_file_flaw(&status);
    if (flaw)
        return reject_file(journal->path, flaw, error);
    journal->size = status.st_size;
    return 0;
}

static struct journal *journal_new(const struct file_system *files,
                                   const char *path, struct error *error)
{
    struct journal *journal = calloc(1, sizeof(*journal));

    if (!journal)
        goto err0;
    journal->files = files;
    journal->fd = -1;
    buffer_init(&journal->pending, WRITE_SIZE + MAX_RECORD);
    buffer_init(&journal->chunk, READ_SIZE + MAX_RECORD);
    buffer_init(&journal->claim, READ_SIZE);
    journal->path = strdup(path);
    if (!journal->path)
        goto err1;
    return journal;

err1:
    free(journal);
err0:
    error_memory(error);
    return NULL;
}

/* Creates a new file, so that no other process has it open and no link refers
 * to it. */
static int create_file(struct journal *journal, struct error *error)
{
    const struct file_system *files = journal->files;
    struct stat status;

    journal->fd = locked_file_open(files, journal->path,
                                   O_RDWR | O_APPEND | O_CREAT | O_EXCL);
    if (journal->fd < 0 && errno == EEXIST &&
        files->stat_link(files, journal->path, &status) == 0 &&
        !S_ISREG(status.st_mode))
        errno = ELOOP;
    if (journal->fd < 0 || file_sync_directory(files, journal->path))
        return fail_open(journal->path, error);
    return 0;
}

struct journal *journal_create(const struct file_system *files,
                               const char *path, struct error *error)
{
    struct journal *journal = journal_new(files, path, error);

    if (journal && create_file(journal, error)) {
        journal_free(journal);
        return NULL;
    }
    return journal;
}

struct journal *journal_open(const struct file_system *files, const char *path,
                             bool *missing, struct error *error)
{
    /* Without O_NONBLOCK a FIFO or a device could block the open. */
    int flags = O_RDWR | O_APPEND | O_NONBLOCK | O_NOCTTY;
    struct journal *journal = journal_new(files, path, error);

    *missing = false;
    if (!journal)
        return NULL;
    journal->fd = locked_file_open(files, path, flags);
    if (journal->fd < 0) {
        *missing = errno == ENOENT;
        if (!*missing)
            fail_open(path, error);
        goto fail;
    }
    if (check_file(journal, error))
        goto fail;
    return journal;

fail:
    journal_free(journal);
    return NULL;
}

void journal_free(struct journal *journal)
{
    if (!journal)
        return;
    if (journal->fd >= 0)
        journal->files->close(journal->files, journal->fd);
    buffer_free(&journal->claim);
    buffer_free(&journal->chunk);
    buffer_free(&journal->pending);
    free(journal->path);
    free(journal);
}

/* ---- reading ------------------------------------------------------------ */

/* Reads until `size` bytes from `at` on are in the chunk. 1; 0 if the file ends
 * before. Memory grows with what was read, not with the length that a damaged
 * record claims. */
static int fill(struct journal *journal, size_t size, struct error *error)
{
    struct buffer *chunk = &journal->chunk;
    ssize_t count;

    if (journal->at > 0 && chunk->len - journal->at < size) {
        chunk->len -= journal->at;
        memmove(chunk->data, chunk->data + journal->at, chunk->len);
        journal->at = 0;
    }
    while (chunk->len - journal->at < size) {
        if (buffer_reserve(chunk, READ_SIZE))
            return error_memory(error);
        count = journal->files->read(journal->files, journal->fd,
                                     chunk->data + chunk->len, READ_SIZE);
        if (count == 0)
            return 0;
        if (count > 0)
            chunk->len += (size_t)count;
        else if (errno != EINTR)
            return error_set(error, ERROR_LOCAL,
                             "cannot read the journal %s: %s", journal->path,
                             strerror(errno));
    }
    return 1;
}

int journal_read(struct journal *journal, struct journal_record *record,
                 struct error *error)
{
    size_t size;
    char *bytes;
    int found;

    found = fill(journal, PREFIX_SIZE, error);
    if (found != 1)
        return found;
    size = claimed_size(journal->chunk.data + journal->at);
    if (size == 0)
        return 0;
    found = fill(journal, size, error);
    if (found != 1)
        return found;
    bytes = journal->chunk.data + journal->at;
    if (!is_complete(bytes, size))
        return 0;
    bytes[size - LINE_END] = '\0';
    *record = (struct journal_record){bytes[TYPE_AT], bytes + PREFIX_SIZE,
                                      size - PREFIX_SIZE - LINE_END};
    journal->at += size;
    journal->valid += (off_t)size;
    return 1;
}

int journal_read_last(struct journal *journal, size_t len, char *type,
                      char *text)
{
    char bytes[PREFIX_SIZE + JOURNAL_MAX_LAST + LINE_END];
    size_t size = PREFIX_SIZE + len + LINE_END;

    assert(len <= JOURNAL_MAX_LAST);
    if (journal->size < (off_t)size ||
        journal->files->read_at(journal->files, journal->fd, bytes, size,
                                journal->size - (off_t)size) != (ssize_t)size ||
        claimed_size(bytes) != size || !is_complete(bytes, size))
        return -1;
    *type = bytes[TYPE_AT];
    memcpy(text, bytes + PREFIX_SIZE, len);
    text[len] = '\0';
    return 0;
}

int journal_has_more(struct journal *journal, struct error *error)
{
    const struct buffer *chunk = &journal->chunk;

    if (fill(journal, SCAN_SIZE, error) < 0)
        return -1;
    for (size_t at = journal->at + 1; at + PREFIX_SIZE < chunk->len; at++) {
        const char *bytes = chunk->data + at;
        size_t size = bytes[-1] == '\n' ? claimed_size(bytes) : 0;

        if (size > 0 && size <= chunk->len - at && is_complete(bytes, size))
            return 1;
    }
    return 0;
}

bool journal_is_cut(const struct journal *journal)
{
    return journal->valid < journal->size;
}

off_t journal_place(const struct journal *journal)
{
    return journal->valid;
}

int journal_return(struct journal *journal, off_t place, struct error *error)
{
    if (journal->files->seek(journal->files, journal->fd, place, SEEK_SET) < 0)
        return error_set(error, ERROR_LOCAL, "cannot read the journal %s: %s",
                         journal->path, strerror(errno));
    buffer_clear(&journal->chunk);
    journal->at = 0;
    journal->valid = place;
    return 0;
}

int journal_truncate(struct journal *journal, struct error *error)
{
    buffer_free(&journal->chunk);
    journal->at = 0;
    if (journal->files->truncate(journal->files, journal->fd, journal->valid)) {
        journal->failure = errno;
        return error_set(error, ERROR_LOCAL,
                         "cannot truncate the journal %s: %s", journal->path,
                         strerror(errno));
    }
    journal->size = journal->valid;
    journal->dirty = true;
    return 0;
}

/* ---- writing ------------------------------------------------------------ */

struct buffer *journal_begin(struct journal *journal, char type)
{
    struct buffer *pending = &journal->pending;

    pending->len = journal->complete;
    if (buffer_append(pending, PREFIX, PREFIX_SIZE))
        return NULL;
    journal_set_type(journal, type);
    return pending;
}

void journal_set_type(struct journal *journal, char type)
{
    journal->pending.data[journal->complete + TYPE_AT] = type;
}

/* Writes all complete records. -1: journal->failure is the errno. */
static int write_pending(struct journal *journal)
{
    if (!journal->failure && journal->complete > 0) {
        journal->dirty = true;
        journal->size += (off_t)journal->complete;
        if (file_write_all(journal->files, journal->fd, journal->pending.data,
                           journal->complete))
            journal->failure = errno;
    }
    journal->complete = 0;
    buffer_clear(&journal->pending);
    /* A group of very many rows may have made it large. */
    if (journal->pending.size > 2 * WRITE_SIZE)
        buffer_free(&journal->pending);
    return journal->failure ? -1 : 0;
}

int journal_end(struct journal *journal)
{
    struct buffer *pending = &journal->pending;
    char *record;

    if (pending->len - journal->complete > PREFIX_SIZE + JOURNAL_MAX_TEXT) {
        errno = EFBIG;
        return -1;
    }
    if (buffer_append(pending, "\n", LINE_END))
        return -1;
    record = pending->data + journal->complete;
    write_digits(record + LENGTH_AT,
                 pending->len - journal->complete - PREFIX_SIZE - LINE_END, 10);
    write_crc(record, record, pending->len - journal->complete);
    journal->complete = pending->len;
    /* If it fails, journal_flush() reports it. */
    if (journal->complete >= WRITE_SIZE)
        (void)write_pending(journal);
    return 0;
}

static int fail_write(const struct journal *journal, struct error *error)
{
    if (journal->failure == ESTALE)
        return error_set(error, ERROR_LOCAL,
                         "another process has changed or replaced the journal "
                         "%s: end the other run, since the locks of this file "
                         "system do not exclude it",
                         journal->path);
    (void)error_set(error, ERROR_LOCAL, "cannot write the journal %s: %s",
                    journal->path, strerror(journal->failure));
    error->disk_full = error_is_disk_full(journal->failure);
    return -1;
}

static bool has_claim(const struct journal *journal)
{
    const struct buffer *claim = &journal->claim;
    char bytes[PREFIX_SIZE + JOURNAL_MAX_LAST + LINE_END];

    return journal->files->read_at(journal->files, journal->fd, bytes,
                                   claim->len,
                                   journal->claim_at) == (ssize_t)claim->len &&
           memcmp(bytes, claim->data, claim->len) == 0;
}

static bool has_size(const struct journal *journal, off_t size)
{
    struct stat status;

    return journal->files->stat_open(journal->files, journal->fd, &status) ==
               0 &&
           status.st_size == size;
}

static int fail_foreign(struct journal *journal, struct error *error)
{
    journal->failure = ESTALE;
    return fail_write(journal, error);
}

int journal_check(struct journal *journal, struct error *error)
{
    if (journal->failure)
        return fail_write(journal, error);
    if (journal->claim.len > 0 && !has_size(journal, journal->size))
        return fail_foreign(journal, error);
    return 0;
}

/* Nothing is written to a file that another process has claimed, so that this
 * process can continue. If both write at the same time, both notice it. */
int journal_flush(struct journal *journal, struct error *error)
{
    bool checked = journal->complete > 0 && journal->claim.len > 0;

    if (checked && journal_check(journal, error))
        return -1;
    if (write_pending(journal))
        return fail_write(journal, error);
    if (checked &&
        !(has_size(journal, journal->size) && has_claim(journal) &&
          locked_file_is_named(journal->files, journal->fd, journal->path)))
        return fail_foreign(journal, error);
    return 0;
}

static int try_claim(struct journal *journal, char type, const char *text,
                     struct error *error)
{
    const struct file_system *files = journal->files;
    struct stat status;
    struct buffer *pending;
    size_t at;

    buffer_clear(&journal->claim);
    /* So that journal_end() does not write the record already. */
    if (journal->complete > WRITE_SIZE / 2 && journal_flush(journal, error))
        return -1;
    if (files->stat_open(files, journal->fd, &status)) {
        journal->failure = errno;
        return fail_write(journal, error);
    }
    journal->size = status.st_size;
    pending = journal_begin(journal, type);
    at = journal->complete;
    journal->claim_at = journal->size + (off_t)at;
    if (!pending || buffer_puts(pending, text) || journal_end(journal) ||
        buffer_append(&journal->claim, pending->data + at, pending->len - at))
        return error_memory(error);
    return journal_sync(journal, error);
}

/* If another process writes at the same time, it sees this claim and ends. The
 * next try follows what it has written. */
int journal_claim(struct journal *journal, char type, const char *text,
                  struct error *error)
{
    assert(strlen(text) <= JOURNAL_MAX_LAST);
    for (int i = 1; try_claim(journal, type, text, error); i++) {
        if (journal->failure != ESTALE || i == CLAIM_TRIES)
            return -1;
        journal->failure = 0;
    }
    return 0;
}

bool journal_is_dirty(const struct journal *journal)
{
    return journal->dirty;
}

int journal_sync(struct journal *journal, struct error *error)
{
    if (journal_flush(journal, error))
        return -1;
    if (journal->dirty &&
        journal->files->sync_data(journal->files, journal->fd)) {
        journal->failure = errno;
        return fail_write(journal, error);
    }
    journal->dirty = false;
    return 0;
}

int journal_remove(struct journal *journal, struct error *error)
{
    const struct file_system *files = journal->files;
    struct stat status;

    if (files->stat_link(files, journal->path, &status) && errno == ENOENT)
        return 0;
    if (!locked_file_is_named(files, journal->fd, journal->path))
        return fail_foreign(journal, error);
    if (files->remove(files, journal->path) ||
        file_sync_directory(files, journal->path))
        return error_set(error, ERROR_LOCAL, "cannot remove the journal %s: %s",
                         journal->path, strerror(errno));
    return 0;
}
