/*
 * A preloaded library that makes calls of the C library fail. It counts only
 * calls of bauser-batch's main thread while main() runs. The loader, and
 * threads that resolve names, therefore do not change the numbers.
 *
 *   INJECT_CALL   the kind of call that fails, as in names[]
 *   INJECT_AT     the number of the call, from 1
 *   INJECT_TIMES  "ever": all later calls fail too; "kill": the call kills the
 *                 process instead
 *   INJECT_ERRNO  the errno of the call, as a number
 *   INJECT_COUNT  a file that receives a line "KIND NUMBER" for each kind of
 *                 call, and "hits NUMBER", the number of failed calls
 *   INJECT_TRACE  a file that receives a line for each successful call that
 *                 determines the files after a crash: "create FILE", "write
 *                 FILE", "ftruncate FILE", "fsync FILE", "fdatasync FILE",
 *                 "rename FROM TO", "link FROM TO", "unlink FILE", with
 *                 absolute names; and "send WORD", the first word that is sent
 *
 * Memory for OpenSSL is a kind of its own, because it is most of all memory. If
 * INJECT_NO_MEMORY is defined, the functions for memory are not replaced,
 * because a sanitizer has its own.
 */
#define _GNU_SOURCE /* RTLD_NEXT, program_invocation_short_name */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call {
    MEMORY,
    OPENSSL,
    OPEN,
    READ,
    PREAD,
    WRITE,
    FSYNC,
    FDATASYNC,
    FTRUNCATE,
    FLOCK,
    FCHMOD,
    FSTAT,
    LSEEK,
    CLOSE,
    RENAME,
    LINK,
    UNLINK,
    POLL,
    SOCKET,
    CONNECT,
    SEND,
    RECV,
    CALLS
};

static const char *const names[CALLS] = {
    [MEMORY] = "memory",       [OPENSSL] = "openssl", [OPEN] = "open",
    [READ] = "read",           [PREAD] = "pread",     [WRITE] = "write",
    [FSYNC] = "fsync",         [FLOCK] = "flock",     [FTRUNCATE] = "ftruncate",
    [FDATASYNC] = "fdatasync", [FCHMOD] = "fchmod",   [FSTAT] = "fstat",
    [LSEEK] = "lseek",         [CLOSE] = "close",     [RENAME] = "rename",
    [LINK] = "link",           [UNLINK] = "unlink",   [POLL] = "poll",
    [SOCKET] = "socket",       [CONNECT] = "connect", [SEND] = "send",
    [RECV] = "recv",
};

typedef int main_fn(int argc, char *argv[], char *environment[]);

/* True in the main thread while main() runs. This storage model allocates no
 * memory at the first access. */
static _Thread_local bool counted __attribute__((tls_model("initial-exec")));

static struct {
    main_fn *main;
    int call; /* -1: no call fails */
    unsigned long at;
    bool ever;
    bool kills;
    int number;
    unsigned long counts[CALLS];
    unsigned long hits;
    uintptr_t openssl, openssl_end; /* the addresses of its code */
    int trace;                      /* a file descriptor; -1: no trace */
} inject = {.call = -1, .trace = -1};

/* Counts the call; returns true if it must fail. */
static bool fails(enum call call)
{
    unsigned long count;

    if (!counted)
        return false;
    count = ++inject.counts[call];
    if ((int)call != inject.call || count < inject.at ||
        (count > inject.at && !inject.ever))
        return false;
    if (inject.kills)
        (void)raise(SIGKILL);
    inject.hits++;
    errno = inject.number;
    return true;
}

/* ---- around main() ------------------------------------------------------ */

static unsigned long number_of(const char *name)
{
    const char *text = getenv(name);

    return text ? strtoul(text, NULL, 10) : 0;
}

