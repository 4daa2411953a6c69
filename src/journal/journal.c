#include "journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"

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

/* ---- opening ------------------------------------------------------------ */

static int reject_other_kind(const char *path, struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s, the name of the journal, is not a regular file: "
                     "remove it, or choose another OUTPUT",
                     path);
}

/* Explains errno of a file that can't be opened or created. */
static int fail_open(const char *path, struct error *error)
{
    const char *advice = "";

    switch (errno) {
    case ELOOP: /* a link */
    case EISDIR:
    case ENXIO: /* a socket */
        return reject_other_kind(path, error);
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
static int check_file(const struct journal *journal, struct error *error)
{
    struct stat status;

    if (journal->files->stat_open(journal->files, journal->fd, &status))
        return fail_open(journal->path, error);
    if (!S_ISREG(status.st_mode))
        return reject_other_kind(journal->path, error);
    if (status.st_uid != geteuid())
        return error_set(error, ERROR_USAGE,
                         "the journal %s belongs to another user: resume as "
                         "that user, or choose another OUTPUT",
                         journal->path);
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
    int flags = O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    struct stat status;

    if (files->stat_link(files, journal->path, &status) == 0) {
        if (!S_ISREG(status.st_mode))
            return reject_other_kind(journal->path, error);
        if (files->remove(files, journal->path))
            return fail_open(journal->path, error);
    }
    journal->fd = files->open(files, journal->path, flags, S_IRUSR | S_IWUSR);
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
    int flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    struct journal *journal = journal_new(files, path, error);

    *missing = false;
    if (!journal)
        return NULL;
    journal->fd = files->open(files, path, flags | O_CLOEXEC, 0);
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
    char crc[DIGITS];
    size_t len, size;
    char *bytes;
    int found;

    found = fill(journal, PREFIX_SIZE, error);
    if (found != 1)
        return found;
    bytes = journal->chunk.data + journal->at;
    if (read_digits(bytes + LENGTH_AT, &len) || len > JOURNAL_MAX_TEXT)
        return 0;
    size = PREFIX_SIZE + len + LINE_END;
    found = fill(journal, size, error);
    if (found != 1)
        return found;
    bytes = journal->chunk.data + journal->at;
    write_crc(crc, bytes, size);
    if (memcmp(crc, bytes, DIGITS) != 0)
        return 0;
    bytes[size - LINE_END] = '\0';
    *record = (struct journal_record){bytes[TYPE_AT], bytes + PREFIX_SIZE, len};
    journal->at += size;
    journal->valid += (off_t)size;
    return 1;
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
    pending->data[journal->complete + TYPE_AT] = type;
    return pending;
}

/* Writes all complete records. -1: journal->failure is the errno. */
static int write_pending(struct journal *journal)
{
    if (!journal->failure && journal->complete > 0) {
        journal->dirty = true;
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
    return error_set(error, ERROR_LOCAL, "cannot write the journal %s: %s",
                     journal->path, strerror(journal->failure));
}

int journal_flush(struct journal *journal, struct error *error)
{
    if (write_pending(journal))
        return fail_write(journal, error);
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
    if (journal->files->remove(journal->files, journal->path) &&
        errno != ENOENT)
        return error_set(error, ERROR_LOCAL, "cannot remove the journal %s: %s",
                         journal->path, strerror(errno));
    return 0;
}
