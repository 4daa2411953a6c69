/*
 * A secret in a file or from a command, which can be read again during a run,
 * because another program may have replaced it.
 */
#ifndef CLI_SECRET_READER_H
#define CLI_SECRET_READER_H

#include <stdbool.h>

#include "cli/secret_source.h"

struct secret_reader;

/* Copies the source, which must not be CREDENTIAL_VALUE; the strings that
 * source and place point to are borrowed until secret_reader_free(). NULL
 * without memory. */
struct secret_reader *secret_reader_new(const struct secret_source *source,
                                        const struct secret_place *place);

/* NULL does nothing. */
void secret_reader_free(struct secret_reader *reader);

/* Reads the secret; as secret_source_read(), with ERROR_SIGN_IN. context is a
 * struct secret_reader, in this function and the next one. */
char *secret_reader_read(void *context, struct error *error);

/* Has the file changed since it was last read, and not since this function was
 * last called? A file that is being written is left alone. */
bool secret_reader_has_changed(void *reader);

/* Is it a file? A command cannot be watched. */
bool secret_reader_is_file(const struct secret_reader *reader);

/* Where the secret comes from, for messages. */
const char *secret_reader_label(const struct secret_reader *reader);

#endif
