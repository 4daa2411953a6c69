/*
 * Recoveries in a directory of their own: a run, the journal that it leaves,
 * and the run that resumes it.
 */
#ifndef RECOVERIES_H
#define RECOVERIES_H

#include "unit.h"

#include <signal.h>
#include <sys/resource.h>

#include "files.h"
#include "journal/recovery.h"
#include "watched_files.h"

#define NAME   "out.csv.journal"
#define PART   "out.csv.part"
#define OUTPUT "out.csv"

/* More than all records of these tests. */
#define FILE_SIZE 4096
#define MARKS     16

/* What precedes the text of a record, and the place of its length. */
#define PREFIX_SIZE 20
#define LENGTH_AT   11

/* ---- the journal as a file ------------------------------------------------
 */

struct file {
    char data[FILE_SIZE];
    size_t len;
};

static inline void read_file(struct file *file)
{
    int fd = open(NAME, O_RDONLY | O_CLOEXEC);
    ssize_t len = read(fd, file->data, sizeof(file->data));

    assert_true(len >= 0 && len < FILE_SIZE);
    file->len = (size_t)len;
    assert_int_equal(close(fd), 0);
}

static inline void write_file(const struct file *file, size_t len)
{
    int fd;

    /* A new file: to close an emptied one can wait for the disk. */
    assert_int_equal(unlink(NAME), 0);
    fd = open(NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, file->data, len), len);
    assert_int_equal(close(fd), 0);
}

/* ---- runs ---------------------------------------------------------------- */

static inline int sync_nothing(const struct file_system *files, int fd)
{
    (void)files;
    (void)fd;
    return 0;
}

/* The files of this machine, without its syncs. */
static inline const struct file_system *quick_files(void)
{
    static struct file_system files;

    files = file_system_posix;
    files.sync = files.sync_data = sync_nothing;
    return &files;
}

static const unsigned char input[HASH_SIZE] = {0xab, 0x12, 0xcd, 0x34, 0x56};
static const unsigned char hash[HASH_SIZE] = {0xfe, [HASH_SIZE - 1] = 0x0d};

static inline struct fingerprint_setup make_fingerprint(void)
{
    return (struct fingerprint_setup){
        .input = input,
        .output = OUTPUT,
        .service = "rest",
        .endpoint = "https://service.example/v13",
        .delimiter = ',',
        .clear_token = "delete_value",
        .window = 100000,
        .shards = 1,
    };
}

/* What a run says of an earlier one. */
enum choice { NONE, RESUME, RESTART };

/* What a replay has found, a line each. */
struct seen {
    struct buffer text;
    uint64_t refuse; /* the row at which the handler fails; 0: none */
};

static inline int see_row(void *context, uint64_t sequence, enum status status,
                          const char *text, size_t len, struct error *error)
{
    struct seen *seen = context;

    if (seen->refuse && sequence == seen->refuse)
        return error_set(error, ERROR_LOCAL, "refused");
    assert_int_equal(buffer_printf(&seen->text, "row %u %s %.*s\n",
                                   (unsigned)sequence, status_name(status),
                                   (int)len, text),
                     0);
    return 0;
}

static inline void see_own_write(void *context, struct shared_state before,
                                 struct shared_state after)
{
    struct seen *seen = context;

    assert_int_equal(buffer_printf(&seen->text, "written %s %u, %s %u\n",
                                   before.time, (unsigned)before.shared,
                                   after.time, (unsigned)after.shared),
                     0);
}

static inline void see_checkpoint(void *context, uint64_t bytes,
                                  const unsigned char of[HASH_SIZE])
{
    struct seen *seen = context;

    assert_int_equal(buffer_printf(&seen->text, "checkpoint %u %02x%02x\n",
                                   (unsigned)bytes, of[0], of[HASH_SIZE - 1]),
                     0);
}

static inline void see_cells(void *context, uint64_t cells, uint64_t drifting)
{
    struct seen *seen = context;

    assert_int_equal(buffer_printf(&seen->text, "cells %u %u\n",
                                   (unsigned)cells, (unsigned)drifting),
                     0);
}

static const struct replay_handler handler = {.row = see_row,
                                              .own_write = see_own_write,
                                              .checkpoint = see_checkpoint,
                                              .cells = see_cells};

static inline struct recovery_setup make_setup(const struct file_system *files,
                                               enum choice choice)
{
    return (struct recovery_setup){.files = files,
                                   .path = NAME,
                                   .staging = PART,
                                   .output = OUTPUT,
                                   .process = "host 123 0011223344556677",
                                   .resume = choice == RESUME,
                                   .restart = choice == RESTART};
}

