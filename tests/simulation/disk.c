#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define FIRST_FD  1000 /* no descriptor of this machine */
#define DEVICE    0x51D
#define BLOCK     512 /* what a disk writes as a whole */
#define FILE_SIZE ((size_t)64 << 20)

static struct disk *disk_of(const struct file_system *files)
{
    return ((const struct disk *)files)->self;
}

/* Such a mistake is the simulation's own. */
static _Noreturn void overflow(const char *what)
{
    (void)fprintf(stderr, "simulation: too many %s\n", what);
    abort();
}

static int fail(int number)
{
    errno = number;
    return -1;
}

/* ---- names and inodes ---------------------------------------------------- */

/* Does nothing lead from the name to a file any more? */
static bool is_unused(const struct disk *disk, const struct disk_name *name)
{
    for (unsigned i = 0; i < disk->change_count; i++)
        if (disk->changes[i].name == (unsigned)(name - disk->names))
            return false;
    return !name->path[0] || (name->seen < 0 && name->durable < 0);
}

static struct disk_name *find_name(struct disk *disk, const char *path,
                                   bool make)
{
    struct disk_name *free_name = NULL;

    if (strncmp(path, "./", 2) == 0)
        path += 2;
    for (unsigned i = 0; i < DISK_NAMES; i++) {
        struct disk_name *name = &disk->names[i];

        if (strcmp(name->path, path) == 0)
            return name;
        if (!free_name && is_unused(disk, name))
            free_name = name;
    }
    if (!make)
        return NULL;
    if (!free_name)
        overflow("names");
    (void)snprintf(free_name->path, sizeof(free_name->path), "%s", path);
    free_name->seen = free_name->durable = -1;
    return free_name;
}

static int find_inode(struct disk *disk, const char *path)
{
    const struct disk_name *name = find_name(disk, path, false);

    return name ? name->seen : -1;
}

static void free_inode(struct disk_inode *inode)
{
    buffer_free(&inode->seen);
    buffer_free(&inode->durable);
    inode->used = false;
}

/* Frees inodes that no name and no descriptor leads to. */
static void collect_inodes(struct disk *disk)
{
    for (int i = 0; i < DISK_INODES; i++) {
        struct disk_inode *inode = &disk->inodes[i];
        bool named = inode->opened > 0;

        for (unsigned n = 0; n < DISK_NAMES && !named; n++)
            named = disk->names[n].path[0] &&
                    (disk->names[n].seen == i || disk->names[n].durable == i);
        for (unsigned n = 0; n < disk->change_count && !named; n++)
            named = disk->changes[n].inode == i;
        if (inode->used && !named)
            free_inode(inode);
    }
}

static int new_inode(struct disk *disk, mode_t mode)
{
    collect_inodes(disk);
    for (int i = 0; i < DISK_INODES; i++) {
        struct disk_inode *inode = &disk->inodes[i];

        if (inode->used)
            continue;
        *inode = (struct disk_inode){.used = true, .mode = mode};
        buffer_init(&inode->seen, FILE_SIZE);
        buffer_init(&inode->durable, FILE_SIZE);
        return i;
    }
    overflow("files");
}

/* The name leads to another inode (-1: none) from now on. */
static void change_name(struct disk *disk, struct disk_name *name, int inode)
{
    if (name->seen >= 0)
        disk->inodes[name->seen].links--;
    if (inode >= 0)
        disk->inodes[inode].links++;
    name->seen = inode;
    if (disk->change_count == DISK_CHANGES)
        overflow("changes of names");
    disk->changes[disk->change_count++] = (struct disk_change){
        disk->change_number, (unsigned)(name - disk->names), inode};
}

static void sync_names(struct disk *disk)
{
    for (unsigned i = 0; i < DISK_NAMES; i++)
        disk->names[i].durable = disk->names[i].seen;
    disk->change_count = 0;
}

/* ---- descriptors --------------------------------------------------------- */

static struct disk_open *opened(struct disk *disk, int fd)
{
    struct disk_open *open;

