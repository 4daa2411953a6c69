#include "cli/template.h"

#include "service/service.h"

#define COMMENT "_comment"

/* --customer-id replaces the column of the tenant. */
static bool has_column(const struct options *options, unsigned column)
{
    const struct service *service = options->service;

    return column == service->key ||
           (column == service->tenant && !options->customer_id) ||
           service->columns[column].use == COLUMN_WRITE;
}

static const char *name_of(const struct column *column)
{
    return column->name;
}

static const char *example_of(const struct column *column)
{
    return column->example ? column->example : "";
}

static void print_line(const struct options *options,
                       const char *(*cell)(const struct column *column),
                       const char *last, FILE *stream)
{
    const struct service *service = options->service;

    for (unsigned i = 0; i < service->column_count; i++)
        if (has_column(options, i))
            fprintf(stream, "%s,", cell(&service->columns[i]));
    fprintf(stream, "%s\n", last);
}

void template_print(const struct options *options, FILE *stream)
{
    bool has_tenant = options->service->tenant < COLUMN_MAX &&
                      has_column(options, options->service->tenant);

    print_line(options, name_of, COMMENT, stream);
    print_line(options, example_of,
               has_tenant ? "an example: fill in the Id and the tenant or "
                            "remove this row"
                          : "an example: fill in the Id or remove this row",
               stream);
}
