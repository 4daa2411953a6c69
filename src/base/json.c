#include "base/json.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* ---- memory ------------------------------------------------------------- */

struct json {
    cJSON *root;
    struct arena arena; /* what the values are made of */
};

#define BYTES_PER_BYTE 8 /* what a text takes when it is parsed, about */

/* The document that cJSON works on. Its hooks have no argument for that, so
 * each function here that lets cJSON allocate sets it, and takes it back
 * before it returns. */
static struct json *current;

static void *allocate_current(size_t size)
{
    return current ? arena_take(&current->arena, size) : NULL;
}

static void keep(void *memory)
{
    (void)memory; /* ends with its document */
}

/* The same hooks each time, so that it doesn't matter how often. */
static void use_hooks(void)
{
    cJSON_Hooks hooks = {.malloc_fn = allocate_current, .free_fn = keep};

    cJSON_InitHooks(&hooks);
}

static struct json *document_new(size_t size)
{
    struct json *document = calloc(1, sizeof(*document));

    if (!document || arena_init(&document->arena, size, JSON_MAX_MEMORY)) {
        free(document);
        return NULL;
    }
    use_hooks();
    return document;
}

void json_free(struct json *document)
{
    if (!document)
        return;
    arena_free(&document->arena);
    free(document);
}

void json_wipe(struct json *document)
{
    if (!document)
        return;
    arena_wipe(&document->arena);
    free(document);
}

/* ---- checking the text -------------------------------------------------- */

static const char *skip_digits(const char *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return text;
}

/* The end of a number as RFC 8259 spells it, or NULL: cJSON reads more. */
static const char *number_end(const char *text)
{
    const char *digits;

    if (*text == '-')
        text++;
    digits = text;
    text = skip_digits(text);
    if (text == digits || (*digits == '0' && text - digits > 1) ||
        text - digits > JSON_MAX_DIGITS)
        return NULL;
    if (*text == '.') {
        digits = ++text;
        text = skip_digits(text);
        if (text == digits)
            return NULL;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '+' || *text == '-')
            text++;
        digits = text;
        text = skip_digits(text);
        if (text == digits)
            return NULL;
    }
    return text;
}

/* What stands behind "\u": four digits, and not 0000. cJSON takes others for
 * 0000, and that for the string's end. */
static bool is_good_unicode_escape(const char *digits)
{
    return strspn(digits, "0123456789abcdefABCDEF") >= 4 &&
           strncmp(digits, "0000", 4) != 0;
}

/* The characters at which a string can't just be passed over: those below a
 * space, the quote and the backslash. */
static const bool special[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,         1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ['"'] = 1, ['\\'] = 1};

/* The place behind a string, whose first quote is before text. NULL where it
 * has something in it that cJSON would not keep, or does not end. */
static const char *string_end(const char *text)
{
    for (;; text++) {
        while (!special[(unsigned char)*text])
            text++;
        if (*text == '"')
            return text + 1;
        if (*text != '\\')
            return NULL;
        text++;
        if (*text == 'u' && !is_good_unicode_escape(text + 1))
            return NULL;
        if (!*text)
            return NULL;
    }
}

static bool starts_number(char c)
{
    return c == '-' || (c >= '0' && c <= '9');
}

/* Looks for what cJSON would read in a way of its own. *number becomes the
 * place of the first number, or NULL. */
static const char *check_text(const char *text, const char **number)
{
    *number = NULL;
    while (*text) {
        if (*text == '"') {
            text = string_end(text + 1);
            if (!text)
                return "a string that is not JSON or has a NUL in it";
        } else if (starts_number(*text)) {
            if (!*number)
                *number = text;
            text = number_end(text);
            if (!text)
                return "a number that can't be kept exactly";
        } else if ((unsigned char)*text < ' ' && !strchr("\t\r\n", *text)) {
            return "a control character";
        } else {
            text++;
        }
    }
    return NULL;
}

/* ---- checking the tree -------------------------------------------------- */

static int kind(const cJSON *value)
{
    return value->type & 0xFF;
}

static bool is_parent(const cJSON *value)
{
    return kind(value) == cJSON_Object || kind(value) == cJSON_Array;
}

static bool is_earlier(const cJSON *object, const cJSON *member)
{
    const cJSON *other;

    for (other = object->child; other != member; other = other->next)
        if (strcmp(other->string, member->string) == 0)
            return true;
    return false;
}

