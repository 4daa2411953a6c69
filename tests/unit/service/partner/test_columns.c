#include "unit.h"

#include <strings.h>

#include "service/partner/columns.h"

/* clang-format off */
static const struct {
    const char *name, *path;
    enum column_use use;
    enum column_type type;
    unsigned min_length, max_length;
    bool clearable, write_only, secret;
} facts[] = {
    {"Id", "id", COLUMN_KEY, COLUMN_GUID, 0, 0, false, false, false},
    {"CustomerTenantId", "customerTenantId", COLUMN_TENANT, COLUMN_GUID,
     0, 0, false, false, false},
    {"displayName", "displayName", COLUMN_WRITE, COLUMN_STRING,
     0, 256, false, false, false},
    {"firstName", "firstName", COLUMN_WRITE, COLUMN_STRING,
     0, 64, true, false, false},
    {"lastName", "lastName", COLUMN_WRITE, COLUMN_STRING,
     0, 64, true, false, false},
    {"userPrincipalName", "userPrincipalName", COLUMN_WRITE, COLUMN_STRING,
     0, 113, false, false, false},
    {"usageLocation", "usageLocation", COLUMN_WRITE, COLUMN_STRING,
     0, 2, false, false, false},
    {"phoneNumber", "phoneNumber", COLUMN_WRITE, COLUMN_STRING,
     0, 64, true, false, false},
    {"immutableId", "immutableId", COLUMN_WRITE, COLUMN_STRING,
     0, 256, true, false, false},
    {"Password", "passwordProfile.password", COLUMN_WRITE, COLUMN_STRING,
     8, 256, false, true, true},
    {"ForceChangePassword", "passwordProfile.forceChangePassword",
     COLUMN_WRITE, COLUMN_BOOLEAN, 0, 0, false, true, false},
    {"userDomainType", "userDomainType", COLUMN_GUARD, COLUMN_STRING,
     0, 0, false, false, false},
    {"state", "state", COLUMN_WRITE, COLUMN_ENUM, 0, 0, false, false, false},
    {"lastDirectorySyncTime", "lastDirectorySyncTime", COLUMN_GUARD,
     COLUMN_TIME, 0, 0, false, false, false},
    {"softDeletionTime", "softDeletionTime", COLUMN_GUARD, COLUMN_TIME,
     0, 0, false, false, false},
    {"etag", "attributes.etag", COLUMN_GUARD, COLUMN_STRING, 0, 0, false, false,
     false},
};
/* clang-format on */

/* Every column must be as the service's and the directory's references have
 * it. */
static void test_columns_are_the_services(void **state)
{
    (void)state;
    assert_int_equal(COUNT(facts), PARTNER_COLUMN_COUNT);
    for (size_t i = 0; i < PARTNER_COLUMN_COUNT; i++) {
        const struct column *column = &partner_columns[i];

        assert_string_equal(column->name, facts[i].name);
        assert_string_equal(column->path, facts[i].path);
        assert_int_equal(column->use, facts[i].use);
        assert_int_equal(column->type, facts[i].type);
        assert_int_equal(column->min_length, facts[i].min_length);
        assert_int_equal(column->max_length, facts[i].max_length);
        assert_int_equal(column->clearable, facts[i].clearable);
        assert_int_equal(column->write_only, facts[i].write_only);
        assert_int_equal(column->secret, facts[i].secret);
        assert_int_equal(column->letters2,
                         strcmp(column->name, "usageLocation") == 0);
        assert_null(column->empty);
        if (column->type != COLUMN_ENUM) {
            assert_null(column->set);
            continue;
        }
        /* A deleted user can only be restored. */
        assert_string_equal(column->set[0], "active");
        assert_null(column->set[1]);
    }
    assert_int_equal(partner_columns[PARTNER_COLUMN_ID].use, COLUMN_KEY);
    assert_int_equal(partner_columns[PARTNER_COLUMN_TENANT].use, COLUMN_TENANT);
}

/* No name or path must mean two columns, in any letter case. */
static void test_names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARTNER_COLUMN_COUNT; i++) {
        for (size_t j = i + 1; j < PARTNER_COLUMN_COUNT; j++) {
            const struct column *a = &partner_columns[i];
            const struct column *b = &partner_columns[j];

            assert_int_not_equal(strcasecmp(a->name, b->name), 0);
            assert_int_not_equal(strcasecmp(a->path, b->path), 0);
            assert_int_not_equal(strcasecmp(a->name, b->path), 0);
            assert_int_not_equal(strcasecmp(a->path, b->name), 0);
        }
    }
}

/* Columns that are never returned must not be exported; the tenant must be. */
static void test_exported_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < PARTNER_COLUMN_COUNT; i++)
        assert_int_equal(column_is_exported(&partner_columns[i]),
                         i != PARTNER_COLUMN_ID && !facts[i].write_only);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns_are_the_services),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_exported_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
