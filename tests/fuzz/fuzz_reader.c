/*
 * CSV: how the input is cut into chunks must make no difference.
 *
 * Byte 0 chooses the delimiter, byte 1 the chunks; the rest is the input. It is
 * read as a whole and in chunks, which are single bytes in one case of four. Of
 * the whole, lines without a quote are split by the reader itself; byte by byte
 * every line goes through libcsv: so the two are compared as well.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "input/csv_reader.h"

#define MAX_STORY ((size_t)64 << 20)

/* Writes down a record; nothing of it may be lost on the way. */
static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct buffer *story = context;

    (void)error;
    MUST(record->count > 0 && record->count <= CSV_READER_MAX_COLUMNS);
    MUST(buffer_printf(story,
                       "%llu at %llu:", (unsigned long long)record->number,
                       (unsigned long long)record->line) == 0);
    for (size_t i = 0; i < record->count; i++) {
        const struct field *field = &record->fields[i];

        MUST(strlen(field->text) == field->len);
        MUST(utf8_is_valid(field->text, field->len));
        MUST(buffer_printf(story, " %zu ", field->len) == 0);
        MUST(buffer_append(story, field->text, field->len) == 0);
    }
    return buffer_puts(story, "\n");
}

/* Feeds all of the input, at most chunk bytes at a time (0: as a whole). */
static int feed(struct csv_reader *reader, struct bytes input, unsigned chunk,
                struct error *error)
{
    uint32_t random = chunk;

    while (input.len > 0) {
        size_t len = chunk > 0 ? (random >> 16) % chunk + 1 : input.len;

        random = random * 1103515245 + 12345;
        if (len > input.len)
            len = input.len;
        if (csv_reader_feed(reader, input.data, len, error))
            return -1;
        input.data += len;
        input.len -= len;
    }
    return csv_reader_end(reader, error);
}

/* The records and how it ended, as text. */
static void tell(struct buffer *story, char delimiter, struct bytes input,
                 unsigned chunk)
{
    struct csv_reader *reader =
        csv_reader_new("in.csv", delimiter, take_record, story);
    struct error error = {.kind = ERROR_NONE};

    MUST(reader);
    buffer_init(story, MAX_STORY);
    if (feed(reader, input, chunk, &error)) {
        must_be_error(&error, ERROR_INPUT);
        MUST(buffer_puts(story, error.text) == 0);
    }
    MUST(buffer_printf(story, "; %llu rows",
                       (unsigned long long)csv_reader_rows(reader)) == 0);
    csv_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    char delimiter = ",;\t|"[take_byte(&input) % 4];
    unsigned chunk = take_byte(&input);
    struct buffer whole, chunks;

    tell(&whole, delimiter, input, 0);
    tell(&chunks, delimiter, input, chunk % 4 ? chunk / 4 + 2 : 1);
    MUST(strcmp(whole.data, chunks.data) == 0);
    buffer_free(&whole);
    buffer_free(&chunks);
    return 0;
}
