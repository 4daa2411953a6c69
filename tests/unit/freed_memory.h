/*
 * For unit tests of what is wiped: finds memory that is freed while it contains
 * a secret.
 *
 * Sanitizers and valgrind have their own functions for memory; with them, these
 * tests are skipped.
 */
#ifndef FREED_MEMORY_H
#define FREED_MEMORY_H

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "own_memory.h"
#include "unit.h"

#define SECRET "s3cr3t"

/* Pieces of memory that contained it, since the test began to watch. */
static volatile unsigned secrets_freed;
static volatile bool watches_freed;

#ifndef HAS_OWN_MEMORY

/* The function of glibc itself. */
void glibc_free(void *memory) __asm__("__libc_free");

static bool contains_secret(const char *memory, size_t size)
{
    const size_t len = strlen(SECRET);

    for (size_t i = 0; i + len <= size; i++)
        if (memcmp(memory + i, SECRET, len) == 0)
            return true;
    return false;
}

void free(void *memory)
{
    if (watches_freed && memory &&
        contains_secret(memory, malloc_usable_size(memory)))
        secrets_freed++;
    glibc_free(memory);
}

#endif

/* Valgrind rejects the look at memory that was never written. */
static inline bool is_below_valgrind(void)
{
    const char *preloaded = getenv("LD_PRELOAD");

    return preloaded && strstr(preloaded, "vgpreload");
}

/* To be called at the beginning of a test. */
static inline void need_freed_memory(void)
{
    char *secret = strdup(SECRET);

    assert_non_null(secret);
    secrets_freed = 0;
    watches_freed = !is_below_valgrind();
    free(secret);
    if (secrets_freed == 0) {
        print_message("skipped: free() is not this program's with valgrind or "
                      "a sanitizer\n");
        skip();
    }
    secrets_freed = 0;
}

#endif