    if (fd < FIRST_FD || fd >= FIRST_FD + DISK_OPEN)
        return NULL;
    open = &disk->open[fd - FIRST_FD];
    return open->used ? open : NULL;
}

static struct disk_inode *inode_of(struct disk *disk,
                                   const struct disk_open *open)
{
    return open && open->inode >= 0 ? &disk->inodes[open->inode] : NULL;
}

static int new_descriptor(struct disk *disk, int inode, int flags)
{
    for (int i = 0; i < DISK_OPEN; i++) {
        if (disk->open[i].used)
            continue;
        disk->open[i] =
            (struct disk_open){.used = true, .inode = inode, .flags = flags};
        if (inode >= 0)
            disk->inodes[inode].opened++;
        return FIRST_FD + i;
    }
    overflow("open files");
}

static int open_file(const struct file_system *files, const char *path,
                     int flags, mode_t mode)
{
    struct disk *disk = disk_of(files);
    int inode;

    if (flags & O_DIRECTORY)
        return new_descriptor(disk, DISK_DIRECTORY, flags);
    inode = find_inode(disk, path);
    if (inode >= 0 && (flags & O_CREAT) && (flags & O_EXCL))
        return fail(EEXIST);
    if (inode < 0) {
        if (!(flags & O_CREAT))
            return fail(ENOENT);
        if (!host_operate(disk->host, NULL))
            return fail(EIO);
        inode = new_inode(disk, mode);
        disk->change_number++;
        change_name(disk, find_name(disk, path, true), inode);
        host_trace(disk->host, "disk: create %s", path);
    }
    if (flags & O_TRUNC)
        buffer_clear(&disk->inodes[inode].seen);
    return new_descriptor(disk, inode, flags);
}

static int close_file(const struct file_system *files, int fd)
{
    struct disk *disk = disk_of(files);
    struct disk_open *open = opened(disk, fd);

    if (!open)
        return fail(EBADF);
    if (open->inode >= 0)
        disk->inodes[open->inode].opened--;
    open->used = false;
    return 0;
}

static ssize_t read_at(const struct file_system *files, int fd, void *data,
                       size_t len, off_t offset)
{
    struct disk *disk = disk_of(files);
    const struct disk_inode *inode = inode_of(disk, opened(disk, fd));
    size_t at = (size_t)offset;

    if (!inode)
        return fail(EBADF);
    if (at >= inode->seen.len)
        return 0;
    if (len > inode->seen.len - at)
        len = inode->seen.len - at;
    memcpy(data, inode->seen.data + at, len);
    return (ssize_t)len;
}

static ssize_t read_file(const struct file_system *files, int fd, void *data,
                         size_t len)
{
    struct disk_open *open = opened(disk_of(files), fd);
    ssize_t got = open ? read_at(files, fd, data, len, open->offset) : -1;

    if (got > 0)
        open->offset += got;
    return got;
}

/* ---- changes, and how they fail ------------------------------------------ */

static void put(struct disk_inode *inode, struct disk_open *open,
                const char *data, size_t len)
{
    struct buffer *seen = &inode->seen;
    size_t at = open->flags & O_APPEND ? seen->len : (size_t)open->offset;
    size_t end = at + len;

    if (end > seen->len) {
        if (buffer_reserve(seen, end - seen->len))
            overflow("bytes");
        if (at > seen->len)
            memset(seen->data + seen->len, 0, at - seen->len);
        seen->len = end;
        seen->data[end] = '\0';
    }
    if (len > 0)
        memcpy(seen->data + at, data, len);
    open->offset = (off_t)end;
}

static const char *name_of(const struct disk *disk,
                           const struct disk_open *open)
{
    for (unsigned i = 0; i < DISK_NAMES; i++)
        if (disk->names[i].path[0] && disk->names[i].seen == open->inode)
            return disk->names[i].path;
    return open->inode == DISK_DIRECTORY ? "the directory" : "a removed file";
}

static bool is_summary(const char *path)
{
    return strstr(path, ".summary.json") != NULL;
}

