#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (memory == NULL) {
        fputs("bauser-sim: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

void *mem_new(size_t size)
{
    return checked(calloc(1, size > 0 ? size : 1));
}

void *mem_grow(void *memory, size_t size)
{
    return checked(realloc(memory, size > 0 ? size : 1));
}

char *mem_copy(const char *data, size_t len)
{
    char *copy = mem_grow(NULL, len + 1);

    if (len > 0)
        memcpy(copy, data, len);
    copy[len] = '\0';
    return copy;
}
