#include "unit.h"

#include "user/outcome.h"

/* Each status must have its word and be found by it; no other word must be
 * found; only a status that the rows requested must be a success. */
static void test_statuses(void **state)
{
    static const struct {
        enum status status;
        const char *name;
        bool success;
    } cases[] = {
        {STATUS_UPDATED, "Updated", true},
        {STATUS_WOULD_UPDATE, "WouldUpdate", true},
        {STATUS_UNCHANGED, "Unchanged", true},
        {STATUS_MATCH, "Match", true},
        {STATUS_DRIFT, "Drift", false},
        {STATUS_VALID, "Valid", true},
        {STATUS_EXPORTED, "Exported", true},
        {STATUS_LISTED, "Listed", true},
        {STATUS_FAILED, "Failed", false},
        {STATUS_CONFLICT, "Conflict", false},
        {STATUS_UNKNOWN, "Unknown", false},
        {STATUS_NOT_ATTEMPTED, "NotAttempted", false},
    };

    enum status found = STATUS_COUNT;

    (void)state;
    assert_int_equal(COUNT(cases), STATUS_COUNT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(status_name(cases[i].status), cases[i].name);
        assert_int_equal(status_is_success(cases[i].status), cases[i].success);
        assert_true(status_find(cases[i].name, &found));
        assert_int_equal(found, cases[i].status);
    }
    assert_false(status_find("", &found));
    assert_false(status_find("updated", &found));
    assert_false(status_find("Update", &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
