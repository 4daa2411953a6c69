/*
 * The journal of an earlier run: whatever its bytes are, it is rejected or the
 * run is resumed. A run that can be resumed once can be resumed again, with the
 * rows that were added meanwhile.
 *
 * Byte 0 selects the meaning of the rest: the bytes of a file, or lines. Each
 * line becomes a complete record after a header. Its first byte is the type,
 * the others are the text, in which '|' means a line end.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/buffer.h"
#include "journal/fingerprint.h"
#include "journal/journal.h"
#include "journal/recovery.h"

#define MAX_LINE 4096
#define MAX_SEEN ((size_t)16 << 20)
#define ROWS     64

enum { BYTES, RECORDS, KINDS };

static const unsigned char input[HASH_SIZE] = {1, 2, 3};
static char directory[] = "/tmp/fuzz_journal.XXXXXX";
static char path[sizeof(directory) + sizeof("/journal")];
static struct file_system files; /* the system's, but a sync takes no time */

static int sync_nothing(const struct file_system *unused, int fd)
{
    (void)unused;
    (void)fd;
    return 0;
}

static void remove_directory(void)
{
    (void)unlink(path);
    (void)rmdir(directory);
}

static void make_directory(void)
{
    if (*path)
        return;
    MUST(mkdtemp(directory));
    (void)snprintf(path, sizeof(path), "%s/journal", directory);
    MUST(atexit(remove_directory) == 0);
    files = file_system_posix;
    files.sync = files.sync_data = sync_nothing;
}

static const struct fingerprint_setup fingerprint = {
    .input = input,
    .output = "journal",
    .service = "rest",
    .endpoint = "https://service.example",
    .delimiter = ',',
    .clear_token = "delete_value",
    .window = 100000,
    .shards = 1,
};

/* ---- the contents of a replay -------------------------------------------- */

struct seen {
    struct buffer records;
    struct buffer open;
};

static void must_be_same(const struct buffer *one, const struct buffer *other)
{
    MUST(one->len == other->len);
    MUST(one->len == 0 || memcmp(one->data, other->data, one->len) == 0);
}

static int see_row(void *context, uint64_t sequence, enum status status,
                   const char *text, size_t len, struct error *error)
{
    struct buffer *records = context;

    (void)error;
    MUST(status < STATUS_COUNT);
    MUST(buffer_printf(records, "row %llu %s ", (unsigned long long)sequence,
                       status_name(status)) == 0);
    MUST(buffer_append(records, text, len) == 0);
    return 0;
}

static void see_own_write(void *context, struct shared_state before,
                          struct shared_state after)
{
    MUST(buffer_printf(context, "written %s %llu %s %llu\n", before.time,
                       (unsigned long long)before.shared, after.time,
                       (unsigned long long)after.shared) == 0);
}

static void see_checkpoint(void *context, uint64_t bytes,
                           const unsigned char hash[HASH_SIZE])
{
    MUST(buffer_printf(context, "checkpoint %llu ",
                       (unsigned long long)bytes) == 0);
    MUST(buffer_append(context, hash, HASH_SIZE) == 0);
}

static void see_open(const struct recovery *recovery, struct buffer *open)
{
    for (uint64_t i = 0; i < ROWS; i++) {
        const struct sent *sent = recovery_open_intent(recovery, i);

        if (sent)
            MUST(buffer_printf(open, "open %s %s %llu\n", sent->stamps,
                               sent->last_modified,
                               (unsigned long long)sent->shared) == 0);
    }
}

/* ---- files --------------------------------------------------------------- */

static void write_bytes(struct bytes bytes)
{
    int fd;

    (void)unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    MUST(fd >= 0);
    MUST(write(fd, bytes.data, bytes.len) == (ssize_t)bytes.len);
    MUST(close(fd) == 0);
}

static void write_record(struct journal *journal, const char *line)
{
    struct buffer *text = journal_begin(journal, *line);

    MUST(text);
    for (line++; *line; line++)
        MUST(buffer_append(text, *line == '|' ? "\n" : line, 1) == 0);
    MUST(journal_end(journal) == 0);
}

static void write_records(struct bytes lines)
{
    struct error error;
    struct journal *journal;
    struct buffer *header;
    char line[MAX_LINE];

    (void)unlink(path);
    journal = journal_create(&files, path, &error);
    MUST(journal);
    header = journal_begin(journal, 'H');
    MUST(header && fingerprint_build(header, &fingerprint) == 0);
    MUST(journal_end(journal) == 0);
    while (lines.len > 0) {
        take_line(&lines, line, sizeof(line));
        if (*line)
            write_record(journal, line);
    }
    MUST(journal_flush(journal, &error) == 0);
    journal_free(journal);
}

/* ---- a run --------------------------------------------------------------- */

/* Resumes the run and adds a row. Returns -1 if the journal is rejected. */
static int resume(struct seen *seen)
{
    static const struct replay_handler handler = {.row = see_row,
                                                  .own_write = see_own_write,
                                                  .checkpoint = see_checkpoint};
    const struct recovery_setup setup = {.files = &files,
                                         .path = path,
                                         .staging = "/nowhere/part",
                                         .output = "/nowhere/output",
                                         .process = "host 1 2",
                                         .resume = true};
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery = recovery_open(&setup, &error);
    int result;

    if (!recovery) {
        must_be_error(&error, ERROR_USAGE);
        return -1;
    }
    result = recovery_begin(recovery, &fingerprint, &handler, &seen->records,
                            &error);
    if (result == 0) {
        MUST(recovery_begin_rows(recovery, STATUS_FAILED) == 0);
        MUST(recovery_add_row(recovery, ROWS, "x\n", 2) == 0);
        MUST(recovery_end_rows(recovery, false) == 0);
        MUST(recovery_flush(recovery, 0, &error) == 0);
        see_open(recovery, &seen->open);
    } else {
        must_be_error(&error, ERROR_USAGE);
    }
    recovery_free(recovery);
    return result;
}

static void seen_init(struct seen *seen)
{
    buffer_init(&seen->records, MAX_SEEN);
    buffer_init(&seen->open, MAX_SEEN);
}

static void seen_clear(struct seen *seen)
{
    buffer_free(&seen->records);
    buffer_free(&seen->open);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = {(const char *)data, size};
    unsigned kind = take_byte(&rest) % KINDS;
    struct seen once, twice;
    struct error error;

    make_directory();
    if (kind == BYTES)
        write_bytes(rest);
    else
        write_records(rest);
    seen_init(&once);
    seen_init(&twice);
    if (resume(&once) == 0) {
        MUST(see_row(&once.records, ROWS, STATUS_FAILED, "x\n", 2, &error) ==
             0);
        MUST(resume(&twice) == 0);
        must_be_same(&once.records, &twice.records);
        must_be_same(&once.open, &twice.open);
    }
    seen_clear(&once);
    seen_clear(&twice);
    return 0;
}
