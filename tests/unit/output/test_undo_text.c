#include "unit.h"

#include "output/undo_text.h"
#include "service/service.h"

static const struct undo_text_setup setup = {&service_rest, "delete_value",
                                             NULL};

static unsigned column_of(const char *name)
{
    unsigned column = 0;

    while (strcmp(service_rest.columns[column].name, name) != 0)
        column++;
    return column;
}

/* A value that a row of INPUT cannot set must stay out, so that the rest of its
 * row is undone; but one that only looks damaged must be set. */
static void test_rejected_values(void **state)
{
    static const struct {
        const char *old;
        const char *reason; /* NULL: it is set */
    } cases[] = {
        {"#N/A", NULL},
        {"NULL", NULL},
        {"Chief", NULL},
        {"***", "consists of asterisks"},
        {"delete-value", "resembles the word"},
        {"delete_valu", "resembles the word"},
        {"\x01", "contains only invisible"},
        {"12345678901234567890123456789012345678901234567890123456789012345",
         "the length of JobTitle is 65"},
    };
    struct buffer file;

    (void)state;
    buffer_init(&file, 10000);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct undo_change city = {NULL, column_of("City"), "Bonn", "Ulm"};
        struct undo_change changes = {&city, column_of("JobTitle"),
                                      cases[i].old, "New"};
        const column_mask columns =
            column_bit(city.column) | column_bit(changes.column);

        buffer_clear(&file);
        assert_int_equal(
            undo_text_put_row(&setup, columns, &file, "7", &changes), 0);
        if (strncmp(file.data, "7,Bonn,Ulm,", 11) != 0)
            fail_msg("%s", file.data);
        if (cases[i].reason ? !strstr(file.data, cases[i].reason)
                            : !strstr(file.data, cases[i].old))
            fail_msg("%s", file.data);
        if (cases[i].reason && strncmp(file.data, "7,Bonn,Ulm,,,", 13) != 0)
            fail_msg("%s", file.data);
    }
    buffer_free(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rejected_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
