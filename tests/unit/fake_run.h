/*
 * Whole runs in an empty directory, over the fake service: from INPUT to
 * OUTPUT.
 */
#ifndef FAKE_RUN_H
#define FAKE_RUN_H

#include <sys/prctl.h>

#include "cli/option_table.h"
#include "fake_users.h"
#include "files.h"
#include "run/pipeline.h"

#define INPUT   "users.csv"
#define OUTPUT  "result.csv"
#define PART    OUTPUT ".part"
#define JOURNAL OUTPUT ".journal"
#define REFRESH "refresh"

struct fixture {
    void *directory;
    struct fake_service service;
    struct platform platform;
    struct options options;
    struct credentials credentials;
    volatile sig_atomic_t stop;
    struct run_summary summary; /* cleared by the next run, or the end */
    struct error error;
    unsigned stop_after; /* updates; 0: the run is not stopped */
    bool lose_response;  /* of the last update before the stop */
    char result[65536];  /* a file that was read */
};

static inline int set_up(void **state)
{
    static struct fixture fixture;
    void *directory;

    if (enter_directory(&directory))
        return -1;
    memset(&fixture, 0, sizeof(fixture));
    fixture.directory = directory;
    fixture.platform = fake_service_init(&fixture.service);
    fake_options(&fixture.options, &fixture.credentials);
    fixture.options.input = INPUT;
    fixture.options.output = OUTPUT;
    fixture.options.quiet = true;
    *state = &fixture;
    return 0;
}

/* A run makes the process not dumpable, and a leak checker cannot look into
 * such a process. */
static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;

    run_summary_clear(&fixture->summary);
    if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
        return -1;
    return leave_directory(&fixture->directory);
}

/* The access token comes from the token endpoint, not from the credentials. */
static inline void sign_in_with_refresh_token(struct fixture *fixture)
{
    static char token_url[] = "https://token.example/path", file[] = REFRESH;
    static char client_id[] = "client";

    make_file(REFRESH, "old", 0600);
    fixture->credentials.access_token = NULL;
    fixture->credentials.token_url = token_url;
    fixture->credentials.refresh_file = file;
    fixture->credentials.client_id = client_id;
}

static inline int run(struct fixture *fixture)
{
    fixture->error = (struct error){.kind = ERROR_NONE};
    run_summary_clear(&fixture->summary);
    return pipeline_run(&fixture->platform, &fixture->options,
                        &fixture->credentials, &fixture->stop,
                        &fixture->summary, &fixture->error);
}

static inline void run_completely(struct fixture *fixture)
{
    if (run(fixture))
        fail_msg("%s", fixture->error.text);
    assert_false(is_there(PART));
    assert_false(is_there(JOURNAL));
}

/* INPUT of users from 1 to count, who move to Ulm. */
static inline void make_input(unsigned count)
{
    char text[4096] = "Id,City\n";
    size_t len = strlen(text);

    for (unsigned id = 1; id <= count; id++) {
        (void)snprintf(text + len, sizeof(text) - len, "%u,Ulm\n", id);
        len += strlen(text + len);
    }
    make_file(INPUT, text, 0600);
}

/* Bytes of INPUT that the run has read so far, in its last reading; and the
 * clock, in microseconds. Each part takes a millisecond. */
static off_t input_place;
static int64_t *input_clock;

static inline ssize_t read_input(const struct file_system *files, int fd,
                                 void *data, size_t len, off_t offset)
{
    ssize_t got =
        file_system_posix.read_at(&file_system_posix, fd, data, len, offset);

    struct stat input, status;

    (void)files;
    *input_clock += 1000;
    assert_int_equal(stat(INPUT, &input) || fstat(fd, &status), 0);
    if (status.st_ino == input.st_ino && got > 0)
        input_place = offset + got;
    return got;
}

/* INPUT of so many lines, whose reading is watched. Returns its size. */
static inline off_t make_long_input(struct fixture *fixture, const char *first,
                                    const char *line, unsigned count)
{
    static struct file_system files;
    FILE *file = fopen(INPUT, "w");
    off_t size;

    assert_non_null(file);
    fprintf(file, "Id,City\n%s", first);
    for (unsigned i = 0; i < count; i++)
        (void)fputs(line, file);
    size = ftello(file);
    assert_int_equal(fclose(file), 0);
    files = file_system_posix;
    files.read_at = read_input;
    input_clock = &fixture->service.network.now;
    fixture->platform.files = &files;
    return size;
}

static inline const char *read_result(struct fixture *fixture, const char *name)
{
    FILE *file = fopen(name, "r");
    size_t len;

    if (!file)
        fail_msg("there is no %s", name);
    len = fread(fixture->result, 1, sizeof(fixture->result) - 1, file);
    assert_int_equal(fclose(file), 0);
    fixture->result[len] = '\0';
    return fixture->result;
}

/* The rows of a result file must begin like this (Row, Id, Status), in this
 * order, and there must be no others. */
static inline void assert_rows(struct fixture *fixture, const char *name,
                               const char *const *rows, unsigned count)
{
    const char *line = read_result(fixture, name);

    assert_int_equal(strncmp(line, "Row,Id,Status,", 14), 0);
    for (unsigned i = 0; i < count; i++) {
        size_t len = strlen(rows[i]);

        line = strchr(line, '\n') + 1;
        if (strncmp(line, rows[i], len) != 0 || line[len] != ',')
            fail_msg("not %s: %s", rows[i], line);
    }
    assert_string_equal(strchr(line, '\n'), "\n");
}

/* The same if users from 1 to count are Updated, one row each. */
static inline void assert_all_updated(struct fixture *fixture, unsigned count)
{
    char texts[FAKE_USERS][32];
    const char *rows[FAKE_USERS];

    for (unsigned i = 0; i < count; i++) {
        (void)snprintf(texts[i], sizeof(texts[i]), "%u,%u,Updated", i + 1,
                       i + 1);
        rows[i] = texts[i];
        assert_int_equal(fixture->service.users[i + 1].updates, 1);
        assert_string_equal(fixture->service.users[i + 1].city, "Ulm");
    }
    assert_rows(fixture, OUTPUT, rows, count);
}

/* For intercept: the calls of user 1 take five seconds. */
static inline bool delay_first(struct fake_service *service,
                               const struct fake_call *call, unsigned id,
                               struct fake_response *response)
{
    (void)service;
    (void)call;
    if (id == 1)
        response->latency = 5000;
    return false;
}

static inline void write_text(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* With the first update, the last line of the pipe comes. */
struct late_line {
    int fd; /* -1: it was written */
    const char *text;
};

static inline bool write_late_line(struct fake_service *service,
                                   const struct fake_call *call, unsigned id,
                                   struct fake_response *response)
{
    struct late_line *line = service->context;

    (void)id;
    (void)response;
    if (!fake_is_update(call) || line->fd < 0)
        return false;
    write_text(line->fd, line->text);
    assert_int_equal(close(line->fd), 0);
    line->fd = -1;
    return false;
}

static inline void open_pipe(struct fixture *fixture, const char *rows,
                             struct late_line *line)
{
    assert_int_equal(mkfifo(INPUT, 0600), 0);
    line->fd = open(INPUT, O_RDWR | O_CLOEXEC);
    assert_true(line->fd >= 0);
    write_text(line->fd, rows);
    fixture->service.intercept = write_late_line;
    fixture->service.context = line;
}

/* A test that begins with an empty directory and users who live in Bonn. */
#define WITH_RUN(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