/* Is it there twice? seen has a bit for the beginning of each name so far, so
 * that few names are ever compared. */
static bool is_doubled(const cJSON *object, const cJSON *member, uint64_t *seen)
{
    const unsigned char *name = (const unsigned char *)member->string;
    unsigned hash = name[0] * 7U;
    uint64_t bit;
    bool maybe;

    for (unsigned i = 1; i < 5 && name[i - 1]; i++)
        hash = hash * 5 + name[i];
    bit = (uint64_t)1 << (hash & 63);
    maybe = (*seen & bit) != 0;

    *seen |= bit;
    return maybe && is_earlier(object, member);
}

static const char *check_tree(const cJSON *value, unsigned depth)
{
    const char *why = NULL;
    unsigned members = 0;
    uint64_t seen = 0;
    const cJSON *part;

    if (depth == JSON_MAX_DEPTH)
        return "nested too deeply";
    for (part = value->child; part && !why; part = part->next) {
        if (kind(value) == cJSON_Object) {
            if (++members > JSON_MAX_MEMBERS)
                return "an object with too many members";
            if (is_doubled(value, part, &seen))
                return "a member that is there twice";
        }
        if (is_parent(part))
            why = check_tree(part, depth + 1);
    }
    return why;
}

/* cJSON has made doubles of the numbers: puts their literals in their place.
 * The tree and the text, of which *place is where to go on, have them in the
 * same order. */
static int keep_literals(struct json *document, cJSON *value,
                         const char **place)
{
    cJSON *part;

    if (kind(value) == cJSON_Number) {
        const char *start = *place;

        assert(start); /* the text has a number for each of the tree */
        while (!starts_number(*start))
            start = *start == '"' ? string_end(start + 1) : start + 1;
        *place = number_end(start);
        value->valuestring =
            arena_take(&document->arena, (size_t)(*place - start) + 1);
        if (!value->valuestring)
            return -1;
        memcpy(value->valuestring, start, (size_t)(*place - start));
        value->valuestring[*place - start] = '\0';
        value->type = cJSON_Raw | (value->type & ~0xFF);
    }
    for (part = value->child; part; part = part->next)
        if (keep_literals(document, part, place))
            return -1;
    return 0;
}

/* ---- reading ------------------------------------------------------------ */

static const char *parse(struct json *document, const char *text, size_t len,
                         bool *is_json)
{
    const char *end = NULL;
    const char *number;
    const char *why;

    if (!text_is_utf8(text, len))
        return "not UTF-8";
    current = document;
    document->root = cJSON_ParseWithLengthOpts(text, len, &end, 0);
    current = NULL;
    if (!document->root)
        return "not JSON, or too much of it";
    end += strspn(end, " \t\r\n");
    if (end != text + len)
        return "something behind the JSON";
    *is_json = true;
    why = check_text(text, &number);
    if (why)
        return why;
    why = check_tree(document->root, 0);
    if (why)
        return why;
    if (number && keep_literals(document, document->root, &number))
        return "too large";
    return NULL;
}

struct json *json_parse(const char *text, size_t len,
                        struct json_refusal *refusal)
{
    struct json *document = document_new(len * BYTES_PER_BYTE);

    *refusal = (struct json_refusal){NULL, false};
    if (!document) {
        refusal->why = "too large for this machine's memory";
        return NULL;
    }
    refusal->why = parse(document, text, len, &refusal->is_json);
    if (refusal->why) {
        json_wipe(document); /* it may be an answer with tokens */
        return NULL;
    }
    return document;
}

struct cJSON *json_root(const struct json *document)
{
    return document->root;
}

bool json_is_object(const struct cJSON *value)
{
    return value && kind(value) == cJSON_Object;
}

bool json_is_array(const struct cJSON *value)
{
    return value && kind(value) == cJSON_Array;
}

bool json_is_null(const struct cJSON *value)
{
    return value && kind(value) == cJSON_NULL;
}

bool json_is_string(const struct cJSON *value)
{
    return value && kind(value) == cJSON_String;
}

static struct cJSON *find(struct cJSON *part, const char *name)
{
    while (part && strcmp(part->string, name) != 0)
        part = part->next;
    return part;
}

struct cJSON *json_member(const struct cJSON *object, const char *name)
{
    return json_is_object(object) ? find(object->child, name) : NULL;
}