static void read_environment(void)
{
    const char *call = getenv("INJECT_CALL"), *times = getenv("INJECT_TIMES");

    for (int i = 0; call && i < CALLS; i++)
        if (strcmp(call, names[i]) == 0)
            inject.call = i;
    inject.at = number_of("INJECT_AT");
    inject.ever = times && strcmp(times, "ever") == 0;
    inject.kills = times && strcmp(times, "kill") == 0;
    inject.number = (int)number_of("INJECT_ERRNO");
    if (getenv("INJECT_TRACE"))
        inject.trace =
            (int)syscall(SYS_openat, AT_FDCWD, getenv("INJECT_TRACE"),
                         O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void write_counts(void)
{
    const char *name = getenv("INJECT_COUNT");
    FILE *file = name ? fopen(name, "w") : NULL;

    if (!file)
        return;
    for (int i = 0; i < CALLS; i++)
        fprintf(file, "%s %lu\n", names[i], inject.counts[i]);
    fprintf(file, "hits %lu\n", inject.hits);
    fclose(file);
}

/* Called for each library until it finds that of OpenSSL. */
static int find_openssl(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    if (!strstr(info->dlpi_name, "/libcrypto.so"))
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
            continue;
        inject.openssl = info->dlpi_addr + part->p_vaddr;
        inject.openssl_end = inject.openssl + part->p_memsz;
    }
    return 1;
}

static int main_between(int argc, char *argv[], char *environment[])
{
    int status;

    read_environment();
    (void)dl_iterate_phdr(find_openssl, NULL);
    counted = strcmp(program_invocation_short_name, "bauser-batch") == 0;
    status = inject.main(argc, argv, environment);
    if (counted) {
        counted = false;
        write_counts();
    }
    return status;
}

/* Sets place to the C library's function of that name. */
#define FIND(place, name) (*(void **)&(place) = dlsym(RTLD_NEXT, (name)))

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void),
                      void *stack_end);

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
                      void (*fini)(void), void (*loader_fini)(void),
                      void *stack_end)
{
    int (*next)(main_fn *, int, char **, void (*)(void), void (*)(void),
                void (*)(void), void *);

    FIND(next, "__libc_start_main");
    inject.main = main;
    return next(main_between, argc, argv, init, fini, loader_fini, stack_end);
}

/* ---- memory -------------------------------------------------------------- */

#ifndef INJECT_NO_MEMORY

/* glibc's own names, because dlsym() would allocate memory itself. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static bool fails_memory(const void *caller)
{
    uintptr_t place = (uintptr_t)caller;
    bool is_openssl = place >= inject.openssl && place < inject.openssl_end;

    return fails(is_openssl ? OPENSSL : MEMORY);
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size)
{
    return fails_memory(CALLER) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails_memory(CALLER) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return fails_memory(CALLER) ? NULL : __libc_realloc(memory, size);
}

#endif

/* ---- the trace ------------------------------------------------------------
 */

static bool is_traced(void)
{
    return counted && inject.trace >= 0;
}

/* Writes by a direct system call, which is not counted and does not fail. No
 * test has a name so long that its line would be truncated. */
static void trace_line(const char *verb, const char *what)
{
    char line[2 * PATH_MAX + 32];
    int len = snprintf(line, sizeof(line), "%s %s\n", verb, what);
    int number = errno;

    (void)syscall(SYS_write, inject.trace, line, (size_t)len);
    errno = number;
}

static void trace_fd(const char *verb, int fd)
{
    char link[64], path[PATH_MAX];
    ssize_t len;

    if (!is_traced())
        return;
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    len = readlink(link, path, sizeof(path) - 1);
    if (len < 0)
        return;
    path[len] = '\0';
    trace_line(verb, path);
}

/* Makes a name absolute. Names longer than those of the tests are truncated. */
static void make_absolute(char path[PATH_MAX], const char *name)
{
    char directory[PATH_MAX] = "";

    if (name[0] == '/' || !getcwd(directory, sizeof(directory)))
        (void)snprintf(path, PATH_MAX, "%s", name);
    else
        (void)snprintf(path, PATH_MAX, "%.2000s/%.2000s", directory, name);
}

/* to: a second name, or NULL. */
static void trace_names(const char *verb, const char *from, const char *to)
{
    char one[PATH_MAX], other[PATH_MAX], both[2 * PATH_MAX];

    if (!is_traced())
        return;
    make_absolute(one, from);
    if (to) {
        make_absolute(other, to);
        (void)snprintf(both, sizeof(both), "%s %s", one, other);
    }
    trace_line(verb, to ? both : one);
}

static void trace_data(const char *verb, const char *data, size_t size)
{
    char word[16] = "";

    if (!is_traced())
        return;
    for (size_t i = 0; i < size && i < sizeof(word) - 1; i++) {
        if (data[i] <= ' ')
            break;
        word[i] = data[i];
    }
    trace_line(verb, word);
}

/* ---- other calls -----------------------------------------------------------
 */