static inline struct recovery *try_open(const struct file_system *files,
                                        enum choice choice, struct error *error)
{
    const struct recovery_setup setup = make_setup(files, choice);

    return recovery_open(&setup, error);
}

static inline struct recovery *open_with(const struct file_system *files,
                                         enum choice choice)
{
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery = try_open(files, choice, &error);

    if (!recovery)
        fail_msg("%s", error.text);
    return recovery;
}

static inline int try_begin(struct recovery *recovery, struct seen *seen,
                            struct error *error)
{
    const struct fingerprint_setup fingerprint = make_fingerprint();

    return recovery_begin(recovery, &fingerprint, &handler, seen, error);
}

/* A run that begins; what it replays of an earlier one is appended to seen. */
static inline struct recovery *begin_with(const struct file_system *files,
                                          enum choice choice, struct seen *seen)
{
    struct error error = {.kind = ERROR_NONE};
    struct recovery *recovery = open_with(files, choice);

    if (try_begin(recovery, seen, &error))
        fail_msg("%s", error.text);
    return recovery;
}

static inline struct recovery *resume_run(struct seen *seen)
{
    seen->refuse = 0;
    buffer_init(&seen->text, (size_t)8 << 20);
    return begin_with(quick_files(), RESUME, seen);
}

static inline struct recovery *new_run_with(const struct file_system *files)
{
    struct seen seen = {.refuse = 0};
    struct recovery *recovery = begin_with(files, NONE, &seen);

    assert_false(recovery_resumed(recovery));
    return recovery;
}

static inline struct recovery *new_run(void)
{
    return new_run_with(quick_files());
}

/* The time does not change, so that nothing is synced. */
static inline void flush(struct recovery *recovery)
{
    struct error error = {.kind = ERROR_NONE};

    if (recovery_flush(recovery, 0, &error))
        fail_msg("%s", error.text);
}

static inline void put_intent(struct recovery *recovery, const char *key,
                              const unsigned *sequences, size_t count)
{
    const struct sent sent = {.stamps = "AAAA= BBBB=",
                              .last_modified = "2026-01-02T03:04:05.678",
                              .shared = UINT64_MAX,
                              .telling = 1,
                              .changed = 1U << 5 | 1U};
    struct group group = {.key = key};
    struct row **link = &group.rows;

    for (size_t i = 0; i < count; i++) {
        *link = make_row(sequences[i] + 1, key, "");
        link = &(*link)->next;
    }
    assert_int_equal(recovery_put_intent(recovery, &group, &sent), 0);
    row_free_all(group.rows);
}

static inline void put_row_or_part(struct recovery *recovery,
                                   enum status status, unsigned sequence,
                                   const char *text, bool part)
{
    assert_int_equal(recovery_begin_rows(recovery, status), 0);
    assert_int_equal(recovery_add_row(recovery, sequence, text, strlen(text)),
                     0);
    assert_int_equal(recovery_end_rows(recovery, part), 0);
}

static inline void put_row(struct recovery *recovery, enum status status,
                           unsigned sequence, const char *text)
{
    put_row_or_part(recovery, status, sequence, text, false);
}

/* The same for a row that counts only with what is put next. */
static inline void put_part(struct recovery *recovery, enum status status,
                            unsigned sequence, const char *text)
{
    put_row_or_part(recovery, status, sequence, text, true);
}

/* The journal after each of its records: its length, what a replay finds, and
 * the rows with an open intent. */
struct mark {
    size_t len;
    const char *seen;
    const char *open;
};

struct marks {
    struct mark marks[MARKS];
    size_t count;
};

static inline void mark(struct recovery *recovery, struct marks *marks,
                        const char *seen, const char *open)
{
    struct stat status;

    flush(recovery);
    assert_int_equal(stat(NAME, &status), 0);
    marks->marks[marks->count++] =
        (struct mark){(size_t)status.st_size, seen, open};
}

#define ROW_0   "row 0 Failed 1,\"a\nb\",Failed\n\n"
#define ROW_4   ROW_0 "row 4 Updated 5,7\n\nrow 6 Updated 7,7\n\n"
#define WRITTEN ROW_4 "written 2026-01-01 7,  8\n"
#define CHECK   WRITTEN "checkpoint 123456 fe0d\n"
#define CELLS   CHECK "cells 7 2\n"

