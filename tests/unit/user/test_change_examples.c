#include "unit.h"

#include "user/change_examples.h"

/* ---- users that are their values ---------------------------------------- */

struct user {
    const char *values[COLUMN_MAX];
};

static const char *user_value(const struct user *user, unsigned column)
{
    return user->values[column];
}

static const struct service service = {
    .columns = bing_columns,
    .column_count = BING_COLUMN_COUNT,
    .user_value = user_value,
};

static unsigned column_of(const char *name)
{
    return column_named(name, strlen(name));
}

static struct change_examples *examples;

static int set_up(void **state)
{
    (void)state;
    examples = calloc(1, sizeof(*examples));
    return examples ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(examples);
    return 0;
}

/* A task with one row; all columns that it names change. The old value of each
 * is "old", but that of JobTitle, which has none. */
static void play(uint64_t number, const char *cells, enum status status,
                 bool noted)
{
    struct user user;
    struct row *row = make_row(number, "77", cells);
    struct group group = {.rows = row, .key = "77"};
    struct task_result result = {.group = &group, .user = &user};

    for (unsigned i = 0; i < BING_COLUMN_COUNT; i++)
        user.values[i] = i == column_of("JobTitle") ? NULL : "old";
    buffer_init(&result.before, 1000000);
    merge_init(&result.merge, row);
    result.outcome.changed = result.merge.named;
    result.outcome.status = status;
    if (noted) {
        assert_int_equal(change_examples_note(examples, &service, &result,
                                              result.merge.named),
                         0);
        for (unsigned i = 0; i < BING_COLUMN_COUNT; i++)
            user.values[i] = "after the update";
    }
    change_examples_add(examples, &service, &result);
    buffer_free(&result.before);
    row_free(row);
}

static void assert_example(const char *column, unsigned at, uint64_t number,
                           const char *before, const char *after)
{
    const struct change_example *example =
        &examples->rows[column_of(column)][at];

    assert_true(at < examples->counts[column_of(column)]);
    assert_int_equal(example->number, number);
    assert_string_equal(example->id, "77");
    assert_int_equal(example->before.exists, before != NULL);
    assert_string_equal(example->before.text, before ? before : "");
    assert_int_equal(example->after.exists, after != NULL);
    assert_string_equal(example->after.text, after ? after : "");
}

/* ---- tests --------------------------------------------------------------- */

/* The first rows must be kept, in their order, in whatever order they end; with
 * the values before the update. */
static void test_first_rows(void **state)
{
    static const uint64_t numbers[] = {9, 4, 12, 2, 30, 7, 3};

    (void)state;
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char cells[64];

        (void)snprintf(cells, sizeof(cells),
                       "City=Town %u|JobTitle=", (unsigned)numbers[i]);
        play(numbers[i], cells, STATUS_UPDATED, true);
    }
    assert_int_equal(examples->counts[column_of("City")], 3);
    assert_example("City", 0, 2, "old", "Town 2");
    assert_example("City", 1, 3, "old", "Town 3");
    assert_example("City", 2, 4, "old", "Town 4");
    assert_example("JobTitle", 2, 4, NULL, NULL);
}

/* A dry run and a reconciliation must keep the user's values, which nothing has
 * changed, and also those of guards. */
static void test_differences(void **state)
{
    (void)state;
    play(2, "City=Ulm|UserName=joe", STATUS_DRIFT, false);
    play(1, "City=", STATUS_WOULD_UPDATE, false);
    assert_example("City", 0, 1, "old", NULL);
    assert_example("City", 1, 2, "old", "Ulm");
    assert_example("UserName", 0, 2, "old", "joe");
}

/* Nothing must be kept without success, of an update of an earlier run, whose
 * old values nobody knows, and of a secret answer. */
static void test_not_kept(void **state)
{
    static const struct change_examples none;

    (void)state;
    play(1, "City=Ulm", STATUS_UPDATED, false);
    play(1, "City=Ulm", STATUS_CONFLICT, true);
    play(1, "City=Ulm", STATUS_UNKNOWN, true);
    play(1, "SecretAnswer=Rex", STATUS_UPDATED, true);
    play(1, "SecretAnswer=Rex", STATUS_WOULD_UPDATE, false);
    assert_memory_equal(examples, &none, sizeof(none));
}

/* A long value must be truncated between two characters. */
static void test_long_value(void **state)
{
    char cells[2 * CHANGE_EXAMPLES_TEXT + 16] = "City=";
    const char *kept = examples->rows[column_of("City")][0].after.text;

    (void)state;
    for (size_t at = 5; at + 3 < sizeof(cells); at += 3)
        memcpy(cells + at, "\u20ac", 4);
    play(1, cells, STATUS_WOULD_UPDATE, false);
    assert_int_equal(strlen(kept), (CHANGE_EXAMPLES_TEXT - 1) / 3 * 3);
    assert_memory_equal(kept, cells + 5, strlen(kept));
}

/* Nothing must be recorded of a row that cannot be among the first. */
static void test_nothing_to_note(void **state)
{
    struct row *row = make_row(4, "77", "City=Ulm");
    struct group group = {.rows = row, .key = "77"};
    struct user user = {{NULL}};
    struct task_result result = {.group = &group, .user = &user};

    (void)state;
    for (uint64_t number = 1; number <= 3; number++)
        play(number, "City=Ulm", STATUS_UPDATED, true);
    buffer_init(&result.before, 1000000);
    merge_init(&result.merge, row);
    assert_int_equal(
        change_examples_note(examples, &service, &result, result.merge.named),
        0);
    assert_int_equal(result.before.len, 0);
    assert_int_equal(
        change_examples_note(NULL, &service, &result, result.merge.named), 0);
    assert_null(result.before.data);
    row_free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_differences, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_not_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_long_value, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_to_note, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
