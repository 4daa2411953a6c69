#include "unit.h"

#include "files.h"
#include "output/record_spool.h"

static volatile sig_atomic_t stop;

/* What was read: each record as its number and its cells. */
struct reading {
    struct buffer text;
    uint64_t last; /* reading ends after this record */
    bool enough;
};

static int take(void *context, const struct record *record, struct error *error)
{
    struct reading *reading = context;

    (void)error;
    assert_int_equal(
        buffer_printf(&reading->text, "%u", (unsigned)record->number), 0);
    for (size_t i = 0; i < record->count; i++)
        assert_int_equal(
            buffer_printf(&reading->text, "[%s]", record->fields[i].text), 0);
    reading->enough = record->number == reading->last;
    return 0;
}

static void put(struct record_spool *spool, const char *one, const char *two)
{
    const struct field fields[] = {{one, strlen(one)}, {two, strlen(two)}};
    const struct record record = {.count = 2, .fields = fields};
    struct error error;

    assert_int_equal(record_spool_put(spool, &record, &error), 0);
}

static struct record_spool *make(void)
{
    struct error error;
    struct record_spool *spool = record_spool_new(
        &file_system_posix, &random_system, "failed.csv", &error);

    if (!spool)
        fail_msg("%s", error.text);
    return spool;
}

static unsigned count_entries(void)
{
    DIR *entries = opendir(".");
    struct dirent *entry;
    unsigned count = 0;

    assert_non_null(entries);
    while ((entry = readdir(entries)))
        count += entry->d_name[0] != '.';
    closedir(entries);
    return count;
}

/* Records must come back as they were put, in order, and more than once. The
 * file has no name. */
static void test_records(void **state)
{
    struct record_spool *spool = make();

    (void)state;
    assert_int_equal(count_entries(), 0);
    put(spool, "Id", "a, \"b\"\r\nc");
    put(spool, "", "1");
    put(spool, "=2", "");
    for (unsigned i = 0; i < 2; i++) {
        struct reading reading = {.last = UINT64_MAX};
        struct error error;

        buffer_init(&reading.text, 1000);
        assert_int_equal(record_spool_read(spool, take, &reading,
                                           &reading.enough, &stop, &error),
                         0);
        assert_string_equal(reading.text.data,
                            "0[Id][a, \"b\"\r\nc]1[][1]2[=2][]");
        buffer_free(&reading.text);
    }
    record_spool_free(spool);
    record_spool_free(NULL);
}

/* More than one chunk must be read, unless it is enough or a signal came. */
static void test_chunks(void **state)
{
    struct record_spool *spool = make();
    struct reading reading = {.last = 100000};
    struct error error;

    (void)state;
    for (unsigned i = 0; i <= 100000; i++)
        put(spool, "a", "b");
    buffer_init(&reading.text, 4000000);
    assert_int_equal(record_spool_read(spool, take, &reading, &reading.enough,
                                       &stop, &error),
                     0);
    assert_non_null(strstr(reading.text.data, "100000[a][b]"));
    buffer_clear(&reading.text);
    reading = (struct reading){.text = reading.text, .last = 0, .enough = true};
    assert_int_equal(record_spool_read(spool, take, &reading, &reading.enough,
                                       &stop, &error),
                     0);
    assert_true(reading.text.len > 0);
    stop = 1;
    assert_int_equal(record_spool_read(spool, take, &reading, &reading.enough,
                                       &stop, &error),
                     -1);
    assert_int_equal(error.kind, ERROR_STOPPED);
    stop = 0;
    buffer_free(&reading.text);
    record_spool_free(spool);
}

/* A directory that is missing must be wrong usage. */
static void test_failures(void **state)
{
    struct error error;

    (void)state;
    assert_null(record_spool_new(&file_system_posix, &random_system, "no/f.csv",
                                 &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(
        error.text, "cannot create a file in the directory of no/f.csv"));
}

#define IN_DIRECTORY(test)                                                     \
    cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(test_records),
        IN_DIRECTORY(test_chunks),
        IN_DIRECTORY(test_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