/* A summary that can't be written does not stop its run. */
static void meet_fault(struct disk *disk, const struct disk_open *open)
{
    bool harmless = open->inode == DISK_DIRECTORY
                        ? disk->renamed_summary
                        : is_summary(name_of(disk, open));

    if (!harmless)
        disk->met_fault = true;
}

static ssize_t write_file(const struct file_system *files, int fd,
                          const void *data, size_t len)
{
    struct disk *disk = disk_of(files);
    struct disk_open *open = opened(disk, fd);
    struct disk_inode *inode = inode_of(disk, open);
    bool dies;

    if (!inode)
        return fail(EBADF);
    if (!host_operate(disk->host, &dies)) {
        /* The process dies within this write. */
        if (dies)
            put(inode, open, data,
                draw_below(&disk->host->numbers, (unsigned)len + 1));
        return fail(EIO);
    }
    disk->writes++;
    if (disk->writes == disk->faults.write_fails) {
        meet_fault(disk, open);
        return fail(EIO);
    }
    if (disk->writes == disk->faults.full_at && len > 1) {
        len = draw_below(&disk->host->numbers, (unsigned)len);
        meet_fault(disk, open);
        put(inode, open, data, len);
        return len > 0 ? (ssize_t)len : fail(ENOSPC);
    }
    /* A full disk stays full for as long as this process runs. */
    if (disk->faults.full_at && disk->writes >= disk->faults.full_at) {
        meet_fault(disk, open);
        return fail(ENOSPC);
    }
    put(inode, open, data, len);
    host_trace(disk->host, "disk: write %zu to %s: %.*s", len,
               name_of(disk, open),
               (int)(strcspn(data, "\n") < len ? strcspn(data, "\n") : len),
               (const char *)data);
    return (ssize_t)len;
}

static off_t seek_file(const struct file_system *files, int fd, off_t offset,
                       int whence)
{
    struct disk *disk = disk_of(files);
    struct disk_open *open = opened(disk, fd);
    const struct disk_inode *inode = inode_of(disk, open);

    if (!inode)
        return fail(EBADF);
    if (whence == SEEK_CUR)
        offset += open->offset;
    else if (whence == SEEK_END)
        offset += (off_t)inode->seen.len;
    return open->offset = offset;
}

static int truncate_file(const struct file_system *files, int fd, off_t len)
{
    struct disk *disk = disk_of(files);
    const struct disk_open *open = opened(disk, fd);
    struct disk_inode *inode = inode_of(disk, open);
    struct disk_open end = {.offset = len};

    if (!inode)
        return fail(EBADF);
    if (!host_operate(disk->host, NULL))
        return fail(EIO);
    host_trace(disk->host, "disk: truncate %s to %lld", name_of(disk, open),
               (long long)len);
    if ((size_t)len > inode->seen.len) {
        put(inode, &end, "", 0);
    } else if (inode->seen.data) {
        inode->seen.len = (size_t)len;
        inode->seen.data[len] = '\0';
    }
    return 0;
}

static void copy(struct buffer *to, const struct buffer *from, size_t len)
{
    buffer_clear(to);
    if (buffer_append(to, from->data, len))
        overflow("bytes");
}

static int sync_file(const struct file_system *files, int fd)
{
    struct disk *disk = disk_of(files);
    const struct disk_open *open = opened(disk, fd);
    struct disk_inode *inode = inode_of(disk, open);

    if (!open)
        return fail(EBADF);
    if (!host_operate(disk->host, NULL))
        return fail(EIO);
    disk->host->now += disk->faults.sync_us;
    if (++disk->syncs == disk->faults.sync_fails) {
        meet_fault(disk, open);
        return fail(EIO);
    }
    host_trace(disk->host, "disk: sync %s", name_of(disk, open));
    if (inode)
        copy(&inode->durable, &inode->seen, inode->seen.len);
    else
        sync_names(disk);
    return 0;
}

