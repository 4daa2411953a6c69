/*
 * Recognizes files that are no CSV, to call them by their names. Pure.
 */
#ifndef INPUT_FILE_TYPE_H
#define INPUT_FILE_TYPE_H

#include <stddef.h>

/* What a file is that begins with these bytes, as in "a PDF document", some
 * with advice after a semicolon; NULL: it may be CSV. The bytes are the first
 * line at least, or all that there are. */
const char *file_type_find(const char *data, size_t len);

#endif
