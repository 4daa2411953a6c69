#include "value_records.h"

#include "output/undo_rows.h"
#include "service/service.h"
#include "user/undo_record.h"

#define TENANT "eebd1b55-5360-4438-a11d-5c06918c3014"
#define GUID   "4b10bf41-ab11-40e3-8c53-00000000000a"

/* The file that is made of the records; "" begins a new block. */
static void assert_file(const struct undo_text_setup *setup,
                        const char *const *records, const char *wanted)
{
    struct undo_rows *rows = undo_rows_new(setup);
    struct buffer file;
    size_t count = 0, at;
    char text[200];

    assert_non_null(rows);
    buffer_init(&file, 10000);
    for (; records[count]; count++) {
        size_t len = *records[count] ? make_record(text, records[count]) : 0;

        undo_rows_note(rows, *records[count], text, len);
    }
    assert_int_equal(undo_rows_put_header(rows, &file), 0);
    while (count > 0) {
        for (at = count; at > 0 && *records[at - 1]; at--)
            ;
        for (size_t i = at; i < count; i++)
            assert_int_equal(undo_rows_take(rows, *records[i], text,
                                            make_record(text, records[i])),
                             0);
        assert_true(undo_rows_end_block(rows, put_row, &file) >= 0);
        count = at > 0 ? at - 1 : 0;
    }
    assert_string_equal(file.data, wanted);
    buffer_free(&file);
    undo_rows_free(rows);
}

static const struct undo_text_setup rest = {&service_rest, "delete_value",
                                            NULL};

#define HEADER "Id,City,Expect.City,_Note\n"

/* A user must have one row, with the oldest value and the last one. An update
 * that was not applied must not count, one with an unknown outcome must. */
