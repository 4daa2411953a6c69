#include "unit.h"

#include <zlib.h>

#include "files.h"
#include "output/format.h"
#include "output/prior_result.h"

#define NAME "out.csv"
#define HEADER                                                                 \
    "Row,Id,Status,LastModifiedTime,ErrorCode,ErrorName,ErrorMessage,Field,"   \
    "Retryable,HttpStatus,TrackingId,Attempts,Changed,Note\n"

/* Rows of each kind, as a run writes them. */
#define UPDATED "1,7,Updated,2026-01-02T03:04:05,,,,,,200,abc,2,City;Fax,\n"
#define FAILED_FOR_EVER                                                        \
    "2,\"a \"\"b\"\", c\",Failed,,,InvalidValue,\"not 1,\nnor 2\",City,no,,,"  \
    "0,,\n"
#define FAILED     "4,8,Failed,,0,InternalError,oops,,yes,500,x,9,,note\n"
#define UNKNOWN    "5,9,Unknown,,,Timeout,,,no,,,9,,\n"
#define NOT_BEGUN  "6,,NotAttempted,,,InputRefused,,,yes,,,0,,\n"
#define UNCHANGED  "70,10,Unchanged,,,,,,,200,d,1,,\n"
#define CONFLICT   "71,10,Conflict,,,GuardFailed,,TimeStamp,no,200,d,1,,\n"
#define SUPERSEDED "72,10,Unknown,,,Superseded,,,no,,,0,,\n"

static void make_gzip(const char *name, const char *text)
{
    gzFile file = gzopen(name, "wb");

    assert_non_null(file);
    assert_int_equal(gzwrite(file, text, (unsigned)strlen(text)), strlen(text));
    assert_int_equal(gzclose(file), Z_OK);
}

static struct prior_result *open_prior(const char *path)
{
    struct error error = {.kind = ERROR_NONE};
    struct prior_result *prior =
        prior_result_open(&file_system_posix, path, &error);

    if (!prior)
        fail_msg("%s", error.text);
    return prior;
}

static void assert_row(struct prior_result *prior, uint64_t number,
                       const char *id, enum status status, bool again,
                       const char *text)
{
    struct error error = {.kind = ERROR_NONE};
    struct prior_row row;

    if (prior_result_next(prior, &row, &error) != 1)
        fail_msg("no row %u: %s", (unsigned)number, error.text);
    assert_int_equal(row.number, number);
    assert_string_equal(row.id, id);
    assert_int_equal(row.status, status);
    assert_int_equal(row.again, again);
    assert_int_equal(row.len, strlen(text));
    assert_memory_equal(row.text, text, row.len);
}

static void assert_end(struct prior_result *prior)
{
    struct error error;
    struct prior_row row;

    assert_int_equal(prior_result_next(prior, &row, &error), 0);
    assert_int_equal(prior_result_next(prior, &row, &error), 0);
}

static void assert_all_kinds(struct prior_result *prior)
{
    assert_row(prior, 1, "7", STATUS_UPDATED, false, UPDATED);
    assert_row(prior, 2, "a \"b\", c", STATUS_FAILED, false, FAILED_FOR_EVER);
    assert_row(prior, 4, "8", STATUS_FAILED, true, FAILED);
    assert_row(prior, 5, "9", STATUS_UNKNOWN, true, UNKNOWN);
    assert_row(prior, 6, "", STATUS_NOT_ATTEMPTED, true, NOT_BEGUN);
    assert_row(prior, 70, "10", STATUS_UNCHANGED, false, UNCHANGED);
    assert_row(prior, 71, "10", STATUS_CONFLICT, false, CONFLICT);
    assert_row(prior, 72, "10", STATUS_UNKNOWN, false, SUPERSEDED);
    assert_end(prior);
}

/* The file must be refused, when it is opened or at one of its rows, as wrong
 * usage and with a message that contains this text. */
static void assert_refused(const char *path, const char *what)
{
    struct error error = {.kind = ERROR_NONE};
    struct prior_result *prior =
        prior_result_open(&file_system_posix, path, &error);
    struct prior_row row;
    int more = prior ? 1 : -1;

    while (more > 0)
        more = prior_result_next(prior, &row, &error);
    prior_result_free(prior);
    assert_int_equal(more, -1);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, what))
        fail_msg("\"%s\" does not say \"%s\"", error.text, what);
}

