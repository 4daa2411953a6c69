#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "service/bing/columns.h"

struct fact {
    const char *name;
    const char *path;
    enum column_use use;
    enum column_type type;
    unsigned min_length;
    unsigned max_length;
};

/* clang-format off */
static const struct fact facts[] = {
    {"Id", "Id", COLUMN_KEY, COLUMN_LONG, 0, 0},
    {"City", "ContactInfo.Address.City", COLUMN_WRITE, COLUMN_STRING, 0, 35},
    {"CountryCode", "ContactInfo.Address.CountryCode",
     COLUMN_WRITE, COLUMN_STRING, 0, 2},
    {"AddressId", "ContactInfo.Address.Id", COLUMN_GUARD, COLUMN_LONG, 0, 0},
    {"Line1", "ContactInfo.Address.Line1", COLUMN_WRITE, COLUMN_STRING, 0, 35},
    {"Line2", "ContactInfo.Address.Line2", COLUMN_WRITE, COLUMN_STRING, 0, 35},
    {"Line3", "ContactInfo.Address.Line3", COLUMN_WRITE, COLUMN_STRING, 0, 35},
    {"Line4", "ContactInfo.Address.Line4", COLUMN_WRITE, COLUMN_STRING, 0, 35},
    {"PostalCode", "ContactInfo.Address.PostalCode",
     COLUMN_WRITE, COLUMN_STRING, 0, 10},
    {"StateOrProvince", "ContactInfo.Address.StateOrProvince",
     COLUMN_WRITE, COLUMN_STRING, 0, 0},
    {"AddressTimeStamp", "ContactInfo.Address.TimeStamp",
     COLUMN_GUARD, COLUMN_BASE64, 0, 0},
    {"BusinessName", "ContactInfo.Address.BusinessName",
     COLUMN_REFUSED, COLUMN_STRING, 0, 0},
    {"ContactByPhone", "ContactInfo.ContactByPhone",
     COLUMN_WRITE, COLUMN_BOOLEAN, 0, 0},
    {"ContactByPostalMail", "ContactInfo.ContactByPostalMail",
     COLUMN_WRITE, COLUMN_BOOLEAN, 0, 0},
    {"Email", "ContactInfo.Email", COLUMN_WRITE, COLUMN_STRING, 0, 100},
    {"EmailFormat", "ContactInfo.EmailFormat", COLUMN_WRITE, COLUMN_ENUM, 0, 0},
    {"Fax", "ContactInfo.Fax", COLUMN_WRITE, COLUMN_STRING, 0, 100},
    {"HomePhone", "ContactInfo.HomePhone", COLUMN_WRITE, COLUMN_STRING, 0, 100},
    {"ContactInfoId", "ContactInfo.Id", COLUMN_GUARD, COLUMN_LONG, 0, 0},
    {"Mobile", "ContactInfo.Mobile", COLUMN_WRITE, COLUMN_STRING, 0, 100},
    {"Phone1", "ContactInfo.Phone1", COLUMN_WRITE, COLUMN_STRING, 0, 100},
    {"Phone2", "ContactInfo.Phone2", COLUMN_WRITE, COLUMN_STRING, 0, 100},
    {"CustomerId", "CustomerId", COLUMN_GUARD, COLUMN_LONG, 0, 0},
    {"JobTitle", "JobTitle", COLUMN_WRITE, COLUMN_STRING, 0, 50},
    {"LastModifiedByUserId", "LastModifiedByUserId",
     COLUMN_GUARD, COLUMN_LONG, 0, 0},
    {"LastModifiedTime", "LastModifiedTime", COLUMN_GUARD, COLUMN_TIME, 0, 0},
    {"Lcid", "Lcid", COLUMN_WRITE, COLUMN_ENUM, 0, 0},
    {"FirstName", "Name.FirstName", COLUMN_WRITE, COLUMN_STRING, 0, 100},
    {"LastName", "Name.LastName", COLUMN_WRITE, COLUMN_STRING, 0, 100},
    {"MiddleInitial", "Name.MiddleInitial", COLUMN_WRITE, COLUMN_STRING, 0, 1},
    {"Password", "Password", COLUMN_REFUSED, COLUMN_STRING, 0, 0},
    {"SecretAnswer", "SecretAnswer", COLUMN_WRITE, COLUMN_STRING, 5, 64},
    {"SecretQuestion", "SecretQuestion", COLUMN_WRITE, COLUMN_ENUM, 0, 0},
    {"UserLifeCycleStatus", "UserLifeCycleStatus",
     COLUMN_GUARD, COLUMN_ENUM, 0, 0},
    {"TimeStamp", "TimeStamp", COLUMN_GUARD, COLUMN_BASE64, 0, 0},
    {"UserName", "UserName", COLUMN_GUARD, COLUMN_STRING, 0, 0},
    {"CustomerAppScope", "CustomerAppScope", COLUMN_GUARD, COLUMN_ENUM, 0, 0},
    {"IsMigratedToMicrosoftAccount", "IsMigratedToMicrosoftAccount",
     COLUMN_GUARD, COLUMN_BOOLEAN, 0, 0},
};
/* clang-format on */

