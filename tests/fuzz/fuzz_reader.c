/*
 * CSV: the size of the chunks of the input must make no difference.
 *
 * Byte 0 selects the delimiter and byte 1 the chunks; the rest is the input. It
 * is read as a whole and in chunks, which are single bytes in one case of four.
 * As a whole, the reader itself splits lines without a quote. In single bytes,
 * libcsv parses every line. The two are therefore compared too.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "input/csv_reader.h"

#define MAX_TEXT ((size_t)64 << 20)

/* Prints a record; no part of it may be lost. */
static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct buffer *text = context;

    (void)error;
    MUST(record->count > 0 && record->count <= CSV_READER_MAX_COLUMNS);
    MUST(buffer_printf(text,
                       "%llu at %llu:", (unsigned long long)record->number,
                       (unsigned long long)record->line) == 0);
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];

        MUST(strlen(field->text) == field->len);
        MUST(utf8_is_valid(field->text, field->len));
        MUST(buffer_printf(text, " %zu ", field->len) == 0);
        MUST(buffer_append(text, field->text, field->len) == 0);
    }
    return buffer_puts(text, "\n");
}

/* Passes the whole input, at most chunk bytes at a time (0: all at once). */
static int feed(struct csv_reader *reader, struct bytes input, unsigned chunk,
                struct error *error)
{
    uint32_t random = chunk;

    while (input.len > 0) {
        size_t len = chunk > 0 ? (random >> 16) % chunk + 1 : input.len;

        random = random * 1103515245 + 12345;
        if (len > input.len)
            len = input.len;
        if (csv_reader_feed(reader, input.data, len, error)) {
            (void)csv_reader_look_on(reader, input.data + len, input.len - len,
                                     error);
            return -1;
        }
        input.data += len;
        input.len -= len;
    }
    return csv_reader_end(reader, error);
}

/* Prints the records and the outcome. */
static void print(struct buffer *text, char delimiter, struct bytes input,
                  unsigned chunk)
{
    struct csv_reader *reader =
        csv_reader_new("in.csv", delimiter, take_record, text);
    struct error error = {.kind = ERROR_NONE};

    MUST(reader);
    buffer_init(text, MAX_TEXT);
    if (feed(reader, input, chunk, &error)) {
        must_be_error(&error, ERROR_INPUT);
        MUST(buffer_puts(text, error.text) == 0);
    }
    MUST(buffer_printf(text, "; %llu rows",
                       (unsigned long long)csv_reader_rows(reader)) == 0);
    csv_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    char delimiter = ",;\t|"[take_byte(&input) % 4];
    unsigned chunk = take_byte(&input);
    struct buffer whole, chunks;

    print(&whole, delimiter, input, 0);
    print(&chunks, delimiter, input, chunk % 4 ? chunk / 4 + 2 : 1);
    MUST(strcmp(whole.data, chunks.data) == 0);
    buffer_free(&whole);
    buffer_free(&chunks);
    return 0;
}
