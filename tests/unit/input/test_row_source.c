#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include <zlib.h>

#include "input/row_source.h"
#include "service/service.h"

static const volatile sig_atomic_t go_on = 0;
static const volatile sig_atomic_t stopped = 1;

/* A row source on the file of these tests, and what it called, as text:
 * "begin", "take NUMBER/SEQUENCE ID", "refuse NUMBER/SEQUENCE ID CODE", "skip
 * NUMBER", "check NUMBER ID", each followed by ';'. */
struct fixture {
    char path[32];
    struct input_rules rules;
    struct row_source *source;
    struct buffer calls;
    const char *fail_at; /* a call that fails; NULL: none */
    struct error error;
};

static int note(struct fixture *fixture, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int note(struct fixture *fixture, const char *format, ...)
{
    char text[128];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    assert_int_equal(buffer_printf(&fixture->calls, "%s;", text), 0);
    return fixture->fail_at && strcmp(text, fixture->fail_at) == 0 ? -1 : 0;
}

static int fail_as_asked(int result, struct error *error)
{
    return result ? error_set(error, ERROR_LOCAL, "the handler failed") : 0;
}

static int on_begin(void *context, struct error *error)
{
    return fail_as_asked(note(context, "begin"), error);
}

static int on_take(void *context, struct row *row, struct error *error)
{
    int result = note(context, "take %u/%u %s", (unsigned)row->number,
                      (unsigned)row->sequence, row->id);

    row_free(row);
    return fail_as_asked(result, error);
}

static int on_refuse(void *context, const struct refused_row *row,
                     struct error *error)
{
    return fail_as_asked(note(context, "refuse %u/%u %s %s",
                              (unsigned)row->record->number,
                              (unsigned)row->sequence, row->id, row->why->code),
                         error);
}

static void on_skip(void *context, uint64_t number)
{
    (void)note(context, "skip %u", (unsigned)number);
}

static int on_check(void *context, uint64_t number, const char *id,
                    struct error *error)
{
    return fail_as_asked(note(context, "check %u %s", (unsigned)number, id),
                         error);
}

static const struct row_handler handler = {
    .begin = on_begin, .take = on_take, .refuse = on_refuse, .skip = on_skip};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    int fd;

    if (!fixture)
        return -1;
    memcpy(fixture->path, "/tmp/test_rows.XXXXXX", 22);
    fixture->rules = (struct input_rules){.delimiter = ',',
                                          .clear_token = "delete_value",
                                          .shards = 1,
                                          .service = &service_rest};
    buffer_init(&fixture->calls, (size_t)1 << 20);
    *state = fixture;
    fd = mkstemp(fixture->path);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    row_source_free(fixture->source);
    buffer_free(&fixture->calls);
    (void)unlink(fixture->path);
    free(fixture);
    return 0;
}

