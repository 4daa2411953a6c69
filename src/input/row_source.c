#include "input/row_source.h"

#include <stdlib.h>

#include "input/input.h"
#include "input/row_parser.h"
#include "input/text_parser.h"

struct row_source {
    const struct row_handler *handler;
    void *context;
    csv_reader_record_fn *copy; /* NULL: none */
    void *copy_context;
    struct input *input;
    struct text_parser parser;
    uint64_t total;    /* rows of a file that was validated */
    uint64_t selected; /* of them */
    uint64_t plan_rows;
    uint64_t sequence;
    bool validated;
    bool ended;
};

static int take_header(struct row_source *source, const struct record *record,
                       struct error *error)
{
    if (text_parser_read_header(&source->parser, input_name(source->input),
                                record, error))
        return -1;
    return source->handler->begin(source->context, error);
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct row_source *source = context;
    const struct header *header = &source->parser.header;
    struct refused_row refused = {.record = record};
    struct error why;
    struct row *row;

    if (source->copy && source->copy(source->copy_context, record, error))
        return -1;
    if (record->number == 0)
        return take_header(source, record, error);
    if (header_check_unnamed(header, input_name(source->input), record, error))
        return -1;
    if (!row_is_selected(header, record)) {
        source->handler->skip(source->context, record->number);
        return 0;
    }
    refused.sequence = source->sequence++;
    if (row_parse(header, record, &row, &why) == 0) {
        row->sequence = refused.sequence;
        return source->handler->take(source->context, row, error);
    }
    if (why.kind != ERROR_VALUE) {
        *error = why;
        return -1;
    }
    refused.id = row_id(header, record);
    refused.why = &why;
    return source->handler->refuse(source->context, &refused, error);
}

struct row_source *row_source_open(const struct file_system *files,
                                   const char *path,
                                   const struct input_rules *rules,
                                   const struct row_handler *handler,
                                   void *context, struct error *error)
{
    struct row_source *source = calloc(1, sizeof(*source));

    if (!source) {
        error_memory(error);
        return NULL;
    }
    source->handler = handler;
    source->context = context;
    source->input = input_open(files, path, error);
    if (!source->input ||
        text_parser_init(&source->parser, input_name(source->input), rules,
                         take_record, source, error) ||
        input_rules_check(rules, error))
        goto fail;
    return source;

fail:
    row_source_free(source);
    return NULL;
}

void row_source_free(struct row_source *source)
{
    if (!source)
        return;
    text_parser_clear(&source->parser);
    input_free(source->input);
    free(source);
}

/* ---- the validation pass ------------------------------------------------ */

struct validation {
    const char *name;
    struct text_parser parser;
    row_check_fn *check;
    void *context;
    uint64_t selected; /* rows */
};

static int validate_record(void *context, const struct record *record,
                           struct error *error)
{
    struct validation *validation = context;
    const struct header *header = &validation->parser.header;

    if (record->number == 0)
        return text_parser_read_header(&validation->parser, validation->name,
                                       record, error);
    if (header_check_unnamed(header, validation->name, record, error))
        return -1;
    if (!row_is_selected(header, record))
        return 0;
    validation->selected++;
    if (!validation->check)
        return 0;
    return validation->check(validation->context, record->number,
                             row_id(header, record), error);
}

static int validate_file(struct row_source *source, row_check_fn *check,
                         void *context, const volatile sig_atomic_t *stop,
                         struct error *error)
{
    struct validation validation = {
        .name = input_name(source->input), .check = check, .context = context};
    struct text_parser *parser = &validation.parser;
    const bool all = false;
    int result =
        text_parser_init(parser, validation.name, source->parser.header.rules,
                         validate_record, &validation, error);

    if (result == 0)
        result = text_parser_read(parser, source->input, &all, stop, error);
    if (result && error->kind == ERROR_STOPPED)
        (void)error_set(error, ERROR_STOPPED,
                        "stopped by a signal while %s was validated; nothing "
                        "was sent",
                        validation.name);
    if (result == 0)
        source->total = csv_reader_rows(parser->reader);
    source->selected = validation.selected;
    source->plan_rows = parser->header.source_rows;
    text_parser_clear(parser);
    return result;
}

int row_source_keep(struct row_source *source, const struct random *random,
                    const char *path, struct error *error)
{
    return input_keep(source->input, random, path, error);
}

