#include "input/csv_head.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define MARK      "\xEF\xBB\xBF"
#define MARK_SIZE 3

void csv_head_init(struct csv_head *head)
{
    *head = (struct csv_head){.has_lines = false};
    buffer_init(&head->bytes, CSV_HEAD_SIZE);
}

void csv_head_clear(struct csv_head *head)
{
    buffer_free(&head->bytes);
}

static void drop(struct csv_head *head, size_t len)
{
    struct buffer *bytes = &head->bytes;

    bytes->len -= len;
    if (len > 0)
        memmove(bytes->data, bytes->data + len, bytes->len);
}

/* The X of a line "sep=X", which spreadsheets may quote and follow by empty
 * cells; NUL: it is another line. */
static char find_separator(const char *line, size_t len)
{
    char separator;

    if (len > 0 && *line == '"') {
        line++;
        len--;
    }
    if (len < 5 || strncasecmp(line, "sep=", 4) != 0)
        return '\0';
    separator = line[4];
    if (separator != '\t' && separator != ' ' &&
        (separator == '"' || !ispunct((unsigned char)separator)))
        return '\0';
    for (size_t i = 5; i < len; i++) {
        if (line[i] != separator && line[i] != '"')
            return '\0';
    }
    return separator;
}

static bool is_blank(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (line[i] != ' ' && line[i] != '\t')
            return false;
    }
    return true;
}

/* Is it the first line of the header? The line has no line end. */
static bool is_header(struct csv_head *head, const char *line, size_t len)
{
    char separator;

    if (is_blank(line, len))
        return false;
    separator = find_separator(line, len);
    if (separator && !head->separator)
        head->separator = separator;
    return !separator;
}

/* Removes complete lines before the header, and at the end the last one.
 * Returns true if the header's first line is complete. */
static bool find_header(struct csv_head *head, bool is_end)
{
    const char *data = head->bytes.data;
    size_t len = head->bytes.len;
    bool found = false;
    size_t at = 0;

    while (at < len) {
        const char *line = data + at;
        const char *end = memchr(line, '\n', len - at);
        size_t line_len = end ? (size_t)(end - line) : len - at;

        if (!end && !is_end)
            break;
        if (head->skip_lines > 0)
            head->skip_lines -= end != NULL;
        else
            found = is_header(head, line,
                              line_len -
                                  (line_len > 0 && line[line_len - 1] == '\r'));
        if (found)
            break;
        at += line_len + (end != NULL);
        head->lines += end != NULL;
    }
    drop(head, at);
    return found;
}

/* Removes what precedes the header. Returns 1 if its first line is there. */
static int find(struct csv_head *head, bool is_end)
{
    const struct buffer *bytes = &head->bytes;

    if (!head->mark_passed) {
        if (bytes->len < MARK_SIZE && !is_end)
            return 0;
        head->mark_passed = true;
        if (bytes->len >= MARK_SIZE &&
            memcmp(bytes->data, MARK, MARK_SIZE) == 0)
            drop(head, MARK_SIZE);
    }
    return !head->has_lines || find_header(head, is_end);
}

int csv_head_feed(struct csv_head *head, const char *data, size_t len,
                  size_t *used)
{
    size_t room = CSV_HEAD_SIZE - head->bytes.len;

    *used = len < room ? len : room;
    if (buffer_append(&head->bytes, data, *used))
        return -1;
    return find(head, head->bytes.len == CSV_HEAD_SIZE);
}

void csv_head_end(struct csv_head *head)
{
    (void)find(head, true);
}
