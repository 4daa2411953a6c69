/*
 * Allocation that never returns NULL.
 *
 * A simulator has no data to save. If memory runs out, it prints a message and
 * exits with status 1, so callers do not check for NULL.
 */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

/* Allocates size zero bytes; the caller frees them. */
void *mem_new(size_t size);

/* Like realloc(); new bytes are not initialized. */
void *mem_grow(void *memory, size_t size);

/* A copy of len bytes, followed by a NUL; the caller frees it. */
char *mem_copy(const char *data, size_t len);

#endif
