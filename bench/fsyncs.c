/*
 * fsyncs DIRECTORY
 *
 * Measures the cost of a safe output on this machine. Writes a small file in
 * DIRECTORY, syncs it, renames it and syncs the directory, as bauser-batch does
 * at the end of a run. Prints the seconds.
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

static void write_and_sync(int directory, const char *name)
{
    char block[1024];
    int file = openat(directory, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    memset(block, 'x', sizeof block);
    if (file == -1 || write(file, block, sizeof block) != sizeof block ||
        fsync(file) == -1 || close(file) == -1)
        err(1, "%s", name);
}

int main(int argc, char **argv)
{
    double start;
    int directory;

    if (argc != 2)
        errx(2, "usage: fsyncs DIRECTORY");
    directory = open(argv[1], O_RDONLY | O_DIRECTORY);
    if (directory == -1)
        err(1, "%s", argv[1]);
    start = clock_seconds();
    write_and_sync(directory, "fsyncs.part");
    if (renameat(directory, "fsyncs.part", directory, "fsyncs") == -1 ||
        fsync(directory) == -1)
        err(1, "%s", argv[1]);
    printf("%.6f\n", clock_seconds() - start);
    unlinkat(directory, "fsyncs", 0);
    return 0;
}