static int lock_file(const struct file_system *files, int fd, int operation)
{
    struct disk *disk = disk_of(files);
    const struct disk_open *open = opened(disk, fd);

    if (!open)
        return fail(EBADF);
    if (operation != LOCK_UN && disk->faults.locked &&
        disk->host->now < disk->faults.locked_until &&
        strncmp(name_of(disk, open), disk->faults.locked,
                strlen(disk->faults.locked)) == 0)
        return fail(EWOULDBLOCK);
    return 0;
}

/* ---- facts about files --------------------------------------------------- */

static int change_mode(const struct file_system *files, int fd, mode_t mode)
{
    struct disk *disk = disk_of(files);
    struct disk_inode *inode = inode_of(disk, opened(disk, fd));

    if (!inode)
        return fail(EBADF);
    inode->mode = mode;
    return 0;
}

static int change_owner(const struct file_system *files, int fd, uid_t user,
                        gid_t group)
{
    (void)files;
    (void)fd;
    (void)user;
    (void)group;
    return 0;
}

static int describe(struct disk *disk, int number, struct stat *status)
{
    memset(status, 0, sizeof(*status));
    status->st_dev = DEVICE;
    status->st_uid = disk->user;
    status->st_gid = disk->group;
    if (number == DISK_DIRECTORY) {
        status->st_mode = S_IFDIR | 0700;
        status->st_ino = DISK_INODES + 1;
        status->st_nlink = 2;
        return 0;
    }
    if (number < 0)
        return fail(ENOENT);
    status->st_mode = S_IFREG | disk->inodes[number].mode;
    status->st_ino = (ino_t)number + 1;
    status->st_nlink = disk->inodes[number].links;
    status->st_size = (off_t)disk->inodes[number].seen.len;
    return 0;
}

static int stat_path(const struct file_system *files, const char *path,
                     struct stat *status)
{
    struct disk *disk = disk_of(files);
    bool directory = strcmp(path, ".") == 0 || strcmp(path, "./") == 0;

    return describe(disk, directory ? DISK_DIRECTORY : find_inode(disk, path),
                    status);
}

static int stat_open(const struct file_system *files, int fd,
                     struct stat *status)
{
    struct disk *disk = disk_of(files);
    const struct disk_open *open = opened(disk, fd);

    return open ? describe(disk, open->inode, status) : fail(EBADF);
}

static int flags_of(const struct file_system *files, int fd)
{
    const struct disk_open *open = opened(disk_of(files), fd);

    return open ? open->flags : fail(EBADF);
}

/* ---- names that change --------------------------------------------------- */

static int rename_file(const struct file_system *files, const char *from,
                       const char *to)
{
    struct disk *disk = disk_of(files);
    struct disk_name *source = find_name(disk, from, false);
    int inode = source ? source->seen : -1;

    if (inode < 0)
        return fail(ENOENT);
    if (!host_operate(disk->host, NULL))
        return fail(EIO);
    host_trace(disk->host, "disk: rename %s to %s", from, to);
    disk->renamed_summary = is_summary(to);
    disk->change_number++;
    change_name(disk, find_name(disk, to, true), inode);
    change_name(disk, source, -1);
    return 0;
}

static int link_file(const struct file_system *files, const char *from,
                     const char *to)
{
    struct disk *disk = disk_of(files);
    int inode = find_inode(disk, from);

    if (inode < 0)
        return fail(ENOENT);
    if (find_inode(disk, to) >= 0)
        return fail(EEXIST);
    if (!host_operate(disk->host, NULL))
        return fail(EIO);
    disk->change_number++;
    change_name(disk, find_name(disk, to, true), inode);
    return 0;
}

static int remove_file(const struct file_system *files, const char *path)
{
    struct disk *disk = disk_of(files);
    struct disk_name *name = find_name(disk, path, false);

    if (!name || name->seen < 0)
        return fail(ENOENT);
    if (!host_operate(disk->host, NULL))
        return fail(EIO);
    host_trace(disk->host, "disk: remove %s", path);
    disk->renamed_summary = false;
    disk->change_number++;
    change_name(disk, name, -1);
    return 0;
}

static char *resolve(const struct file_system *files, const char *path)
{
    (void)files;
    return strdup(path);
}

