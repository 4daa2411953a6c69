/*
 * For unit tests that make files: a directory of its own for each test, and
 * what is in it.
 */
#ifndef FILES_H
#define FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct test_directory {
    char name[64];
    int start; /* the directory the tests were started in */
};

/* Every test runs in an empty directory of its own. */
static inline int enter_directory(void **state)
{
    struct test_directory *directory = malloc(sizeof(*directory));

    if (!directory)
        return -1;
    *state = directory;
    (void)snprintf(directory->name, sizeof(directory->name),
                   "/tmp/bauser-unit.XXXXXX");
    directory->start = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory->start < 0 || !mkdtemp(directory->name))
        return -1;
    return chdir(directory->name);
}

static inline int leave_directory(void **state)
{
    struct test_directory *directory = *state;
    DIR *entries = opendir(".");
    struct dirent *entry;
    int result;

    while (entries && (entry = readdir(entries)))
        if (entry->d_name[0] != '.')
            (void)remove(entry->d_name);
    if (entries)
        closedir(entries);
    result = fchdir(directory->start);
    close(directory->start);
    if (rmdir(directory->name))
        result = -1;
    free(directory);
    return result;
}

static inline void make_file(const char *name, const char *text, mode_t mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, mode);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
}

static inline bool is_there(const char *name)
{
    struct stat status;

    return lstat(name, &status) == 0;
}

static inline mode_t mode_of(const char *name)
{
    struct stat status;

    assert_int_equal(stat(name, &status), 0);
    return status.st_mode & 07777;
}

static inline off_t size_of(const char *name)
{
    struct stat status;

    assert_int_equal(stat(name, &status), 0);
    return status.st_size;
}

#endif
