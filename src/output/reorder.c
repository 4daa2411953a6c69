#include "output/reorder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

struct waiting_row {
    size_t len;
    char text[];
};

struct results {
    struct output *output;
    uint64_t next;
    uint64_t count;
    size_t waiting;            /* rows */
    size_t bytes;              /* of these rows */
    struct waiting_row **ring; /* a row's place: its sequence modulo size */
    size_t size;               /* a power of two, or 0 */
};

struct results *results_new(struct output *output)
{
    struct results *results = calloc(1, sizeof(*results));

    if (results)
        results->output = output;
    return results;
}

void results_free(struct results *results)
{
    size_t i;

    if (!results)
        return;
    for (i = 0; i < results->size; i++)
        free(results->ring[i]);
    free(results->ring);
    free(results);
}

uint64_t results_next(const struct results *results)
{
    return results->next;
}

uint64_t results_count(const struct results *results)
{
    return results->count;
}

size_t results_bytes(const struct results *results)
{
    return results->bytes;
}

static struct waiting_row **place(const struct results *results,
                                  uint64_t sequence)
{
    return &results->ring[sequence & (results->size - 1)];
}

/* Makes the ring reach distance rows beyond the next one. */
static int grow(struct results *results, uint64_t distance)
{
    struct waiting_row **ring;
    size_t size = results->size > 0 ? results->size : FIRST_SIZE;

    if (distance < results->size)
        return 0;
    if (distance >= SIZE_MAX / 2)
        return -1;
    while (size <= distance)
        size *= 2;
    ring = calloc(size, sizeof(struct waiting_row *));
    if (!ring)
        return -1;
    for (size_t i = 0; i < results->size; i++)
        ring[(results->next + i) & (size - 1)] =
            *place(results, results->next + i);
    free(results->ring);
    results->ring = ring;
    results->size = size;
    return 0;
}

static int hold(struct results *results, uint64_t sequence, const char *text,
                size_t len, struct error *error)
{
    struct waiting_row *row;

    if (grow(results, sequence - results->next))
        return error_memory(error);
    row = malloc(sizeof(*row) + len);
    if (!row)
        return error_memory(error);
    row->len = len;
    memcpy(row->text, text, len);
    *place(results, sequence) = row;
    results->waiting++;
    results->bytes += sizeof(*row) + len;
    return 0;
}

static int write_next(struct results *results, const char *text, size_t len,
                      struct error *error)
{
    if (results->output && output_write(results->output, text, len, error))
        return -1;
    results->next++;
    return 0;
}

/* Writes the next row, which waits, and gives its memory back. */
static int write_held(struct results *results, struct error *error)
{
    struct waiting_row **row = place(results, results->next);

    if (write_next(results, (*row)->text, (*row)->len, error))
        return -1;
    results->bytes -= sizeof(**row) + (*row)->len;
    free(*row);
    *row = NULL;
    results->waiting--;
    return 0;
}

bool results_has(const struct results *results, uint64_t sequence)
{
    return sequence < results->next ||
           (sequence - results->next < results->size &&
            *place(results, sequence) != NULL);
}

int results_put(struct results *results, uint64_t sequence, const char *text,
                size_t len, struct error *error)
{
    if (results_has(results, sequence))
        return error_set(error, ERROR_LOCAL,
                         "row %" PRIu64 " got a second result: this is a bug "
                         "in bauser-batch, please report it",
                         sequence + 1);
    if (sequence != results->next) {
        if (hold(results, sequence, text, len, error))
            return -1;
        results->count++;
        return 0;
    }
    /* The usual case, and the only one without a copy. */
    if (write_next(results, text, len, error))
        return -1;
    results->count++;
    while (results->waiting && *place(results, results->next))
        if (write_held(results, error))
            return -1;
    return 0;
}

int results_write_waiting(struct results *results, struct error *error)
{
    while (results->waiting) {
        if (!*place(results, results->next))
            results->next++;
        else if (write_held(results, error))
            return -1;
    }
    return 0;
}
