/*
 * What several unit tests need: random numbers, rows and answers made by hand,
 * and a second opinion on JSON that shares no code with json.c.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/http.h"
#include "service/bing/columns.h"
#include "service/row.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* valgrind is slow, and looks for errors of memory only: a part is enough. */
static inline bool is_slow(void)
{
    const char *valgrind = getenv("VALGRIND");

    return valgrind && *valgrind;
}

/* ---- random numbers (xorshift64), the same in every run ------------------ */

static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline unsigned below(uint64_t *state, unsigned bound)
{
    return (unsigned)(next_random(state) >> 32) % bound;
}

/* ---- rows ---------------------------------------------------------------- */

static inline unsigned column_in(const struct column *columns, unsigned count,
                                 const char *name, size_t len)
{
    for (unsigned i = 0; i < count; i++)
        if (strncmp(columns[i].name, name, len) == 0 &&
            columns[i].name[len] == '\0')
            return i;
    fail_msg("no column %.*s", (int)len, name);
    return 0;
}

static inline unsigned column_named(const char *name, size_t len)
{
    return column_in(bing_columns, BING_COLUMN_COUNT, name, len);
}

/* A row of cells such as "City=Bonn|Fax=|Expect.City=Ulm": nothing behind '='
 * clears. Expected cells come last. */
static inline struct row *make_row_of(const struct column *columns,
                                      unsigned count, uint64_t number,
                                      const char *key, const char *cells)
{
    size_t room = count * sizeof(struct cell);
    size_t size = sizeof(struct row) + room + strlen(key) + strlen(cells) + 2;
    struct row *row = calloc(1, size);
    char *text;

    assert_non_null(row);
    text = (char *)row + sizeof(*row) + room;
    memcpy(text, key, strlen(key) + 1);
    row->number = number;
    row->sequence = number - 1;
    row->allocated = row->size = size;
    row->id = row->key = text;
    text += strlen(key) + 1;
    memcpy(text, cells, strlen(cells) + 1);
    while (*text) {
        struct cell *cell = &row->cells[row->count + row->expected];
        bool expected = strncmp(text, "Expect.", 7) == 0;
        size_t name = strcspn(text += expected ? 7 : 0, "=");
        size_t value = strcspn(text + name + 1, "|");
        bool last = text[name + 1 + value] == '\0';

        row->expected += expected;
        row->count += !expected;
        cell->column = column_in(columns, count, text, name);
        text += name + 1;
        text[value] = '\0';
        cell->text = value ? text : NULL;
        text += value + !last;
    }
    return row;
}

static inline struct row *make_row(uint64_t number, const char *key,
                                   const char *cells)
{
    return make_row_of(bing_columns, BING_COLUMN_COUNT, number, key, cells);
}

/* ---- answers ------------------------------------------------------------- */

/* Tracking ids by their origin. */
#define FROM_HEADER   "00000000-0000-4000-8000-00000000000a"
#define FROM_ENVELOPE "00000000-0000-4000-8000-00000000000b"
#define FROM_BODY     "00000000-0000-4000-8000-00000000000c"

static inline struct http_response make_response(long status, const char *body)
{
    return (struct http_response){
        .failure = HTTP_OK,
        .sent = true,
        .text = "",
        .status = status,
        .body = body,
        .len = strlen(body),
        .content_type = "application/json",
        .tracking_id = FROM_HEADER,
        .sends = 1,
    };
}

/* ---- JSON by RFC 8259 ---------------------------------------------------- */

/* Takes text that must be JSON and writes it in one way only: without white
 * space, strings as their code points. The same text means the same JSON, the
 * order of members and the literals of numbers included. */
struct canon {
    const char *text;
    struct buffer *out;
};

static inline void canon_put(struct canon *canon, size_t len)
{
    assert_int_equal(buffer_append(canon->out, canon->text, len), 0);
    canon->text += len;
}

static inline void canon_space(struct canon *canon)
{
    canon->text += strspn(canon->text, " \t\r\n");
}

static inline bool canon_digits(struct canon *canon)
{
    size_t len = strspn(canon->text, "0123456789");

    canon_put(canon, len);
    return len > 0;
}

static inline bool canon_number(struct canon *canon)
{
    if (*canon->text == '-')
        canon_put(canon, 1);
    if (*canon->text == '0')
        canon_put(canon, 1);
    else if (!canon_digits(canon))
        return false;
    if (*canon->text == '.') {
        canon_put(canon, 1);
        if (!canon_digits(canon))
            return false;
    }
    if (*canon->text == 'e' || *canon->text == 'E') {
        canon_put(canon, 1);
        if (*canon->text == '+' || *canon->text == '-')
            canon_put(canon, 1);
        return canon_digits(canon);
    }
    return true;
}

