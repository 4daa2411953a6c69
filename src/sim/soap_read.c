/*
 * Reads the User of an UpdateUser as a document of the store. soap_view.c does
 * the opposite.
 */
#include <stdio.h>
#include <string.h>

#include "soap_view.h"

#define PARTS_MAX 24 /* of one object, in all versions */

struct reader {
    struct soap_view *view;
    struct refusal *refusal; /* for doubts */
    const char *reason;      /* NULL: no error yet */
};

static struct json *fail(struct reader *reader, const struct xml *at,
                         const char *what)
{
    char message[120];

    if (reader->reason == NULL) {
        snprintf(message, sizeof message, "The element %.60s %s.", at->name,
                 what);
        reader->reason =
            json_new(reader->view->pool, JSON_STRING, message)->text;
    }
    return NULL;
}

/* Adds a doubt. -1: it is an error. */
static int doubt(struct reader *reader, const struct xml *at, const char *what)
{
    char message[120];

    snprintf(message, sizeof message, "The element %.60s %s.", at->name, what);
    return refusal_doubt(reader->refusal, 201, message, "");
}

/* --- values ------------------------------------------------------------- */

static struct json *read_boolean(struct reader *reader, const struct xml *sent,
                                 const char *text)
{
    struct json_pool *pool = reader->view->pool;

    if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
        return json_new(pool, JSON_TRUE, NULL);
    if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
        return json_new(pool, JSON_FALSE, NULL);
    return fail(reader, sent, "is neither true nor false");
}

static struct json *read_text(struct reader *reader,
                              const struct soap_part *part,
                              const struct xml *sent, const struct json *stored)
{
    const char *text = xml_text(sent);

    if (text == NULL)
        return fail(reader, sent, "contains elements");
    if (part->type != SOAP_TEXT)
        text = xml_collapse(reader->view->pool, text);
    if (*text == '\0' && part->type != SOAP_TEXT && part->type != SOAP_BYTES)
        return fail(reader, sent, "is empty, but not nil");
    /* An unchanged text keeps the stored value, whatever its JSON type. */
    if (stored != NULL && stored->type != JSON_NULL &&
        strcmp(text, soap_view_text(reader->view, stored)) == 0)
        return json_copy(reader->view->pool, stored);
    if (part->type == SOAP_BOOLEAN)
        return read_boolean(reader, sent, text);
    return json_new(reader->view->pool, JSON_STRING, text);
}

/* Reads a key or a value; *text is NULL if it is nil. -1: invalid. */
static int read_pair_part(const struct xml *part, const char *name,
                          const char **text)
{
    if (part == NULL || !xml_is(part, SOAP_NS_PAIRS, name))
        return -1;
    enum xml_nil nil = xml_nil(part);
    *text = nil == XML_NIL ? NULL : xml_text(part);
    if (nil == XML_NIL)
        return part->first == NULL ? 0 : -1;
    return nil == XML_NOT_NIL && *text != NULL ? 0 : -1;
}

/* True if text is what the client received for this part of a pair. */
static bool same_text(struct soap_view *view, const struct json *stored,
                      const char *text)
{
    if (stored->type == JSON_NULL || text == NULL)
        return stored->type == JSON_NULL && text == NULL;
    return strcmp(soap_view_text(view, stored), text) == 0;
}

static struct json *read_pair(struct reader *reader, const struct xml *sent,
                              const struct json *stored)
{
    struct json_pool *pool = reader->view->pool;
    const struct xml *key = xml_element(sent->first);
    const struct xml *value = key != NULL ? xml_element(key->next) : NULL;
    const char *texts[2];

    if (!xml_is(sent, SOAP_NS_PAIRS, "KeyValuePairOfstringstring") ||
        read_pair_part(key, "key", &texts[0]) != 0 ||
        read_pair_part(value, "value", &texts[1]) != 0 || value == NULL ||
        xml_element(value->next) != NULL)
        return fail(reader, sent, "is not a pair of key and value");
    if (stored != NULL &&
        same_text(reader->view, soap_pair(stored, 0), texts[0]) &&
        same_text(reader->view, soap_pair(stored, 1), texts[1]))
        return json_copy(pool, stored);
    struct json *pair = json_new(pool, JSON_OBJECT, NULL);
    for (int i = 0; i < 2; i++)
        json_append(pool, pair, i == 0 ? "key" : "value",
                    texts[i] != NULL ? json_new(pool, JSON_STRING, texts[i])
                                     : json_new(pool, JSON_NULL, NULL));
    return pair;
}

