#include "journal/journal.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/locked_file.h"
#include "journal/record_reader.h"

#define WRITE_SIZE ((size_t)1 << 20)

#define CLAIM_TRIES 3

struct journal {
    const struct file_system *files;
    char *path;
    int fd;

    struct buffer
        pending;     /* records to be written; the last may be incomplete */
    size_t complete; /* bytes of complete records in `pending` */
    bool dirty;
    bool is_old; /* an earlier process may not have synced it and its name */
    int failure; /* errno of the first failed write or sync; nothing is written
                    after it */

    struct record_reader reader;

    off_t size;          /* of the file, unless another process writes to it */
    struct buffer claim; /* a record of this process, */
    off_t claim_at;      /* and its place */
};

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
        return error_set(error, ERROR_BUSY,
                         "another run is using the journal %s: wait until it "
                         "ends, or choose another OUTPUT",
                         path);
    case ENOLCK:
        return error_set(error, ERROR_USAGE,
                         "cannot lock the journal %s: " LOCKED_FILE_ADVICE,
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
    buffer_init(&journal->pending,
                WRITE_SIZE + JOURNAL_RECORD_SIZE(JOURNAL_MAX_TEXT));
    buffer_init(&journal->claim, JOURNAL_RECORD_SIZE(JOURNAL_MAX_LAST));
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
                                   O_RDWR | O_APPEND | O_CREAT | O_EXCL, NULL);
    if (journal->fd < 0 && errno == EEXIST &&
        files->stat_link(files, journal->path, &status) == 0 &&
        !S_ISREG(status.st_mode))
        errno = ELOOP;
    if (journal->fd < 0)
        return fail_open(journal->path, error);
    if (file_sync_directory(files, journal->path)) {
        fail_open(journal->path, error);
        (void)files->remove(files, journal->path);
        return -1;
    }
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
    journal->fd = locked_file_open(files, path, flags, NULL);
    if (journal->fd < 0) {
        *missing = errno == ENOENT;
        if (!*missing)
            fail_open(path, error);
        goto fail;
    }
    if (check_file(journal, error))
        goto fail;
    record_reader_init(&journal->reader, files, journal->fd);
    journal->dirty = journal->is_old = true;
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
    record_reader_clear(&journal->reader);
    buffer_free(&journal->pending);
    free(journal->path);
    free(journal);
}

/* ---- reading ------------------------------------------------------------ */

/* errno says why. */
static int fail_read(const struct journal *journal, struct error *error)
{
    if (errno == ENOMEM)
        return error_memory(error);
    return error_set(error, ERROR_LOCAL, "cannot read the journal %s: %s",
                     journal->path, strerror(errno));
}

int journal_read(struct journal *journal, struct journal_record *record,
                 struct error *error)
{
    int found = record_reader_next(&journal->reader, record);

    return found < 0 ? fail_read(journal, error) : found;
}

int journal_read_last(struct journal *journal, size_t len, char *type,
                      char *text)
{
    char bytes[JOURNAL_RECORD_SIZE(JOURNAL_MAX_LAST)];
    size_t size = JOURNAL_RECORD_SIZE(len);
    struct journal_record record;

    assert(len <= JOURNAL_MAX_LAST);
    if (journal->size < (off_t)size ||
        journal->files->read_at(journal->files, journal->fd, bytes, size,
                                journal->size - (off_t)size) != (ssize_t)size ||
        journal_record_size(bytes) != size ||
        !journal_record_is_intact(bytes, size))
        return -1;
    record = journal_record_open(bytes, size);
    *type = record.type;
    memcpy(text, record.text, len + 1);
    return 0;
}

int journal_has_more(struct journal *journal, struct error *error)
{
    int found = record_reader_has_more(&journal->reader);

    return found < 0 ? fail_read(journal, error) : found;
}

bool journal_is_cut(const struct journal *journal)
{
    return journal->reader.place < journal->size;
}

off_t journal_place(const struct journal *journal)
{
    return journal->reader.place;
}

int journal_return(struct journal *journal, off_t place, struct error *error)
{
    return record_reader_seek(&journal->reader, place)
               ? fail_read(journal, error)
               : 0;
}

int journal_truncate(struct journal *journal, struct error *error)
{
    off_t end = journal->reader.place;

    record_reader_clear(&journal->reader);
    if (journal->files->truncate(journal->files, journal->fd, end)) {
        journal->failure = errno;
        return error_set(error, ERROR_LOCAL,
                         "cannot truncate the journal %s: %s", journal->path,
                         strerror(errno));
    }
    journal->size = end;
    journal->dirty = true;
    return 0;
}

/* ---- writing ------------------------------------------------------------ */

struct buffer *journal_begin(struct journal *journal, char type)
{
    struct buffer *pending = &journal->pending;

    pending->len = journal->complete;
    return journal_record_begin(pending, type) ? NULL : pending;
}

void journal_set_type(struct journal *journal, char type)
{
    journal_record_set_type(journal->pending.data + journal->complete, type);
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

    if (journal_record_end(pending, journal->complete))
        return -1;
    journal->complete = pending->len;
    /* If it fails, journal_flush() reports it. */
    if (journal->complete >= WRITE_SIZE)
        (void)write_pending(journal);
    return 0;
}

static int fail_write(const struct journal *journal, struct error *error)
{
    if (journal->failure == ESTALE)
        return locked_file_fail_changed(journal->path, error);
    (void)error_set(error, ERROR_LOCAL, "cannot write the journal %s: %s",
                    journal->path, strerror(journal->failure));
    return error_note_write(error, journal->failure);
}

static bool has_claim(const struct journal *journal)
{
    const struct buffer *claim = &journal->claim;
    char bytes[JOURNAL_RECORD_SIZE(JOURNAL_MAX_LAST)];

    return journal->files->read_at(journal->files, journal->fd, bytes,
                                   claim->len,
                                   journal->claim_at) == (ssize_t)claim->len &&
           memcmp(bytes, claim->data, claim->len) == 0;
}

static bool has_own_size(const struct journal *journal)
{
    struct stat status;

    return journal->files->stat_open(journal->files, journal->fd, &status) ==
               0 &&
           status.st_size == journal->size;
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
    if (journal->claim.len > 0 && !has_own_size(journal))
        return fail_foreign(journal, error);
    return 0;
}

bool journal_is_foreign(const struct journal *journal)
{
    return journal->failure == ESTALE ||
           (journal->claim.len > 0 && !has_own_size(journal));
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
    if (checked && !(has_claim(journal) &&
                     locked_file_is_intact(journal->files, journal->fd,
                                           journal->path, journal->size)))
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
        (journal->files->sync_data(journal->files, journal->fd) ||
         (journal->is_old &&
          file_sync_directory(journal->files, journal->path)))) {
        journal->failure = errno;
        return fail_write(journal, error);
    }
    journal->dirty = journal->is_old = false;
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
