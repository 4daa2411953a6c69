#include "records.h"

#include "base/utf8.h"

/* The header must be refused, with a message that contains the part. */
static void assert_header_refused(const struct input_rules *rules,
                                  const char *names, enum error_kind kind,
                                  const char *part)
{
    struct header header;
    struct line line;
    struct error error = {.kind = ERROR_NONE};

    header_init(&header, rules);
    if (header_parse(&header, "in.csv", make_record(&line, 0, names), &error) ==
        0)
        fail_msg("%s is accepted", names);
    assert_int_equal(error.kind, kind);
    if (!strstr(error.text, part))
        fail_msg("%s: %s", names, error.text);
}

/* Short name and path must find the column, whatever the letter case and the
 * spaces around. */
static void test_names_find_columns(void **state)
{
    static const char *const names[] = {
        "City",
        "city",
        "CITY",
        "  City  ",
        ("\xEF\xBB\xBF\xE2\x80\x8B"
         "City\xC2\xA0"),
        " cItY",
        "ContactInfo.Address.City",
        "contactinfo.ADDRESS.city",
    };
    struct input_rules rules = make_rules();

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char line[64];
        struct header *header;

        snprintf(line, sizeof(line), "%s|Id", names[i]);
        header = make_header(&rules, line);
        assert_true(header->named == (column_bit(column_of("City")) |
                                      column_bit(BING_COLUMN_ID)));
        free(header);
    }
}

/* The name of an ignored column must give the rows that a plan was made of. */
static void test_source_rows(void **state)
{
    static const struct {
        const char *name;
        uint64_t rows;
    } cases[] = {
        {"_SourceRows=50000", 50000}, {"_SourceRows=", 0},
        {"_SourceRows=-1", 0},        {"_SourceRows=1x", 0},
        {"_SourceRows", 0},           {"_sourcerows=5", 0},
    };
    struct input_rules rules = make_rules();
    char line[64];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct header *header;

        snprintf(line, sizeof(line), "Id|City|%s", cases[i].name);
        header = make_header(&rules, line);
        assert_int_equal(header->source_rows, cases[i].rows);
        free(header);
    }
}

/* UserId must mean Id. */
static void test_user_id_is_the_id(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "City|userid");

    (void)state;
    assert_true(header_names(header, BING_COLUMN_ID));
    assert_int_equal(header->positions[BING_COLUMN_ID], 1);
    free(header);
}

/* Columns that begin with '_' or are given to --ignore must be ignored. */
static void test_ignored_columns(void **state)
{
    const char *ignores[] = {"Notes", "password", "City"};
    struct input_rules rules = make_rules();
    struct header *header;

    (void)state;
    rules.ignores = ignores;
    rules.ignore_count = COUNT(ignores);
    header =
        make_header(&rules, "_Status|Id| NOTES |Password|City|Fax|_Status|_");
    assert_int_equal(header->source_count, 1);
    assert_int_equal(header->sources[0].column, column_of("Fax"));
    assert_int_equal(header->sources[0].position, 5);
    free(header);
}

/* --map must give a column of the file the name of one of ours. */
static void test_mapped_names(void **state)
{
    char mail[] = "E mail", key[] = "_key";
    struct name_pair maps[] = {{mail, " email "}, {key, "UserId"}};
    struct input_rules rules = make_rules();
    struct header *header;

    (void)state;
    rules.maps = maps;
    rules.map_count = COUNT(maps);
    header = make_header(&rules, "_KEY| e MAIL ");
    assert_int_equal(header->positions[BING_COLUMN_ID], 0);
    assert_int_equal(header->source_count, 1);
    assert_int_equal(header->sources[0].column, column_of("Email"));
    assert_int_equal(header->sources[0].position, 1);
    free(header);
}

/* Columns of a configuration file may be absent, and count if they are there.
 */
