/*
 * Records of old or planned values, and rows that are made of them.
 */
#ifndef TESTS_UNIT_OUTPUT_VALUE_RECORDS_H
#define TESTS_UNIT_OUTPUT_VALUE_RECORDS_H

#include "unit.h"

#include "base/buffer.h"

/* A record, written as its type and its texts: "u 1 7 City +Bonn +Ulm". */
static size_t make_record(char *text, const char *record)
{
    size_t len = strlen(record + 2) + 1;

    assert_true(len < 200);
    memcpy(text, record + 2, len);
    for (size_t i = 0; i < len; i++)
        if (text[i] == ' ')
            text[i] = '\0';
    return len;
}

static int put_row(void *context, const char *text, size_t len)
{
    return buffer_append(context, text, len);
}

#endif
