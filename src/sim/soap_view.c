#include "soap_view.h"

#include <string.h>

#include "world.h"

static bool happens(struct soap_view *view, unsigned percent)
{
    return world_mix(++view->draws) % 100 < percent;
}

static uint64_t hash(const char *text)
{
    uint64_t value = 0;

    for (; *text != '\0'; text++)
        value = world_mix(value ^ (unsigned char)*text);
    return world_mix(value);
}

/* --- texts and names ------------------------------------------------------ */

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

/* The number of bytes at text that XML 1.0 cannot contain (section 2.2). */
static size_t invalid_length(const char *text)
{
    if ((unsigned char)*text < 0x20)
        return strchr("\t\n\r", *text) == NULL;
    bool nothing = strncmp(text, "\xEF\xBF\xBE", 3) == 0 ||
                   strncmp(text, "\xEF\xBF\xBF", 3) == 0;
    return nothing ? 3 : 0;
}

static const char *replace_invalid(struct json_pool *pool, const char *text)
{
    const char *at = text;

    while (*at != '\0' && invalid_length(at) == 0)
        at++;
    if (*at == '\0')
        return text;
    char *copy = json_pool_alloc(pool, strlen(text) * 3 + 1), *out = copy;
    for (at = text; *at != '\0';) {
        size_t len = invalid_length(at);
        if (len > 0) {
            memcpy(out, replacement, sizeof replacement - 1);
            out += sizeof replacement - 1;
            at += len;
        } else {
            *out++ = *at++;
        }
    }
    *out = '\0';
    return copy;
}

