/*
 * The files that a run writes at its end in one piece: summary, metrics and
 * report.
 */
#ifndef ENDING_TEXT_FILE_H
#define ENDING_TEXT_FILE_H

#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file_system.h"

/* Replaces the file at path by the text, see file_replace(). what: for
 * messages, "report". ERROR_LOCAL. */
int text_file_write(const struct file_system *files, const char *what,
                    const char *path, mode_t mode, const struct buffer *text,
                    struct error *error);

#endif
