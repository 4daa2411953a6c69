#include "input/row_source.h"

#include <stdlib.h>

#include "input/input.h"
#include "input/scan.h"
#include "input/schema.h"

struct row_source {
    const struct options *options;
    const struct row_handler *handler;
    void *context;
    struct input *input;
    struct schema *schema;
    struct csv_reader *reader;
    uint64_t total; /* of a file that was scanned */
    uint64_t sequence;
    bool scanned;
    bool ended;
};

static int take_header(struct row_source *source, const struct record *record,
                       struct error *error)
{
    if (schema_take_header(source->schema, input_name(source->input), record,
                           error))
        return -1;
    return source->handler->begin(source->context, error);
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct row_source *source = context;
    const struct schema *schema = source->schema;
    struct refused_row refused = {.record = record};
    struct error why;
    struct row *row;

    if (record->number == 0)
        return take_header(source, record, error);
    if (source->options->shards > 1 && !schema_in_shard(schema, record)) {
        source->handler->skip(source->context, record->number);
        return 0;
    }
    refused.sequence = source->sequence++;
    if (schema_take_row(schema, record, &row, &why) == 0) {
        row->sequence = refused.sequence;
        return source->handler->take(source->context, row, error);
    }
    if (why.kind != ERROR_VALUE) {
        *error = why;
        return -1;
    }
    refused.id = schema_record_id(schema, record);
    refused.why = &why;
    return source->handler->refuse(source->context, &refused, error);
}

struct row_source *row_source_open(const struct options *options,
                                   const struct row_handler *handler,
                                   void *context, struct error *error)
{
    struct row_source *source = calloc(1, sizeof(*source));

    if (!source) {
        error_memory(error);
        return NULL;
    }
    source->options = options;
    source->handler = handler;
    source->context = context;
    source->schema = schema_new(options);
    if (!source->schema) {
        error_memory(error);
        goto fail;
    }
    if (schema_check_maps(source->schema, error))
        goto fail;
    source->input = input_open(options->input, error);
    if (!source->input)
        goto fail;
    source->reader = csv_reader_new(input_name(source->input),
                                    options->delimiter, take_record, source);
    if (!source->reader) {
        error_memory(error);
        goto fail;
    }
    return source;

fail:
    row_source_free(source);
    return NULL;
}

void row_source_free(struct row_source *source)
{
    if (!source)
        return;
    csv_reader_free(source->reader);
    input_free(source->input);
    schema_free(source->schema);
    free(source);
}

int row_source_scan(struct row_source *source, struct prior_result *prior,
                    const volatile sig_atomic_t *stop, struct error *error)
{
    if (input_keep_hash(source->input, error))
        return -1;
    if (!input_is_file(source->input))
        return 0;
    if (validate_input(source->input, source->options, prior, stop,
                       &source->total, error) ||
        input_rewind(source->input, error))
        return -1;
    source->scanned = true;
    return 0;
}

const unsigned char *row_source_digest(const struct row_source *source)
{
    return source->scanned ? input_digest(source->input) : NULL;
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
                     "%s changed while it was being applied; compare it with "
                     "the result rows before it is run again",
                     input_name(source->input));
}

static int take_end(struct row_source *source, struct error *error)
{
    if (csv_reader_end(source->reader, error))
        return -1;
    source->ended = true;
    if (source->scanned && (input_changed(source->input) ||
                            csv_reader_rows(source->reader) != source->total))
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
        result = csv_reader_feed(source->reader, data, len, error);
    /* It was sound when it was scanned. */
    if (result && source->scanned && error->kind == ERROR_INPUT)
        refuse_changed(source, error);
    return result;
}

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
    return csv_reader_rows(source->reader);
}

uint64_t row_source_total(const struct row_source *source)
{
    return source->total;
}

column_mask row_source_columns(const struct row_source *source)
{
    return schema_columns(source->schema);
}

const char *row_source_name(const struct row_source *source)
{
    return input_name(source->input);
}

const struct stat *row_source_stat(const struct row_source *source)
{
    return input_stat(source->input);
}