/* Defines a function that fails, or calls the next function of that name and
 * traces its success. */
#define TAKE_TRACED(type, name, call, parameters, arguments, trace)            \
    type name parameters;                                                      \
    type name parameters                                                       \
    {                                                                          \
        static type(*next) parameters;                                         \
        type result;                                                           \
                                                                               \
        if (!next)                                                             \
            FIND(next, #name);                                                 \
        if (fails(call))                                                       \
            return (type)-1;                                                   \
        result = next arguments;                                               \
        if (result != (type)-1)                                                \
            trace;                                                             \
        return result;                                                         \
    }

#define TAKE(type, name, call, parameters, arguments)                          \
    TAKE_TRACED(type, name, call, parameters, arguments, (void)0)

TAKE(ssize_t, read, READ, (int fd, void *data, size_t size), (fd, data, size))
TAKE(ssize_t, __read_chk, READ, (int fd, void *data, size_t size, size_t room),
     (fd, data, size, room))
TAKE(ssize_t, pread, PREAD, (int fd, void *data, size_t size, off_t offset),
     (fd, data, size, offset))
TAKE(ssize_t, pread64, PREAD, (int fd, void *data, size_t size, off_t offset),
     (fd, data, size, offset))
TAKE_TRACED(ssize_t, write, WRITE, (int fd, const void *data, size_t size),
            (fd, data, size), trace_fd("write", fd))
TAKE_TRACED(int, fsync, FSYNC, (int fd), (fd), trace_fd("fsync", fd))
TAKE_TRACED(int, fdatasync, FDATASYNC, (int fd), (fd),
            trace_fd("fdatasync", fd))
TAKE_TRACED(int, ftruncate, FTRUNCATE, (int fd, off_t size), (fd, size),
            trace_fd("ftruncate", fd))
TAKE_TRACED(int, ftruncate64, FTRUNCATE, (int fd, off_t size), (fd, size),
            trace_fd("ftruncate", fd))
TAKE(int, flock, FLOCK, (int fd, int operation), (fd, operation))
TAKE(int, fchmod, FCHMOD, (int fd, mode_t mode), (fd, mode))
TAKE(int, fstat, FSTAT, (int fd, struct stat *status), (fd, status))
TAKE(off_t, lseek, LSEEK, (int fd, off_t offset, int whence),
     (fd, offset, whence))
TAKE_TRACED(int, rename, RENAME, (const char *from, const char *to), (from, to),
            trace_names("rename", from, to))
TAKE_TRACED(int, link, LINK, (const char *from, const char *to), (from, to),
            trace_names("link", from, to))
TAKE_TRACED(int, unlink, UNLINK, (const char *path), (path),
            trace_names("unlink", path, NULL))
TAKE(int, poll, POLL, (struct pollfd * fds, nfds_t count, int milliseconds),
     (fds, count, milliseconds))
TAKE(int, __poll_chk, POLL,
     (struct pollfd * fds, nfds_t count, int milliseconds, size_t size),
     (fds, count, milliseconds, size))
TAKE(int, socket, SOCKET, (int domain, int type, int protocol),
     (domain, type, protocol))
TAKE(int, connect, CONNECT,
     (int fd, __CONST_SOCKADDR_ARG address, socklen_t len), (fd, address, len))
TAKE_TRACED(ssize_t, send, SEND,
            (int fd, const void *data, size_t size, int flags),
            (fd, data, size, flags), trace_data("send", data, size))
TAKE(ssize_t, recv, RECV, (int fd, void *data, size_t size, int flags),
     (fd, data, size, flags))
TAKE(int, __open_2, OPEN, (const char *path, int flags), (path, flags))

/* A file whose close() fails is closed nevertheless. */
int close(int fd)
{
    static int (*next)(int fd);
    bool failing = fails(CLOSE);
    int number = errno, result;

    if (!next)
        FIND(next, "close");
    result = next(fd);
    if (!failing)
        return result;
    errno = number;
    return -1;
}

int open(const char *path, int flags, ...)
{
    static int (*next)(const char *path, int flags, ...);
    mode_t mode = 0;
    va_list arguments;
    int fd;

    if (flags & O_CREAT) {
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    if (!next)
        FIND(next, "open");
    if (fails(OPEN))
        return -1;
    fd = next(path, flags, mode);
    if (fd >= 0 && flags & O_CREAT)
        trace_names("create", path, NULL);
    return fd;
}