static void write_file(const struct fixture *fixture, const char *text,
                       size_t len)
{
    int fd = open(fixture->path, O_WRONLY | O_TRUNC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    assert_int_equal(close(fd), 0);
}

/* Opens the source on the file, which gets that text. */
static void open_text(struct fixture *fixture, const char *text, size_t len)
{
    row_source_free(fixture->source);
    write_file(fixture, text, len);
    fixture->source =
        row_source_open(&file_system_posix, fixture->path, &fixture->rules,
                        &handler, fixture, &fixture->error);
    if (!fixture->source)
        fail_msg("%s", fixture->error.text);
}

static int validate(struct fixture *fixture)
{
    return row_source_validate(fixture->source, NULL, NULL, &go_on,
                               &fixture->error);
}

static uint64_t count_rows(struct fixture *fixture, const char *text)
{
    open_text(fixture, text, strlen(text));
    if (validate(fixture))
        fail_msg("%s: %s", text, fixture->error.text);
    return row_source_total(fixture->source);
}

/* Reads to the end, or to an error. */
static int read_all(struct fixture *fixture)
{
    while (!row_source_ended(fixture->source))
        if (row_source_read(fixture->source, &fixture->error))
            return -1;
    return 0;
}

/* ---- the validation pass ------------------------------------------------ */

/* Data rows must be counted as CSV has them, not by line ends. */
static void test_counts_rows(void **state)
{
    static const struct {
        const char *text;
        uint64_t rows;
    } cases[] = {
        {"Id", 0},
        {"Id\n", 0},
        {"Id,City\n1,Ulm\n", 1},
        {"Id,City\r\n1,Ulm\r\n2,Jena", 2},
        {"Id,City\n1,\"a\nb\n\"\n\n2,\"\"\n", 2},
        {"\xEF\xBB\xBFId\n1\n2\n3\n", 3},
        /* values are not validated here */
        {"Id,Lcid\nnonsense,Klingon\n,x\n,\n", 2},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(count_rows(*state, cases[i].text), cases[i].rows);
}

/* Many rows, in many chunks, must all be counted. */
static void test_counts_many_rows(void **state)
{
    const unsigned rows = 100000;
    struct buffer text;

    buffer_init(&text, (size_t)8 << 20);
    assert_int_equal(buffer_puts(&text, "Id,City\n"), 0);
    for (unsigned i = 1; i <= rows; i++)
        assert_int_equal(buffer_printf(&text, "%u,\"City, of %u\"\n", i, i), 0);
    assert_int_equal(count_rows(*state, text.data), rows);
    buffer_free(&text);
}

/* The delimiter of the rules must be used. */
static void test_uses_delimiter(void **state)
{
    struct fixture *fixture = *state;

    fixture->rules.delimiter = ';';
    assert_int_equal(count_rows(fixture, "Id;City\n1;Ulm, Donau\n"), 1);
}

/* An invalid file must be refused with its name and the position, and no row
 * must be passed on. */
static void test_refuses(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", "is empty"},
        {"Id,City\n1,\"Ulm\n", "row 1"},
        {"Id,City\n1,\"Ulm\"x\n", "row 1"},
        {"Id,City\n1,Ulm\n2\n", "row 2"},
        {"Id,City\n1,Ulm,3\n", "row 1"},
        {"Id,City\n1,\xFF\n", "row 1"},
        {"City\nUlm\n", "Id"},
        {"Id,Citty\n1,Ulm\n", "City"},
        {"Id,City,city\n1,Ulm,Ulm\n", "City"},
        {"Id,Password\n1,x\n", "Password"},
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        open_text(fixture, cases[i].text, strlen(cases[i].text));
        if (validate(fixture) == 0)
            fail_msg("accepted: %s", cases[i].text);
        assert_int_equal(fixture->error.kind, ERROR_INPUT);
        assert_non_null(strstr(fixture->error.text, fixture->path));
        if (!strstr(fixture->error.text, cases[i].part))
            fail_msg("%s: %s", cases[i].text, fixture->error.text);
        assert_int_equal(row_source_total(fixture->source), 0);
        assert_null(row_source_digest(fixture->source));
        assert_int_equal(fixture->calls.len, 0);
    }
}

/* A gzip file must be counted decompressed, and be refused if it is truncated,
 * however short the missing part is. */
static void test_gzip(void **state)
{
    static const char text[] = "Id,City\n1,Ulm\n2,Jena\n3,Bonn\n";
    struct fixture *fixture = *state;
    gzFile file = gzopen(fixture->path, "wb");
    char raw[256];
    ssize_t len;
    int fd;

    assert_non_null(file);
    assert_int_equal(gzwrite(file, text, sizeof(text) - 1), sizeof(text) - 1);
    assert_int_equal(gzclose(file), Z_OK);
    fd = open(fixture->path, O_RDONLY);
    assert_true(fd >= 0);
    len = read(fd, raw, sizeof(raw));
    assert_in_range(len, 20, sizeof(raw) - 1);
    assert_int_equal(close(fd), 0);

    open_text(fixture, raw, (size_t)len);
    assert_int_equal(validate(fixture), 0);
    assert_int_equal(row_source_total(fixture->source), 3);
    for (size_t cut = 2; cut < (size_t)len; cut++) {
        open_text(fixture, raw, cut);
        assert_int_equal(validate(fixture), -1);
        assert_int_equal(fixture->error.kind, ERROR_INPUT);
    }
}

/* A signal must stop the validation, and not be taken for an error of the
 * file. */
static void test_stops(void **state)
{
    static const char text[] = "Id,City\n1,Ulm\n";
    struct fixture *fixture = *state;

    open_text(fixture, text, sizeof(text) - 1);
    assert_int_equal(row_source_validate(fixture->source, NULL, NULL, &stopped,
                                         &fixture->error),
                     -1);
    assert_int_equal(fixture->error.kind, ERROR_STOPPED);
    assert_null(row_source_digest(fixture->source));
}

/* The validation pass must call the check for each row, Ids as given, and end
 * with its error. */
static void test_checks(void **state)
{
    static const char text[] = "City,Id\nUlm,007\nJena,x\nBonn,3\n";
    struct fixture *fixture = *state;

    open_text(fixture, text, sizeof(text) - 1);
    assert_int_equal(row_source_validate(fixture->source, on_check, fixture,
                                         &go_on, &fixture->error),
                     0);
    assert_string_equal(fixture->calls.data,
                        "check 1 007;check 2 x;check 3 3;");

    buffer_clear(&fixture->calls);
    fixture->fail_at = "check 2 x";
    open_text(fixture, text, sizeof(text) - 1);
    assert_int_equal(row_source_validate(fixture->source, on_check, fixture,
                                         &go_on, &fixture->error),
                     -1);
    assert_string_equal(fixture->error.text, "the handler failed");
    assert_string_equal(fixture->calls.data, "check 1 007;check 2 x;");
}

/* ---- rows --------------------------------------------------------------- */

/* Each row must be passed on once, in order, with the next sequence number; one
 * with an invalid value as refused. */
static void test_rows(void **state)
{
    static const char text[] = "Id,CountryCode\n01,DE\nx,DE\n-3,DE\n4,\n";
    struct fixture *fixture = *state;

    open_text(fixture, text, sizeof(text) - 1);
    assert_int_equal(validate(fixture), 0);
    assert_non_null(row_source_digest(fixture->source));
    assert_int_equal(read_all(fixture), 0);
    assert_string_equal(fixture->calls.data,
                        "begin;take 1/0 01;refuse 2/1 x InvalidId;"
                        "refuse 3/2 -3 InvalidId;take 4/3 4;");
    assert_int_equal(row_source_sequence(fixture->source), 4);
    assert_int_equal(row_source_rows(fixture->source), 4);
    assert_true(row_source_columns(fixture->source) &
                column_bit(column_named("CountryCode", 11)));
}

/* Rows of other shards must be skipped, without a sequence number, and rows of
 * all shards together must be the file. */
static void test_shards(void **state)
{
    static const char text[] = "Id\n1\n2\n3\n4\n5\n6\n7\n8\n9\nx\n";
    struct fixture *fixture = *state;
    uint64_t rows = 0;

    fixture->rules.shards = 3;
    for (fixture->rules.shard = 0; fixture->rules.shard < 3;
         fixture->rules.shard++) {
        buffer_clear(&fixture->calls);
        open_text(fixture, text, sizeof(text) - 1);
        assert_int_equal(validate(fixture), 0);
        assert_int_equal(row_source_total(fixture->source), 10);
        assert_int_equal(read_all(fixture), 0);
        assert_non_null(strstr(fixture->calls.data, "skip "));
        rows += row_source_sequence(fixture->source);
    }
    assert_int_equal(rows, 10);
}

/* An error of the handler must stop the source with that error. */
static void test_handler_fails(void **state)
{
    static const char text[] = "Id\n1\nx\n3\n";
    static const char *const calls[] = {"begin", "take 1/0 1",
                                        "refuse 2/1 x InvalidId"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(calls); i++) {
        buffer_clear(&fixture->calls);
        fixture->fail_at = calls[i];
        open_text(fixture, text, sizeof(text) - 1);
        assert_int_equal(validate(fixture), 0);
        assert_int_equal(read_all(fixture), -1);
        assert_int_equal(fixture->error.kind, ERROR_LOCAL);
        assert_string_equal(fixture->error.text, "the handler failed");
        assert_null(strstr(fixture->calls.data, "take 3"));
    }
}

/* A file that changes after its validation must stop the run, whether it is
 * still valid or not, longer or of the same length. */
static void test_changed(void **state)
{
    static const char text[] = "Id,City\n1,Ulm\n2,Jena\n";
    static const char *const changed[] = {
        "Id,City\n1,Ulm\n2,Bonn\n", "Id,City\n1,Ulm\n2,Jena\n3,Ulm\n",
        "Id,City\n1,Ulm\n", "Id,City\n1,\"Ulm\n2,Jena\n", ""};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < COUNT(changed); i++) {
        open_text(fixture, text, sizeof(text) - 1);
        assert_int_equal(validate(fixture), 0);
        write_file(fixture, changed[i], strlen(changed[i]));
        assert_int_equal(read_all(fixture), -1);
        assert_int_equal(fixture->error.kind, ERROR_STOPPED);
        assert_non_null(strstr(fixture->error.text, "changed while"));
    }
}

