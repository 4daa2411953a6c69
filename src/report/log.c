#include "report/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/locked_file.h"
#include "base/utf8.h"

#define PENDING_MAX ((size_t)1 << 20) /* bytes of lines that wait */
#define ENTRY_MAX   ((size_t)1 << 16) /* more than any entry needs */
#define VALUE_SIZE  1024              /* a longer value is truncated */
#define END_MS      1000              /* for the reader, at the end */

/* How it is written without waiting for a reader. */
enum way {
    WAY_FILE,        /* a regular file: there is no reader */
    WAY_NONBLOCKING, /* a description of our own, with O_NONBLOCK */
    WAY_SOCKET,      /* by a flag of each call */
    WAY_POLL         /* shared with other processes: only if it is writable */
};

struct log {
    const struct clock *clock;
    const struct file_system *files; /* of the descriptor */
    const char *path;                /* NULL: nothing is logged */
    int fd;
    enum way way;
    bool json;
    enum log_level level;
    int failure; /* errno of the first failure: no line follows it */
    struct buffer pending;
    uint64_t dropped; /* lines since the last one that was put */
};

/* ---- opening --------------------------------------------------------------
 */

static bool is_standard_error(const char *path)
{
    return strcmp(path, "/dev/stderr") == 0;
}

/* O_NONBLOCK belongs to the description, which other processes share. So a pipe
 * or device is opened again; that fails if it belongs to another user. A socket
 * cannot be opened. If standard error is a file, messages and lines share one
 * offset. */