static void test_optional_columns(void **state)
{
    char town[] = "Town", post[] = "Post";
    struct name_pair maps[] = {{town, "City"}, {post, "PostalCode"}};
    const char *ignores[] = {"Notes", "Remarks"};
    struct input_rules rules = make_rules();
    struct header *header;

    (void)state;
    rules.maps = maps;
    rules.map_count = COUNT(maps);
    rules.ignores = ignores;
    rules.ignore_count = COUNT(ignores);
    rules.maps_optional = true;
    assert_header_refused(&rules, "Id|Town|Post|Notes", ERROR_INPUT, "Remarks");
    rules.maps_optional = false;
    rules.ignores_optional = true;
    assert_header_refused(&rules, "Id|Town", ERROR_INPUT, "Post");
    rules.maps_optional = true;
    assert_header_refused(&rules, "Id|Twon", ERROR_INPUT, "unknown column");
    header = make_header(&rules, "Id|Town|Remarks");
    assert_int_equal(header->source_count, 1);
    assert_int_equal(header->sources[0].column, column_of("City"));
    free(header);
}

/* An invalid header must be refused, with file, position and advice. */
static void test_refused_headers(void **state)
{
    static const char *const cases[][2] = {
        {"Id|Citty",
         "in.csv: header, column 2: unknown column \"Citty\"; did you mean "
         "City? --map 'Citty=City' renames it, --ignore Citty ignores it"},
        {"Id|Town", "unknown column \"Town\"; --map 'Town=COLUMN'"},
        {"Id|ContactInfo.Adress.City", "mean ContactInfo.Address.City?"},
        {"Id|Passwort", "unknown column \"Passwort\"; --map"},
        {"Id|City|CITY",
         "column 3: \"CITY\" is a duplicate of City, which is column 2"},
        {"Id|City|ContactInfo.Address.City", "is a duplicate of City"},
        {"Id|UserId", "is a duplicate of Id, which is column 1"},
        {"City|Fax", "in.csv: header: there is no column Id, which identifies "
                     "the user; if it has another name, use --map 'NAME=Id'; "
                     "if users have names instead, use --resolve"},
        {"Mail|Ort", "Find the Ids of users by their names with --resolve"},
        {"_Id", "there is no column Id"},
        {"Id|Town|City|CITY|Fx|BusinessName",
         "in.csv: header: 4 problems: column 2: unknown column \"Town\"; "
         "column "
         "4: \"CITY\" is a duplicate of City; column 5: unknown column \"Fx\" "
         "(did you mean Fax?); column 6: BusinessName cannot be set: the "
         "service ignores it for users. Rename columns with --map "
         "'NAME=COLUMN', ignore them with --ignore NAME, or all unknown ones "
         "with --ignore-unknown"},
        {"City|Town", "2 problems: column 2: unknown column \"Town\"; there is "
                      "no column Id. Rename"},
        {"Id|Ci\xE2\x80\x8Bty",
         "unknown column \"CiU+200Bty\"; did you mean City? "
         "remove the invisible character from the name"},
        {"Id|password", "column 2: rest has no column Password "
                        "(partner-center has): the service never returns it"},
        {"Id|ContactInfo.Address.BusinessName",
         "BusinessName cannot be set: the service ignores it for users"},
        {"Ci;ty|Id", "column 1: unknown column \"Ci;ty\""},
        {"[Id]|City",
         "in.csv: header, column 1: unknown column \"[Id]\"; did you mean Id?"},
        {"User ID|City", "did you mean Id? --map 'User ID=Id' renames it"},
        {"Kennung|Ort", "3 problems"},
        {"Id|Ci\x1B[2Jty", "\"CiU+001B[2Jty\""},
    };
    struct input_rules rules = make_rules();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_header_refused(&rules, cases[i][0], ERROR_INPUT, cases[i][1]);
}

/* A column that only other services have must be refused with their names, in
 * their spelling, and with a similar name of this service. A column that the
 * others refuse counts as unknown. */
