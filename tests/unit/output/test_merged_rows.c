#include "unit.h"

#include "base/file.h"
#include "files.h"
#include "output/merged_rows.h"

#define HEADER                                                                 \
    "Row,Id,Status,LastModifiedTime,ErrorCode,ErrorName,ErrorMessage,Field,"   \
    "Retryable,HttpStatus,TrackingId,Attempts,Changed,Note\n"
#define UPDATED(row)   #row ",7,Updated,,,,,,,200,abc,2,City,\n"
#define UNCHANGED(row) #row ",8,Unchanged,,,,,,,200,d,1,,\n"
#define UNKNOWN(row)   #row ",9,Unknown,,,Timeout,\"a,\nb\",,yes,,,9,,\n"
#define CONFLICT(row)  #row ",9,Conflict,,,GuardFailed,,City,no,200,d,1,,\n"

#define OUTPUT "merged.csv"

static const char *const names[] = {"0.csv", "1.csv", "2.csv"};

static unsigned char digests[COUNT(names)][HASH_SIZE];

static void assert_output(const char *expected)
{
    char text[4096] = "";
    FILE *file = fopen(OUTPUT, "r");

    assert_non_null(file);
    assert_int_equal(fread(text, 1, sizeof(text) - 1, file), strlen(expected));
    (void)fclose(file);
    assert_string_equal(text, expected);
}

/* Merges files with these texts. */
static int merge(const char *const texts[3], struct tally *tally, int stop,
                 struct error *error)
{
    const volatile sig_atomic_t stopped = stop;
    const struct merged_rows_setup setup = {.files = &file_system_posix,
                                            .paths = names,
                                            .count = 3,
                                            .stop = &stopped,
                                            .tally = tally,
                                            .digests = digests};
    const struct atomic_file_setup output = {.files = &file_system_posix,
                                             .label = "OUTPUT",
                                             .path = OUTPUT,
                                             .flags = ATOMIC_FILE_RESTART};
    struct writer *writer = writer_open(&output, error);
    int result;

    assert_non_null(writer);
    for (size_t i = 0; i < COUNT(names); i++)
        make_file(names[i], texts[i], 0600);
    *tally = (struct tally){.rows = 0};
    result = merged_rows_write(&setup, writer, error);
    if (result == 0)
        result =
            writer_stop(writer, error) || writer_commit(writer, error) ? -1 : 0;
    else
        writer_discard(writer);
    writer_free(writer);
    return result;
}

/* All rows must be written once, in the order of their numbers, and counted.
 * The digests must be those of the files. */
static void test_order(void **state)
{
    static const char *const texts[] = {
        HEADER UPDATED(2) UNKNOWN(5) UNCHANGED(9),
        HEADER,
        HEADER UNKNOWN(1) CONFLICT(3) UPDATED(4) UPDATED(10) UPDATED(11),
    };
    unsigned char digest[HASH_SIZE];
    struct tally tally;
    struct error error;

    (void)state;
    assert_int_equal(merge(texts, &tally, 0, &error), 0);
    assert_output(HEADER UNKNOWN(1) UPDATED(2) CONFLICT(3) UPDATED(4) UNKNOWN(5)
                      UNCHANGED(9) UPDATED(10) UPDATED(11));
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(file_digest(&file_system_posix, names[i], digest), 0);
        assert_memory_equal(digests[i], digest, HASH_SIZE);
    }
    assert_int_equal(tally.rows, 8);
    assert_int_equal(tally.by_status[STATUS_UPDATED], 4);
    assert_int_equal(tally.by_status[STATUS_UNKNOWN], 2);
    assert_int_equal(tally.again, 2);
    assert_int_equal(tally.errors.count, 2);
    assert_int_equal(tally.errors.kinds[0].rows, 2);
    assert_int_equal(tally.errors.kinds[0].first, 1);
}

/* A row that is in two files, and a file that is no result, must be refused,
 * and nothing is left. */
static void test_refused(void **state)
{
    static const struct {
        const char *texts[3];
        const char *part; /* of the message */
    } cases[] = {
        {{HEADER UPDATED(1) UPDATED(3), HEADER UPDATED(2) UPDATED(3), HEADER},
         "row 3 is in "},
        {{HEADER UPDATED(1), HEADER UPDATED(3) UPDATED(2), HEADER},
         "1.csv: line 3"},
        {{HEADER UPDATED(1), HEADER "2,7,Upd", HEADER}, "1.csv"},
        {{"Id,City\n1,a\n", HEADER, HEADER}, "0.csv"},
        {{HEADER UPDATED(1), HEADER, ""}, "2.csv"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct error error = {.kind = ERROR_NONE};
        struct tally tally;

        assert_int_equal(merge(cases[i].texts, &tally, 0, &error), -1);
        if (!strstr(error.text, cases[i].part))
            fail_msg("%s", error.text);
        assert_false(is_there(OUTPUT));
        assert_false(is_there(OUTPUT ".part"));
    }
}

/* A signal must stop it, and nothing is left. */
static void test_stopped(void **state)
{
    static const char *const texts[] = {HEADER UPDATED(1), HEADER, HEADER};
    struct tally tally;
    struct error error;

    (void)state;
    assert_int_equal(merge(texts, &tally, 1, &error), -1);
    assert_int_equal(error.kind, ERROR_STOPPED);
    assert_false(is_there(OUTPUT));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_order, enter_directory,
                                        leave_directory),
        cmocka_unit_test_setup_teardown(test_refused, enter_directory,
                                        leave_directory),
        cmocka_unit_test_setup_teardown(test_stopped, enter_directory,
                                        leave_directory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
