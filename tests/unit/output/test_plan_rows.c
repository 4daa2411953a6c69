#include "value_records.h"

#include "output/plan_rows.h"
#include "service/service.h"

#define TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"

/* The file that is made of the records, in blocks of so many bytes. */
static void make_file(const struct undo_text_setup *setup, size_t block,
                      const char *const *records, struct buffer *file)
{
    struct plan_rows *rows = plan_rows_new(setup, block);
    const struct plan_rows_output output = {put_row, file};
    char text[200];
    size_t lines = 0;

    assert_non_null(rows);
    for (size_t i = 0; records[i]; i++) {
        size_t len = make_record(text, records[i]);

        assert_int_equal(plan_rows_note(rows, *records[i], text, len), 0);
    }
    for (size_t i = 0; plan_rows_has_repeated(rows) && records[i]; i++) {
        size_t len = make_record(text, records[i]);

        assert_int_equal(plan_rows_collect(rows, text, len), 0);
    }
    assert_int_equal(plan_rows_put_header(rows, 12, file), 0);
    for (size_t i = 0; records[i]; i++) {
        size_t len = make_record(text, records[i]);

        assert_int_equal(plan_rows_take(rows, text, len, &output), 0);
    }
    assert_int_equal(plan_rows_end(rows, &output), 0);
    for (size_t i = 0; i < file->len; i++)
        lines += file->data[i] == '\n';
    assert_int_equal(plan_rows_users(rows), lines - 1);
    plan_rows_free(rows);
}

/* The size of the blocks must not matter. */
static void assert_file(const struct undo_text_setup *setup,
                        const char *const *records, const char *wanted)
{
    for (size_t block = 1; block < 200; block += 33) {
        struct buffer file;

        buffer_init(&file, 10000);
        make_file(setup, block, records, &file);
        assert_string_equal(file.data, wanted);
        buffer_free(&file);
    }
}

static const struct undo_text_setup rest = {&service_rest, "delete_value",
                                            NULL};

#define END    ",_SourceRows=12\n"
#define HEADER "Id,City,Expect.City" END

/* Users must be in the order of INPUT, with one row each. */
static void test_rows(void **state)
{
    static const struct {
        const char *records[8];
        const char *wanted;
    } cases[] = {
        {{NULL}, "Id" END},
        {{"c 1 7 City +Bonn +Ulm"}, HEADER "7,Ulm,Bonn,\n"},
        {{"c 1 7 City +Bonn -"}, HEADER "7,delete_value,Bonn,\n"},
        {{"c 1 7 City - +Ulm"}, HEADER "7,Ulm,delete_value,\n"},
        {{"c 1 7 City + +Ulm"}, HEADER "7,Ulm,delete_value,\n"},
        {{"c 5 7 City +a +A", "c 3 8 Fax +b +B", "c 9 9 City +c +C",
          "c 4 6 City +d +D", "c 1 5 City +e +E"},
         "Id,City,Expect.City,Fax,Expect.Fax" END
         "5,E,e,,,\n8,,,B,b,\n6,D,d,,,\n7,A,a,,,\n9,C,c,,,\n"},
        /* in two windows: the last value counts */
        {{"c 5 7 City +Bonn +Ulm", "c 6 8 City +x +y",
          "C 9 7 City +Bonn +Graz"},
         HEADER "7,Graz,Bonn,\n8,y,x,\n"},
        {{"c 5 7 City +Bonn +Ulm", "C 9 7 City +Bonn +Graz Fax +1 +2"},
         "Id,City,Expect.City,Fax,Expect.Fax" END "7,Graz,Bonn,2,1,\n"},
        /* others have written the user between the windows */
        {{"c 5 7 City +Bonn +Ulm", "C 9 7 City +Linz +Graz"},
         HEADER "7,Graz,Linz,\n"},
        /* the second one takes the first one back */
        {{"c 5 7 City +Bonn +Ulm", "C 9 7 City +Bonn +Bonn"}, HEADER},
        {{"c 5 7 City +Bonn +Ulm", "C 9 7 City +Bonn +Bonn Fax +1 +2"},
         "Id,City,Expect.City,Fax,Expect.Fax" END "7,,,2,1,\n"},
        /* its first group changes nothing, so the place is that of the second
         * one, as if the first one had no record */
        {{"C 5 7 City +Bonn +Bonn", "c 6 8 City +x +y",
          "C 9 7 City +Bonn +Ulm"},
         HEADER "8,y,x,\n7,Ulm,Bonn,\n"},
        /* after a kill, the group was processed again */
        {{"c 5 7 City +Bonn +Ulm", "c 6 8 City +x +y", "C 5 7 City +Linz +Ulm"},
         HEADER "7,Ulm,Linz,\n8,y,x,\n"},
        {{"c 5 7 City +Bonn +Ulm", "C 5 7"}, HEADER},
        {{"c 5 7 City +Bonn +Ulm", "C 5 7", "C 9 7 City +Bonn +Linz"},
         HEADER "7,Linz,Bonn,\n"},
        /* nobody has an earlier record */
        {{"C 5 7 City +Bonn +Ulm Fax +1 +1"}, HEADER "7,Ulm,Bonn,\n"},
        /* what is the same to the service is no change */
        {{"C 5 7 Lcid +EnglishUS +ENGLISHUS"}, "Id" END},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_file(&rest, cases[i].records, cases[i].wanted);
}

/* Each user of Partner Center must have its tenant. */
static void test_tenant(void **state)
{
    static const struct undo_text_setup partner = {&service_partner,
                                                   "delete_value", "t-1"};
    static const char *const records[] = {
        "c 1 a lastName +A +B", "c 0 " TENANT "/b lastName +A +B", NULL};

    (void)state;
    assert_file(&partner, records,
                "Id,CustomerTenantId,lastName,Expect.lastName" END "b," TENANT
                ",B,A,\na,t-1,B,A,\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_tenant)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
