/*
 * The simulated disk: a flat directory of small files, as `struct file_system`.
 *
 * It keeps what the system sees and what is durable apart. A sync makes a
 * file's content durable, the sync of a directory its names. A power cut loses
 * any part of the rest: an unsynced tail is lost, torn or kept, and of unsynced
 * changes of names only the first ones are kept, in their order.
 */
#ifndef DISK_H
#define DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/file_system.h"
#include "draw.h"
#include "host.h"

#define DISK_INODES    48
#define DISK_NAMES     24
#define DISK_OPEN      32
#define DISK_CHANGES   64
#define DISK_NAME_SIZE 48

/* Of the directory, in place of a file's. */
#define DISK_DIRECTORY (-2)

struct disk_inode {
    bool used;
    struct buffer seen;
    struct buffer durable;
    mode_t mode;
    unsigned links;
    unsigned opened;
};

struct disk_name {
    char path[DISK_NAME_SIZE];
    int seen; /* inode; -1: the name does not exist */
    int durable;
};

/* A change of a name that is not durable. Those of one rename have one number
 * and are made durable together. */
struct disk_change {
    unsigned number;
    unsigned name;
    int inode;
};

struct disk_open {
    bool used;
    int inode; /* or DISK_DIRECTORY */
    off_t offset;
    int flags;
};

/* What goes wrong, at the N-th write, truncation or sync of this process; 0:
 * never. */
struct disk_faults {
    unsigned full_at;     /* ENOSPC, after a part of the data */
    unsigned write_fails; /* EIO */
    unsigned sync_fails;  /* EIO */
    int64_t sync_us;      /* time that a sync takes */
    int64_t locked_until; /* another process has locked the secret file */
    const char *locked;   /* its name */
};

struct disk {
    struct file_system base;
    struct disk *self; /* base is passed as const */
    struct host *host;
    uid_t user; /* owns all files */
    gid_t group;
    struct disk_faults faults;
    unsigned writes;
    unsigned syncs;
    bool met_fault;
    bool renamed_summary; /* the last change of a name published a summary */
    struct disk_inode inodes[DISK_INODES];
    struct disk_name names[DISK_NAMES];
    struct disk_open open[DISK_OPEN];
    struct disk_change changes[DISK_CHANGES];
    unsigned change_count;
    unsigned change_number;
};

void disk_init(struct disk *disk, struct host *host);
void disk_clear(struct disk *disk);

/* Creates a durable file with mode 0600, or replaces its content. */
void disk_put(struct disk *disk, const char *path, const char *data,
              size_t len);

/* The content of a file; NULL: there is none. */
const struct buffer *disk_find(const struct disk *disk, const char *path);

/* The process has ended: its descriptors and locks are gone. */
void disk_end_process(struct disk *disk);

/* The power was cut. */
void disk_cut_power(struct disk *disk, struct draw *draw);

#endif