static void test_columns_of_other_services(void **state)
{
    struct service narrow = service_rest;
    struct input_rules rules = make_rules();

    (void)state;
    narrow.name = "narrow";
    narrow.column_count = column_of("Line2");
    rules.service = &narrow;
    assert_header_refused(&rules, "Id|fax", ERROR_INPUT,
                          "in.csv: header, column 2: narrow has no column Fax "
                          "(rest");
    assert_header_refused(&rules, "Id|fax", ERROR_INPUT,
                          "); --ignore fax ignores it");
    assert_header_refused(&rules, "Id|ContactInfo.Email", ERROR_INPUT,
                          "narrow has no column Email (rest");
    assert_header_refused(&rules, "Id|Line2", ERROR_INPUT,
                          "); did you mean Line1? --map 'Line2=Line1'");
    assert_header_refused(&rules, "Id|BusinessName", ERROR_INPUT,
                          "unknown column \"BusinessName\"; --map");
}

/* A name too long for a message must be cut between two characters. */
static void test_long_name_is_cut(void **state)
{
    struct input_rules rules = make_rules();
    char names[256] = "Id|";
    struct header header;
    struct line line;
    struct error error = {.text = ""};

    (void)state;
    for (size_t i = strlen(names); i + 3 < sizeof(names); i += 2)
        memcpy(names + i, "\xC3\xA9", 3);
    header_init(&header, &rules);
    assert_int_equal(
        header_parse(&header, "in.csv", make_record(&line, 0, names), &error),
        -1);
    assert_true(utf8_is_valid(error.text, strlen(error.text)));
    assert_non_null(strstr(error.text, "\xC3\xA9\""));
    assert_in_range(strlen(error.text), 0, 400);
}

/* A --map or --ignore whose column the header does not have must be refused:
 * with a misspelled name, the wrong columns would reach the service. */
static void test_options_must_fit_the_header(void **state)
{
    const char *ignores[] = {"Ctiy"};
    char from[] = "Mail";
    struct name_pair maps[] = {{from, "Email"}};
    struct input_rules rules = make_rules();

    (void)state;
    rules.ignores = ignores;
    rules.ignore_count = 1;
    assert_header_refused(
        &rules, "Id|City", ERROR_INPUT,
        "in.csv: header: there is no column \"Ctiy\"; did you mean "
        "\"City\"? Correct or remove the option --ignore that names it");
    rules.ignore_count = 0;
    rules.maps = maps;
    rules.map_count = 1;
    assert_header_refused(&rules, "Id|Email", ERROR_INPUT,
                          "there is no column \"Mail\"; did you mean "
                          "\"Email\"? Correct or remove the option --map that "
                          "names it");
}

/* The column of --where must be found by its name in INPUT, also if it is
 * ignored, or else by what it means; and there must be only one. */
static void test_wheres(void **state)
{
    static const struct {
        const char *names, *where;
        size_t position;
    } cases[] = {
        {"Id|City|_Wave", "_wave", 2},
        {"Id|_City|City", "City", 2},
        {"Id|Town|City", "City", 2}, /* Town is ignored */
        {"Id|City|Fax", "ContactInfo.Address.City", 1},
        {"Fax|Id|City", "UserId", 1},
    };
    const char *ignores[] = {"Town"};
    struct input_rules rules = make_rules();
    char name[40];
    struct name_pair where = {name, "1"};

    (void)state;
    rules.wheres = &where;
    rules.where_count = 1;
    rules.ignores = ignores;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct header *header;

        rules.ignore_count = strstr(cases[i].names, "Town") != NULL;
        (void)snprintf(name, sizeof(name), "%s", cases[i].where);
        header = make_header(&rules, cases[i].names);
        assert_int_equal(header->wheres[0], cases[i].position);
        free(header);
    }
    (void)snprintf(name, sizeof(name), "_Wvae");
    assert_header_refused(&rules, "Id|_Wave", ERROR_INPUT,
                          "did you mean \"_Wave\"? Correct or remove the "
                          "option --where");
    (void)snprintf(name, sizeof(name), "_Wave");
    assert_header_refused(&rules, "Id|_Wave|_WAVE", ERROR_INPUT,
                          "there are several columns \"_Wave\"");
}

