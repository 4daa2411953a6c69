/*
 * From a User that was sent back to a document of the store; soap_view.c goes
 * the other way.
 */
#include <stdio.h>
#include <string.h>

#include "soap_view.h"

#define PARTS_MAX 24 /* of one object, in all versions together */

struct taking {
    struct soap_view *view;
    const char *why; /* NULL: all is well so far */
};

static struct json *fail(struct taking *taking, const struct xml *at,
                         const char *what)
{
    char why[120];

    if (taking->why == NULL) {
        snprintf(why, sizeof why, "The element %.60s %s.", at->name, what);
        taking->why = json_new(taking->view->pool, JSON_STRING, why)->text;
    }
    return NULL;
}

/* --- values ------------------------------------------------------------- */

static struct json *take_boolean(struct taking *taking, const struct xml *sent,
                                 const char *text)
{
    struct json_pool *pool = taking->view->pool;

    if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
        return json_new(pool, JSON_TRUE, NULL);
    if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
        return json_new(pool, JSON_FALSE, NULL);
    return fail(taking, sent, "is neither true nor false");
}

static struct json *take_text(struct taking *taking,
                              const struct soap_part *part,
                              const struct xml *sent, const struct json *stored)
{
    const char *text = xml_text(sent);

    if (text == NULL)
        return fail(taking, sent, "holds elements");
    if (*text == '\0' && part->type != SOAP_TEXT && part->type != SOAP_BYTES)
        return fail(taking, sent, "is empty, but not nil");
    /* What was shown comes back as it is held, whatever that is. */
    if (stored != NULL && stored->type != JSON_NULL &&
        strcmp(text, soap_view_text(taking->view, stored)) == 0)
        return json_copy(taking->view->pool, stored);
    if (part->type == SOAP_BOOLEAN)
        return take_boolean(taking, sent, text);
    return json_new(taking->view->pool, JSON_STRING, text);
}

/* key or value; *text is NULL where it is nil. -1: it is neither. */
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

/* The text of a part of a pair as it is shown. */
static bool same_text(struct soap_view *view, const struct json *stored,
                      const char *text)
{
    if (stored->type == JSON_NULL || text == NULL)
        return stored->type == JSON_NULL && text == NULL;
    return strcmp(soap_view_text(view, stored), text) == 0;
}

static struct json *take_pair(struct taking *taking, const struct xml *sent,
                              const struct json *stored)
{
    struct json_pool *pool = taking->view->pool;
    const struct xml *key = xml_element(sent->first);
    const struct xml *value = key != NULL ? xml_element(key->next) : NULL;
    const char *texts[2];

    if (!xml_is(sent, SOAP_NS_PAIRS, "KeyValuePairOfstringstring") ||
        read_pair_part(key, "key", &texts[0]) != 0 || texts[0] == NULL ||
        read_pair_part(value, "value", &texts[1]) != 0 ||
        xml_element(value->next) != NULL)
        return fail(taking, sent, "is no pair of key and value");
    if (stored != NULL &&
        same_text(taking->view, soap_pair(stored, 0), texts[0]) &&
        same_text(taking->view, soap_pair(stored, 1), texts[1]))
        return json_copy(pool, stored);
    struct json *pair = json_new(pool, JSON_OBJECT, NULL);
    json_append(pool, pair, "key", json_new(pool, JSON_STRING, texts[0]));
    json_append(pool, pair, "value",
                texts[1] != NULL ? json_new(pool, JSON_STRING, texts[1])
                                 : json_new(pool, JSON_NULL, NULL));
    return pair;
}

static struct json *take_pairs(struct taking *taking, const struct xml *sent,
                               const struct json *stored)
{
    struct json *map = json_new(taking->view->pool, JSON_ARRAY, NULL);
    const struct json *held = stored != NULL ? stored->first : NULL;

    for (const struct xml *at = sent->first; at != NULL; at = at->next) {
        if (at->name == NULL && xml_is_space(at->text))
            continue;
        if (at->name == NULL)
            return fail(taking, sent, "holds text");
        struct json *pair = take_pair(taking, at, held);
        if (pair == NULL)
            return NULL;
        json_add(map, pair);
        held = held != NULL ? held->next : NULL;
    }
    return map;
}

static struct json *take_parts(struct taking *taking,
                               const struct soap_part *parts,
                               const struct json *stored,
                               const struct xml *sent);

static struct json *take_value(struct taking *taking,
                               const struct soap_part *part,
                               const struct xml *sent,
                               const struct json *stored)
{
    struct json_pool *pool = taking->view->pool;

    if (json_holds(stored) && !soap_fits(part, stored)) {
        if (xml_equal(sent, soap_view_misfit(taking->view, NULL, stored)))
            return json_copy(pool, stored);
        stored = NULL;
    }
    enum xml_nil nil = xml_nil(sent);
    if (nil == XML_NIL_WRONG)
        return fail(taking, sent, "has a wrong attribute");
    if (nil == XML_NIL && part->not_nillable)
        return fail(taking, sent, "must not be nil");
    if (nil == XML_NIL)
        return sent->first == NULL
                   ? json_new(pool, JSON_NULL, NULL)
                   : fail(taking, sent, "is nil, but not empty");
    if (!json_holds(stored))
        stored = NULL;
    if (part->type == SOAP_OBJECT)
        return take_parts(taking, part->parts, stored, sent);
    if (part->type == SOAP_PAIRS)
        return take_pairs(taking, sent, stored);
    return take_text(taking, part, sent, stored);
}

/* --- objects ------------------------------------------------------------ */

/* What was sent of one object. */
struct found {
    const struct xml *known[PARTS_MAX]; /* by their number in parts; or NULL */
    const struct json **unknown;        /* the members that came back */
    size_t unknown_count;
};