/* A run with all types of records that is killed. */
static inline void make_journal(struct marks *marks)
{
    struct recovery *recovery = new_run();
    struct file file;

    marks->count = 0;
    read_file(&file);
    marks->marks[marks->count++] = (struct mark){
        PREFIX_SIZE + strtoul(file.data + LENGTH_AT, NULL, 10) + 1, "", ""};
    mark(recovery, marks, "", "");
    put_row(recovery, STATUS_FAILED, 0, "1,\"a\nb\",Failed\n");
    mark(recovery, marks, ROW_0, "");
    put_intent(recovery, "7", (const unsigned[]){4, 6, 7, 8, 10}, 5);
    mark(recovery, marks, ROW_0, "4 6 7 8 10 ");
    put_intent(recovery, "", (const unsigned[]){5}, 1);
    mark(recovery, marks, ROW_0, "4 5 6 7 8 10 ");
    put_intent(recovery, "7", (const unsigned[]){4, 6}, 2);
    mark(recovery, marks, ROW_0, "4 5 6 ");
    assert_int_equal(recovery_begin_rows(recovery, STATUS_UPDATED), 0);
    assert_int_equal(recovery_add_row(recovery, 4, "5,7\n", 4), 0);
    assert_int_equal(recovery_add_row(recovery, 6, "7,7\n", 4), 0);
    assert_int_equal(recovery_end_rows(recovery, false), 0);
    mark(recovery, marks, ROW_4, "5 ");
    assert_int_equal(
        recovery_put_own_write(recovery, (struct shared_state){"2026-01-01", 7},
                               (struct shared_state){"", 8}),
        0);
    mark(recovery, marks, WRITTEN, "5 ");
    assert_int_equal(recovery_put_checkpoint(recovery, 123456, hash), 0);
    mark(recovery, marks, CHECK, "5 ");
    assert_int_equal(recovery_put_cells(recovery, 7, 2), 0);
    mark(recovery, marks, CELLS, "5 ");
    recovery_free(recovery);
}

static inline void assert_open(const struct recovery *recovery,
                               const char *open)
{
    char text[64];
    size_t len = 0;

    text[0] = '\0';
    for (unsigned i = 0; i < 20; i++)
        if (recovery_open_intent(recovery, i))
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%u ", i);
    assert_string_equal(text, open);
}

/* The file must be replayed up to the mark, and records that are put then must
 * be replayed as well; NULL: the file must not count as a journal. */
static inline void assert_resumed(const struct mark *mark)
{
    struct seen seen;
    struct recovery *recovery = resume_run(&seen);
    char text[FILE_SIZE];

    assert_int_equal(recovery_resumed(recovery), mark != NULL);
    assert_string_equal(seen.text.data ? seen.text.data : "",
                        mark ? mark->seen : "");
    assert_open(recovery, mark ? mark->open : "");
    buffer_free(&seen.text);
    put_row(recovery, STATUS_UNKNOWN, 12, "13,9\n");
    flush(recovery);
    recovery_free(recovery);

    recovery = resume_run(&seen);
    assert_true(recovery_resumed(recovery));
    (void)snprintf(text, sizeof(text), "%srow 12 Unknown 13,9\n\n",
                   mark ? mark->seen : "");
    assert_string_equal(seen.text.data, text);
    assert_open(recovery, mark ? mark->open : "");
    buffer_free(&seen.text);
    recovery_free(recovery);
}

static inline void assert_says(const struct error *error, const char *what)
{
    if (error->kind != ERROR_USAGE || !strstr(error->text, what))
        fail_msg("\"%s\" does not say \"%s\"", error->text, what);
}

/* The journal must be refused with this text, and stay as it is. */
static inline void assert_refused_as_it_is(enum choice choice, const char *what)
{
    struct file before, after;
    struct error error = {.kind = ERROR_NONE};

    read_file(&before);
    assert_null(try_open(quick_files(), choice, &error));
    assert_says(&error, what);
    assert_says(&error, "--restart");
    read_file(&after);
    assert_int_equal(after.len, before.len);
    assert_memory_equal(after.data, before.data, before.len);
}

/* The last mark that is not beyond len; NULL: there is no complete header. */
static inline const struct mark *find_mark(const struct marks *marks,
                                           size_t len)
{
    const struct mark *found = NULL;

    for (size_t i = 0; i < marks->count && marks->marks[i].len <= len; i++)
        found = &marks->marks[i];
    return found;
}

#endif
