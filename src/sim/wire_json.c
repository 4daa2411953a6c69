#include <string.h>

#include "call.h"
#include "wire.h"

/* Bytes of a byte-order mark at the start of the response. */
static size_t mark_len(const struct text *body)
{
    static const char mark[] = "\xEF\xBB\xBF";

    return body->len >= 3 && memcmp(body->data, mark, 3) == 0 ? 3 : 0;
}

static size_t first_place(const struct call *call)
{
    static const char user[] = "{\"User\":{";
    const struct text *body = &call->response.body;
    bool found = body->len > sizeof user &&
                 memcmp(body->data, user, sizeof user - 1) == 0;

    return found ? sizeof user - 1 : mark_len(body) + (body->len > 0);
}

static struct json *parse_response(struct call *call)
{
    const struct text *body = &call->response.body;
    size_t start = mark_len(body);
    const char *reason;

    return body->len > start ? json_parse(&call->pool, body->data + start,
                                          body->len - start, &reason)
                             : NULL;
}

static void print_response(struct call *call, const struct json *response)
{
    text_cut(&call->response.body, mark_len(&call->response.body));
    json_print(response, &call->response.body);
}

static void duplicate_member(struct call *call, const char *name)
{
    struct json *response = parse_response(call);
    struct json *object = json_object(response, "User");

    if (object == NULL)
        object = response;
    if (object == NULL || object->type != JSON_OBJECT)
        return;
    if (json_member(object, name) == NULL)
        json_append(&call->pool, object, name,
                    json_new(&call->pool, JSON_STRING, "Duplicate"));
    json_append(&call->pool, object, name,
                json_new(&call->pool, JSON_STRING, "Duplicate again"));
    print_response(call, response);
}

/* The object with the member at a path; *name: the last part of the path. */
static struct json *find_parent(struct json *object, struct json_pool *pool,
                                const char *dotted, const char **name)
{
    const char *dot;

    for (*name = dotted; (dot = strchr(*name, '.')) != NULL; *name = dot + 1) {
        size_t len = (size_t)(dot - *name);
        char *part = json_pool_alloc(pool, len + 1);
        memcpy(part, *name, len);
        part[len] = '\0';
        object = json_object(object, part);
    }
    return object;
}

static void set_member(struct call *call, const char *path,
                       const struct json *value)
{
    struct json *response = parse_response(call);
    const char *name;
    struct json *parent = find_parent(response, &call->pool, path, &name);

    if (parent == NULL || parent->type != JSON_OBJECT)
        return;
    if (value != NULL)
        json_set(&call->pool, parent, name, json_copy(&call->pool, value));
    else
        json_remove(parent, name);
    print_response(call, response);
}

const struct wire json_wire = {
    .marks = "{}:,",
    .junk = "}{\"junk\":true}",
    .bad_utf8 = "\"Broken\":\"a\xC3(b\xFF\",",
    .nul = "\"Nul\":\"a\\u0000b\",",
    .deep_head = "\"Deep\":",
    .deep_open = "[",
    .deep_close = "]",
    .deep_tail = ",",
    .huge_head = "\"Huge\":\"",
    .huge_tail = "\",",
    .first_place = first_place,
    .duplicate_member = duplicate_member,
    .set_member = set_member,
};
