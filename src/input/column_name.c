#include "input/column_name.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/blank.h"
#include "base/invisible.h"
#include "base/suggest.h"
#include "base/utf8.h"

static const char alias[] = "UserId"; /* of the key */
static const char expect[] = "Expect.";

struct column_name column_name_trim(const char *text, size_t len)
{
    len = blank_trim(&text, len);
    return (struct column_name){text, len};
}

bool column_name_is(struct column_name name, const char *text)
{
    struct column_name other = column_name_trim(text, strlen(text));

    return name.len == other.len &&
           strncasecmp(name.text, other.text, name.len) == 0;
}

unsigned column_name_find(const struct service *service,
                          struct column_name name)
{
    for (unsigned i = 0; i < service->column_count; i++) {
        if (column_name_is(name, service->columns[i].name) ||
            column_name_is(name, service->columns[i].path))
            return i;
    }
    return column_name_is(name, alias) ? service->key : service->column_count;
}

bool column_name_is_expected(struct column_name name,
                             struct column_name *column)
{
    size_t len = sizeof(expect) - 1;

    if (name.len < len || strncasecmp(name.text, expect, len) != 0)
        return false;
    *column = column_name_trim(name.text + len, name.len - len);
    return true;
}

const struct column *column_name_allowed(const struct service *service,
                                         struct column_name name)
{
    for (unsigned i = 0; i < service->column_count; i++) {
        const struct column *column = &service->columns[i];

        if (column->use != COLUMN_REFUSED &&
            (column_name_is(name, column->name) ||
             column_name_is(name, column->path)))
            return column;
    }
    return NULL;
}

const char *column_name_suggest(const struct service *service, const char *name)
{
    struct suggestion suggestion;

    suggest_init(&suggestion, name);
    for (unsigned i = 0; i < service->column_count; i++) {
        if (service->columns[i].use == COLUMN_REFUSED)
            continue;
        suggest_offer(&suggestion, service->columns[i].name);
        suggest_offer(&suggestion, service->columns[i].path);
    }
    suggest_offer(&suggestion, alias);
    return suggestion.name == alias ? service->columns[service->key].name
                                    : suggestion.name;
}

/* Copies the name as it is, but truncated. */
static void copy(char text[COLUMN_NAME_SHOWN], struct column_name name)
{
    size_t len =
        name.len < COLUMN_NAME_SHOWN ? name.len : COLUMN_NAME_SHOWN - 1;

    memcpy(text, name.text, len);
    text[len] = '\0';
    if (len < name.len)
        utf8_trim(text, len);
}

const char *column_name_show(char shown[COLUMN_NAME_SHOWN],
                             struct column_name name)
{
    char text[COLUMN_NAME_SHOWN];

    copy(text, name);
    (void)utf8_reveal(shown, COLUMN_NAME_SHOWN, text);
    return shown;
}

bool column_name_strip(char stripped[COLUMN_NAME_SHOWN],
                       struct column_name name)
{
    char text[COLUMN_NAME_SHOWN];
    const char *next = text;
    size_t used = 0;

    copy(text, name);
    while (*next) {
        const char *at = next;

        if (invisible_is_one(utf8_take(&next)) && *at != ' ')
            continue;
        memcpy(stripped + used, at, (size_t)(next - at));
        used += (size_t)(next - at);
    }
    stripped[used] = '\0';
    return used < strlen(text);
}

const char *column_name_quote(char quoted[COLUMN_NAME_QUOTED],
                              struct column_name name, const char *to)
{
    char word[2 * COLUMN_NAME_SHOWN], shown[COLUMN_NAME_SHOWN];
    int len;

    column_name_show(shown, name);
    len = snprintf(word, sizeof(word), "%s%s%s", shown, to ? "=" : "",
                   to ? to : "");
    if (len < (int)sizeof(word) && strlen(shown) == name.len &&
        memcmp(shown, name.text, name.len) == 0)
        shell_quote(quoted, COLUMN_NAME_QUOTED, word);
    else
        (void)snprintf(quoted, COLUMN_NAME_QUOTED, "...");
    return quoted;
}
