#include <string.h>

#include "call.h"
#include "wire.h"

static size_t first_place(const struct call *call)
{
    static const char user[] = "{\"User\":{";
    const struct text *body = &call->answer.body;
    bool found = body->len > sizeof user &&
                 memcmp(body->data, user, sizeof user - 1) == 0;

    return found ? sizeof user - 1 : body->len > 0;
}

static struct json *parse_answer(struct call *call)
{
    const struct text *body = &call->answer.body;
    const char *why;

    return body->len > 0 ? json_parse(&call->pool, body->data, body->len, &why)
                         : NULL;
}

static void print_answer(struct call *call, const struct json *answer)
{
    text_clear(&call->answer.body);
    json_print(answer, &call->answer.body);
}

static void double_member(struct call *call, const char *name)
{
    struct json *answer = parse_answer(call);
    struct json *object = json_object(answer, "User");

    if (object == NULL)
        object = answer;
    if (object == NULL || object->type != JSON_OBJECT)
        return;
    if (json_member(object, name) == NULL)
        json_append(&call->pool, object, name,
                    json_new(&call->pool, JSON_STRING, "Doubled"));
    json_append(&call->pool, object, name,
                json_new(&call->pool, JSON_STRING, "Doubled again"));
    print_answer(call, answer);
}

/* The object that holds what a dotted path names; *name: its last part. */
static struct json *find_holder(struct json *object, struct json_pool *pool,
                                const char *dotted, const char **name)
{
    const char *dot;

    for (*name = dotted; (dot = strchr(*name, '.')) != NULL; *name = dot + 1) {
        size_t len = (size_t)(dot - *name);
        char *part = json_pool_take(pool, len + 1);
        memcpy(part, *name, len);
        part[len] = '\0';
        object = json_object(object, part);
    }
    return object;
}

static void set_member(struct call *call, const char *path,
                       const struct json *value)
{
    struct json *answer = parse_answer(call);
    const char *name;
    struct json *holder = find_holder(answer, &call->pool, path, &name);

    if (holder == NULL || holder->type != JSON_OBJECT)
        return;
    if (value != NULL)
        json_set(&call->pool, holder, name, json_copy(&call->pool, value));
    else
        json_remove(holder, name);
    print_answer(call, answer);
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
    .double_member = double_member,
    .set_member = set_member,
};
