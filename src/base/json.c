#include "base/json.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/json_memory.h"
#include "base/json_scan.h"
#include "base/json_survey.h"
#include "base/utf8.h"

/* ---- checking the tree -------------------------------------------------- */

/* Faster than cJSON_IsObject() and similar functions. */
static int kind(const cJSON *value)
{
    return value->type & 0xFF;
}

static bool is_earlier(const cJSON *object, const cJSON *member)
{
    const cJSON *other;

    for (other = object->child; other != member; other = other->next)
        if (strcmp(other->string, member->string) == 0)
            return true;
    return false;
}

/* *seen has a bit for a hash of the first bytes of each earlier name, so that
 * few names are compared. */
static bool is_duplicate(const cJSON *object, const cJSON *member,
                         uint64_t *seen)
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

static const char *check_members(const cJSON *object)
{
    unsigned members = 0;
    uint64_t seen = 0;
    const cJSON *member;

    for (member = object->child; member; member = member->next) {
        if (++members > JSON_MAX_MEMBERS)
            return "an object with too many members";
        if (is_duplicate(object, member, &seen))
            return "a duplicate member";
    }
    return NULL;
}

static const char *check_tree(const cJSON *value)
{
    const char *why = NULL;
    const cJSON *item;

    if (kind(value) == cJSON_Object)
        why = check_members(value);
    for (item = value->child; item && !why; item = item->next)
        if (item->child)
            why = check_tree(item);
    return why;
}

/* cJSON has converted the numbers to double: restores their literals. Tree and
 * text have the numbers in the same order; the next one is at *place or after
 * it. */
static int keep_literals(cJSON *value, const char **place)
{
    cJSON *item;

    if (kind(value) == cJSON_Number) {
        const char *start;
        size_t len;

        assert(*place); /* the text has a number for each of the tree */
        start = json_survey_next_number(*place, &len);
        *place = start + len;
        value->valuestring = cJSON_malloc(len + 1);
        if (!value->valuestring)
            return -1;
        memcpy(value->valuestring, start, len);
        value->valuestring[len] = '\0';
        value->type = cJSON_Raw | (value->type & ~0xFF);
    }
    for (item = value->child; item; item = item->next)
        if (keep_literals(item, place))
            return -1;
    return 0;
}

/* ---- parsing ------------------------------------------------------------ */

static const struct json_refusal no_memory = {.why = "out of memory",
                                              .no_memory = true};

/* Parses a text without the checks of this file. *root can be set although it
 * is refused. */
static struct json_refusal parse(const char *text, size_t len, cJSON **root)
{
    const char *end = NULL;

    errno = 0;
    *root = cJSON_ParseWithLengthOpts(text, len, &end, 0);
    if (!*root && errno == ENOMEM)
        return no_memory;
    if (!*root)
        return (struct json_refusal){.why = "not JSON"};
    end += strspn(end, " \t\r\n");
    return (struct json_refusal){
        .why = end == text + len ? NULL : "data after the JSON"};
}

/* Refuses what cJSON would read differently, or does not read. */
static struct json_refusal refuse_survey(const char *text,
                                         const struct json_survey *survey)
{
    struct json_refusal refusal = {.why = survey->why, .is_json = true};

    json_scan_path(text, survey->place, refusal.path, sizeof(refusal.path));
    return refusal;
}

/* Why a text can't become a document, or NULL. */
static const char *check_text(const char *text, size_t len,
                              const struct json_survey *survey)
{
    if (!utf8_is_valid(text, len))
        return "not UTF-8";
    if (len > JSON_MAX_TEXT || survey->values > JSON_MAX_VALUES)
        return "too large";
    return NULL;
}

/* The same with the checks, and with the literals of numbers. */
static struct json_refusal parse_checked(const char *text, size_t len,
                                         struct json_survey *survey,
                                         cJSON **root)
{
    bool whole = json_survey_is_whole(survey, text, len);
    struct json_refusal refusal = parse(text, len, root);

    /* cJSON does not accept everything that the survey has found. */
    if (survey->why && (*root ? !refusal.why : whole && !refusal.no_memory))
        return refuse_survey(text, survey);
    if (refusal.why)
        return refusal;
    refusal = (struct json_refusal){.why = check_tree(*root), .is_json = true};
    if (!refusal.why && survey->number && keep_literals(*root, &survey->number))
        return no_memory;
    return refusal;
}

/* Enough memory for the tree of a text: cJSON takes a piece for each value, for
 * its name and for its text, and the arena rounds up. */
static struct json_memory *new_memory(const struct json_survey *survey,
                                      size_t len)
{
    return json_memory_new(survey->values * (sizeof(cJSON) + 16) + len);
}

struct cJSON *json_parse(const char *text, size_t len,
                         struct json_refusal *refusal)
{
    struct json_survey survey = json_survey_text(text);
    struct json_memory *memory;
    cJSON *root = NULL;

    *refusal = (struct json_refusal){
        .why = check_text(text, len, &survey),
        .is_json = json_survey_is_whole(&survey, text, len)};
    if (refusal->why)
        return NULL;
    memory = new_memory(&survey, len);
    if (!memory) {
        *refusal = no_memory;
        return NULL;
    }
    json_memory_enter(memory);
    *refusal = parse_checked(text, len, &survey, &root);
    json_memory_leave();
    if (!refusal->why)
        return root;
    json_memory_wipe(memory); /* it may be a response with tokens */
    return NULL;
}

