#include "base/json_split.h"

#include <string.h>

void json_split_init(struct json_split *split, const char *array)
{
    *split = (struct json_split){.array = array};
}

/* Is the last string the name of the array? */
static bool is_name(const struct json_split *split, const char *text)
{
    size_t len = strlen(split->array);

    return split->text_end - split->text == len &&
           memcmp(text + split->text, split->array, len) == 0;
}

static void scan_string(struct json_split *split, char c)
{
    if (split->escaped)
        split->escaped = false;
    else if (c == '\\')
        split->escaped = true;
    else if (c == '"')
        split->in_string = false;
    if (!split->in_string && split->depth == 1)
        split->text_end = split->scanned;
}

static void open_bracket(struct json_split *split, const char *text, char c)
{
    split->depth++;
    if (c == '[' && split->depth == 2 && is_name(split, text))
        split->begin = split->end = split->scanned + 1;
}

static void close_bracket(struct json_split *split)
{
    if (split->depth > 0)
        split->depth--;
    if (split->depth == 1)
        split->begin = split->end = 0;
}

/* A byte-order mark and blanks may precede the object. */
static void scan(struct json_split *split, const char *text)
{
    char c = text[split->scanned];

    if (!split->started) {
        split->started = c == '{';
        split->depth = split->started;
    } else if (split->in_string) {
        scan_string(split, c);
    } else if (c == '"') {
        split->in_string = true;
        if (split->depth == 1)
            split->text = split->scanned + 1;
    } else if (c == '{' || c == '[') {
        open_bracket(split, text, c);
    } else if (c == '}' || c == ']') {
        close_bracket(split);
    } else if (c == ',' && split->begin > 0 && split->depth == 2) {
        split->end = split->scanned + 1;
    }
}

size_t json_split_scan(struct json_split *split, const struct buffer *text)
{
    /* Data of another kind, such as compressed data, is not looked at. */
    if (!split->started && text->len > 0 &&
        !strchr("{\xEF \t\r\n", text->data[0]))
        return 0;
    for (; split->scanned < text->len; split->scanned++)
        scan(split, text->data);
    return split->end - split->begin;
}

int json_split_move(struct json_split *split, struct buffer *text,
                    struct buffer *document)
{
    size_t moved = split->end - split->begin;

    if (moved == 0)
        return 0;
    buffer_clear(document);
    if (buffer_append(document, text->data, split->end - 1) ||
        buffer_puts(document, "]}"))
        return -1;
    memmove(text->data + split->begin, text->data + split->end,
            text->len - split->end + 1);
    text->len -= moved;
    split->scanned -= moved;
    split->end = split->begin;
    return 0;
}
