#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include <zlib.h>

#include "cli/options.h"
#include "input/scan.h"
#include "service/service.h"

static const volatile sig_atomic_t go_on = 0;
static const volatile sig_atomic_t stopped = 1;

/* The one file of these tests. */
struct place {
    char path[32];
    struct options options;
};

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    int fd;

    if (!place)
        return -1;
    memcpy(place->path, "/tmp/test_scan.XXXXXX", 22);
    place->options = (struct options){.mode = MODE_APPLY,
                                      .delimiter = ',',
                                      .clear_token = "delete_value",
                                      .window = 1,
                                      .shards = 1,
                                      .service = &service_rest};
    *state = place;
    fd = mkstemp(place->path);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    struct place *place = *state;

    (void)unlink(place->path);
    free(place);
    return 0;
}

static void put_file(const struct place *place, const char *text, size_t len)
{
    int fd = open(place->path, O_WRONLY | O_TRUNC);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    assert_int_equal(close(fd), 0);
}

/* Scans the file; answers as validate_input(). */
static int scan(const struct place *place, const volatile sig_atomic_t *stop,
                uint64_t *rows, struct error *error)
{
    struct input *input = input_open(place->path, error);
    int result;

    assert_non_null(input);
    result = validate_input(input, &place->options, NULL, stop, rows, error);
    input_free(input);
    return result;
}

static uint64_t count_rows(const struct place *place, const char *text)
{
    uint64_t rows = 999;
    struct error error;

    put_file(place, text, strlen(text));
    if (scan(place, &go_on, &rows, &error))
        fail_msg("%s: %s", text, error.text);
    return rows;
}

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
        /* values are not its business */
        {"Id,Lcid\nnonsense,Klingon\n,\n", 2},
    };

    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(count_rows(*state, cases[i].text), cases[i].rows);
}

/* Many rows, over many chunks, must all be counted. */
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

/* The run's delimiter must be used. */
static void test_uses_delimiter(void **state)
{
    struct place *place = *state;

    place->options.delimiter = ';';
    assert_int_equal(count_rows(place, "Id;City\n1;Ulm, Donau\n"), 1);
}

/* A file that is not sound must be refused with its name and place, and the
 * number of rows be left alone. */
static void test_refuses(void **state)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"", ""},
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
    const struct place *place = *state;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {.kind = ERROR_NONE};
        uint64_t rows = 999;

        put_file(place, cases[i].text, strlen(cases[i].text));
        if (scan(place, &go_on, &rows, &error) == 0)
            fail_msg("taken: %s", cases[i].text);
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_non_null(strstr(error.text, place->path));
        if (!strstr(error.text, cases[i].part))
            fail_msg("%s: %s", cases[i].text, error.text);
        assert_int_equal(rows, 999);
    }
}

/* A gzip file must be counted decompressed, and be refused where it is cut,
 * however short the part that is missing. */
static void test_gzip(void **state)
{
    static const char text[] = "Id,City\n1,Ulm\n2,Jena\n3,Bonn\n";
    const struct place *place = *state;
    gzFile file = gzopen(place->path, "wb");
    char raw[256];
    ssize_t len;
    uint64_t rows = 0;
    struct error error;
    int fd;

    assert_non_null(file);
    assert_int_equal(gzwrite(file, text, sizeof(text) - 1), sizeof(text) - 1);
    assert_int_equal(gzclose(file), Z_OK);
    assert_int_equal(scan(place, &go_on, &rows, &error), 0);
    assert_int_equal(rows, 3);

    fd = open(place->path, O_RDONLY);
    assert_true(fd >= 0);
    len = read(fd, raw, sizeof(raw));
    assert_in_range(len, 20, sizeof(raw) - 1);
    assert_int_equal(close(fd), 0);
    for (size_t cut = 2; cut < (size_t)len; cut++) {
        put_file(place, raw, cut);
        assert_int_equal(scan(place, &go_on, &rows, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
    }
}

/* A signal must stop the scan, and not be taken for a fault of the file. */
static void test_stops(void **state)
{
    static const char text[] = "Id,City\n1,Ulm\n";
    const struct place *place = *state;
    uint64_t rows = 999;
    struct error error;

    put_file(place, text, sizeof(text) - 1);
    assert_int_equal(scan(place, &stopped, &rows, &error), -1);
    assert_int_equal(error.kind, ERROR_STOPPED);
    assert_int_equal(rows, 999);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_counts_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_counts_many_rows, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_uses_delimiter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gzip, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_stops, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
