#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* --- the pool ---------------------------------------------------------- */

struct json_chunk {
    struct json_chunk *next;
    size_t used, size;
    _Alignas(max_align_t) char data[];
};

void json_pool_init(struct json_pool *pool)
{
    pool->chunks = NULL;
}

void json_pool_clear(struct json_pool *pool)
{
    while (pool->chunks != NULL) {
        struct json_chunk *chunk = pool->chunks;
        pool->chunks = chunk->next;
        free(chunk);
    }
}

void *json_pool_alloc(struct json_pool *pool, size_t len)
{
    const size_t align = _Alignof(max_align_t);
    struct json_chunk *chunk = pool->chunks;

    len = (len + align - 1) / align * align;
    if (chunk == NULL || chunk->size - chunk->used < len) {
        size_t size = len > 8192 ? len : 8192;
        chunk = mem_grow(NULL, sizeof *chunk + size);
        *chunk = (struct json_chunk){.next = pool->chunks, .size = size};
        pool->chunks = chunk;
    }
    void *memory = chunk->data + chunk->used;
    chunk->used += len;
    return memory;
}

static const char *pool_string(struct json_pool *pool, const char *string)
{
    size_t size = strlen(string) + 1;

    return memcpy(json_pool_alloc(pool, size), string, size);
}

/* --- printing ---------------------------------------------------------- */

static void print_children(const struct json *parent, struct text *out)
{
    for (const struct json *child = parent->first; child != NULL;
         child = child->next) {
        if (child != parent->first)
            text_char(out, ',');
        if (parent->type == JSON_OBJECT) {
            text_json(out, child->name);
            text_char(out, ':');
        }
        json_print(child, out);
    }
}

void json_print(const struct json *value, struct text *out)
{
    switch (value->type) {
    case JSON_NULL:
        text_puts(out, "null");
        break;
    case JSON_FALSE:
        text_puts(out, "false");
        break;
    case JSON_TRUE:
        text_puts(out, "true");
        break;
    case JSON_NUMBER:
        text_puts(out, value->text);
        break;
    case JSON_STRING:
        text_json(out, value->text);
        break;
    case JSON_ARRAY:
        text_char(out, '[');
        print_children(value, out);
        text_char(out, ']');
        break;
    case JSON_OBJECT:
        text_char(out, '{');
        print_children(value, out);
        text_char(out, '}');
        break;
    }
}

/* --- the tree ---------------------------------------------------------- */

struct json *json_new(struct json_pool *pool, enum json_type type,
                      const char *text)
{
    struct json *value = json_pool_alloc(pool, sizeof *value);

    *value = (struct json){.type = type};
    if (text != NULL)
        value->text = pool_string(pool, text);
    return value;
}

void json_add(struct json *parent, struct json *child)
{
    if (parent->last != NULL)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

struct json *json_copy(struct json_pool *pool, const struct json *value)
{
    struct json *copy = json_new(pool, value->type, value->text);

    if (value->name != NULL)
        copy->name = pool_string(pool, value->name);
    for (const struct json *child = value->first; child != NULL;
         child = child->next)
        json_add(copy, json_copy(pool, child));
    return copy;
}

struct json *json_member(const struct json *object, const char *name)
{
    if (object == NULL || object->type != JSON_OBJECT)
        return NULL;
    for (struct json *child = object->first; child != NULL; child = child->next)
        if (strcmp(child->name, name) == 0)
            return child;
    return NULL;
}

struct json *json_object(const struct json *object, const char *name)
{
    struct json *member = json_member(object, name);

    return member != NULL && member->type == JSON_OBJECT ? member : NULL;
}

const char *json_string(const struct json *object, const char *name)
{
    const struct json *member = json_member(object, name);

    return member != NULL && member->type == JSON_STRING ? member->text : NULL;
}

bool json_is_set(const struct json *value)
{
    return value != NULL && value->type != JSON_NULL;
}

void json_append(struct json_pool *pool, struct json *object, const char *name,
                 struct json *value)
{
    value->name = pool_string(pool, name);
    json_add(object, value);
}

void json_set(struct json_pool *pool, struct json *object, const char *name,
              struct json *value)
{
    struct json *member = json_member(object, name);

    if (member == NULL) {
        json_append(pool, object, name, value);
        return;
    }
    member->type = value->type;
    member->text = value->text;
    member->first = value->first;
    member->last = value->last;
}

void json_set_string(struct json_pool *pool, struct json *object,
                     const char *name, const char *string)
{
    json_set(pool, object, name, json_new(pool, JSON_STRING, string));
}

void json_remove(struct json *object, const char *name)
{
    struct json *before = NULL;

    for (struct json *at = object->first; at != NULL; at = at->next) {
        if (strcmp(at->name, name) != 0) {
            before = at;
            continue;
        }
        if (before != NULL)
            before->next = at->next;
        else
            object->first = at->next;
        if (object->last == at)
            object->last = before;
        return;
    }
}

struct json *json_merge_patch(struct json_pool *pool, struct json *target,
                              const struct json *patch)
{
    if (patch->type != JSON_OBJECT)
        return json_copy(pool, patch);
    if (target == NULL || target->type != JSON_OBJECT)
        target = json_new(pool, JSON_OBJECT, NULL);
    for (const struct json *change = patch->first; change != NULL;
         change = change->next) {
        if (change->type == JSON_NULL) {
            json_remove(target, change->name);
            continue;
        }
        struct json *old = json_member(target, change->name);
        json_set(pool, target, change->name,
                 json_merge_patch(pool, old, change));
    }
    return target;
}

static bool equal_children(const struct json *a, const struct json *b)
{
    const struct json *x = a->first, *y = b->first;

    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if ((x->name != NULL && strcmp(x->name, y->name) != 0) ||
            !json_equal(x, y))
            return false;
    return x == NULL && y == NULL;
}

bool json_equal(const struct json *a, const struct json *b)
{
    if (!json_is_set(a) || !json_is_set(b))
        return json_is_set(a) == json_is_set(b);
    if (a->type != b->type)
        return false;
    if (a->text != NULL)
        return strcmp(a->text, b->text) == 0;
    return equal_children(a, b);
}