static struct json *read_pairs(struct reader *reader, const struct xml *sent,
                               const struct json *stored)
{
    struct json *map = json_new(reader->view->pool, JSON_ARRAY, NULL);
    const struct json *next = stored != NULL ? stored->first : NULL;

    for (const struct xml *at = sent->first; at != NULL; at = at->next) {
        if (at->name == NULL && xml_is_space(at->text))
            continue;
        if (at->name == NULL)
            return fail(reader, sent, "contains text");
        struct json *pair = read_pair(reader, at, next);
        if (pair == NULL)
            return NULL;
        json_add(map, pair);
        next = next != NULL ? next->next : NULL;
    }
    return map;
}

static struct json *read_parts(struct reader *reader,
                               const struct soap_part *parts,
                               const struct json *stored,
                               const struct xml *sent);

static struct json *read_value(struct reader *reader,
                               const struct soap_part *part,
                               const struct xml *sent,
                               const struct json *stored)
{
    struct json_pool *pool = reader->view->pool;

    if (json_is_set(stored) && !soap_fits(part, stored)) {
        if (xml_equal(sent, soap_view_mismatch(reader->view, NULL, stored)))
            return json_copy(pool, stored);
        stored = NULL;
    }
    enum xml_nil nil = xml_nil(sent);
    if (nil == XML_NIL_INVALID)
        return fail(reader, sent, "has an invalid nil");
    if (xml_has_attribute(sent) &&
        doubt(reader, sent, "has an unknown attribute") != 0)
        return NULL;
    if (nil == XML_NIL && part->not_nillable)
        return fail(reader, sent, "must not be nil");
    if (nil == XML_NIL)
        return sent->first == NULL
                   ? json_new(pool, JSON_NULL, NULL)
                   : fail(reader, sent, "is nil, but not empty");
    if (!json_is_set(stored))
        stored = NULL;
    if (part->type == SOAP_OBJECT)
        return read_parts(reader, part->parts, stored, sent);
    if (part->type == SOAP_PAIRS)
        return read_pairs(reader, sent, stored);
    return read_text(reader, part, sent, stored);
}

/* --- objects ------------------------------------------------------------ */

/* The elements of one object, as sent. */
struct found {
    const struct xml *known[PARTS_MAX]; /* by index of their part; or NULL */
    const struct json **unknown; /* the unknown members that were sent back */
    size_t unknown_count;
};

/* The index of the element's part; -1: the version has none. */
static int find_part(const struct reader *reader, const struct soap_part *parts,
                     const struct xml *element)
{
    const struct soap_version *version = reader->view->version;

    if (strcmp(element->ns, version->entities) != 0)
        return -1;
    const struct soap_part *part = soap_find_part(parts, element->name);
    return part != NULL && soap_has(version, part) ? (int)(part - parts) : -1;
}

/* The unknown member, from or one that follows it, that the element shows;
 * or NULL. */
static const struct json *find_unknown(struct reader *reader,
                                       const struct soap_part *parts,
                                       const struct json *from,
                                       const struct xml *element)
{
    for (; from != NULL; from = from->next)
        if (!soap_is_known(parts, from->name) &&
            xml_equal(soap_view_unknown(reader->view, parts, from), element))
            return from;
    return NULL;
}

/* Known elements must be in order, each at most once. Unknown ones must
 * follow them, as received. */
static int sort_elements(struct reader *reader, const struct soap_part *parts,
                         const struct json *stored, const struct xml *sent,
                         struct found *found)
{
    const struct json *next = stored != NULL ? stored->first : NULL;
    int least = 0;

    for (const struct xml *at = sent->first; at != NULL; at = at->next) {
        if (at->name == NULL && xml_is_space(at->text))
            continue;
        if (at->name == NULL) {
            fail(reader, sent, "contains text");
            return -1;
        }
        int index = find_part(reader, parts, at);
        if (index >= 0 && (index < least || found->unknown_count > 0)) {
            fail(reader, at, "is duplicate or in the wrong order");
            return -1;
        }
        if (index >= 0) {
            found->known[index] = at;
            least = index + 1;
            continue;
        }
        const struct json *member = find_unknown(reader, parts, next, at);
        if (member == NULL) {
            if (doubt(reader, at, "is unknown, changed or moved") != 0)
                return -1;
            continue;
        }
        found->unknown[found->unknown_count++] = member;
        next = member->next;
    }
    return 0;
}