static void assert_text_refused(const char *text, const char *what)
{
    make_file(NAME, text, 0600);
    assert_refused(NAME, what);
}

/* Rows must come in order, each with its values and byte for byte as it is in
 * the file, marked if it is to be retried; and again after a rewind. */
static void test_rows(void **state)
{
    static const char text[] = HEADER UPDATED FAILED_FOR_EVER FAILED UNKNOWN
        NOT_BEGUN UNCHANGED CONFLICT SUPERSEDED;
    static const char *const names[] = {NAME, "out.csv.gz"};

    (void)state;
    make_file(NAME, text, 0600);
    make_gzip("out.csv.gz", text);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct prior_result *prior = open_prior(names[i]);
        struct error error;

        assert_all_kinds(prior);
        assert_int_equal(prior_result_rewind(prior, &error), 0);
        assert_row(prior, 1, "7", STATUS_UPDATED, false, UPDATED);
        assert_int_equal(prior_result_rewind(prior, &error), 0);
        assert_all_kinds(prior);
        prior_result_free(prior);
    }
    prior_result_free(NULL);
}

/* A result without rows must be accepted. */
static void test_no_rows(void **state)
{
    struct prior_result *prior;

    (void)state;
    make_file(NAME, HEADER, 0600);
    prior = open_prior(NAME);
    assert_end(prior);
    prior_result_free(prior);
}

/* What format.c writes must be read back byte for byte, whatever a row
 * contains, from a file that is many times larger than what is read at once. */
static void test_formatted_rows(void **state)
{
    static const char letters[] = "a,\"\r\n ;\xC3\xA9x=|";
    static const struct format format = {.mode = MODE_APPLY};
    enum { ROWS = 3000 };
    struct prior_result *prior;
    struct prior_row row;
    struct buffer file, expected;
    struct error error;
    uint64_t seed = 7;

    (void)state;
    buffer_init(&file, (size_t)64 << 20);
    buffer_init(&expected, (size_t)64 << 20);
    assert_int_equal(format_header(&file, &format), 0);
    for (uint64_t i = 1; i <= ROWS; i++) {
        unsigned len = below(&seed, i % 500 == 0 ? 20000 : 40);
        char id[20001];

        for (unsigned j = 0; j < len; j++) {
            id[j] = letters[below(&seed, sizeof(letters) - 1)];
            if ((unsigned char)id[j] >= 0x80)
                id[j] = '-';
        }
        id[len] = '\0';
        (void)error_value(&error, "InvalidValue", "City", "%.400s", id);
        assert_int_equal(
            format_row_alone(
                &expected, &format,
                &(struct row_alone){i, id, STATUS_FAILED, &error, NULL}),
            0);
    }
    assert_int_equal(buffer_append(&file, expected.data, expected.len), 0);
    make_file(NAME, file.data, 0600);
    buffer_clear(&file);
    prior = open_prior(NAME);
    while (prior_result_next(prior, &row, &error) == 1)
        assert_int_equal(buffer_append(&file, row.text, row.len), 0);
    assert_int_equal(row.number, ROWS);
    assert_int_equal(file.len, expected.len);
    assert_memory_equal(file.data, expected.data, file.len);
    prior_result_free(prior);
    buffer_free(&file);
    buffer_free(&expected);
}

/* There must be room for all rows, even if they are as short as possible. */
static void test_shortest_rows(void **state)
{
    enum { ROWS = 2000 };
    struct prior_result *prior;
    struct buffer file;

    (void)state;
    buffer_init(&file, 1 << 20);
    assert_int_equal(buffer_puts(&file, HEADER), 0);
    for (unsigned i = 1; i <= ROWS; i++)
        assert_int_equal(buffer_printf(&file, "%u,,Failed,,,,,,,,,,,\n", i), 0);
    make_file(NAME, file.data, 0600);
    prior = open_prior(NAME);
    for (unsigned i = 1; i <= ROWS; i++) {
        char text[64];

        (void)snprintf(text, sizeof(text), "%u,,Failed,,,,,,,,,,,\n", i);
        assert_row(prior, i, "", STATUS_FAILED, false, text);
    }
    assert_end(prior);
    prior_result_free(prior);
    buffer_free(&file);
}

