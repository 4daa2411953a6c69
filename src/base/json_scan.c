#include "base/json_scan.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define MAX_DEPTH 40 /* names of deeper members are not written */

static const char spaces[] = " \t\r\n";

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, spaces);
}

static bool begins_object(const char *text)
{
    static const char mark[] = "\xEF\xBB\xBF";

    if (strncmp(text, mark, strlen(mark)) == 0)
        text += strlen(mark);
    return *skip_spaces(text) == '{';
}

/* The position after a string that begins at text; NULL: it has no end. */
static const char *string_end(const char *text)
{
    for (text++; *text && *text != '"'; text++)
        if (*text == '\\' && text[1])
            text++;
    return *text ? text + 1 : NULL;
}

/* Is the string from text to end this name, followed by a colon? */
static bool is_name(const char *text, const char *end, const char *name)
{
    size_t len = strlen(name);

    return (size_t)(end - text) == len + 2 &&
           strncmp(text + 1, name, len) == 0 && *skip_spaces(end) == ':';
}

const char *json_scan(const char *text, const char *name, size_t *len)
{
    const char *found = NULL, *end;
    unsigned depth = 0;
    bool named = false; /* the value that follows has the name */

    if (!begins_object(text))
        return NULL;
    for (; *text; text = end) {
        end = text + 1;
        if (*text == '"') {
            end = string_end(text);
            if (!end)
                break;
            if (named) {
                found = text;
                *len = (size_t)(end - text);
            }
            named = !named && depth == 1 && is_name(text, end, name);
        } else if (*text == '{' || *text == '[') {
            depth++;
        } else if (*text == '}' || *text == ']') {
            depth--;
        }
        if (!strchr("\": \t\r\n", *text))
            named = false;
    }
    return found;
}

/* ---- the path of a place ------------------------------------------------- */

/* Appends a name that begins at a quote. */
static void add_name(char *path, size_t size, const char *name)
{
    const char *end = string_end(name);
    char part[64];
    size_t len = strlen(path);

    (void)snprintf(part, sizeof(part), "%.*s", (int)(end - name - 2), name + 1);
    utf8_trim(part, strlen(part));
    if (len > 0 && len + 1 < size)
        path[len++] = '.';
    (void)utf8_clean(path + len, size - len, part);
}

void json_scan_path(const char *text, const char *place, char *path,
                    size_t size)
{
    const char *names[MAX_DEPTH] = {NULL}; /* at each depth */
    unsigned depth = 0;

    for (const char *end; text < place; text = end) {
        end = text + 1;
        if (*text == '"') {
            end = string_end(text);
            if (!end)
                break;
            if (depth < MAX_DEPTH && *skip_spaces(end) == ':')
                names[depth] = text;
        } else if (*text == '{' || *text == '[') {
            if (++depth < MAX_DEPTH)
                names[depth] = NULL;
        } else if ((*text == '}' || *text == ']') && depth > 0) {
            depth--;
        }
    }
    *path = '\0';
    for (unsigned i = 0; i <= depth && i < MAX_DEPTH; i++)
        if (names[i])
            add_name(path, size, names[i]);
}
