#include "input/scan.h"

#include "input/csv_reader.h"
#include "input/schema.h"

struct scan {
    const struct options *options;
    struct prior_result *prior;
    struct schema *schema;
    const char *name;
};

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct scan *scan = context;
    struct prior_row row;

    if (record->number == 0)
        return schema_take_header(scan->schema, scan->name, record, error);
    if (!scan->prior ||
        (scan->options->shards > 1 && !schema_in_shard(scan->schema, record)))
        return 0;
    return prior_result_match(scan->prior, record->number,
                              schema_record_id(scan->schema, record), &row,
                              error);
}

int validate_input(struct input *input, const struct options *options,
                   struct prior_result *prior,
                   const volatile sig_atomic_t *stop, uint64_t *rows,
                   struct error *error)
{
    struct scan scan = {
        .options = options, .prior = prior, .name = input_name(input)};
    struct csv_reader *reader = NULL;
    const char *data;
    size_t len;
    int more, result = -1;

    scan.schema = schema_new(options);
    reader = csv_reader_new(scan.name, options->delimiter, take_record, &scan);
    if (!scan.schema || !reader) {
        error_memory(error);
        goto out;
    }
    while ((more = input_read(input, &data, &len, error)) > 0) {
        if (*stop) {
            error_set(error, ERROR_STOPPED,
                      "stopped by a signal while %s was read through; nothing "
                      "was sent",
                      scan.name);
            goto out;
        }
        if (csv_reader_feed(reader, data, len, error))
            goto out;
    }
    if (more < 0 || csv_reader_end(reader, error))
        goto out;
    if (prior &&
        (prior_result_end(prior, error) || prior_result_rewind(prior, error)))
        goto out;
    *rows = csv_reader_rows(reader);
    result = 0;

out:
    csv_reader_free(reader);
    schema_free(scan.schema);
    return result;
}
