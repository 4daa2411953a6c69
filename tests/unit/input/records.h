/*
 * What the tests of headers and rows share: rules, and records made of text.
 */
#ifndef TESTS_UNIT_INPUT_RECORDS_H
#define TESTS_UNIT_INPUT_RECORDS_H

#include "unit.h"

#include "input/header.h"
#include "service/service.h"

#define FIELDS_MAX 16

/* A record made of a line whose cells are separated by '|'; no quoting. */
struct line {
    char text[512];
    struct field fields[FIELDS_MAX];
    struct record record;
};

static inline const struct record *make_record(struct line *line,
                                               uint64_t number,
                                               const char *text)
{
    char *next;
    size_t count = 0;

    assert_in_range(strlen(text), 0, sizeof(line->text) - 1);
    memcpy(line->text, text, strlen(text) + 1);
    for (char *cell = line->text; cell; cell = next) {
        next = strchr(cell, '|');
        if (next)
            *next++ = '\0';
        assert_in_range(count, 0, FIELDS_MAX - 1);
        line->fields[count++] = (struct field){cell, strlen(cell)};
    }
    line->record = (struct record){number, number + 1, count, line->fields};
    return &line->record;
}

static inline unsigned column_of(const char *name)
{
    return column_named(name, strlen(name));
}

static inline struct input_rules make_rules(void)
{
    return (struct input_rules){
        .delimiter = ',',
        .clear_token = "delete_value",
        .shards = 1,
        .service = &service_rest,
    };
}

/* A header that was parsed. The caller frees it. */
static inline struct header *make_header(const struct input_rules *rules,
                                         const char *names)
{
    struct header *header = malloc(sizeof(*header));
    struct line line;
    struct error error;

    assert_non_null(header);
    header_init(header, rules);
    if (header_parse(header, "in.csv", make_record(&line, 0, names), &error))
        fail_msg("%s: %s", names, error.text);
    return header;
}

static inline struct input_rules make_partner_rules(const char *customer_id)
{
    struct input_rules rules = make_rules();

    rules.service = &service_partner;
    rules.tenant = customer_id;
    return rules;
}

#endif