const char *soap_view_text(struct soap_view *view, const struct json *value)
{
    switch (value->type) {
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NUMBER:
        return value->text;
    case JSON_STRING:
        return replace_invalid(view->pool, value->text);
    default:
        return NULL;
    }
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* An XML name for a member; invalid characters become "_". */
static const char *xml_name(struct json_pool *pool, const char *member)
{
    size_t len = strlen(member);
    char *name = json_pool_alloc(pool, len + 2), *out = name;

    if (!is_letter(*member))
        *out++ = '_';
    for (; *member != '\0'; member++)
        *out++ = is_letter(*member) || strchr("0123456789-.", *member) != NULL
                     ? *member
                     : '_';
    *out = '\0';
    return name;
}

/* --- unknown members ------------------------------------------------------ */

bool soap_is_known(const struct soap_part *parts, const char *name)
{
    const struct soap_part *part = soap_find_part(parts, name);

    return part != NULL && !part->generated;
}

static const char *choose_ns(const struct soap_part *parts, const char *name,
                             const char *usual, uint64_t bits)
{
    static const char *const foreign[] = {
        "urn:example:loyalty", "http://schemas.example.com/2031/extras?of=user",
        ""};
    bool use_foreign =
        bits % 4 == 0 || (parts != NULL && soap_find_part(parts, name) != NULL);

    return use_foreign ? foreign[bits / 4 % 3] : usual;
}

static void add_attributes(struct soap_view *view, struct xml *element,
                           uint64_t bits)
{
    struct json_pool *pool = view->pool;

    if (bits % 3 == 0)
        xml_attribute(pool, element, "", "since", "2031 \"R&D\" <'x'>\t\n.");
    if (bits % 5 == 0)
        xml_attribute(pool, element, "urn:example:audit", "by", "");
    if (bits % 7 == 0)
        xml_attribute(pool, element, XML_NS_NAMES, "lang", "de");
}

static void add_type(struct soap_view *view, struct xml *element,
                     const char *type)
{
    struct xml_attribute *added =
        xml_attribute(view->pool, element, XML_NS_SCHEMA, "type", type);

    added->value_ns = "http://www.w3.org/2001/XMLSchema";
}

static struct xml *add_unknown(struct soap_view *view, struct xml *parent,
                               const struct soap_part *parts, const char *usual,
                               const struct json *member);

static void fill(struct soap_view *view, struct xml *element,
                 const struct json *value, uint64_t bits)
{
    switch (value->type) {
    case JSON_NULL:
        xml_set_nil(view->pool, element);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        for (const struct json *at = value->first; at != NULL; at = at->next) {
            add_unknown(view, element, NULL, element->ns, at);
            if (bits / 16 % 2 == 0)
                xml_add_text(view->pool, element, at->next ? " \n" : "\t;");
        }
        break;
    case JSON_STRING:
        if (*value->text != '\0')
            xml_add_text(view->pool, element, soap_view_text(view, value));
        break;
    default:
        add_type(view, element,
                 value->type == JSON_NUMBER ? "decimal" : "boolean");
        xml_add_text(view->pool, element, soap_view_text(view, value));
    }
}

static struct xml *add_unknown(struct soap_view *view, struct xml *parent,
                               const struct soap_part *parts, const char *usual,
                               const struct json *member)
{
    const char *called = member->name != NULL ? member->name : "item";
    uint64_t bits = hash(called);
    const char *name = xml_name(view->pool, called);
    const char *ns = choose_ns(parts, name, usual, bits >> 8);
    struct xml *element = xml_add(view->pool, parent, ns, name);

    element->exact = true;
    add_attributes(view, element, bits >> 16);
    fill(view, element, member, bits >> 24);
    return element;
}

struct xml *soap_view_unknown(struct soap_view *view,
                              const struct soap_part *parts,
                              const struct json *member)
{
    return add_unknown(view, NULL, parts, view->version->entities, member);
}

struct xml *soap_view_mismatch(struct soap_view *view, struct xml *parent,
                               const struct json *member)
{
    struct xml *element =
        xml_add(view->pool, parent, view->version->entities, member->name);

    element->exact = true;
    fill(view, element, member, 0);
    return element;
}

/* --- known members -------------------------------------------------------- */

const struct json *soap_pair(const struct json *entry, int which)
{
    bool small = json_member(entry, "key") != NULL;

    if (which == 0)
        return json_member(entry, small ? "key" : "Key");
    return json_member(entry, small ? "value" : "Value");
}

static bool is_pair(const struct json *entry)
{
    const struct json *key = soap_pair(entry, 0), *value = soap_pair(entry, 1);

    return key != NULL &&
           (key->type == JSON_STRING || key->type == JSON_NULL) &&
           value != NULL &&
           (value->type == JSON_STRING || value->type == JSON_NULL) &&
           entry->first->next == entry->last;
}

bool soap_fits(const struct soap_part *part, const struct json *value)
{
    if (part->type == SOAP_OBJECT)
        return value->type == JSON_OBJECT;
    if (part->type != SOAP_PAIRS)
        return value->type != JSON_OBJECT && value->type != JSON_ARRAY;
    if (value->type != JSON_ARRAY)
        return false;
    for (const struct json *at = value->first; at != NULL; at = at->next)
        if (!is_pair(at))
            return false;
    return true;
}

const char *soap_generated(const struct soap_view *view,
                           const struct soap_part *part)
{
    uint64_t bits = world_mix(view->id);

    if (part->type == SOAP_BOOLEAN)
        return bits % 2 == 0 ? "true" : "false";
    return bits % 3 != 1 ? "Advertiser" : NULL;
}

static void add_not_nil(struct soap_view *view, const struct soap_part *part,
                        struct xml *element)
{
    if (view->explicit_nil && !part->not_nillable)
        xml_attribute(view->pool, element, XML_NS_SCHEMA, "nil", "false");
}

static void add_pairs(struct soap_view *view, struct xml *element,
                      const struct json *map)
{
    static const char *const names[] = {"key", "value"};

    for (const struct json *at = map->first; at != NULL; at = at->next) {
        struct xml *pair = xml_add(view->pool, element, SOAP_NS_PAIRS,
                                   "KeyValuePairOfstringstring");
        for (int i = 0; i < 2; i++) {
            const struct json *value = soap_pair(at, i);
            struct xml *part =
                xml_add(view->pool, pair, SOAP_NS_PAIRS, names[i]);
            if (value->type == JSON_NULL)
                xml_set_nil(view->pool, part);
            else if (*value->text != '\0')
                xml_add_text(view->pool, part, soap_view_text(view, value));
        }
    }
}

/* Null is shown as nil or as no element. */
static void maybe_add_nil(struct soap_view *view, const struct soap_part *part,
                          struct xml *parent)
{
    if (part->not_nillable || happens(view, 40))
        return;
    struct xml *element =
        xml_add(view->pool, parent, view->version->entities, part->name);
    xml_attribute(view->pool, element, XML_NS_SCHEMA, "nil",
                  happens(view, 10) ? "1" : "true");
}

static void add_parts(struct soap_view *view, struct xml *element,
                      const struct soap_part *parts, const struct json *object);

static void add_part(struct soap_view *view, struct xml *parent,
                     const struct soap_part *part, const struct json *value)
{
    if (value->type == JSON_NULL) {
        maybe_add_nil(view, part, parent);
        return;
    }
    if (!soap_fits(part, value)) {
        soap_view_mismatch(view, parent, value);
        return;
    }
    struct xml *element =
        xml_add(view->pool, parent, view->version->entities, part->name);
    add_not_nil(view, part, element);
    if (part->type == SOAP_OBJECT) {
        add_parts(view, element, part->parts, value);
    } else if (part->type == SOAP_PAIRS) {
        add_pairs(view, element, value);
    } else {
        const char *text = soap_view_text(view, value);
        if (*text != '\0')
            xml_add_text(view->pool, element, text);
    }
}

static void add_generated(struct soap_view *view, struct xml *parent,
                          const struct soap_part *part)
{
    const char *text = soap_generated(view, part);

    if (text == NULL)
        maybe_add_nil(view, part, parent);
    else
        add_not_nil(view, part,
                    xml_add_value(view->pool, parent, view->version->entities,
                                  part->name, text));
}

static void append(struct xml *parent, struct xml *element)
{
    if (parent->last != NULL)
        parent->last->next = element;
    else
        parent->first = element;
    parent->last = element;
}

static void add_parts(struct soap_view *view, struct xml *element,
                      const struct soap_part *parts, const struct json *object)
{
    for (const struct soap_part *part = parts; part->name != NULL; part++) {
        if (!soap_has(view->version, part))
            continue;
        const struct json *value = json_member(object, part->name);
        if (part->generated)
            add_generated(view, element, part);
        else if (value != NULL)
            add_part(view, element, part, value);
    }
    for (const struct json *at = object->first; at != NULL; at = at->next)
        if (!soap_is_known(parts, at->name))
            append(element, soap_view_unknown(view, parts, at));
}

struct xml *soap_view_user(struct soap_view *view, struct xml *parent,
                           const struct json *user)
{
    struct xml *element =
        xml_add(view->pool, parent, view->version->ns, "User");

    if (view->explicit_nil)
        xml_attribute(view->pool, element, XML_NS_SCHEMA, "nil", "false");
    add_parts(view, element, soap_user, user);
    return element;
}
