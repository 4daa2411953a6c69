#include "run/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/utf8.h"

#define PENDING_MAX ((size_t)1 << 20) /* bytes; more are written at once */
#define ENTRY_MAX   ((size_t)1 << 16) /* more than any entry needs */
#define VALUE_SIZE  1024              /* a longer value is truncated */

struct log {
    const struct clock *clock;
    const char *path; /* NULL: nothing is logged */
    int fd;
    bool json;
    enum log_level level;
    int failure; /* errno of the first failure: no line follows it */
    struct buffer pending;
};

/* ---- opening --------------------------------------------------------------
 */

/* Standard error is shared instead of opened again: under systemd it is a
 * socket, which cannot be opened. If it is a file, messages and lines share one
 * offset.
 */
static int share_standard_error(void)
{
    if ((fcntl(STDERR_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY) {
        errno = EBADF;
        return -1;
    }
    return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* O_NONBLOCK, so that a pipe without a reader is an error, not an endless wait.
 */
static int open_file(const char *path)
{
    const int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

    if (strcmp(path, "/dev/stderr") == 0)
        return share_standard_error();
    return open(path, flags | O_CREAT, 0600);
}

static int check_file(const struct log *log, struct error *error)
{
    struct stat status;

    if (fstat(log->fd, &status))
        return error_set(error, ERROR_USAGE, "--log-file %s: %s", log->path,
                         strerror(errno));
    if (S_ISBLK(status.st_mode))
        return error_set(error, ERROR_USAGE,
                         "--log-file %s is a disk; choose a file", log->path);
    return 0;
}

static int open_log(struct log *log, struct error *error)
{
    log->fd = open_file(log->path);
    if (log->fd < 0)
        return error_set(
            error, ERROR_USAGE, "--log-file %s cannot be opened: %s", log->path,
            errno == ENXIO ? "nobody reads from this pipe" : strerror(errno));
    return check_file(log, error);
}

struct log *log_open(const struct log_setup *setup, struct error *error)
{
    struct log *log = calloc(1, sizeof(*log));

    if (!log) {
        error_memory(error);
        return NULL;
    }
    log->clock = setup->clock;
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

/* ---- writing --------------------------------------------------------------
 */

/* Writes what is pending. If a pipe is full, the rest stays, up to a bound:
 * waiting for its reader would delay the calls. */
static void write_pending(struct log *log)
{
    struct buffer *pending = &log->pending;
    size_t done = 0;
    ssize_t count;

    while (done < pending->len) {
        count = write(log->fd, pending->data + done, pending->len - done);
        if (count >= 0) {
            done += (size_t)count;
        } else if (errno == EAGAIN && pending->len - done <= PENDING_MAX) {
            break;
        } else if (errno != EINTR) {
            log->failure = errno;
            buffer_clear(pending);
            return;
        }
    }
    if (done == 0)
        return;
    memmove(pending->data, pending->data + done, pending->len - done);
    pending->len -= done;
}

int log_flush(struct log *log, struct error *error)
{
    if (!log || !log->path)
        return 0;
    if (!log->failure)
        write_pending(log);
    if (log->failure)
        return error_set(error, ERROR_LOCAL, "cannot write --log-file %s: %s",
                         log->path,
                         log->failure == EAGAIN ? "its reader is too slow"
                                                : strerror(log->failure));
    return 0;
}

void log_free(struct log *log)
{
    if (!log)
        return;
    if (log->fd >= 0) {
        write_pending(log);
        close(log->fd);
    }
    buffer_free(&log->pending);
    free(log);
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
        put_number(log, line, "wait_ms", entry->wait_ms) ||
        put_number(log, line, "per_minute", entry->per_minute) ||
        put_number(log, line, "rows", (int64_t)entry->rows) ||
        put_end(log, line, entry->text))
        return -1;
    return 0;
}

void log_put(struct log *log, const struct log_entry *entry)
{
    size_t before;

    if (!log || !log->path || log->failure || entry->level > log->level)
        return;
    before = log->pending.len;
    if (put_line(log, &log->pending, entry)) {
        log->failure = errno;
        log->pending.len = before;
    } else if (log->pending.len > PENDING_MAX) {
        write_pending(log);
    }
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