static const struct column *column_named(const char *name)
{
    for (unsigned i = 0; i < BING_COLUMN_COUNT_V11; i++) {
        if (strcmp(bing_columns[i].name, name) == 0)
            return &bing_columns[i];
    }
    fail_msg("no column %s", name);
    return NULL;
}

static size_t set_size(const char *name)
{
    const struct column *column = column_named(name);
    size_t count = 0;

    assert_non_null(column->set);
    while (column->set[count])
        count++;
    return count;
}

/* Every column must have the name, path, use, type and lengths of the service's
 * reference, in the order of its schema. */
static void test_columns_are_the_services(void **state)
{
    (void)state;
    assert_int_equal(sizeof(facts) / sizeof(facts[0]), BING_COLUMN_COUNT_V11);
    for (size_t i = 0; i < BING_COLUMN_COUNT_V11; i++) {
        assert_string_equal(bing_columns[i].name, facts[i].name);
        assert_string_equal(bing_columns[i].path, facts[i].path);
        assert_int_equal(bing_columns[i].use, facts[i].use);
        assert_int_equal(bing_columns[i].type, facts[i].type);
        assert_int_equal(bing_columns[i].min_length, facts[i].min_length);
        assert_int_equal(bing_columns[i].max_length, facts[i].max_length);
    }
}

/* The key must be the column Id. */
static void test_key_is_id(void **state)
{
    (void)state;
    assert_string_equal(bing_columns[BING_COLUMN_ID].name, "Id");
    assert_int_equal(bing_columns[BING_COLUMN_ID].use, COLUMN_KEY);
}

/* No name or path must mean two columns, in any letter case. */
static void test_names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < BING_COLUMN_COUNT_V11; i++) {
        for (size_t j = i + 1; j < BING_COLUMN_COUNT_V11; j++) {
            const struct column *a = &bing_columns[i];
            const struct column *b = &bing_columns[j];

            assert_int_not_equal(strcasecmp(a->name, b->name), 0);
            assert_int_not_equal(strcasecmp(a->path, b->path), 0);
            assert_int_not_equal(strcasecmp(a->name, b->path), 0);
            assert_int_not_equal(strcasecmp(a->path, b->name), 0);
        }
    }
}

/* Columns that can be written must be clearable, and no others. */
static void test_written_columns_are_clearable(void **state)
{
    (void)state;
    for (size_t i = 0; i < BING_COLUMN_COUNT_V11; i++)
        assert_int_equal(bing_columns[i].clearable,
                         bing_columns[i].use == COLUMN_WRITE);
}

/* A refused column must have a reason, a set its values and its name. */
static void test_entries_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < BING_COLUMN_COUNT_V11; i++) {
        const struct column *column = &bing_columns[i];

        assert_int_equal(column->reason != NULL, column->use == COLUMN_REFUSED);
        assert_int_equal(column->set != NULL, column->type == COLUMN_ENUM);
        assert_int_equal(column->set_name != NULL, column->type == COLUMN_ENUM);
    }
}

/* The sets must have as many values as the service's. */
static void test_sets_are_complete(void **state)
{
    (void)state;
    assert_int_equal(set_size("Lcid"), 70);
    assert_int_equal(set_size("EmailFormat"), 2);
    assert_int_equal(set_size("SecretQuestion"), 10);
    assert_int_equal(set_size("UserLifeCycleStatus"), 4);
    assert_int_equal(set_size("CustomerAppScope"), 1);
}

/* Only SecretQuestion must have a value that clears it, and it is in its set.
 */
static void test_only_secret_question_has_an_empty_value(void **state)
{
    (void)state;
    for (size_t i = 0; i < BING_COLUMN_COUNT_V11; i++) {
        const struct column *column = &bing_columns[i];

        if (strcmp(column->name, "SecretQuestion") == 0)
            assert_string_equal(column->empty, "None");
        else
            assert_null(column->empty);
    }
    assert_string_equal(column_named("SecretQuestion")->set[0], "None");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_the_services),
        cmocka_unit_test(test_key_is_id),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_written_columns_are_clearable),
        cmocka_unit_test(test_entries_are_complete),
        cmocka_unit_test(test_sets_are_complete),
        cmocka_unit_test(test_only_secret_question_has_an_empty_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
