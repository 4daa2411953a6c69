/*
 * For unit tests of what happens without memory: one allocation of the process
 * fails, be it in the program or in a library.
 *
 * Sanitizers and valgrind have their own functions for memory; with them, these
 * tests are skipped.
 */
#ifndef FAILING_MEMORY_H
#define FAILING_MEMORY_H

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#include "own_memory.h"
#include "unit.h"

/* Allocations from now on; 0: none fails. The compiler does not expect malloc()
 * to change a variable. */
static volatile unsigned long failing_at;

#ifndef HAS_OWN_MEMORY

static bool fails_now(void)
{
    if (failing_at == 0)
        return false;
    failing_at--;
    if (failing_at > 0)
        return false;
    errno = ENOMEM;
    return true;
}

/* The functions of glibc itself. */
void *glibc_malloc(size_t size) __asm__("__libc_malloc");
void *glibc_calloc(size_t count, size_t size) __asm__("__libc_calloc");
void *glibc_realloc(void *memory, size_t size) __asm__("__libc_realloc");

void *malloc(size_t size)
{
    return fails_now() ? NULL : glibc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : glibc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails_now() ? NULL : glibc_realloc(memory, size);
}

#endif

/* Libraries report lacking memory to standard error, which is not shown. */
static int standard_error = -1;

static inline void hide_standard_error(void)
{
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    standard_error = dup(STDERR_FILENO);
    assert_true(null >= 0 && standard_error >= 0);
    (void)dup2(null, STDERR_FILENO);
    close(null);
}

/* No more allocation fails. Returns whether one has failed. */
static inline bool end_failing_memory(void)
{
    bool has_failed = failing_at == 0;

    failing_at = 0;
    (void)dup2(standard_error, STDERR_FILENO);
    close(standard_error);
    return has_failed;
}

/* Does valgrind, or a sanitizer, replace these functions for libraries? */
static inline bool is_memory_replaced(void)
{
    char *memory;
    bool has_failed;

    failing_at = 1;
    memory = strdup("not empty");
    free(memory);
    has_failed = failing_at == 0;
    failing_at = 0;
    return !has_failed;
}

/* To be called at the beginning of a test. */
static inline void need_failing_memory(void)
{
    if (is_memory_replaced()) {
        print_message("skipped: allocations never fail with valgrind or a "
                      "sanitizer\n");
        skip();
    }
}

/* The allocation of this number fails, counted from now on. */
static inline void fail_memory_at(unsigned long number)
{
    hide_standard_error();
    failing_at = number;
}

#endif
