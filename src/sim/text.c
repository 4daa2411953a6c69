#include "text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

void text_init(struct text *text)
{
    *text = (struct text){.data = NULL};
}

void text_free(struct text *text)
{
    free(text->data);
    text_init(text);
}

void text_clear(struct text *text)
{
    text->len = 0;
    if (text->data != NULL)
        text->data[0] = '\0';
}

void text_cut(struct text *text, size_t len)
{
    if (len >= text->len)
        return;
    text->len = len;
    text->data[len] = '\0';
}

static void reserve(struct text *text, size_t extra)
{
    size_t need = text->len + extra + 1;

    if (need <= text->size)
        return;
    size_t size = text->size > 0 ? text->size : 256;
    while (size < need)
        size *= 2;
    text->data = mem_grow(text->data, size);
    text->size = size;
}

void text_put(struct text *text, const char *data, size_t len)
{
    reserve(text, len);
    if (len > 0)
        memcpy(text->data + text->len, data, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void text_puts(struct text *text, const char *string)
{
    text_put(text, string, strlen(string));
}

void text_char(struct text *text, char c)
{
    text_put(text, &c, 1);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list values, again;
    int len;

    va_start(values, format);
    va_copy(again, values);
    len = vsnprintf(NULL, 0, format, values);
    if (len > 0) {
        reserve(text, (size_t)len);
        vsnprintf(text->data + text->len, (size_t)len + 1, format, again);
        text->len += (size_t)len;
    }
    va_end(again);
    va_end(values);
}

void text_insert(struct text *text, size_t at, const char *data, size_t len)
{
    reserve(text, len);
    memmove(text->data + at + len, text->data + at, text->len - at);
    if (len > 0)
        memcpy(text->data + at, data, len);
    text->len += len;
    text->data[text->len] = '\0';
}

static void json_escape(struct text *text, unsigned char c)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letter[] = "\"\\bfnrt";
    const char *at = strchr(plain, c);

    if (at != NULL) {
        text_char(text, '\\');
        text_char(text, letter[at - plain]);
    } else {
        text_printf(text, "\\u%04x", c);
    }
}

void text_json(struct text *text, const char *string)
{
    const char *run = string;

    text_char(text, '"');
    for (const char *at = string; *at != '\0'; at++) {
        unsigned char c = (unsigned char)*at;
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        text_put(text, run, (size_t)(at - run));
        json_escape(text, c);
        run = at + 1;
    }
    text_puts(text, run);
    text_char(text, '"');
}

void text_member(struct text *text, const char *name)
{
    if (text->data[text->len - 1] != '{')
        text_char(text, ',');
    text_json(text, name);
    text_char(text, ':');
}

void text_member_string(struct text *text, const char *name, const char *value)
{
    text_member(text, name);
    text_json(text, value);
}

void text_member_null(struct text *text, const char *name)
{
    text_member(text, name);
    text_puts(text, "null");
}

void text_http_date(struct text *text, time_t when)
{
    char date[64];
    struct tm tm;

    gmtime_r(&when, &tm);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    text_puts(text, date);
}

void text_base64(struct text *text, const unsigned char *bytes, size_t len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t at = 0; at < len; at += 3) {
        uint32_t group = 0;
        for (size_t i = at; i < at + 3; i++)
            group = group << 8 | (i < len ? bytes[i] : 0U);
        for (size_t i = 0; i < 4; i++)
            text_char(text,
                      at + i <= len ? digits[group >> (18 - 6 * i) & 63] : '=');
    }
}
