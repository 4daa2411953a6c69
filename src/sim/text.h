/*
 * A growing text, mostly of responses.
 *
 * After the first append, a NUL follows the last byte; before, data is NULL.
 * The simulator ends if memory runs out (mem.h).
 */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>
#include <time.h>

struct text {
    char *data;
    size_t len;
    size_t size;
};

void text_init(struct text *text);
void text_free(struct text *text);

/* Removes the content and keeps the memory. */
void text_clear(struct text *text);

void text_put(struct text *text, const char *data, size_t len);
void text_puts(struct text *text, const char *string);
void text_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Truncates it to len bytes. */
void text_cut(struct text *text, size_t len);

/* Inserts data at the offset at, which is at most len. */
void text_insert(struct text *text, size_t at, const char *data, size_t len);

/* Appends a JSON string with quotes and escapes (RFC 8259). */
void text_json(struct text *text, const char *string);

/* Appends the name of an object's member and a colon, with a comma before it
 * unless it is the first member. */
void text_member(struct text *text, const char *name);

/* Append such a member with a string, or with null. */
void text_member_string(struct text *text, const char *name, const char *value);
void text_member_null(struct text *text, const char *name);

/* Appends a time as an HTTP date (RFC 9110, 5.6.7). */
void text_http_date(struct text *text, time_t when);

/* Appends bytes as base64 (RFC 4648, section 4). */
void text_base64(struct text *text, const unsigned char *bytes, size_t len);

#endif
