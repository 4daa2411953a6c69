/*
 * Reads records one after the other from an open file.
 */
#ifndef JOURNAL_RECORD_READER_H
#define JOURNAL_RECORD_READER_H

#include <sys/types.h>

#include "base/buffer.h"
#include "base/file_system.h"
#include "journal/journal_record.h"

/* Functions return -1 with errno; ENOMEM: out of memory. Memory grows with what
 * was read, not with the length that a damaged record claims. */
struct record_reader {
    const struct file_system *files;
    int fd;              /* borrowed; its offset belongs to the reader */
    struct buffer chunk; /* as read from the file */
    size_t at;           /* offset of the next record in `chunk` */
    off_t place;         /* of the next record in the file: all bytes before it
                            were read as records */
};

/* Starts at the beginning of the file. */
void record_reader_init(struct record_reader *reader,
                        const struct file_system *files, int fd);

/* Frees the memory; nothing can be read afterwards. */
void record_reader_clear(struct record_reader *reader);

/* Reads the next record, valid until the next call. 1; 0: no intact record
 * follows. */
int record_reader_next(struct record_reader *reader,
                       struct journal_record *record);

/* After it has returned 0: does an intact record follow within 1 MiB? 1 or 0.
 */
int record_reader_has_more(struct record_reader *reader);

/* Continues at that place, at which a record begins. */
int record_reader_seek(struct record_reader *reader, off_t place);

#endif
