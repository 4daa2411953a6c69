#include "base/json_memory.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"

struct json_memory {
    struct arena arena;
    bool has_root;
    cJSON root; /* cJSON's first allocation */
};

static _Thread_local struct json_memory *entered;

static void *take(size_t size)
{
    if (!entered)
        return malloc(size);
    if (entered->has_root)
        return arena_take(&entered->arena, size);
    assert(size == sizeof(entered->root));
    entered->has_root = true;
    return &entered->root;
}

static void give_back(void *memory)
{
    if (!entered)
        free(memory);
}

struct json_memory *json_memory_new(size_t size)
{
    struct json_memory *memory = malloc(sizeof(*memory));

    if (!memory || arena_init(&memory->arena, size, SIZE_MAX)) {
        free(memory);
        return NULL;
    }
    memory->has_root = false;
    return memory;
}

struct json_memory *json_memory_of(struct cJSON *root)
{
    return (struct json_memory *)((char *)root -
                                  offsetof(struct json_memory, root));
}

void json_memory_enter(struct json_memory *memory)
{
    static cJSON_Hooks hooks = {take, give_back};

    cJSON_InitHooks(&hooks);
    entered = memory;
}

void json_memory_leave(void)
{
    entered = NULL;
}

void json_memory_free(struct json_memory *memory)
{
    if (memory)
        arena_free(&memory->arena);
    free(memory);
}

void json_memory_wipe(struct json_memory *memory)
{
    if (memory)
        arena_wipe(&memory->arena);
    json_memory_free(memory);
}