/* A missing file, and what is no regular file, must be refused by name. */
static void test_refuses_other_kinds(void **state)
{
    (void)state;
    assert_refused("gone.csv", "--retry-failed: gone.csv");
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_refused("fifo", "not a regular file");
    assert_refused(".", "not a regular file");
    assert_text_refused("", "out.csv is empty");
}

/* The results of other modes, and other files, must be refused. */
static void test_refuses_other_results(void **state)
{
    (void)state;
    assert_text_refused("Id,City,_Status,_ErrorName,_ErrorMessage\n",
                        "out.csv is not the result of a run that applied");
    assert_text_refused("Row" HEADER UPDATED, "its header");
    assert_text_refused(HEADER "1,7,Valid,,,,,,,,,0,,\n",
                        "its Status is not of a run");
    assert_text_refused(HEADER UPDATED "2,7,WouldUpdate,,,,,,,,,0,,\n",
                        "out.csv: line 3 ");
    assert_text_refused(HEADER "1,7,Match,,,,,,,,,0,,\n",
                        "its Status is not of a run");
    assert_text_refused(HEADER "1,7,Drift,,,,,,,,,0,,\n",
                        "its Status is not of a run");
}

/* The result of any other mode must be accepted on request, with what each row
 * says of its error. */
static void test_any_result(void **state)
{
    struct error error;
    struct prior_result *prior;
    struct prior_row row;

    (void)state;
    make_file(NAME,
              HEADER "1,7,WouldUpdate,,,,,,,,,0,,\n" FAILED_FOR_EVER
                     "4,8,Failed,,0,InternalError,oops,,yes,500,x,9,,note\n",
              0600);
    prior = prior_result_open_any(&file_system_posix, NAME, &error);
    assert_non_null(prior);
    assert_int_equal(prior_result_next(prior, &row, &error), 1);
    assert_int_equal(row.status, STATUS_WOULD_UPDATE);
    assert_int_equal(prior_result_next(prior, &row, &error), 1);
    assert_string_equal(row.id, "a \"b\", c");
    assert_string_equal(row.name, "InvalidValue");
    assert_string_equal(row.message, "not 1,\nnor 2");
    assert_string_equal(row.field, "City");
    assert_string_equal(row.note, "");
    assert_int_equal(prior_result_next(prior, &row, &error), 1);
    assert_string_equal(row.note, "note");
    assert_end(prior);
    prior_result_free(prior);
}

/* A damaged file must be refused with the number of the line. */
static void test_refuses_damage(void **state)
{
    (void)state;
    assert_text_refused(HEADER UPDATED UPDATED, "line 3 ");
    assert_text_refused(HEADER "0,7,Updated,,,,,,,,,0,,\n", "its Row");
    assert_text_refused(HEADER "x,7,Updated,,,,,,,,,0,,\n", "its Row");
    assert_text_refused(HEADER "1,7,updated,,,,,,,,,0,,\n", "its Status");
    assert_text_refused(HEADER "1,7,Failed,,,,,,maybe,,,0,,\n",
                        "its Retryable");
    assert_text_refused(HEADER "1,7,Failed,,,,,,y,,,0,,\n", "its Retryable");
    assert_text_refused(HEADER "1,7,Failed\n", "line 2");
    assert_text_refused(HEADER "1,7,Failed\n", "as it was written");
    assert_text_refused(HEADER "1,\"7,Failed\n", "line 2");
    assert_text_refused(HEADER UPDATED "2,\xFF,Failed,,,,,,yes,,,0,,\n",
                        "line 3");
    make_gzip(NAME, HEADER UPDATED);
    assert_int_equal(truncate(NAME, size_of(NAME) - 4), 0);
    assert_refused(NAME, "truncated");
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, enter_directory, leave_directory)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(test_rows),
        TEST(test_no_rows),
        TEST(test_formatted_rows),
        TEST(test_shortest_rows),
        TEST(test_any_result),
        TEST(test_refuses_other_kinds),
        TEST(test_refuses_other_results),
        TEST(test_refuses_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
