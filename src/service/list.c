#include "service/list.h"

#include <string.h>

/* Bytes of the users of one response. */
#define MAX_FOUND ((size_t)1 << 30)

void list_call_init(struct list_call *call)
{
    buffer_init(&call->found, MAX_FOUND);
    buffer_init(&call->next, LIST_TOKEN_SIZE - 1);
    buffer_init(&call->document, HTTP_MAX_RESPONSE);
}

void list_call_clear(struct list_call *call)
{
    buffer_free(&call->found);
    buffer_free(&call->next);
    buffer_free(&call->document);
}

void list_call_reset(struct list_call *call)
{
    buffer_clear(&call->found);
    buffer_clear(&call->next);
    call->count = 0;
    call->take = NULL;
    call->why = NULL;
    call->no_memory = false;
}

int list_call_add(struct list_call *call, const char *const *values,
                  unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const char *value = values[i] ? values[i] : "";

        if (buffer_append(&call->found, value, strlen(value) + 1)) {
            call->no_memory = true;
            return -1;
        }
    }
    call->count++;
    return 0;
}

const char *list_next(const char *at, const char *end, const char **values,
                      unsigned count)
{
    if (!at || at >= end)
        return NULL;
    for (unsigned i = 0; i < count; i++) {
        const char *nul =
            at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;

        if (!nul)
            return NULL;
        values[i] = at;
        at = nul + 1;
    }
    return at;
}
