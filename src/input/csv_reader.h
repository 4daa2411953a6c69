/*
 * Parses chunks of bytes into CSV records, strictly by RFC 4180.
 *
 * LF or CRLF ends a record; inside quotes both are data. Empty lines are not
 * records. Spaces are part of the field. A UTF-8 byte-order mark at the start
 * is removed. The result does not depend on the size of the chunks.
 *
 * These are refused as ERROR_INPUT, with file, row and line: NUL, invalid
 * UTF-8, a single CR outside quotes (except at the very end), an
 * unclosed quote, text after a closing quote, a quote inside an unquoted field,
 * a record with more or fewer fields than the header, and anything that exceeds
 * the bounds below. After an error the reader must not be used again.
 */
#ifndef INPUT_CSV_READER_H
#define INPUT_CSV_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "input/csv_records.h"
#include "input/input.h"

struct csv_reader;

/* name is used in messages and must outlive the reader. delimiter: one ASCII
 * character, not NUL, CR, LF or a quote. NULL without memory. */
struct csv_reader *csv_reader_new(const char *name, char delimiter,
                                  csv_reader_record_fn *take, void *context);

/* Returns the delimiter of an input. The text begins with its first line that
 * is neither skipped nor empty, and contains some of the lines that follow.
 * line: the number of this line. */
typedef char csv_reader_choose_fn(void *context, const char *text, size_t len,
                                  uint64_t line);

/* To be called before the first byte, for an input that people have made:
 *
 * - Its first skip_lines lines are skipped, and then a line "sep=X", as
 *   spreadsheets know it. If choose is not NULL, X is the delimiter, or without
 *   such a line what choose() returns; else the delimiter is given.
 * - Lines whose fields are all empty or invisible are not records.
 * - Such fields after the last one of the header are left out, and absent ones
 *   of columns without a name at its end are added.
 * - A file that is no CSV is called by its name; see file_type.h. */
void csv_reader_expect(struct csv_reader *reader, unsigned skip_lines,
                       csv_reader_choose_fn *choose);

/* NULL does nothing. */
void csv_reader_free(struct csv_reader *reader);

/* Parses the next bytes, and passes on each record that they complete. */
int csv_reader_feed(struct csv_reader *reader, const char *data, size_t len,
                    struct error *error);

/* Refuses the input at the place that was reached. Returns -1. */
int csv_reader_refuse(struct csv_reader *reader, const char *what,
                      struct error *error);

/* To be called after csv_reader_feed() has failed, with the bytes that follow:
 * if the input is not UTF-8, but some of these bytes are, the error gets the
 * advice for such a file. Returns true as long as more bytes are of use. */
bool csv_reader_look_on(struct csv_reader *reader, const char *data, size_t len,
                        struct error *error);

/* To be called at the end of the input: passes on a last record without a line
 * end. Refuses an input without a header. */
int csv_reader_end(struct csv_reader *reader, struct error *error);

/* Both for all of an input that is not validated first. As input_read(), and as
 * the two. */
int csv_reader_feed_input(struct csv_reader *reader, struct input *input,
                          struct error *error);

/* The delimiter, and whether a line "sep=X" has given it; known when the header
 * is passed on. */
char csv_reader_delimiter(const struct csv_reader *reader,
                          bool *has_separator_line);

/* Data rows passed on so far. */
uint64_t csv_reader_rows(const struct csv_reader *reader);

#endif
