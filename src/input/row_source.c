#include "input/row_source.h"

#include <stdlib.h>

#include "input/input.h"
#include "input/scan.h"
#include "input/schema.h"

struct intake {
    const struct options *options;
    const struct intake_handler *handler;
    void *context;
    struct input *input;
    struct schema *schema;
    struct reader *reader;
    uint64_t total; /* of a file that was scanned */
    uint64_t sequence;
    bool scanned;
    bool ended;
};

static int take_header(struct intake *intake, const struct record *record,
                       struct error *error)
{
    if (schema_take_header(intake->schema, input_name(intake->input), record,
                           error))
        return -1;
    return intake->handler->begin(intake->context, error);
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct intake *intake = context;
    const struct schema *schema = intake->schema;
    struct refused_row refused = {.record = record};
    struct error why;
    struct row *row;

    if (record->number == 0)
        return take_header(intake, record, error);
    if (intake->options->shards > 1 && !schema_in_shard(schema, record)) {
        intake->handler->skip(intake->context, record->number);
        return 0;
    }
    refused.sequence = intake->sequence++;
    if (schema_take_row(schema, record, &row, &why) == 0) {
        row->sequence = refused.sequence;
        return intake->handler->take(intake->context, row, error);
    }
    if (why.kind != ERROR_VALUE) {
        *error = why;
        return -1;
    }
    refused.id = schema_record_id(schema, record);
    refused.why = &why;
    return intake->handler->refuse(intake->context, &refused, error);
}

struct intake *intake_open(const struct options *options,
                           const struct intake_handler *handler, void *context,
                           struct error *error)
{
    struct intake *intake = calloc(1, sizeof(*intake));

    if (!intake) {
        error_memory(error);
        return NULL;
    }
    intake->options = options;
    intake->handler = handler;
    intake->context = context;
    intake->schema = schema_new(options);
    if (!intake->schema) {
        error_memory(error);
        goto fail;
    }
    if (schema_check_maps(intake->schema, error))
        goto fail;
    intake->input = input_open(options->input, error);
    if (!intake->input)
        goto fail;
    intake->reader = reader_new(input_name(intake->input), options->delimiter,
                                take_record, intake);
    if (!intake->reader) {
        error_memory(error);
        goto fail;
    }
    return intake;

fail:
    intake_free(intake);
    return NULL;
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    reader_free(intake->reader);
    input_free(intake->input);
    schema_free(intake->schema);
    free(intake);
}

int intake_scan(struct intake *intake, struct previous *previous,
                const volatile sig_atomic_t *stop, struct error *error)
{
    if (input_keep_hash(intake->input, error))
        return -1;
    if (!input_is_file(intake->input))
        return 0;
    if (scan_input(intake->input, intake->options, previous, stop,
                   &intake->total, error) ||
        input_rewind(intake->input, error))
        return -1;
    intake->scanned = true;
    return 0;
}

const unsigned char *intake_digest(const struct intake *intake)
{
    return intake->scanned ? input_digest(intake->input) : NULL;
}

int intake_checkpoint(const struct intake *intake, uint64_t *bytes,
                      unsigned char digest[HASH_SIZE])
{
    return input_checkpoint(intake->input, bytes, digest);
}

void intake_expect(struct intake *intake, uint64_t bytes,
                   const unsigned char digest[HASH_SIZE])
{
    input_expect(intake->input, bytes, digest);
}

bool intake_is_as_expected(const struct intake *intake)
{
    return input_is_as_expected(intake->input);
}

static int refuse_changed(const struct intake *intake, struct error *error)
{
    return error_set(error, ERROR_STOPPED,
                     "%s changed while it was being applied; compare it with "
                     "the result rows before it is run again",
                     input_name(intake->input));
}

static int take_end(struct intake *intake, struct error *error)
{
    if (reader_end(intake->reader, error))
        return -1;
    intake->ended = true;
    if (intake->scanned && (input_changed(intake->input) ||
                            reader_rows(intake->reader) != intake->total))
        return refuse_changed(intake, error);
    return 0;
}

int intake_read(struct intake *intake, struct error *error)
{
    const char *data;
    size_t len;
    int more = input_read(intake->input, &data, &len, error);
    int result;

    if (more < 0)
        result = -1;
    else if (more == 0)
        result = take_end(intake, error);
    else
        result = reader_feed(intake->reader, data, len, error);
    /* It was sound when it was scanned. */
    if (result && intake->scanned && error->kind == ERROR_INPUT)
        refuse_changed(intake, error);
    return result;
}

bool intake_ended(const struct intake *intake)
{
    return intake->ended;
}

int intake_poll_fd(const struct intake *intake)
{
    return input_poll_fd(intake->input);
}

uint64_t intake_sequence(const struct intake *intake)
{
    return intake->sequence;
}

uint64_t intake_rows(const struct intake *intake)
{
    return reader_rows(intake->reader);
}

uint64_t intake_total(const struct intake *intake)
{
    return intake->total;
}

column_mask intake_columns(const struct intake *intake)
{
    return schema_columns(intake->schema);
}

const char *intake_name(const struct intake *intake)
{
    return input_name(intake->input);
}

const struct stat *intake_stat(const struct intake *intake)
{
    return input_stat(intake->input);
}
