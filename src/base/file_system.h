/*
 * The file system as an interface, so that a whole run can be simulated with a
 * disk that fills up, fails, or loses what was not synced.
 *
 * Each function does what the system call of its name does: it returns -1 (or
 * NULL) and sets errno if it fails. A descriptor is valid only for the file
 * system that opened it.
 */
#ifndef BASE_FILE_SYSTEM_H
#define BASE_FILE_SYSTEM_H

#include <sys/stat.h>
#include <sys/types.h>

/* What keeps a name from being replaced or removed in a directory that is
 * writable. */
enum file_attribute {
    FILE_MOUNT_POINT = 1, /* something is mounted on it */
    FILE_FIXED = 2        /* it is immutable, or can only be appended to; see
                             chattr(1) */
};

/* An implementation with a state of its own embeds this struct. */
struct file_system {
    int (*open)(const struct file_system *files, const char *path, int flags,
                mode_t mode);
    int (*close)(const struct file_system *files, int fd);
    ssize_t (*read)(const struct file_system *files, int fd, void *data,
                    size_t len);
    /* As pread(2). */
    ssize_t (*read_at)(const struct file_system *files, int fd, void *data,
                       size_t len, off_t offset);
    ssize_t (*write)(const struct file_system *files, int fd, const void *data,
                     size_t len);
    off_t (*seek)(const struct file_system *files, int fd, off_t offset,
                  int whence);
    int (*truncate)(const struct file_system *files, int fd, off_t len);
    int (*sync)(const struct file_system *files, int fd);
    /* As fdatasync(2): times may be lost, data and length are not. */
    int (*sync_data)(const struct file_system *files, int fd);
    /* As flock(2). */
    int (*lock)(const struct file_system *files, int fd, int operation);
    int (*change_mode)(const struct file_system *files, int fd, mode_t mode);
    int (*change_owner)(const struct file_system *files, int fd, uid_t user,
                        gid_t group);
    int (*stat)(const struct file_system *files, const char *path,
                struct stat *status);
    int (*stat_link)(const struct file_system *files, const char *path,
                     struct stat *status);
    int (*stat_open)(const struct file_system *files, int fd,
                     struct stat *status);
    /* The access mode and flags of a descriptor, as F_GETFL of fcntl(2). */
    int (*flags)(const struct file_system *files, int fd);
    int (*rename)(const struct file_system *files, const char *from,
                  const char *to);
    int (*link)(const struct file_system *files, const char *from,
                const char *to);
    int (*remove)(const struct file_system *files, const char *path);
    /* The absolute path without links, which the caller frees. */
    char *(*resolve)(const struct file_system *files, const char *path);
    /* What is known of the name, which may be a link: enum file_attribute.
     * The function may be missing. */
    unsigned (*attributes)(const struct file_system *files, const char *path);
};

/* The files of this machine. */
extern const struct file_system file_system_posix;

/* The same, but lock() does nothing and succeeds. */
extern const struct file_system file_system_unlocked;

#endif