static int open_standard_error(struct log *log, int flags)
{
    struct stat status;
    int fd;

    log->files = &file_system_posix;
    if ((fcntl(STDERR_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY) {
        errno = EBADF;
        return -1;
    }
    if (fstat(STDERR_FILENO, &status))
        return -1;
    if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode)) {
        fd = open("/proc/self/fd/2", flags);
        if (fd >= 0)
            return fd;
        log->way = WAY_POLL;
    }
    return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* O_NONBLOCK, so that a pipe without a reader is an error, not an endless wait.
 */
static int open_file(struct log *log)
{
    const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

    log->way = WAY_NONBLOCKING;
    if (is_standard_error(log->path))
        return open_standard_error(log, flags);
    return log->files->open(log->files, log->path, flags | O_CREAT, 0600);
}

static int check_file(struct log *log, struct error *error)
{
    struct stat status;
    const char *flaw;

    if (log->files->stat_open(log->files, log->fd, &status))
        return error_set(error, ERROR_USAGE, "--log-file %s: %s", log->path,
                         strerror(errno));
    if (S_ISBLK(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "--log-file %s is a disk; choose a file", log->path);
    if (S_ISREG(status.st_mode))
        log->way = WAY_FILE;
    else if (S_ISSOCK(status.st_mode))
        log->way = WAY_SOCKET;
    flaw = S_ISREG(status.st_mode) ? locked_file_flaw(&status) : NULL;
    if (flaw && !is_standard_error(log->path))
        return error_set(error, ERROR_USAGE,
                         "--log-file %s %s: choose another file", log->path,
                         flaw);
    return 0;
}

static int open_log(struct log *log, struct error *error)
{
    log->fd = open_file(log);
    if (log->fd < 0)
        return error_set(
            error, ERROR_USAGE, "--log-file %s cannot be opened: %s", log->path,
            errno == ENXIO ? "nobody reads from this pipe" : strerror(errno));
    return check_file(log, error);
}

/* ---- writing --------------------------------------------------------------
 */

/* Is there room for PIPE_BUF bytes? Waits at most so many milliseconds. */
static bool wait_for_room(const struct log *log, int milliseconds)
{
    struct pollfd ready = {.fd = log->fd, .events = POLLOUT};

    return poll(&ready, 1, milliseconds) == 1;
}

/* As many whole lines as a pipe takes at once, so that what others write to it
 * does not come between; or one longer line. */
static size_t first_lines(const char *data, size_t len)
{
    size_t end = len < PIPE_BUF ? len : PIPE_BUF;
    const char *line_end;

    while (end > 0 && data[end - 1] != '\n')
        end--;
    if (end > 0)
        return end;
    line_end = memchr(data, '\n', len);
    return line_end ? (size_t)(line_end - data) + 1 : len;
}

/* As write(2): EAGAIN if it would wait. */
static ssize_t write_some(const struct log *log, const char *data, size_t len)
{
    if (log->way == WAY_FILE)
        return log->files->write(log->files, log->fd, data, len);
    len = first_lines(data, len);
    if (log->way == WAY_SOCKET)
        return send(log->fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (log->way == WAY_POLL && len > PIPE_BUF)
        len = PIPE_BUF;
    if (log->way == WAY_POLL && !wait_for_room(log, 0)) {
        errno = EAGAIN;
        return -1;
    }
    return log->files->write(log->files, log->fd, data, len);
}

/* ---- the lines ------------------------------------------------------------
 */

static int put_time(const struct log *log, struct buffer *line)
{
    int64_t now = log->clock->wall_us(log->clock);
    time_t seconds = (time_t)(now / 1000000);
    struct tm tm;
    char text[40];

    if (!gmtime_r(&seconds, &tm) ||
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
        return -1;
    return buffer_printf(line, "%s.%03dZ", text, (int)(now / 1000 % 1000));
}

static int put_string(struct buffer *line, const char *text)
{
    char clean[VALUE_SIZE];

    (void)utf8_clean(clean, sizeof(clean), text);
    return json_put_string(line, clean);
}

/* Quoted only if the text contains a character that is not plain. */
static int put_word(struct buffer *line, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/";

    return text[strspn(text, plain)] ? put_string(line, text)
                                     : buffer_puts(line, text);
}

/* Begins a member: the separator and its name. */
static int put_key(const struct log *log, struct buffer *line, const char *key)
{
    return buffer_printf(line, log->json ? ",\"%s\":" : " %s=", key);
}

static int put_text(const struct log *log, struct buffer *line, const char *key,
                    const char *text)
{
    if (!text || !*text)
        return 0;
    if (put_key(log, line, key))
        return -1;
    return log->json ? put_string(line, text) : put_word(line, text);
}

static int put_number(const struct log *log, struct buffer *line,
                      const char *key, int64_t number)
{
    if (number <= 0)
        return 0;
    if (put_key(log, line, key))
        return -1;
    return buffer_put_number(line, (uint64_t)number);
}

static int put_begin(const struct log *log, struct buffer *line,
                     const struct log_entry *entry)
{
    if (buffer_puts(line, log->json ? "{\"time\":\"" : "") ||
        put_time(log, line) ||
        buffer_printf(line,
                      log->json ? "\",\"level\":\"%s\",\"event\":" : " %s ",
                      log_level_name(entry->level)))
        return -1;
    return log->json ? put_string(line, entry->event)
                     : put_word(line, entry->event);
}

static int put_end(const struct log *log, struct buffer *line, const char *text)
{
    char clean[VALUE_SIZE];

    if (log->json)
        return put_text(log, line, "text", text) ? -1
                                                 : buffer_puts(line, "}\n");
    (void)utf8_clean(clean, sizeof(clean), text);
    return buffer_printf(line, *clean ? ": %s\n" : "%s\n", clean);
}

static int put_line(const struct log *log, struct buffer *line,
                    const struct log_entry *entry)
{
    if (put_begin(log, line, entry) ||
        put_text(log, line, "user", entry->user) ||
        put_text(log, line, "call", entry->call) ||
        put_number(log, line, "attempt", entry->attempt) ||
        put_number(log, line, "http", entry->http_status) ||
        put_number(log, line, "code", entry->code) ||
        put_text(log, line, "error", entry->name) ||
        put_text(log, line, "tracking", entry->tracking_id) ||
        put_text(log, line, "reason", entry->reason) ||
        put_number(log, line, "wait_ms", entry->wait_ms) ||
        put_number(log, line, "per_minute", entry->per_minute) ||
        put_number(log, line, "rows", (int64_t)entry->rows) ||
        put_number(log, line, "dropped", (int64_t)entry->dropped) ||
        put_end(log, line, entry->text))
        return -1;
    return 0;
}

/* ---- putting --------------------------------------------------------------
 */

static void put_entry(struct log *log, const struct log_entry *entry)
{
    size_t before = log->pending.len;

    if (put_line(log, &log->pending, entry)) {
        log->failure = errno;
        log->pending.len = before;
    }
}

/* Reports the lines that were dropped. */
static void put_dropped(struct log *log)
{
    const struct log_entry entry = {
        .level = LOG_LEVEL_WARN,
        .event = "log-dropped",
        .wait_ms = -1,
        .dropped = log->dropped,
        .text = "lines were dropped here, because nobody read the log"};

    log->dropped = 0;
    put_entry(log, &entry);
}

/* Writes what can be written without waiting; the rest stays. */
static void write_pending(struct log *log)
{
    struct buffer *pending = &log->pending;
    size_t done = 0;
    ssize_t count;

    while (done < pending->len) {
        count = write_some(log, pending->data + done, pending->len - done);
        if (count >= 0) {
            done += (size_t)count;
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            log->failure = errno;
            buffer_clear(pending);
            return;
        }
    }
    if (done > 0)
        memmove(pending->data, pending->data + done, pending->len - done);
    pending->len -= done;
    if (log->dropped > 0 && pending->len <= PENDING_MAX / 2)
        put_dropped(log);
}

void log_put(struct log *log, const struct log_entry *entry)
{
    if (!log || !log->path || log->failure || entry->level > log->level)
        return;
    if (log->pending.len > PENDING_MAX)
        write_pending(log);
    if (log->dropped > 0 || log->pending.len > PENDING_MAX)
        log->dropped++;
    else
        put_entry(log, entry);
}

void log_event(struct log *log, enum log_level level, const char *event,
               uint64_t rows, const char *text)
{
    const struct log_entry entry = {.level = level,
                                    .event = event,
                                    .wait_ms = -1,
                                    .rows = rows,
                                    .text = text};

    log_put(log, &entry);
}

/* ---- the whole log ------------------------------------------------------ */

struct log *log_open(const struct log_setup *setup, struct error *error)
{
    struct log *log = calloc(1, sizeof(*log));

    if (!log) {
        error_memory(error);
        return NULL;
    }
    log->clock = setup->clock;
    log->files = setup->files;
    log->path = setup->path;
    log->json = setup->json;
    log->level = setup->level;
    buffer_init(&log->pending, PENDING_MAX + ENTRY_MAX);
    log->fd = -1;
    if (log->path && open_log(log, error)) {
        log_free(log);
        return NULL;
    }
    return log;
}

int log_flush(struct log *log, struct error *error)
{
    if (!log || !log->path)
        return 0;
    if (!log->failure)
        write_pending(log);
    if (log->failure) {
        (void)error_set(error, ERROR_LOCAL, "cannot write --log-file %s: %s",
                        log->path, strerror(log->failure));
        error->option = "--log-file";
        return -1;
    }
    return 0;
}

/* A reader gets a moment at the end, but a run does not wait for one that does
 * not read. */
static void write_rest(struct log *log)
{
    int64_t end = clock_ms(log->clock) + END_MS;
    int64_t left = END_MS;

    write_pending(log);
    while (log->pending.len > 0 && left > 0 && wait_for_room(log, (int)left)) {
        write_pending(log);
        left = end - clock_ms(log->clock);
    }
}

void log_free(struct log *log)
{
    if (!log)
        return;
    if (log->fd >= 0) {
        write_rest(log);
        log->files->close(log->files, log->fd);
    }
    buffer_free(&log->pending);
    free(log);
}
