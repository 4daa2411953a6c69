#include "input/user_list.h"

#include <inttypes.h>

#include "input/column_name.h"
#include "input/input.h"
#include "input/text_parser.h"
#include "input/value.h"

struct user_list {
    const char *name;
    const struct input_rules *rules;
    struct text_parser parser;
    bool has_customers;
    size_t customer; /* position of their column */
    user_list_take_fn *take;
    void *context;
};

/* The customer may have a name that begins with '_', so that the list can be
 * used as INPUT: a user belongs to one customer, and may have access to others.
 */
static void find_customers(struct user_list *list, const struct record *record)
{
    const struct service *service = list->rules->service;
    const char *wanted = service->columns[service->user_customer].name;

    for (size_t i = 0; i < record->count && !list->has_customers; i++) {
        const struct field *field = &record->fields[i];
        struct column_name name = column_name_trim(field->text, field->len);

        if (name.len > 0 && *name.text == '_')
            name = column_name_trim(name.text + 1, name.len - 1);
        list->has_customers = column_name_is(name, wanted);
        list->customer = i;
    }
}

static int take_header(struct user_list *list, const struct record *record,
                       struct error *error)
{
    const struct service *service = list->rules->service;

    if (text_parser_read_header(&list->parser, list->name, record, error))
        return -1;
    find_customers(list, record);
    if (header_names(&list->parser.header, service->user_name))
        return 0;
    return error_set(error, ERROR_INPUT,
                     "%s: header: there is no column %s; use a list that "
                     "--list or --export has written",
                     list->name, service->columns[service->user_name].name);
}

static const char *cell(const struct user_list *list,
                        const struct record *record, unsigned column)
{
    return record->fields[list->parser.header.positions[column]].text;
}

static int refuse(const struct user_list *list, const struct record *record,
                  struct error *error)
{
    const struct error why = *error;

    return error_set(error, ERROR_INPUT,
                     "%s: row %" PRIu64 ", line %" PRIu64
                     ": %s. The list is not used, because it is not as --list "
                     "or --export has written it; make it again",
                     list->name, record->number, record->line, why.text);
}

static int read_customer(const struct user_list *list,
                         const struct record *record, char room[GUID_SIZE],
                         const char **customer, struct error *error)
{
    const struct service *service = list->rules->service;
    const struct column *column = &service->columns[service->user_customer];

    *customer = list->rules->tenant;
    if (!list->has_customers)
        return 0;
    *customer = value_parse_id(column, record->fields[list->customer].text,
                               room, error);
    return *customer ? 0 : -1;
}

static int take_record(void *context, const struct record *record,
                       struct error *error)
{
    struct user_list *list = context;
    const struct service *service = list->rules->service;
    char room[2][GUID_SIZE];
    struct listed_user user = {NULL, NULL, NULL};

    if (record->number == 0)
        return take_header(list, record, error);
    user.name = cell(list, record, service->user_name);
    if (*user.name == '\0') /* such as one that --export did not find */
        return 0;
    user.id = value_parse_id(&service->columns[service->key],
                             cell(list, record, service->key), room[0], error);
    if (!user.id || read_customer(list, record, room[1], &user.customer, error))
        return refuse(list, record, error);
    return list->take(list->context, &user, error);
}

static int read_list(struct user_list *list, struct input *input,
                     const volatile sig_atomic_t *stop, struct error *error)
{
    const bool all = false;
    int result;

    if (!input_is_file(input))
        return error_set(error, ERROR_USAGE,
                         "--users: %s is no regular file, and a list that ends "
                         "too early would not be noticed; save it as a file",
                         list->name);
    result = text_parser_init(&list->parser, list->name, list->rules,
                              take_record, list, error);
    if (result == 0)
        result = text_parser_read(&list->parser, input, &all, stop, error);
    text_parser_clear(&list->parser);
    return result;
}

int user_list_read(const struct user_list_setup *setup, user_list_take_fn *take,
                   void *context, const volatile sig_atomic_t *stop,
                   struct error *error)
{
    const struct input_rules rules = {
        .service = setup->service,
        .tenant = setup->service->tenant == COLUMN_MAX ? NULL : setup->tenant,
        .clear_token = "",
        .ignore_unknown = true,
        .shards = 1,
    };
    struct user_list list = {.rules = &rules, .take = take, .context = context};
    struct input *input = input_open(setup->files, setup->path, error);
    int result = -1;

    if (input) {
        list.name = input_name(input);
        result = read_list(&list, input, stop, error);
    }
    input_free(input);
    return result;
}
