/*
 * The text of INPUT, from its bytes to rows: encoding, delimiter, header and
 * cells. The size of the chunks must make no difference to the rows.
 *
 * Byte 0 selects the rules, byte 1 the delimiter and the lines to skip, byte 2
 * the chunks; the rest is the input.
 */
#include "fuzz.h"

#include "base/buffer.h"
#include "input/row_parser.h"
#include "input/text_parser.h"

#define MAX_TEXT ((size_t)64 << 20)
#define TENANT   "eebd1b55-5360-4438-a11d-5c06918c3014"

struct reading {
    struct text_parser parser;
    struct buffer rows; /* printed */
};

static void print(struct buffer *text, const char *value)
{
    MUST(buffer_puts(text, value ? value : "(clear)") == 0);
    MUST(buffer_puts(text, "|") == 0);
}

/* Prints a row, whose values must be text. */
static void print_row(struct buffer *text, const struct row *row,
                      const struct service *service)
{
    print(text, row->id);
    print(text, row->key);
    for (unsigned i = 0; i < row->count; i++) {
        const char *value = row->cells[i].text;

        MUST(row->cells[i].column < service->column_count);
        MUST(!value || (*value && utf8_is_valid(value, strlen(value))));
        print(text, value);
    }
    for (const struct doubt *doubt = row->doubts; doubt; doubt = doubt->next) {
        must_be_printable(doubt->text);
        print(text, doubt->text);
    }
    MUST(buffer_puts(text, "\n") == 0);
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct reading *reading = context;
    struct header *header = &reading->parser.header;
    struct error why = {.kind = ERROR_NONE};
    struct row *row;

    if (record->number == 0)
        return text_parser_read_header(&reading->parser, "in.csv", record,
                                       error);
    if (header_check_unnamed(header, "in.csv", record, error))
        return -1;
    if (row_parse(header, record, &row, &why) == 0) {
        print_row(&reading->rows, row, header->rules->service);
        row_free(row);
        return 0;
    }
    must_be_error(&why, ERROR_VALUE);
    MUST(why.code && why.field);
    print(&reading->rows, why.text);
    return 0;
}

/* Reads the input, at most chunk bytes at a time (0: all at once). Returns -1
 * if it is refused. */
static int read_input(struct reading *reading, const struct input_rules *rules,
                      struct bytes input, size_t chunk)
{
    struct error error = {.kind = ERROR_NONE};
    int result = 0;

    buffer_init(&reading->rows, MAX_TEXT);
    MUST(text_parser_init(&reading->parser, "in.csv", rules, take_record,
                          reading, &error) == 0);
    while (result == 0 && input.len > 0) {
        size_t len = chunk > 0 && chunk < input.len ? chunk : input.len;

        result = text_parser_feed(&reading->parser, input.data, len, &error);
        input.data += len;
        input.len -= len;
    }
    if (result == 0)
        result = text_parser_end(&reading->parser, &error);
    else
        (void)csv_reader_look_on(reading->parser.reader, input.data, input.len,
                                 &error);
    if (result)
        must_be_error(&error, ERROR_INPUT);
    text_parser_clear(&reading->parser);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const encodings[] = {NULL, "UTF-16LE", "WINDOWS-1252",
                                            "SHIFT_JIS"};
    struct bytes input = {(const char *)data, size};
    unsigned kind = take_byte(&input), more = take_byte(&input);
    size_t chunk = take_byte(&input) + 1;
    const struct input_rules rules = {
        .service = kind & 16 ? &service_partner : &service_rest,
        .tenant = kind & 16 ? TENANT : NULL,
        .encoding = encodings[kind % 4],
        .delimiter = more & 4 ? ",;\t|"[more >> 4 & 3] : '\0',
        .skip_lines = more % 4,
        .ignore_unknown = kind & 4,
        .offline = kind & 8,
        .clear_token = "delete_value",
        .shards = 1,
    };
    static struct reading whole, chunks;

    MUST(read_input(&whole, &rules, input, 0) ==
         read_input(&chunks, &rules, input, chunk));
    MUST(whole.rows.len == chunks.rows.len);
    MUST(whole.rows.len == 0 ||
         memcmp(whole.rows.data, chunks.rows.data, whole.rows.len) == 0);
    buffer_free(&whole.rows);
    buffer_free(&chunks.rows);
    return 0;
}
