/*
 * The undo files of several shards, merged: their columns are united.
 */
#ifndef OUTPUT_MERGED_UNDO_H
#define OUTPUT_MERGED_UNDO_H

#include "base/error.h"
#include "base/file_system.h"
#include "output/writer.h"
#include "service/service.h"

struct merged_undo {
    const struct file_system *files;
    const struct service *service;
    const char *const *paths; /* the undo files, some of which may be missing */
    unsigned count;
};

/* Writes the header and all rows, file by file. ERROR_USAGE if a file is no
 * undo file of the service; ERROR_LOCAL. */
int merged_undo_write(const struct merged_undo *undo, struct writer *writer,
                      struct error *error);

#endif
