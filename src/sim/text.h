/*
 * Text that grows: what the simulator responses with is put together in it.
 *
 * There is always a NUL behind the last byte once something was put; data is
 * NULL before. Memory that runs out ends the simulator (mem.h).
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

/* Empties it and keeps its memory. */
void text_clear(struct text *text);

void text_put(struct text *text, const char *data, size_t len);
void text_puts(struct text *text, const char *string);
void text_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Leaves len bytes at most. */
void text_cut(struct text *text, size_t len);

/* Puts data at the offset at, which is at most len. */
void text_insert(struct text *text, size_t at, const char *data, size_t len);

/* Puts a string of JSON with its quotes; what RFC 8259 wants escaped is. */
void text_json(struct text *text, const char *string);

/* Puts the name of a member of a JSON object and its colon, behind a comma
 * unless it is the object's first. */
void text_member(struct text *text, const char *name);

/* Puts such a member that is a string, or null. */
void text_member_string(struct text *text, const char *name, const char *value);
void text_member_null(struct text *text, const char *name);

/* Puts a time as HTTP writes it (RFC 9110, 5.6.7). */
void text_http_date(struct text *text, time_t when);

/* Puts bytes as base64 (RFC 4648, section 4). */
void text_base64(struct text *text, const unsigned char *bytes, size_t len);

#endif
