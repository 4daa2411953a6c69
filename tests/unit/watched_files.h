/*
 * A file system for unit tests: the files of this machine, with a record of the
 * calls that change them or make them durable, in order, and one call that
 * fails.
 */
#ifndef WATCHED_FILES_H
#define WATCHED_FILES_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file_system.h"

#define WATCHED_FDS 64

struct watch {
    /* One call a line, such as "write out.csv.part" or "sync .". */
    char calls[4096];
    size_t len;
    unsigned count;
    unsigned fail_at; /* the number of the call that fails, from 1; 0: none */
    int failure;      /* errno of this call */
    char names[WATCHED_FDS][64];
};

struct watched_files {
    struct file_system files; /* to be passed to the code under test */
    struct watch *watch;
};

static inline struct watch *watch_of(const struct file_system *files)
{
    return ((const struct watched_files *)files)->watch;
}

static inline void watch_put(struct watch *watch, const char *text)
{
    size_t len = strlen(text);

    assert_true(watch->len + len < sizeof(watch->calls));
    memcpy(watch->calls + watch->len, text, len + 1);
    watch->len += len;
}

/* -1 with errno if this call is to fail. to may be NULL. */
static inline int watch_call(const struct file_system *files, const char *call,
                             const char *name, const char *to)
{
    struct watch *watch = watch_of(files);

    watch_put(watch, call);
    watch_put(watch, " ");
    watch_put(watch, name);
    if (to) {
        watch_put(watch, " ");
        watch_put(watch, to);
    }
    watch_put(watch, "\n");
    if (++watch->count != watch->fail_at)
        return 0;
    errno = watch->failure;
    return -1;
}

static inline const char *watched_name(const struct file_system *files, int fd)
{
    assert_in_range(fd, 0, WATCHED_FDS - 1);
    return watch_of(files)->names[fd];
}

static inline int watched_open(const struct file_system *files,
                               const char *path, int flags, mode_t mode)
{
    int fd = file_system_posix.open(&file_system_posix, path, flags, mode);

    if (fd >= 0) {
        assert_in_range(fd, 0, WATCHED_FDS - 1);
        (void)snprintf(watch_of(files)->names[fd],
                       sizeof(watch_of(files)->names[fd]), "%s", path);
    }
    return fd;
}

static inline ssize_t watched_write(const struct file_system *files, int fd,
                                    const void *data, size_t len)
{
    if (watch_call(files, "write", watched_name(files, fd), NULL))
        return -1;
    return file_system_posix.write(&file_system_posix, fd, data, len);
}

static inline int watched_truncate(const struct file_system *files, int fd,
                                   off_t len)
{
    if (watch_call(files, "truncate", watched_name(files, fd), NULL))
        return -1;
    return file_system_posix.truncate(&file_system_posix, fd, len);
}

static inline int watched_sync(const struct file_system *files, int fd)
{
    return watch_call(files, "sync", watched_name(files, fd), NULL);
}

static inline int watched_sync_data(const struct file_system *files, int fd)
{
    return watch_call(files, "sync_data", watched_name(files, fd), NULL);
}

static inline int watched_rename(const struct file_system *files,
                                 const char *from, const char *to)
{
    if (watch_call(files, "rename", from, to))
        return -1;
    return file_system_posix.rename(&file_system_posix, from, to);
}

static inline int watched_link(const struct file_system *files,
                               const char *from, const char *to)
{
    if (watch_call(files, "link", from, to))
        return -1;
    return file_system_posix.link(&file_system_posix, from, to);
}

static inline int watched_remove(const struct file_system *files,
                                 const char *path)
{
    if (watch_call(files, "remove", path, NULL))
        return -1;
    return file_system_posix.remove(&file_system_posix, path);
}

/* Nothing is recorded yet, and nothing fails. Syncs are only recorded. */
static inline struct watched_files watch_files(struct watch *watch)
{
    struct watched_files watched = {.files = file_system_posix, .watch = watch};

    *watch = (struct watch){.failure = EIO};
    watched.files.open = watched_open;
    watched.files.write = watched_write;
    watched.files.truncate = watched_truncate;
    watched.files.sync = watched_sync;
    watched.files.sync_data = watched_sync_data;
    watched.files.rename = watched_rename;
    watched.files.link = watched_link;
    watched.files.remove = watched_remove;
    return watched;
}

/* Forgets the calls so far. */
static inline void watch_again(struct watch *watch)
{
    watch->calls[0] = '\0';
    watch->len = 0;
    watch->count = 0;
}

static inline unsigned count_calls(const struct watch *watch, const char *call)
{
    const char *at = watch->calls;
    unsigned count = 0;

    for (; (at = strstr(at, call)); at += strlen(call))
        count++;
    return count;
}

#endif
