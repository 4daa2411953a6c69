#include "unit.h"

#include "files.h"
#include "output/newer_rows.h"
#include "result_rows.h"
#include "service/service.h"

#define NAME "out.csv"
static struct newer_rows *open_rows(const struct service *service, size_t users)
{
    struct error error;
    struct newer_rows *newer =
        newer_rows_new(&file_system_posix, NAME,
                       &service->columns[service->key], users, &error);

    if (!newer)
        fail_msg("%s", error.text);
    return newer;
}

static void assert_newer(struct newer_rows *newer, uint64_t number,
                         const char *id, uint64_t expected)
{
    const volatile sig_atomic_t stop = 0;
    struct error error;
    uint64_t row;

    if (newer_rows_find(newer, number, id, &stop, &row, &error))
        fail_msg("%s", error.text);
    assert_int_equal(row, expected);
}

/* The last later row of the same user that is Updated or Unchanged must be
 * found, and no other row. */
static void test_statuses(void **state)
{
    struct newer_rows *newer;

    (void)state;
    make_file(NAME,
              HEADER "1,7" UPDATED "2,7" RETRYABLE "3,8" RETRYABLE "5,7" UPDATED
                     "6,8" FAILED "7,8" CONFLICT "8,9" UNKNOWN "9,8" UNKNOWN
                     "10,9" UPDATED "11,9" UNCHANGED "12,9" RETRYABLE,
              0600);
    newer = open_rows(&service_rest, NEWER_ROWS_USERS);
    assert_newer(newer, 2, "7", 5);
    assert_newer(newer, 3, "8", 0);
    assert_newer(newer, 8, "9", 11);
    assert_newer(newer, 9, "8", 0);
    assert_newer(newer, 12, "9", 0);
    newer_rows_free(newer);
}

/* All spellings of an Id must be one user. */
static void test_spellings(void **state)
{
    struct newer_rows *newer;

    (void)state;
    make_file(NAME, HEADER "1,007" RETRYABLE "2,x" RETRYABLE "3,7" UPDATED,
              0600);
    newer = open_rows(&service_rest, NEWER_ROWS_USERS);
    assert_newer(newer, 1, "007", 3);
    assert_newer(newer, 2, "x", 0);
    newer_rows_free(newer);
    make_file(NAME,
              HEADER "1,4b10bf41-ab11-40e3-8c53-cd67849b50de" RETRYABLE
                     "2,4B10BF41-AB11-40E3-8C53-CD67849B50DE" UPDATED,
              0600);
    newer = open_rows(&service_partner, NEWER_ROWS_USERS);
    assert_newer(newer, 1, "4b10bf41-ab11-40e3-8c53-cd67849b50de", 2);
    newer_rows_free(newer);
}

enum { ROWS = 200, USERS = 30 };

/* Whatever the size of a batch, the rows found must be those that a search
 * through all rows finds. */
static void test_batches(void **state)
{
    static const char *const results[] = {UPDATED, RETRYABLE, UNKNOWN, FAILED};
    static char text[ROWS * 64];
    unsigned ids[ROWS], kinds[ROWS];
    uint64_t random = 3;

    (void)state;
    for (size_t users = 1; users <= 2 * USERS; users++) {
        size_t len = (size_t)snprintf(text, sizeof(text), "%s", HEADER);
        struct newer_rows *newer;

        for (unsigned i = 0; i < ROWS; i++) {
            ids[i] = 1 + below(&random, USERS);
            kinds[i] = below(&random, COUNT(results));
            len += (size_t)snprintf(text + len, sizeof(text) - len, "%u,%u%s",
                                    i + 1, ids[i], results[kinds[i]]);
        }
        make_file(NAME, text, 0600);
        newer = open_rows(&service_rest, users);
        for (unsigned i = 0; i < ROWS; i++) {
            unsigned expected = 0;
            char id[16];

            if (kinds[i] != 1 && kinds[i] != 2)
                continue;
            for (unsigned k = i + 1; k < ROWS; k++)
                if (ids[k] == ids[i] && kinds[k] == 0)
                    expected = k + 1;
            (void)snprintf(id, sizeof(id), "%u", ids[i]);
            assert_newer(newer, i + 1, id, expected);
        }
        newer_rows_free(newer);
    }
}

/* A signal must end the search. */
static void test_stopped(void **state)
{
    const volatile sig_atomic_t stop = 1;
    struct newer_rows *newer;
    struct error error;
    uint64_t row;

    (void)state;
    make_file(NAME, HEADER "1,7" RETRYABLE "2,7" UPDATED, 0600);
    newer = open_rows(&service_rest, 1);
    assert_int_equal(newer_rows_find(newer, 1, "7", &stop, &row, &error), -1);
    assert_int_equal(error.kind, ERROR_STOPPED);
    newer_rows_free(newer);
}

/* A file that is no result must be refused. */
static void test_refused(void **state)
{
    const struct column *key = &service_rest.columns[service_rest.key];
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    make_file(NAME, "Id,City\n1,Ulm\n", 0600);
    assert_null(newer_rows_new(&file_system_posix, NAME, key, 1, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    newer_rows_free(NULL);
}

#define IN_DIRECTORY(test)                                                     \
    cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIRECTORY(test_statuses), IN_DIRECTORY(test_spellings),
        IN_DIRECTORY(test_batches),  IN_DIRECTORY(test_stopped),
        IN_DIRECTORY(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