struct cJSON *json_member_near(const struct cJSON *object, struct cJSON *near,
                               const char *name)
{
    struct cJSON *found = find(near, name);

    return found ? found : json_member(object, name);
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
    if (!value)
        return NULL;
    switch (kind(value)) {
    case cJSON_String:
    case cJSON_Raw:
        return value->valuestring;
    case cJSON_True:
        return "true";
    case cJSON_False:
        return "false";
    default:
        return NULL;
    }
}

bool json_has_masked_text(const struct cJSON *value)
{
    const cJSON *part;

    if (kind(value) == cJSON_String && *value->valuestring == '*')
        return !value->valuestring[strspn(value->valuestring, "*")];
    for (part = value->child; part; part = part->next)
        if (json_has_masked_text(part))
            return true;
    return false;
}

/* ---- changing ----------------------------------------------------------- */

struct cJSON *json_add(struct json *document, struct cJSON *object,
                       const char *name)
{
    struct cJSON *added;

    current = document;
    added = cJSON_AddNullToObject(object, name);
    current = NULL;
    return added;
}

/* What the value had stays in the document's memory until its end. */
static void become(cJSON *value, int type)
{
    value->valuestring = NULL;
    value->child = NULL;
    value->type = type | (value->type & ~0xFF);
}

int json_make_string(struct json *document, struct cJSON *value,
                     const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = arena_take(&document->arena, size);

    if (!copy)
        return -1;
    memcpy(copy, text, size);
    become(value, cJSON_String);
    value->valuestring = copy;
    return 0;
}

void json_make_boolean(struct cJSON *value, bool is_true)
{
    become(value, is_true ? cJSON_True : cJSON_False);
}

void json_make_null(struct cJSON *value)
{
    become(value, cJSON_NULL);
}

void json_make_object(struct cJSON *value)
{
    become(value, cJSON_Object);
}

void json_keep_only(struct cJSON *object, const char *name)
{
    cJSON *part, *next;

    for (part = object->child; part; part = next) {
        next = part->next;
        if (strcmp(part->string, name) != 0)
            (void)cJSON_DetachItemViaPointer(object, part);
    }
}

/* ---- printing ----------------------------------------------------------- */

static int put_escape(struct buffer *buffer, char c)
{
    static const char codes[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *code = strchr(codes, c);
    char escape[16];

    if (code)
        (void)snprintf(escape, sizeof(escape), "\\%c", letters[code - codes]);
    else
        (void)snprintf(escape, sizeof(escape), "\\u%04x", (unsigned char)c);
    return buffer_puts(buffer, escape);
}

static int put_string(struct buffer *buffer, const char *text)
{
    const char *end;

    if (buffer_puts(buffer, "\""))
        return -1;
    for (;; text = end + 1) {
        end = text;
        while (!special[(unsigned char)*end])
            end++;
        if (buffer_append(buffer, text, (size_t)(end - text)))
            return -1;
        if (!*end)
            return buffer_puts(buffer, "\"");
        if (put_escape(buffer, *end))
            return -1;
    }
}

static int put_value(struct buffer *buffer, const cJSON *value);

static int put_parts(struct buffer *buffer, const cJSON *parent)
{
    bool named = kind(parent) == cJSON_Object;
    const cJSON *part;

    if (buffer_puts(buffer, named ? "{" : "["))
        return -1;
    for (part = parent->child; part; part = part->next)
        if ((named &&
             (put_string(buffer, part->string) || buffer_puts(buffer, ":"))) ||
            put_value(buffer, part) || (part->next && buffer_puts(buffer, ",")))
            return -1;
    return buffer_puts(buffer, named ? "}" : "]");
}

static int put_value(struct buffer *buffer, const cJSON *value)
{
    const char *text;

    if (is_parent(value))
        return put_parts(buffer, value);
    if (kind(value) == cJSON_String)
        return put_string(buffer, value->valuestring);
    text = json_text(value);
    if (!text)
        text = "null";
    return buffer_puts(buffer, text);
}

/* cJSON's own printing takes twice as long. */
int json_print(const struct json *document, struct buffer *buffer)
{
    size_t len = buffer->len;
    int result = put_value(buffer, document->root);

    if (result && buffer->data) {
        buffer->len = len;
        buffer->data[len] = '\0';
    }
    return result;
}