void json_free(struct cJSON *root)
{
    if (root)
        json_memory_free(json_memory_of(root));
}

void json_wipe(struct cJSON *root)
{
    if (root)
        json_memory_wipe(json_memory_of(root));
}

/* ---- reading ------------------------------------------------------------ */

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

static struct cJSON *find(struct cJSON *item, const char *name)
{
    while (item && strcmp(item->string, name) != 0)
        item = item->next;
    return item;
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

struct cJSON *json_next(const struct cJSON *item)
{
    return item->next;
}

const char *json_name(const struct cJSON *item)
{
    return item->string;
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

const char *json_find_long_number(const struct cJSON *object)
{
    const cJSON *item;

    for (item = object->child; item; item = item->next) {
        const char *found = item->string;

        if (kind(item) == cJSON_Raw &&
            strspn(item->valuestring + (*item->valuestring == '-'),
                   "0123456789") > JSON_MAX_DIGITS)
            return found ? found : "";
        found = json_find_long_number(item);
        if (found)
            return *found ? found : item->string;
    }
    return NULL;
}

bool json_has_masked_text(const struct cJSON *value)
{
    const cJSON *item;

    if (kind(value) == cJSON_String && *value->valuestring == '*')
        return !value->valuestring[strspn(value->valuestring, "*")];
    for (item = value->child; item; item = item->next) {
        if (json_has_masked_text(item))
            return true;
    }
    return false;
}

/* ---- changing ----------------------------------------------------------- */

struct cJSON *json_add(struct cJSON *root, struct cJSON *object,
                       const char *name)
{
    struct cJSON *added;

    json_memory_enter(json_memory_of(root));
    added = cJSON_AddNullToObject(object, name);
    json_memory_leave();
    return added;
}

static void become(cJSON *value, int type, char *text)
{
    value->valuestring = text;
    value->child = NULL;
    value->type = type | (value->type & ~0xFF);
}

int json_make_string(struct cJSON *root, struct cJSON *value, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy;

    json_memory_enter(json_memory_of(root));
    copy = cJSON_malloc(size);
    json_memory_leave();
    if (!copy)
        return -1;
    memcpy(copy, text, size);
    become(value, cJSON_String, copy);
    return 0;
}

void json_make_boolean(struct cJSON *value, bool is_true)
{
    become(value, is_true ? cJSON_True : cJSON_False, NULL);
}

void json_make_null(struct cJSON *value)
{
    become(value, cJSON_NULL, NULL);
}

void json_make_object(struct cJSON *value)
{
    become(value, cJSON_Object, NULL);
}

void json_keep_only(struct cJSON *object, const char *name)
{
    cJSON *item, *next;

    for (item = object->child; item; item = next) {
        next = item->next;
        if (strcmp(item->string, name) != 0)
            cJSON_DetachItemViaPointer(object, item);
    }
}

/* ---- printing ----------------------------------------------------------- */

static int put_escape(struct buffer *buffer, char c)
{
    static const char codes[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *code = strchr(codes, c);

    if (code)
        return buffer_printf(buffer, "\\%c", letters[code - codes]);
    return buffer_printf(buffer, "\\u%04x", (unsigned char)c);
}

int json_put_string(struct buffer *buffer, const char *text)
{
    const char *end;

    if (buffer_append(buffer, "\"", 1))
        return -1;
    for (;; text = end + 1) {
        end = json_find_special(text);
        if (buffer_append(buffer, text, (size_t)(end - text)))
            return -1;
        if (!*end)
            return buffer_append(buffer, "\"", 1);
        if (put_escape(buffer, *end))
            return -1;
    }
}

static int put_value(struct buffer *buffer, const cJSON *value);

static int put_items(struct buffer *buffer, const cJSON *parent)
{
    bool named = kind(parent) == cJSON_Object;
    const cJSON *item;

    if (buffer_append(buffer, named ? "{" : "[", 1))
        return -1;
    for (item = parent->child; item; item = item->next)
        if ((named && (json_put_string(buffer, item->string) ||
                       buffer_append(buffer, ":", 1))) ||
            put_value(buffer, item) ||
            (item->next && buffer_append(buffer, ",", 1)))
            return -1;
    return buffer_append(buffer, named ? "}" : "]", 1);
}

static int put_value(struct buffer *buffer, const cJSON *value)
{
    const char *text;

    if (kind(value) == cJSON_Object || kind(value) == cJSON_Array)
        return put_items(buffer, value);
    if (kind(value) == cJSON_String)
        return json_put_string(buffer, value->valuestring);
    text = json_text(value);
    return buffer_puts(buffer, text ? text : "null");
}

/* cJSON's own printing takes twice as long. */
int json_print(const struct cJSON *root, struct buffer *buffer)
{
    size_t len = buffer->len;
    int result = put_value(buffer, root);

    if (result && buffer->data) {
        buffer->len = len;
        buffer->data[len] = '\0';
    }
    return result;
}
