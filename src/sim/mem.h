/*
 * Memory that is there, or the simulator ends.
 *
 * A simulator has nothing to save: where memory runs out it says so on
 * standard error and exits with status 1, so no caller checks for NULL.
 */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

/* size bytes, all zero; the caller frees them. */
void *mem_new(size_t size);

/* As realloc(); what is new is not cleared. */
void *mem_grow(void *memory, size_t size);

/* A copy of len bytes with a NUL behind them; the caller frees it. */
char *mem_copy(const char *data, size_t len);

#endif
