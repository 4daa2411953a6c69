/*
 * fsyncs FOLDER
 *
 * What it costs here to finish an output safely: writes a small file in
 * FOLDER, syncs it, renames it and syncs the folder, as bauser-batch does at
 * the end of a run. Prints the seconds.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double clock_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void write_and_sync(int folder, const char *name)
{
    char block[1024];
    int file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    memset(block, 'x', sizeof block);
    if (file == -1 || write(file, block, sizeof block) != sizeof block ||
        fsync(file) == -1 || close(file) == -1)
        err(1, "%s", name);
}

int main(int argc, char **argv)
{
    double start;
    int folder;

    if (argc != 2)
        errx(2, "usage: fsyncs FOLDER");
    folder = open(argv[1], O_RDONLY | O_DIRECTORY);
    if (folder == -1)
        err(1, "%s", argv[1]);
    start = clock_seconds();
    write_and_sync(folder, "fsyncs.part");
    if (renameat(folder, "fsyncs.part", folder, "fsyncs") == -1 ||
        fsync(folder) == -1)
        err(1, "%s", argv[1]);
    printf("%.6f\n", clock_seconds() - start);
    unlinkat(folder, "fsyncs", 0);
    return 0;
}