int row_source_validate(struct row_source *source, row_check_fn *check,
                        void *context, const volatile sig_atomic_t *stop,
                        struct error *error)
{
    if (input_keep_hash(source->input, error))
        return -1;
    if (!input_is_file(source->input))
        return 0;
    if (validate_file(source, check, context, stop, error) ||
        input_rewind(source->input, error))
        return -1;
    source->validated = true;
    return 0;
}

const unsigned char *row_source_digest(const struct row_source *source)
{
    return source->validated ? input_digest(source->input) : NULL;
}

int row_source_checkpoint(const struct row_source *source, uint64_t *bytes,
                          unsigned char digest[HASH_SIZE])
{
    return input_checkpoint(source->input, bytes, digest);
}

void row_source_expect(struct row_source *source, uint64_t bytes,
                       const unsigned char digest[HASH_SIZE])
{
    input_expect(source->input, bytes, digest);
}

bool row_source_is_as_expected(const struct row_source *source)
{
    return input_is_as_expected(source->input);
}

static int refuse_changed(const struct row_source *source, struct error *error)
{
    return error_set(error, ERROR_STOPPED,
                     "%s changed while it was applied; compare it with "
                     "the result rows before you run it again",
                     input_name(source->input));
}

static int take_end(struct row_source *source, struct error *error)
{
    if (text_parser_end(&source->parser, error))
        return -1;
    source->ended = true;
    if (source->validated &&
        (input_changed(source->input) ||
         csv_reader_rows(source->parser.reader) != source->total))
        return refuse_changed(source, error);
    return 0;
}

int row_source_read(struct row_source *source, struct error *error)
{
    const char *data;
    size_t len;
    int more = input_read(source->input, &data, &len, error);
    int result;

    if (more < 0)
        result = -1;
    else if (more == 0)
        result = take_end(source, error);
    else
        result = text_parser_feed(&source->parser, data, len, error);
    /* The file was valid in the validation pass. */
    if (result && source->validated && error->kind == ERROR_INPUT)
        refuse_changed(source, error);
    else if (result && more > 0)
        text_parser_look_on(&source->parser, source->input, NULL, error);
    return result;
}

/* ---- the records once more ----------------------------------------------- */

void row_source_copy_to(struct row_source *source, csv_reader_record_fn *copy,
                        void *context)
{
    source->copy = copy;
    source->copy_context = context;
}

bool row_source_is_file(const struct row_source *source)
{
    return input_is_file(source->input);
}

int row_source_read_again(struct row_source *source, csv_reader_record_fn *take,
                          void *context, const bool *enough,
                          const volatile sig_atomic_t *stop,
                          struct error *error)
{
    struct text_parser parser = {.reader = NULL};
    int result = -1;

    if (input_rewind(source->input, error) == 0 &&
        text_parser_init(&parser, input_name(source->input),
                         source->parser.header.rules, take, context,
                         error) == 0)
        result = text_parser_read(&parser, source->input, enough, stop, error);
    text_parser_clear(&parser);
    if (result ? error->kind == ERROR_INPUT : input_changed(source->input))
        return refuse_changed(source, error);
    return result;
}

const struct header *row_source_header(const struct row_source *source)
{
    return &source->parser.header;
}

char row_source_delimiter(const struct row_source *source,
                          bool *has_separator_line)
{
    return csv_reader_delimiter(source->parser.reader, has_separator_line);
}

/* ---- what is known of it ------------------------------------------------- */

bool row_source_ended(const struct row_source *source)
{
    return source->ended;
}

int row_source_poll_fd(const struct row_source *source)
{
    return input_poll_fd(source->input);
}

uint64_t row_source_sequence(const struct row_source *source)
{
    return source->sequence;
}

uint64_t row_source_rows(const struct row_source *source)
{
    return csv_reader_rows(source->parser.reader);
}

uint64_t row_source_total(const struct row_source *source)
{
    return source->total;
}

uint64_t row_source_selected(const struct row_source *source)
{
    return source->selected;
}

uint64_t row_source_plan_rows(const struct row_source *source)
{
    return source->plan_rows;
}

column_mask row_source_columns(const struct row_source *source)
{
    return source->parser.header.named;
}

const char *row_source_name(const struct row_source *source)
{
    return input_name(source->input);
}

const struct stat *row_source_stat(const struct row_source *source)
{
    return input_stat(source->input);
}
