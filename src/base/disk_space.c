#define _XOPEN_SOURCE 700 /* realpath() */

#include "base/disk_space.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define MEGABYTE 1000000

/* Removes the last part of an absolute path; "/" stays. */
static void cut_last(char path[PATH_MAX])
{
    char *slash = strrchr(path, '/');

    slash[slash == path] = '\0';
}

/* Writes the directory of the file, as an absolute path without links. */
static bool find_directory(char path[PATH_MAX], const char *file)
{
    const char *slash = strrchr(file, '/');
    char directory[PATH_MAX];
    int len = snprintf(directory, sizeof(directory), "%.*s",
                       slash ? (int)(slash - file) + 1 : 1, slash ? file : ".");

    return len < (int)sizeof(directory) && realpath(directory, path);
}

/* The directory where its file system is mounted. */
static bool find_mount(char mount[PATH_MAX], const char *directory)
{
    char parent[PATH_MAX];
    struct stat own, other;

    (void)snprintf(mount, PATH_MAX, "%s", directory);
    (void)snprintf(parent, PATH_MAX, "%s", directory);
    if (stat(directory, &own))
        return false;
    while (strcmp(mount, "/") != 0) {
        cut_last(parent);
        if (stat(parent, &other) || other.st_dev != own.st_dev)
            break;
        (void)snprintf(mount, PATH_MAX, "%s", parent);
    }
    return true;
}

bool disk_space_advise(char *text, size_t size, const char *file,
                       uint64_t needed)
{
    char directory[PATH_MAX], mount[PATH_MAX];
    struct statvfs room;
    uint64_t available, missing;

    if (!find_directory(directory, file) || !find_mount(mount, directory) ||
        statvfs(directory, &room))
        return false;
    available = (uint64_t)room.f_bavail * room.f_frsize;
    missing = needed > available ? needed - available : 0;
    (void)snprintf(text, size, "free %" PRIu64 " MB on %s",
                   missing / MEGABYTE + 1, mount);
    return true;
}