/* Four hexadecimal digits behind "\u"; -1: none. */
static inline long canon_hex(struct canon *canon)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF";
    long code = 0;

    if (canon->text[0] != '\\' || canon->text[1] != 'u')
        return -1;
    canon->text += 2;
    for (int i = 0; i < 4; i++) {
        const char *digit = *canon->text ? strchr(digits, *canon->text) : NULL;

        if (!digit)
            return -1;
        code = code * 16 + (digit - digits) % 16;
        canon->text++;
    }
    return code;
}

static inline bool canon_escape(struct canon *canon)
{
    static const char names[] = "\"\\/bfnrt";
    static const char codes[] = "\"\\/\b\f\n\r\t";
    const char *name;
    long code, low;

    if (canon->text[1] != 'u') {
        name = canon->text[1] ? strchr(names, canon->text[1]) : NULL;
        if (!name)
            return false;
        canon->text += 2;
        return buffer_printf(canon->out, "<%x>",
                             (unsigned)codes[name - names]) == 0;
    }
    code = canon_hex(canon);
    if (code < 0 || (code >= 0xDC00 && code <= 0xDFFF))
        return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
        low = canon_hex(canon);
        if (low < 0xDC00 || low > 0xDFFF)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return buffer_printf(canon->out, "<%lx>", (unsigned long)code) == 0;
}

/* Valid UTF-8 to its code point. */
static inline void canon_character(struct canon *canon)
{
    unsigned char first = (unsigned char)*canon->text++;
    unsigned long code = first < 0x80   ? first
                         : first < 0xE0 ? first & 0x1FU
                         : first < 0xF0 ? first & 0x0FU
                                        : first & 0x07U;

    while (((unsigned char)*canon->text & 0xC0) == 0x80)
        code = code << 6 | ((unsigned char)*canon->text++ & 0x3FU);
    assert_int_equal(buffer_printf(canon->out, "<%lx>", code), 0);
}

static inline bool canon_string(struct canon *canon)
{
    if (*canon->text != '"')
        return false;
    canon_put(canon, 1);
    while (*canon->text != '"') {
        if ((unsigned char)*canon->text < 0x20)
            return false;
        if (*canon->text != '\\')
            canon_character(canon);
        else if (!canon_escape(canon))
            return false;
    }
    canon_put(canon, 1);
    return true;
}

static inline bool canon_value(struct canon *canon);

static inline bool canon_parts(struct canon *canon, char end)
{
    canon_put(canon, 1);
    canon_space(canon);
    while (*canon->text != end) {
        if (end == '}') {
            if (!canon_string(canon))
                return false;
            canon_space(canon);
            if (*canon->text != ':')
                return false;
            canon_put(canon, 1);
        }
        if (!canon_value(canon))
            return false;
        if (*canon->text == ',') {
            canon_put(canon, 1);
            canon_space(canon);
            if (*canon->text == end)
                return false;
        } else if (*canon->text != end) {
            return false;
        }
    }
    canon_put(canon, 1);
    return true;
}

static inline bool canon_value(struct canon *canon)
{
    static const char *const words[] = {"true", "false", "null"};
    bool valid = false;

    canon_space(canon);
    if (*canon->text == '{' || *canon->text == '[') {
        valid = canon_parts(canon, *canon->text == '{' ? '}' : ']');
    } else if (*canon->text == '"') {
        valid = canon_string(canon);
    } else if (*canon->text == '-' ||
               (*canon->text >= '0' && *canon->text <= '9')) {
        valid = canon_number(canon);
    } else {
        for (size_t i = 0; i < COUNT(words) && !valid; i++) {
            size_t len = strlen(words[i]);

            valid = strncmp(canon->text, words[i], len) == 0;
            if (valid)
                canon_put(canon, len);
        }
    }
    canon_space(canon);
    return valid;
}

/* False where the text is no JSON. */
static inline bool make_canonical(const char *text, struct buffer *out)
{
    struct canon canon = {text, out};

    buffer_clear(out);
    return canon_value(&canon) && *canon.text == '\0';
}

static inline void assert_same_json(const char *a, const char *b)
{
    struct buffer x, y;

    buffer_init(&x, (size_t)64 << 20);
    buffer_init(&y, (size_t)64 << 20);
    if (!make_canonical(a, &x))
        fail_msg("not JSON: %s", a);
    if (!make_canonical(b, &y))
        fail_msg("not JSON: %s", b);
    if (strcmp(x.data, y.data) != 0)
        fail_msg("not the same JSON:\n%s\n%s", a, b);
    buffer_free(&x);
    buffer_free(&y);
}

#endif