/* A name that is not displayed as it is must not be part of a command. */
static void test_names_for_commands(void **state)
{
    static const char long_name[] =
        "a name of more than sixty-three bytes, which no service has, too long";
    struct input_rules rules = make_rules();
    char header[100];

    (void)state;
    assert_header_refused(&rules, "Id|It's", ERROR_INPUT,
                          "--map 'It'\\''s=COLUMN' renames it, --ignore "
                          "'It'\\''s' ignores it");
    assert_header_refused(&rules, "Id|Tab\there", ERROR_INPUT,
                          "\"TabU+0009here\"; remove the invisible character "
                          "from the name, or use --ignore-unknown");
    (void)snprintf(header, sizeof(header), "Id|%s", long_name);
    assert_header_refused(&rules, header, ERROR_INPUT,
                          "--map ... renames it, --ignore ... ignores it");
}

/* A --map to a column that the file has, too, must be refused. */
static void test_map_duplicates(void **state)
{
    char from[] = "Mail";
    struct name_pair maps[] = {{from, "Email"}};
    struct input_rules rules = make_rules();

    (void)state;
    rules.maps = maps;
    rules.map_count = 1;
    assert_header_refused(&rules, "Id|Email|Mail", ERROR_INPUT,
                          "\"Mail\" is a duplicate of Email");
}

/* Expect.COLUMN must be found by both names of a column and by a rule that maps
 * to it, and must not be a column to set. --ignore and --ignore-guards must
 * ignore it. */
static void test_expected(void **state)
{
    static const char names[] =
        "Id|City| EXPECT.contactinfo.address.city|Old|Expect.Fax";
    char from[] = "Old";
    struct name_pair maps[] = {{from, "Expect.JobTitle"}};
    const char *ignores[] = {"expect.Fax"};
    struct input_rules rules = make_rules();
    struct header *header;
    struct error error;

    (void)state;
    rules.maps = maps;
    rules.map_count = COUNT(maps);
    rules.ignores = ignores;
    rules.ignore_count = COUNT(ignores);
    assert_int_equal(input_rules_check(&rules, &error), 0);
    header = make_header(&rules, names);
    assert_int_equal(header->source_count, 1);
    assert_int_equal(header->expect_count, 2);
    assert_int_equal(header->expects[0].column, column_of("City"));
    assert_int_equal(header->expects[0].position, 2);
    assert_int_equal(header->expects[1].column, column_of("JobTitle"));
    free(header);
    rules.ignore_guards = true;
    header = make_header(&rules, names);
    assert_int_equal(header->expect_count, 0);
    free(header);
}

/* A column that cannot be expected must be refused with the reason. */
static void test_unexpectable(void **state)
{
    static const struct {
        const char *names;
        const char *part;
    } cases[] = {
        {"Id|Expect.TimeStamp", "column 2: TimeStamp cannot be expected: it is "
                                "a guard itself"},
        {"Id|Expect.UserId", "Id cannot be expected: it identifies the user"},
        {"Id|Expect.Password", "the service never returns its value"},
        {"Id|Expect.SecretAnswer", "SecretAnswer cannot be expected: it is a "
                                   "secret; remove the column, or ignore it "
                                   "with --ignore Expect.SecretAnswer"},
        {"Id|Expect.City|City|Expect.City", "a duplicate of City, which is "
                                            "column 2"},
        {"Id|Expect.Town", "unknown column \"Expect.Town\""},
        {"Id|Expect.", "unknown column \"Expect.\""},
    };
    static const char *const secrets[] = {"Id|Expect.Password",
                                          "Id|Expect.ForceChangePassword"};
    struct input_rules rules = make_rules();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_header_refused(&rules, cases[i].names, ERROR_INPUT,
                              cases[i].part);
    rules = make_partner_rules("eebd1b55-5360-4438-a11d-5c06918c3014");
    for (size_t i = 0; i < COUNT(secrets); i++)
        assert_header_refused(&rules, secrets[i], ERROR_INPUT,
                              "cannot be expected");
}

/* Without a tenant for any row, the header must be refused with both ways to
 * give one. */
