#include "json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <string.h>

#include "text.h"

/* ---- reading ------------------------------------------------------------ */

/* "\u0000" cuts a cJSON string short. A backslash may itself be escaped. */
static bool has_escaped_nul(const char *text)
{
    const char *found = text;

    while ((found = strstr(found, "\\u0000"))) {
        const char *first = found;

        while (first > text && first[-1] == '\\')
            first--;
        if ((found - first) % 2 == 0)
            return true;
        found++;
    }
    return false;
}

static const char *skip_digits(const char *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return text;
}

/* The end of a number as RFC 8259 spells it, or NULL: cJSON reads more. */
static const char *number_end(const char *text)
{
    const char *whole;

    if (*text == '-')
        text++;
    whole = text;
    text = skip_digits(text);
    if (text == whole || (*whole == '0' && text - whole > 1) ||
        text - whole > JSON_MAX_DIGITS)
        return NULL;
    if (*text == '.') {
        whole = ++text;
        text = skip_digits(text);
        if (text == whole)
            return NULL;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '+' || *text == '-')
            text++;
        whole = text;
        text = skip_digits(text);
        if (text == whole)
            return NULL;
    }
    return text;
}

/* The first number at or behind a place outside of strings. */
static const char *find_number(const char *text)
{
    for (; *text; text++) {
        if (*text == '-' || (*text >= '0' && *text <= '9'))
            break;
        if (*text != '"')
            continue;
        for (text++; *text && *text != '"'; text++)
            if (*text == '\\' && text[1])
                text++;
    }
    return text;
}

/* cJSON has made a double of the number: puts its literal in its place. */
static const char *keep_literal(cJSON *number, const char **place)
{
    const char *start = find_number(*place);
    const char *end = number_end(start);
    size_t len;

    if (!end)
        return "a number that can't be kept exactly";
    len = (size_t)(end - start);
    number->valuestring = cJSON_malloc(len + 1);
    if (!number->valuestring)
        return "too large for memory";
    memcpy(number->valuestring, start, len);
    number->valuestring[len] = '\0';
    number->type = cJSON_Raw | (number->type & ~0xFF);
    *place = end;
    return NULL;
}

static bool is_doubled(const cJSON *object, const cJSON *member)
{
    const cJSON *other;

    for (other = object->child; other != member; other = other->next)
        if (strcmp(other->string, member->string) == 0)
            return true;
    return false;
}

/* Walks the tree in the text's order; place goes along in the text. Answers
 * what is wrong, or NULL. */
static const char *check(cJSON *value, const char **place, unsigned depth)
{
    const char *why = NULL;
    unsigned members = 0;
    cJSON *part;

    if (cJSON_IsNumber(value))
        return keep_literal(value, place);
    if (!cJSON_IsObject(value) && !cJSON_IsArray(value))
        return NULL;
    if (depth == JSON_MAX_DEPTH)
        return "nested too deeply";
    for (part = value->child; part && !why; part = part->next) {
        if (cJSON_IsObject(value)) {
            if (++members > JSON_MAX_MEMBERS)
                return "an object with too many members";
            if (is_doubled(value, part))
                return "a member that is there twice";
        }
        why = check(part, place, depth + 1);
    }
    return why;
}

struct cJSON *json_parse(const char *text, size_t len, const char **why)
{
    const char *end = NULL;
    const char *place = text;
    cJSON *document;

    if (!text_is_utf8(text, len)) {
        *why = "not UTF-8";
        return NULL;
    }
    if (has_escaped_nul(text)) {
        *why = "a NUL character in a string";
        return NULL;
    }
    document = cJSON_ParseWithLengthOpts(text, len, &end, 0);
    if (!document) {
        *why = "not JSON";
        return NULL;
    }
    end += strspn(end, " \t\r\n");
    *why = end == text + len ? check(document, &place, 0)
                             : "something behind the JSON";
    if (*why) {
        cJSON_Delete(document);
        return NULL;
    }
    return document;
}

void json_free(struct cJSON *document)
{
    cJSON_Delete(document);
}

bool json_is_object(const struct cJSON *value)
{
    return cJSON_IsObject(value);
}

bool json_is_array(const struct cJSON *value)
{
    return cJSON_IsArray(value);
}

bool json_is_null(const struct cJSON *value)
{
    return cJSON_IsNull(value);
}

struct cJSON *json_member(const struct cJSON *object, const char *name)
{
    return cJSON_IsObject(object)
               ? cJSON_GetObjectItemCaseSensitive(object, name)
               : NULL;
}

struct cJSON *json_first(const struct cJSON *value)
{
    return value ? value->child : NULL;
}

struct cJSON *json_next(const struct cJSON *part)
{
    return part->next;
}

const char *json_text(const struct cJSON *value)
{
    if (cJSON_IsString(value) || cJSON_IsRaw(value))
        return value->valuestring;
    if (cJSON_IsBool(value))
        return cJSON_IsTrue(value) ? "true" : "false";
    return NULL;
}

bool json_has_masked_text(const struct cJSON *value)
{
    const cJSON *part;

    if (cJSON_IsString(value)) {
        size_t stars = strspn(value->valuestring, "*");

        return stars > 0 && !value->valuestring[stars];
    }
    for (part = value->child; part; part = part->next)
        if (json_has_masked_text(part))
            return true;
    return false;
}

/* ---- changing ----------------------------------------------------------- */

/* Takes value, which is NULL where it could not be made. */
static cJSON *set(cJSON *object, const char *name, cJSON *value)
{
    bool done;

    if (!value)
        return NULL;
    if (cJSON_GetObjectItemCaseSensitive(object, name))
        done = cJSON_ReplaceItemInObjectCaseSensitive(object, name, value);
    else
        done = cJSON_AddItemToObject(object, name, value);
    if (!done) {
        cJSON_Delete(value);
        return NULL;
    }
    return value;
}

struct cJSON *json_set_string(struct cJSON *object, const char *name,
                              const char *text)
{
    return set(object, name, cJSON_CreateString(text));
}

struct cJSON *json_set_boolean(struct cJSON *object, const char *name,
                               bool value)
{
    return set(object, name, cJSON_CreateBool(value));
}

struct cJSON *json_set_null(struct cJSON *object, const char *name)
{
    return set(object, name, cJSON_CreateNull());
}

struct cJSON *json_set_object(struct cJSON *object, const char *name)
{
    return set(object, name, cJSON_CreateObject());
}

void json_keep_only(struct cJSON *object, const char *name)
{
    cJSON *part = object->child;

    while (part) {
        cJSON *next = part->next;

        if (strcmp(part->string, name) != 0)
            cJSON_Delete(cJSON_DetachItemViaPointer(object, part));
        part = next;
    }
}

/* ---- printing ----------------------------------------------------------- */

#define FIRST_ROOM 2048

int json_print(struct cJSON *document, struct buffer *buffer)
{
    size_t room = buffer->size > buffer->len + FIRST_ROOM
                      ? buffer->size - buffer->len - 1
                      : FIRST_ROOM;

    for (;; room *= 2) {
        if (room > buffer->max - buffer->len)
            room = buffer->max - buffer->len;
        if (buffer_reserve(buffer, room))
            return -1;
        if (cJSON_PrintPreallocated(document, buffer->data + buffer->len,
                                    (int)room, 0))
            break;
        if (room == buffer->max - buffer->len) {
            buffer->data[buffer->len] = '\0';
            errno = EFBIG;
            return -1;
        }
    }
    buffer->len += strlen(buffer->data + buffer->len);
    return 0;
}
