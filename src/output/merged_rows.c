#include "output/merged_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/buffer.h"
#include "output/format.h"
#include "output/prior_result.h"

#define HEADER_MAX  4096
#define OTHER_FILES 8    /* that are open */
#define CHECKED     4096 /* rows between two looks at *stop */

/* A file and its next row. */
struct source {
    const char *path;
    struct prior_result *rows;
    struct prior_row row;
    unsigned char *digest; /* to be filled in */
};

/* A heap: the source with the lowest row number is the first one. */
struct heap {
    struct source *sources;
    struct source **list;
    unsigned count;
    const char *last_path; /* of the row that was written last */
    uint64_t last;
};

static bool is_lower(const struct heap *heap, unsigned one, unsigned other)
{
    return heap->list[one]->row.number < heap->list[other]->row.number;
}

static void sift_down(struct heap *heap, unsigned at)
{
    for (;;) {
        unsigned child = 2 * at + 1;
        struct source *moved = heap->list[at];

        if (child >= heap->count)
            return;
        if (child + 1 < heap->count && is_lower(heap, child + 1, child))
            child++;
        if (!is_lower(heap, child, at))
            return;
        heap->list[at] = heap->list[child];
        heap->list[child] = moved;
        at = child;
    }
}

/* Each file needs a descriptor. */
static int raise_limit(unsigned files, struct error *error)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 0;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max >= files + OTHER_FILES)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "a merge of %u files needs %u open files, and only %lu "
                     "are allowed: raise the limit (ulimit -n)",
                     files, files + OTHER_FILES, (unsigned long)limit.rlim_max);
}

/* Reads the next row. 1, or 0 at the end, or -1. */
static int read_next(struct source *source, struct error *error)
{
    int more = prior_result_next(source->rows, &source->row, error);

    if (more == 0)
        memcpy(source->digest, prior_result_digest(source->rows), HASH_SIZE);
    return more;
}

static int open_sources(struct heap *heap,
                        const struct merged_rows_setup *setup,
                        struct error *error)
{
    for (unsigned i = 0; i < setup->count; i++) {
        struct source *source = &heap->sources[i];
        int more;

        source->path = setup->paths[i];
        source->digest = setup->digests[i];
        source->rows = prior_result_open_any(setup->files, source->path, error);
        if (!source->rows)
            return -1;
        more = read_next(source, error);
        if (more < 0)
            return -1;
        if (more > 0)
            heap->list[heap->count++] = source;
    }
    for (unsigned i = heap->count / 2; i-- > 0;)
        sift_down(heap, i);
    return 0;
}

static void count_row(struct tally *tally, const struct prior_row *row)
{
    tally->rows++;
    tally->by_status[row->status]++;
    if (!status_is_error(row->status))
        return;
    tally->again += row->again;
    (void)error_counts_add_text(&tally->errors, row->status, row->text,
                                row->len);
}

/* Writes the row of the first source, and reads its next one. */
static int write_first(struct heap *heap, struct tally *tally,
                       struct writer *writer, struct error *error)
{
    struct source *source = heap->list[0];
    const struct prior_row *row = &source->row;
    int more;

    if (row->number == heap->last)
        return error_set(error, ERROR_USAGE,
                         "row %" PRIu64 " is in %s and in %s; these are not "
                         "the shards of one run",
                         row->number, heap->last_path, source->path);
    heap->last = row->number;
    heap->last_path = source->path;
    count_row(tally, row);
    if (writer_write(writer, row->text, row->len, error))
        return -1;
    more = read_next(source, error);
    if (more < 0)
        return -1;
    if (more == 0)
        heap->list[0] = heap->list[--heap->count];
    sift_down(heap, 0);
    return 0;
}

static int write_header(struct writer *writer, struct error *error)
{
    static const struct format format = {.mode = MODE_APPLY};
    struct buffer header;
    int result;

    buffer_init(&header, HEADER_MAX);
    result = format_header(&header, &format)
                 ? error_memory(error)
                 : writer_write(writer, header.data, header.len, error);
    buffer_free(&header);
    return result;
}

static int write_all(struct heap *heap, const struct merged_rows_setup *setup,
                     struct writer *writer, struct error *error)
{
    if (raise_limit(setup->count, error) || open_sources(heap, setup, error) ||
        write_header(writer, error))
        return -1;
    while (heap->count > 0) {
        if (setup->tally->rows % CHECKED == 0 && *setup->stop)
            return error_set(error, ERROR_STOPPED,
                             "stopped by a signal; nothing was written");
        if (write_first(heap, setup->tally, writer, error))
            return -1;
    }
    return 0;
}

int merged_rows_write(const struct merged_rows_setup *setup,
                      struct writer *writer, struct error *error)
{
    struct heap heap = {
        .sources = calloc(setup->count, sizeof(*heap.sources)),
        .list = calloc(setup->count, sizeof(*heap.list)),
    };
    int result;

    result = heap.sources && heap.list ? write_all(&heap, setup, writer, error)
                                       : error_memory(error);
    for (unsigned i = 0; heap.sources && i < setup->count; i++)
        prior_result_free(heap.sources[i].rows);
    free(heap.sources);
    free(heap.list);
    return result;
}
