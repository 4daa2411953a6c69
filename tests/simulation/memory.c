#include "memory.h"

#include <malloc.h>

#define BYTES_PER_ROW 4096 /* with its task and the user's document */
#define MEASURED      4    /* each so many waits, since it takes time */

static size_t bytes_of_files(const struct disk *disk)
{
    size_t sum = 0;

    for (unsigned i = 0; i < DISK_INODES; i++)
        if (disk->inodes[i].used)
            sum += malloc_usable_size(disk->inodes[i].seen.data) +
                   malloc_usable_size(disk->inodes[i].durable.data);
    return sum;
}

void memory_start(struct memory *memory, const struct disk *disk,
                  const struct tally *tally, unsigned rows)
{
    *memory = (struct memory){.disk = disk, .tally = tally, .rows = rows};
}

void memory_measure(struct memory *memory)
{
    struct mallinfo2 info;
    size_t rows, held;

    if (memory->waits++ % MEASURED > 0)
        return;
    info = mallinfo2();
    held = info.uordblks - bytes_of_files(memory->disk);
    if (memory->waits == 1)
        memory->first = held;
    rows = (memory->rows - memory->tally->rows) * BYTES_PER_ROW;
    if (held > memory->first + rows + memory->excess)
        memory->excess = held - memory->first - rows;
    if (info.hblkhd > memory->tables)
        memory->tables = info.hblkhd;
}
