/*
 * The memory of a cJSON tree: one arena, because malloc() and free() for each
 * value and text take longer than parsing.
 *
 * cJSON's hooks have no context, so they take the arena from a variable of the
 * thread, which is set between json_memory_enter() and json_memory_leave().
 * Outside of these, cJSON uses malloc() and free().
 */
#ifndef BASE_JSON_MEMORY_H
#define BASE_JSON_MEMORY_H

#include <stddef.h>

struct cJSON;
struct json_memory;

/* Memory for a tree, whose parsing needs about so many bytes. NULL if out of
 * memory. */
struct json_memory *json_memory_new(size_t size);

/* The memory of a tree: cJSON allocates a root first of all. */
struct json_memory *json_memory_of(struct cJSON *root);

/* Between these two, cJSON allocates in this memory and frees nothing. An
 * allocation that fails sets errno to ENOMEM. */
void json_memory_enter(struct json_memory *memory);
void json_memory_leave(void);

/* Both free a tree; NULL does nothing. json_memory_wipe() overwrites all of it
 * first, also what is not used any more. */
void json_memory_free(struct json_memory *memory);
void json_memory_wipe(struct json_memory *memory);

#endif