/* The number of the part that an element is, at least from; -1: none. */
static int find_number(const struct taking *taking,
                       const struct soap_part *parts, const struct xml *element)
{
    const struct soap_version *version = taking->view->version;

    if (strcmp(element->ns, version->entities) != 0)
        return -1;
    const struct soap_part *part = soap_find_part(parts, element->name);
    return part != NULL && soap_has(version, part) ? (int)(part - parts) : -1;
}

/* The unknown member, at or behind from, that an element shows; or NULL. */
static const struct json *find_unknown(struct taking *taking,
                                       const struct soap_part *parts,
                                       const struct json *from,
                                       const struct xml *element)
{
    for (; from != NULL; from = from->next)
        if (!soap_is_known(parts, from->name) &&
            xml_equal(soap_view_unknown(taking->view, parts, from), element))
            return from;
    return NULL;
}

/* Known elements come in their order, each once; unknown ones behind them as
 * they were shown. */
static int sort_out(struct taking *taking, const struct soap_part *parts,
                    const struct json *stored, const struct xml *sent,
                    struct found *found)
{
    const struct json *next = stored != NULL ? stored->first : NULL;
    int least = 0;

    for (const struct xml *at = sent->first; at != NULL; at = at->next) {
        if (at->name == NULL && xml_is_space(at->text))
            continue;
        if (at->name == NULL) {
            fail(taking, sent, "holds text");
            return -1;
        }
        int number = find_number(taking, parts, at);
        if (number >= 0 && (number < least || found->unknown_count > 0)) {
            fail(taking, at, "is not at its place");
            return -1;
        }
        if (number >= 0) {
            found->known[number] = at;
            least = number + 1;
            continue;
        }
        const struct json *member = find_unknown(taking, parts, next, at);
        if (member == NULL) {
            fail(taking, at, "is not known, or not as and where it was");
            return -1;
        }
        found->unknown[found->unknown_count++] = member;
        next = member->next;
    }
    return 0;
}

static void keep(struct json_pool *pool, struct json *taken,
                 const struct json *member)
{
    json_append(pool, taken, member->name, json_copy(pool, member));
}

/* The member of the store in the new object: replaced, kept or gone. */
static int take_member(struct taking *taking, const struct soap_part *parts,
                       const struct json *member, struct found *found,
                       struct json *taken)
{
    const struct soap_part *part = soap_find_part(parts, member->name);
    const struct xml **sent = &found->known[part - parts];
    bool shown = soap_has(taking->view->version, part);

    if (shown && *sent != NULL) {
        struct json *value = take_value(taking, part, *sent, member);
        if (value == NULL)
            return -1;
        json_append(taking->view->pool, taken, part->name, value);
        *sent = NULL;
    } else if (!shown || (member->type == JSON_NULL && !part->not_nillable)) {
        keep(taking->view->pool, taken, member);
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

static struct json *take_parts(struct taking *taking,
                               const struct soap_part *parts,
                               const struct json *stored,
                               const struct xml *sent)
{
    struct json_pool *pool = taking->view->pool;
    struct json *taken = json_new(pool, JSON_OBJECT, NULL);
    size_t room = (count(stored) + 1) * sizeof(const struct json *);
    struct found found = {.unknown = json_pool_take(pool, room)};
    size_t unknown = 0;

    if (sort_out(taking, parts, stored, sent, &found) != 0)
        return NULL;
    for (const struct json *at = stored ? stored->first : NULL; at != NULL;
         at = at->next) {
        if (soap_is_known(parts, at->name)) {
            if (take_member(taking, parts, at, &found, taken) != 0)
                return NULL;
        } else if (unknown < found.unknown_count &&
                   found.unknown[unknown] == at) {
            keep(pool, taken, at);
            unknown++;
        }
    }
    for (const struct soap_part *part = parts; part->name != NULL; part++) {
        const struct xml *added = found.known[part - parts];
        if (added == NULL)
            continue;
        struct json *value = take_value(taking, part, added, NULL);
        if (value == NULL)
            return NULL;
        if (!part->made)
            json_append(pool, taken, part->name, value);
    }
    return taken;
}

struct json *soap_take_user(struct soap_view *view, const struct json *stored,
                            const struct xml *sent, const char **why)
{
    struct taking taking = {.view = view};
    struct json *user = NULL;

    if (xml_nil(sent) == XML_NOT_NIL)
        user = take_parts(&taking, soap_user, stored, sent);
    else
        fail(&taking, sent, "is nil, or has a wrong attribute");
    *why = taking.why;
    return user;
}

/* --- what is made from the Id ------------------------------------------- */

/* NULL where it is nil or not there; "?" where it is not readable. */
static const char *read_made(const struct xml *element)
{
    if (element == NULL)
        return NULL;
    enum xml_nil nil = xml_nil(element);
    if (nil == XML_NIL && element->first == NULL)
        return NULL;
    const char *text = nil == XML_NOT_NIL ? xml_text(element) : NULL;
    return text != NULL ? text : "?";
}

void soap_check_made(struct soap_view *view, const struct xml *sent,
                     struct refusal *refusal)
{
    for (const struct soap_part *part = soap_user; part->name != NULL; part++) {
        if (!part->made || !soap_has(view->version, part))
            continue;
        const char *made = soap_made(view, part);
        const char *came =
            read_made(xml_child(sent, view->version->entities, part->name));
        if (made == NULL ? came == NULL
                         : came != NULL && strcmp(came, made) == 0)
            continue;
        char message[128];
        snprintf(message, sizeof message,
                 "%s is read-only and not as the service holds it.",
                 part->name);
        refusal_add(refusal, 201, message, part->name);
    }
}