static void test_no_tenant(void **state)
{
    struct input_rules rules = make_partner_rules(NULL);

    (void)state;
    assert_header_refused(&rules, "Id|firstName", ERROR_INPUT, "--customer-id");
    assert_header_refused(&rules, "Id|firstName", ERROR_INPUT,
                          "CustomerTenantId");
}

/* If users are found by their names, the name must be required, and neither an
 * Id nor a tenant. */
static void test_by_name(void **state)
{
    char mail[] = "Mail";
    struct name_pair map = {mail, "UserName"};
    struct input_rules rules = make_rules();
    struct header *header;

    (void)state;
    rules.by_name = true;
    header = make_header(&rules, "City|username");
    assert_int_equal(header->user_name, 1);
    assert_false(header->renamed);
    free(header);
    assert_header_refused(&rules, "Id|City", ERROR_INPUT,
                          "there is no column UserName");
    assert_header_refused(&rules, "Mail|Ort", ERROR_INPUT,
                          "For the column of the names, use --map "
                          "'NAME=UserName'");
    assert_header_refused(&rules, "UsrName|City", ERROR_INPUT,
                          "did you mean UserName?");
    rules.maps = &map;
    rules.map_count = 1;
    header = make_header(&rules, "Mail|Id");
    assert_int_equal(header->user_name, 0);
    free(header);
}

/* A name that an update would set must become an expected one: by the program,
 * if the column has its own name, or by --map. The expected name identifies the
 * user, and another column is the new name. */
static void test_by_name_that_can_be_set(void **state)
{
    char mail[] = "Mail";
    struct name_pair map = {mail, "userPrincipalName"};
    struct input_rules rules = make_partner_rules(NULL);
    struct header *header;

    (void)state;
    rules.by_name = true;
    header = make_header(&rules, "firstName|USERPRINCIPALNAME");
    assert_int_equal(header->user_name, 1);
    assert_true(header->renamed);
    free(header);
    header =
        make_header(&rules, "userPrincipalName|Expect.UserPrincipalName|Id");
    assert_int_equal(header->user_name, 1);
    assert_false(header->renamed);
    free(header);
    assert_header_refused(&rules, "Id|firstName", ERROR_INPUT,
                          "there is no column userPrincipalName, which "
                          "identifies the user; if it has another name, use "
                          "--map 'NAME=Expect.userPrincipalName'");
    assert_header_refused(&rules, "Mail|Ort", ERROR_INPUT,
                          "For the column of the names, use --map "
                          "'NAME=Expect.userPrincipalName'");
    assert_header_refused(&rules, "userPrincipalNam|firstName", ERROR_INPUT,
                          "did you mean userPrincipalName? --map "
                          "'userPrincipalNam=Expect.userPrincipalName'");
    rules.maps = &map;
    rules.map_count = 1;
    assert_header_refused(&rules, "Mail|firstName", ERROR_INPUT,
                          "use --map 'Mail=Expect.userPrincipalName'");
    header = make_header(&rules, "Mail|Expect.userPrincipalName");
    assert_int_equal(header->user_name, 1);
    free(header);
    map.to = "Expect.userPrincipalName";
    header = make_header(&rules, "firstName|Mail");
    assert_int_equal(header->user_name, 1);
    assert_false(header->renamed);
    free(header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_find_columns),
        cmocka_unit_test(test_source_rows),
        cmocka_unit_test(test_user_id_is_the_id),
        cmocka_unit_test(test_ignored_columns),
        cmocka_unit_test(test_mapped_names),
        cmocka_unit_test(test_optional_columns),
        cmocka_unit_test(test_refused_headers),
        cmocka_unit_test(test_columns_of_other_services),
        cmocka_unit_test(test_long_name_is_cut),
        cmocka_unit_test(test_options_must_fit_the_header),
        cmocka_unit_test(test_wheres),
        cmocka_unit_test(test_map_duplicates),
        cmocka_unit_test(test_names_for_commands),
        cmocka_unit_test(test_expected),
        cmocka_unit_test(test_unexpectable),
        cmocka_unit_test(test_no_tenant),
        cmocka_unit_test(test_by_name),
        cmocka_unit_test(test_by_name_that_can_be_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