/* A rule that maps a name to an unknown column must be refused at once. */
static void test_open_refuses(void **state)
{
    struct fixture *fixture = *state;
    char from[] = "Mail";
    struct name_pair map = {from, "Emial"};

    fixture->rules.maps = &map;
    fixture->rules.map_count = 1;
    assert_null(row_source_open(&file_system_posix, fixture->path,
                                &fixture->rules, &handler, fixture,
                                &fixture->error));
    assert_int_equal(fixture->error.kind, ERROR_USAGE);
    assert_non_null(
        strstr(fixture->error.text, "did you mean --map 'Mail=Email'?"));
    fixture->rules.map_count = 0;
    assert_null(row_source_open(&file_system_posix, "/no/such/file",
                                &fixture->rules, &handler, fixture,
                                &fixture->error));
    assert_int_equal(fixture->error.kind, ERROR_USAGE);
    assert_non_null(strstr(fixture->error.text, "/no/such/file"));
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(test_counts_rows),    WITH_FILE(test_counts_many_rows),
        WITH_FILE(test_uses_delimiter), WITH_FILE(test_refuses),
        WITH_FILE(test_gzip),           WITH_FILE(test_stops),
        WITH_FILE(test_checks),         WITH_FILE(test_rows),
        WITH_FILE(test_shards),         WITH_FILE(test_handler_fails),
        WITH_FILE(test_changed),        WITH_FILE(test_open_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