static void copy_member(struct json_pool *pool, struct json *object,
                        const struct json *member)
{
    json_append(pool, object, member->name, json_copy(pool, member));
}

/* Handles a stored member: it is replaced, stays, or is removed. */
static int read_member(struct reader *reader, const struct soap_part *parts,
                       const struct json *member, struct found *found,
                       struct json *object)
{
    const struct soap_part *part = soap_find_part(parts, member->name);
    const struct xml **sent = &found->known[part - parts];
    bool shown = soap_has(reader->view->version, part);

    if (shown && *sent != NULL) {
        struct json *value = read_value(reader, part, *sent, member);
        if (value == NULL)
            return -1;
        json_append(reader->view->pool, object, part->name, value);
        *sent = NULL;
    } else if (!shown || (member->type == JSON_NULL && !part->not_nillable)) {
        copy_member(reader->view->pool, object, member);
    }
    return 0;
}

static size_t count(const struct json *object)
{
    size_t members = 0;

    for (const struct json *at = object ? object->first : NULL; at != NULL;
         at = at->next)
        members++;
    return members;
}

static struct json *read_parts(struct reader *reader,
                               const struct soap_part *parts,
                               const struct json *stored,
                               const struct xml *sent)
{
    struct json_pool *pool = reader->view->pool;
    struct json *object = json_new(pool, JSON_OBJECT, NULL);
    size_t room = (count(stored) + 1) * sizeof(const struct json *);
    struct found found = {.unknown = json_pool_alloc(pool, room)};
    size_t unknown = 0;

    if (sort_elements(reader, parts, stored, sent, &found) != 0)
        return NULL;
    for (const struct json *at = stored ? stored->first : NULL; at != NULL;
         at = at->next) {
        if (soap_is_known(parts, at->name)) {
            if (read_member(reader, parts, at, &found, object) != 0)
                return NULL;
        } else if (unknown < found.unknown_count &&
                   found.unknown[unknown] == at) {
            copy_member(pool, object, at);
            unknown++;
        }
    }
    for (const struct soap_part *part = parts; part->name != NULL; part++) {
        const struct xml *added = found.known[part - parts];
        if (added == NULL)
            continue;
        struct json *value = read_value(reader, part, added, NULL);
        if (value == NULL)
            return NULL;
        if (!part->generated)
            json_append(pool, object, part->name, value);
    }
    return object;
}

struct json *soap_read_user(struct soap_view *view, const struct json *stored,
                            const struct xml *sent, struct refusal *refusal,
                            const char **reason)
{
    struct reader reader = {.view = view, .refusal = refusal};
    struct json *user = NULL;

    if (!xml_has_attribute(sent) ||
        doubt(&reader, sent, "has an unknown attribute") == 0)
        user = read_parts(&reader, soap_user, stored, sent);
    *reason = reader.reason;
    return user;
}

/* --- elements generated from the Id --------------------------------------- */

/* The text; NULL if it is nil or missing, "?" if it is invalid. */
static const char *read_generated(const struct xml *element)
{
    if (element == NULL)
        return NULL;
    enum xml_nil nil = xml_nil(element);
    if (nil == XML_NIL && element->first == NULL)
        return NULL;
    const char *text = nil == XML_NOT_NIL ? xml_text(element) : NULL;
    return text != NULL ? text : "?";
}

void soap_check_generated(struct soap_view *view, const struct xml *sent,
                          struct refusal *refusal)
{
    for (const struct soap_part *part = soap_user; part->name != NULL; part++) {
        if (!part->generated || !soap_has(view->version, part))
            continue;
        const char *generated = soap_generated(view, part);
        const char *text = read_generated(
            xml_child(sent, view->version->entities, part->name));
        if (generated == NULL ? text == NULL
                              : text != NULL && strcmp(text, generated) == 0)
            continue;
        char message[128];
        snprintf(message, sizeof message, "%s is read-only and was changed.",
                 part->name);
        refusal_doubt(refusal, 201, message, part->name);
    }
}