/* ---- for the simulation -------------------------------------------------- */

void disk_init(struct disk *disk, struct host *host)
{
    memset(disk, 0, sizeof(*disk));
    disk->base = (struct file_system){
        .open = open_file,
        .close = close_file,
        .read = read_file,
        .read_at = read_at,
        .write = write_file,
        .seek = seek_file,
        .truncate = truncate_file,
        .sync = sync_file,
        .sync_data = sync_file,
        .lock = lock_file,
        .change_mode = change_mode,
        .change_owner = change_owner,
        .stat = stat_path,
        .stat_link = stat_path,
        .stat_open = stat_open,
        .flags = flags_of,
        .rename = rename_file,
        .link = link_file,
        .remove = remove_file,
        .resolve = resolve,
    };
    disk->self = disk;
    disk->user = geteuid();
    disk->group = getegid();
    disk->host = host;
}

void disk_clear(struct disk *disk)
{
    for (int i = 0; i < DISK_INODES; i++)
        if (disk->inodes[i].used)
            free_inode(&disk->inodes[i]);
}

void disk_put(struct disk *disk, const char *path, const char *data, size_t len)
{
    struct disk_name *name = find_name(disk, path, true);
    struct disk_inode *inode;

    if (name->seen < 0) {
        name->seen = name->durable = new_inode(disk, 0600);
        disk->inodes[name->seen].links = 1;
    }
    inode = &disk->inodes[name->seen];
    buffer_clear(&inode->seen);
    if (buffer_append(&inode->seen, data, len))
        overflow("bytes");
    copy(&inode->durable, &inode->seen, len);
}

const struct buffer *disk_find(const struct disk *disk, const char *path)
{
    int inode = find_inode(disk->self, path);

    return inode < 0 ? NULL : &disk->inodes[inode].seen;
}

void disk_end_process(struct disk *disk)
{
    for (int i = 0; i < DISK_OPEN; i++)
        if (disk->open[i].used)
            (void)close_file(&disk->base, FIRST_FD + i);
    disk->writes = disk->syncs = 0;
    disk->met_fault = false;
}

/* Only the first changes of names have reached the disk. */
static void lose_names(struct disk *disk, struct draw *draw)
{
    unsigned kept = draw_below(draw, disk->change_count + 1);

    while (kept > 0 && kept < disk->change_count &&
           disk->changes[kept].number == disk->changes[kept - 1].number)
        kept--;
    for (unsigned i = 0; i < kept; i++)
        disk->names[disk->changes[i].name].durable = disk->changes[i].inode;
    disk->change_count = 0;
    for (int i = 0; i < DISK_INODES; i++)
        disk->inodes[i].links = 0;
    for (unsigned i = 0; i < DISK_NAMES; i++) {
        struct disk_name *name = &disk->names[i];

        name->seen = name->path[0] ? name->durable : -1;
        if (name->path[0] && name->seen >= 0)
            disk->inodes[name->seen].links++;
    }
}

/* Of the bytes after the durable ones any number has reached the disk, and the
 * last block may be torn. A file that was cut may be the old one. */
static void lose_content(struct disk_inode *inode, struct draw *draw)
{
    size_t durable = inode->durable.len, len = inode->seen.len;

    if (len > durable) {
        len = durable + draw_below(draw, (unsigned)(len - durable) + 1);
        copy(&inode->durable, &inode->seen, len);
        if (draw_chance(draw, 500) && len - durable > 0)
            for (size_t i = len; i-- > durable && len - i < BLOCK;)
                inode->durable.data[i] = '\0';
    } else if (draw_chance(draw, 500)) {
        copy(&inode->durable, &inode->seen, len);
    }
    copy(&inode->seen, &inode->durable, inode->durable.len);
}

void disk_cut_power(struct disk *disk, struct draw *draw)
{
    lose_names(disk, draw);
    for (int i = 0; i < DISK_INODES; i++)
        if (disk->inodes[i].used)
            lose_content(&disk->inodes[i], draw);
}
