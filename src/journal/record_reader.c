#include "journal/record_reader.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE ((size_t)1 << 16)
#define SCAN_SIZE ((size_t)1 << 20)

void record_reader_init(struct record_reader *reader,
                        const struct file_system *files, int fd)
{
    *reader = (struct record_reader){.files = files, .fd = fd};
    buffer_init(&reader->chunk,
                READ_SIZE + JOURNAL_RECORD_SIZE(JOURNAL_MAX_TEXT));
}

void record_reader_clear(struct record_reader *reader)
{
    buffer_free(&reader->chunk);
    reader->at = 0;
}

/* Reads until `size` bytes from `at` on are in the chunk. 1; 0 if the file ends
 * before. */
static int fill(struct record_reader *reader, size_t size)
{
    struct buffer *chunk = &reader->chunk;
    ssize_t count;

    if (reader->at > 0 && chunk->len - reader->at < size) {
        chunk->len -= reader->at;
        memmove(chunk->data, chunk->data + reader->at, chunk->len);
        reader->at = 0;
    }
    while (chunk->len - reader->at < size) {
        if (buffer_reserve(chunk, READ_SIZE))
            return -1;
        count = reader->files->read(reader->files, reader->fd,
                                    chunk->data + chunk->len, READ_SIZE);
        if (count == 0)
            return 0;
        if (count > 0)
            chunk->len += (size_t)count;
        else if (errno != EINTR)
            return -1;
    }
    return 1;
}

int record_reader_next(struct record_reader *reader,
                       struct journal_record *record)
{
    size_t size;
    char *bytes;
    int found;

    found = fill(reader, JOURNAL_PREFIX_SIZE);
    if (found != 1)
        return found;
    size = journal_record_size(reader->chunk.data + reader->at);
    if (size == 0)
        return 0;
    found = fill(reader, size);
    if (found != 1)
        return found;
    bytes = reader->chunk.data + reader->at;
    if (!journal_record_is_intact(bytes, size))
        return 0;
    *record = journal_record_open(bytes, size);
    reader->at += size;
    reader->place += (off_t)size;
    return 1;
}

int record_reader_has_more(struct record_reader *reader)
{
    const struct buffer *chunk = &reader->chunk;

    if (fill(reader, SCAN_SIZE) < 0)
        return -1;
    for (size_t at = reader->at + 1; at + JOURNAL_PREFIX_SIZE < chunk->len;
         at++) {
        const char *bytes = chunk->data + at;
        size_t size = bytes[-1] == '\n' ? journal_record_size(bytes) : 0;

        if (size > 0 && size <= chunk->len - at &&
            journal_record_is_intact(bytes, size))
            return 1;
    }
    return 0;
}

int record_reader_seek(struct record_reader *reader, off_t place)
{
    if (reader->files->seek(reader->files, reader->fd, place, SEEK_SET) < 0)
        return -1;
    buffer_clear(&reader->chunk);
    reader->at = 0;
    reader->place = place;
    return 0;
}
