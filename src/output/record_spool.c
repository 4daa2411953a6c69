#include "output/record_spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "input/csv_reader.h"
#include "output/cell.h"

#define CHUNK_SIZE ((size_t)64 << 10)
#define TEXT_SIZE                                                              \
    (CHUNK_SIZE + 2 * CSV_READER_MAX_RECORD + 3 * CSV_READER_MAX_COLUMNS)

struct record_spool {
    const struct file_system *files;
    int fd;
    struct buffer text; /* that was not written yet */
};

struct record_spool *record_spool_new(const struct file_system *files,
                                      const struct random *random,
                                      const char *path, struct error *error)
{
    struct record_spool *spool = calloc(1, sizeof(*spool));

    if (!spool) {
        error_memory(error);
        return NULL;
    }
    spool->files = files;
    buffer_init(&spool->text, TEXT_SIZE);
    spool->fd = file_open_unnamed(files, random, path);
    if (spool->fd >= 0)
        return spool;
    (void)error_set(error, ERROR_USAGE,
                    "cannot create a file in the directory of %s: %s", path,
                    strerror(errno));
    record_spool_free(spool);
    return NULL;
}

void record_spool_free(struct record_spool *spool)
{
    if (!spool)
        return;
    if (spool->fd >= 0)
        (void)spool->files->close(spool->files, spool->fd);
    buffer_free(&spool->text);
    free(spool);
}

static int flush(struct record_spool *spool, struct error *error)
{
    struct buffer *text = &spool->text;

    if (text->len > 0 &&
        file_write_all(spool->files, spool->fd, text->data, text->len)) {
        int number = errno;

        (void)error_set(error, ERROR_LOCAL,
                        "cannot keep the rows of the pipe for --failed: %s",
                        strerror(number));
        return error_note_write(error, number);
    }
    buffer_clear(text);
    return 0;
}

int record_spool_put(struct record_spool *spool, const struct record *record,
                     struct error *error)
{
    struct buffer *text = &spool->text;

    for (size_t i = 0; i < record->count; i++)
        if ((i > 0 && buffer_append(text, ",", 1)) ||
            cell_put_plain(text, record->fields[i].text))
            return error_memory(error);
    if (buffer_append(text, "\n", 1))
        return error_memory(error);
    return text->len < CHUNK_SIZE ? 0 : flush(spool, error);
}

/* Feeds the reader from that offset. Returns the number of bytes; 0 at the end;
 * -1. */
static ssize_t feed(struct record_spool *spool, struct csv_reader *reader,
                    off_t offset, struct error *error)
{
    ssize_t got = spool->files->read_at(spool->files, spool->fd,
                                        spool->text.data, CHUNK_SIZE, offset);

    if (got < 0)
        return error_set(error, ERROR_LOCAL,
                         "cannot read the rows of the pipe for --failed: %s",
                         strerror(errno));
    if (csv_reader_feed(reader, spool->text.data, (size_t)got, error))
        return -1;
    return got;
}

int record_spool_read(struct record_spool *spool, csv_reader_record_fn *take,
                      void *context, const bool *enough,
                      const volatile sig_atomic_t *stop, struct error *error)
{
    struct csv_reader *reader;
    off_t offset = 0;
    ssize_t got;

    if (flush(spool, error))
        return -1;
    if (buffer_reserve(&spool->text, CHUNK_SIZE))
        return error_memory(error);
    reader = csv_reader_new("the pipe", ',', take, context);
    if (!reader)
        return error_memory(error);
    do {
        if (*stop)
            got = error_set(error, ERROR_STOPPED, "stopped by a signal");
        else
            got = feed(spool, reader, offset, error);
        offset += got;
    } while (got > 0 && !*enough);
    csv_reader_free(reader);
    return got < 0 ? -1 : 0;
}