static void test_one_row(void **state)
{
    static const struct {
        const char *records[8];
        const char *wanted;
    } cases[] = {
        {{NULL}, "Id,_Note\n"},
        {{"u 1 7 City +Bonn +Ulm", "a 1 7 City +Ulm"}, HEADER "7,Bonn,Ulm,\n"},
        /* the service has normalized the value */
        {{"u 1 7 City +Bonn +Ulm", "a 1 7 City +ULM"}, HEADER "7,Bonn,ULM,\n"},
        /* the outcome is unknown */
        {{"u 1 7 City - +Ulm"}, HEADER "7,delete_value,Ulm,\n"},
        {{"u 1 7 City +Bonn +Ulm", "n 1 7"}, HEADER},
        /* the process died before it wrote this result, and the next one has
         * sent the update again */
        {{"u 1 7 City +Bonn +Ulm", "n 1 7", "a 1 7 City +Ulm"},
         HEADER "7,Bonn,Ulm,\n"},
        /* two updates, in two windows */
        {{"u 1 7 City +Bonn +Ulm", "a 1 7 City +Ulm", "u 5 7 City +Ulm -",
          "a 5 7 City -"},
         HEADER "7,Bonn,delete_value,\n"},
        {{"u 1 7 City +Bonn +Ulm", "u 5 7 City +Ulm +Graz", "n 5 7"},
         HEADER "7,Bonn,Ulm,\n"},
        /* the first update of the group was stale */
        {{"u 1 7 City +Bonn +Ulm", "U 1 7 City +Linz +Ulm", "a 1 7 City +Ulm"},
         HEADER "7,Linz,Ulm,\n"},
        /* the process died before the update was sent */
        {{"u 1 7 City +Bonn +Ulm", "u 1 7 City +Linz +Ulm"},
         HEADER "7,Linz,Ulm,\n"},
        {{"u 1 8 City +A +B", "u 2 7 City +C +D", "a 2 7 City +D", "n 1 8"},
         HEADER "7,C,D,\n"},
        /* the second outcome is unknown: the user has Ulm or Graz */
        {{"u 1 7 City +Bonn +Ulm", "a 1 7 City +Ulm", "u 5 7 City +Ulm +Graz"},
         HEADER "7,Ulm,Graz,\n7,Bonn,Ulm,\n"},
        {{"u 1 7 City +Bonn +Ulm", "u 5 7 City +Ulm +Graz", "a 5 7 City +Graz"},
         HEADER "7,Bonn,Graz,\n"},
        /* text that needs quotes, or looks like a formula */
        {{"u 1 7 City +=1,\"2\" +x\ny"},
         HEADER "7,\"=1,\"\"2\"\"\",\"x\ny\",\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_file(&rest, cases[i].records, cases[i].wanted);
}

/* Different columns of a user must be in one row, also if only some change. The
 * user who was updated last comes first, since users can share values. */
static void test_columns(void **state)
{
    static const char *const refused[] = {"u 1 7 Fax +1 +2", "u 2 8 Fax +1 +3",
                                          "n 1 7", "U 1 7 Fax +3 +2", NULL};
    static const char *const records[] = {
        "u 1 7 City +Bonn +Ulm JobTitle +A +B",
        "a 1 7 City +Ulm JobTitle +B",
        "u 2 8 Fax +1 +2",
        "a 2 8 Fax +2",
        "u 9 7 JobTitle +B +C Fax - +3",
        "a 9 7 JobTitle +C Fax +3",
        NULL};

    (void)state;
    assert_file(&rest, records,
                "Id,City,Expect.City,Fax,Expect.Fax,JobTitle,Expect.JobTitle,"
                "_Note\n"
                "7,Bonn,Ulm,delete_value,3,A,C,\n"
                "8,,,1,2,,,\n");
    assert_file(&rest, refused, "Id,Fax,Expect.Fax,_Note\n7,3,2,\n8,1,3,\n");
}

/* A block must know outcomes of its updates that later blocks have; the rows of
 * a user in several blocks must undo the newest update first. */
static void test_blocks(void **state)
{
    static const struct {
        const char *records[10];
        const char *wanted;
    } cases[] = {
        {{"u 1 7 City +Bonn +Ulm", "", "a 1 7 City +ULM"},
         HEADER "7,Bonn,ULM,\n"},
        {{"u 1 7 City +Bonn +Ulm", "", "n 1 7"}, HEADER},
        {{"u 1 7 City +Bonn +Ulm", "", "n 1 7", "a 1 7 City +ULM"},
         HEADER "7,Bonn,ULM,\n"},
        {{"u 1 7 City +Bonn +Ulm", "", "n 1 7", "", "a 1 7 City +ULM"},
         HEADER "7,Bonn,ULM,\n"},
        {{"u 1 7 City +Bonn +Ulm", "", "u 2 8 City +A +B", "", "n 1 7"},
         HEADER "8,A,B,\n"},
        {{"u 1 7 City +Bonn +Ulm", "", "U 1 7 City +Linz +Ulm"},
         HEADER "7,Linz,Ulm,\n"},
        {{"u 1 7 City +Bonn +Ulm", "", "U 1 7 City +Linz +Ulm", "", "n 1 7"},
         HEADER},
        {{"u 1 7 City +Bonn +Ulm", "a 1 7 City +Ulm", "",
          "u 5 7 City +Ulm +Graz"},
         HEADER "7,Ulm,Graz,\n7,Bonn,Ulm,\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_file(&rest, cases[i].records, cases[i].wanted);
}

/* What cannot be set again must be noted, and not be guarded. */
static void test_not_undone(void **state)
{
    static const struct undo_text_setup partner = {&service_partner,
                                                   "delete_value", TENANT};
    static const char *const records[] = {
        "u 1 " GUID " Password - - ForceChangePassword - -", NULL};
    static const char *const values[] = {
        "u 1 " GUID " displayName - +Ann",
        "u 2 " TENANT "/" GUID " lastName +Delete_Value +B firstName +\t +C",
        "u 3 x state +inactive +active lastName +A +B", NULL};
    static const char *const guarded[] = {
        "u 1 7 JobTitle +A +Delete-Value City +A +B", NULL};

    (void)state;
    assert_file(&partner, records,
                "Id,CustomerTenantId,_Note\n" GUID "," TENANT
                ",Password cannot be undone (its old value was not recorded); "
                "ForceChangePassword cannot be undone (its old value was not "
                "recorded)\n");
    assert_file(&partner, values,
                "Id,CustomerTenantId,displayName,Expect.displayName,firstName,"
                "Expect.firstName,lastName,Expect.lastName,state,Expect.state,"
                "_Note\n"
                "x," TENANT ",,,,,A,B,,,state cannot be undone (this value of "
                "state is not allowed)\n" GUID "," TENANT
                ",,,,,,,,,firstName cannot be undone (firstName contains only "
                "invisible characters (U+0009)); lastName cannot be undone "
                "(lastName resembles the word that clears a value)\n" GUID
                "," TENANT
                ",,,,,,,,,\"displayName cannot be undone (it had no value, and "
                "cannot be cleared)\"\n");
    /* A row that expects such a value would be rejected, too. */
    assert_file(&rest, guarded,
                "Id,City,Expect.City,JobTitle,Expect.JobTitle,_Note\n"
                "7,A,B,,,JobTitle cannot be undone (JobTitle resembles the "
                "word that clears a value)\n");
}

/* Records must contain the values before and after, but none of a password or
 * of the answer to a secret question. */
static void test_records(void **state)
{
    static const char body[] =
        "{\"User\":{\"Id\":\"7\",\"TimeStamp\":\"AAAA\",\"CustomerId\":\"5\","
        "\"UserName\":\"a\",\"JobTitle\":\"Chief\",\"SecretAnswer\":\"Rex12\","
        "\"ContactInfo\":{\"Address\":{\"TimeStamp\":\"BBBB\"}}}}";
    static const char wanted[] = "4\0007\0City\0-\0+Ulm\0JobTitle\0+Chief\0-\0"
                                 "SecretAnswer\0-\0-";
    static const char after[] = "4\0007\0City\0-\0JobTitle\0+Chief";
    struct row *row = make_row(5, "7", "City=Ulm|JobTitle=|SecretAnswer=Bello");
    struct group group = {.rows = row, .key = row->key, .first = 4};
    struct task_result result = {.group = &group};
    struct http_response response = make_response(200, body);
    struct api_error api_error;
    struct buffer record;
    column_mask columns;

    (void)state;
    merge_init(&result.merge, row);
    columns = result.merge.named;
    if (service_rest.parse_get(NULL, &response, "7", &result.user, &api_error))
        fail_msg("%s", api_error.text);
    buffer_init(&record, 1000);
    assert_int_equal(
        undo_record_put_update(&record, &service_rest, &result, columns), 0);
    assert_int_equal(record.len, sizeof(wanted));
    assert_memory_equal(record.data, wanted, sizeof(wanted));
    buffer_clear(&record);
    assert_int_equal(
        undo_record_put_outcome(&record, &service_rest, &result, columns), 0);
    assert_int_equal(record.len, sizeof(after));
    assert_memory_equal(record.data, after, sizeof(after));
    buffer_free(&record);
    service_rest.user_free(result.user);
    row_free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_row), cmocka_unit_test(test_columns),
        cmocka_unit_test(test_blocks),  cmocka_unit_test(test_not_undone),
        cmocka_unit_test(test_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
