#include "output/reorder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

struct waiting_row {
    size_t len;
    char text[];
};

struct reorder_buffer {
    struct writer *writer;
    uint64_t next;
    uint64_t count;
    size_t waiting;            /* rows */
    size_t bytes;              /* of these rows */
    struct waiting_row **ring; /* a row's index: its sequence modulo size */
    size_t size;               /* a power of two, or 0 */
};

struct reorder_buffer *reorder_new(struct writer *writer)
{
    struct reorder_buffer *reorder = calloc(1, sizeof(*reorder));

    if (reorder)
        reorder->writer = writer;
    return reorder;
}

void reorder_free(struct reorder_buffer *reorder)
{
    size_t i;

    if (!reorder)
        return;
    for (i = 0; i < reorder->size; i++)
        free(reorder->ring[i]);
    free(reorder->ring);
    free(reorder);
}

uint64_t reorder_next(const struct reorder_buffer *reorder)
{
    return reorder->next;
}

uint64_t reorder_count(const struct reorder_buffer *reorder)
{
    return reorder->count;
}

size_t reorder_bytes(const struct reorder_buffer *reorder)
{
    return reorder->bytes;
}

static struct waiting_row **slot_of(const struct reorder_buffer *reorder,
                                    uint64_t sequence)
{
    return &reorder->ring[sequence & (reorder->size - 1)];
}

/* Makes room for the row that is so many rows after the next one. */
static int grow(struct reorder_buffer *reorder, uint64_t distance)
{
    struct waiting_row **ring;
    size_t size = reorder->size > 0 ? reorder->size : FIRST_SIZE;

    if (distance < reorder->size)
        return 0;
    if (distance >= SIZE_MAX / 2)
        return -1;
    while (size <= distance)
        size *= 2;
    ring = calloc(size, sizeof(struct waiting_row *));
    if (!ring)
        return -1;
    for (size_t i = 0; i < reorder->size; i++)
        ring[(reorder->next + i) & (size - 1)] =
            *slot_of(reorder, reorder->next + i);
    free(reorder->ring);
    reorder->ring = ring;
    reorder->size = size;
    return 0;
}

static int keep_row(struct reorder_buffer *reorder, uint64_t sequence,
                    const char *text, size_t len, struct error *error)
{
    struct waiting_row *row;

    if (grow(reorder, sequence - reorder->next))
        return error_memory(error);
    row = malloc(sizeof(*row) + len);
    if (!row)
        return error_memory(error);
    row->len = len;
    memcpy(row->text, text, len);
    *slot_of(reorder, sequence) = row;
    reorder->waiting++;
    reorder->bytes += sizeof(*row) + len;
    return 0;
}

static int write_next(struct reorder_buffer *reorder, const char *text,
                      size_t len, struct error *error)
{
    if (reorder->writer && writer_write(reorder->writer, text, len, error))
        return -1;
    reorder->next++;
    return 0;
}

/* Writes the next row, which waits, and frees it. */
static int write_waiting(struct reorder_buffer *reorder, struct error *error)
{
    struct waiting_row **row = slot_of(reorder, reorder->next);

    if (write_next(reorder, (*row)->text, (*row)->len, error))
        return -1;
    reorder->bytes -= sizeof(**row) + (*row)->len;
    free(*row);
    *row = NULL;
    reorder->waiting--;
    return 0;
}

bool reorder_has(const struct reorder_buffer *reorder, uint64_t sequence)
{
    return sequence < reorder->next ||
           (sequence - reorder->next < reorder->size &&
            *slot_of(reorder, sequence) != NULL);
}

int reorder_put(struct reorder_buffer *reorder, uint64_t sequence,
                const char *text, size_t len, struct error *error)
{
    if (reorder_has(reorder, sequence))
        return error_set(error, ERROR_LOCAL,
                         "row %" PRIu64 " got a second result: this is a bug "
                         "in bauser-batch, please report it",
                         sequence + 1);
    if (sequence != reorder->next) {
        if (keep_row(reorder, sequence, text, len, error))
            return -1;
        reorder->count++;
        return 0;
    }
    /* The usual case, and the only one without a copy. */
    if (write_next(reorder, text, len, error))
        return -1;
    reorder->count++;
    while (reorder->waiting && *slot_of(reorder, reorder->next))
        if (write_waiting(reorder, error))
            return -1;
    return 0;
}

int reorder_write_waiting(struct reorder_buffer *reorder, struct error *error)
{
    while (reorder->waiting) {
        if (!*slot_of(reorder, reorder->next))
            reorder->next++;
        else if (write_waiting(reorder, error))
            return -1;
    }
    return 0;
}
