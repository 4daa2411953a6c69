#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/fnv1a.h"
#include "base/utf8.h"
#include "input/schema.h"
#include "service/bing/bing_columns.h"
#include "service/partner/partner_columns.h"
#include "service/service.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FIELDS_MAX   16

/* A record made of a line whose cells '|' parts; no quoting. */
struct line {
    char text[512];
    struct field fields[FIELDS_MAX];
    struct record record;
};

static const struct record *make_record(struct line *line, uint64_t number,
                                        const char *text)
{
    char *next;
    size_t count = 0;

    assert_in_range(strlen(text), 0, sizeof(line->text) - 1);
    memcpy(line->text, text, strlen(text) + 1);
    for (char *cell = line->text; cell; cell = next) {
        next = strchr(cell, '|');
        if (next)
            *next++ = '\0';
        assert_in_range(count, 0, FIELDS_MAX - 1);
        line->fields[count++] = (struct field){cell, strlen(cell)};
    }
    line->record = (struct record){number, number + 1, count, line->fields};
    return &line->record;
}

static struct options make_options(void)
{
    return (struct options){
        .mode = MODE_APPLY,
        .delimiter = ',',
        .clear_token = "delete_value",
        .shards = 1,
        .service = &service_rest,
    };
}

static unsigned column_named(const char *name)
{
    for (unsigned i = 0; i < BING_COLUMN_COUNT; i++) {
        if (strcmp(bing_columns[i].name, name) == 0)
            return i;
    }
    fail_msg("no column %s", name);
    return 0;
}

/* A schema that has taken the header. */
static struct schema *make_schema(const struct options *options,
                                  const char *header)
{
    struct schema *schema = schema_new(options);
    struct line line;
    struct error error;

    assert_non_null(schema);
    if (schema_take_header(schema, "in.csv", make_record(&line, 0, header),
                           &error))
        fail_msg("%s: %s", header, error.text);
    return schema;
}

/* The header must be refused, with a message that has the part. */
static void assert_header_refused(const struct options *options,
                                  const char *header, enum error_kind kind,
                                  const char *part)
{
    struct schema *schema = schema_new(options);
    struct line line;
    struct error error = {.kind = ERROR_NONE};

    assert_non_null(schema);
    if (schema_take_header(schema, "in.csv", make_record(&line, 0, header),
                           &error) == 0)
        fail_msg("%s is taken", header);
    assert_int_equal(error.kind, kind);
    if (!strstr(error.text, part))
        fail_msg("%s: %s", header, error.text);
    schema_free(schema);
}

static struct row *take_row(const struct schema *schema, const char *text)
{
    struct line line;
    struct row *row = NULL;
    struct error error;

    if (schema_take_row(schema, make_record(&line, 7, text), &row, &error))
        fail_msg("%s: %s", text, error.text);
    memset(&line, 'x', sizeof(line)); /* nothing of it may be borrowed */
    return row;
}

static const struct cell *find_cell(const struct row *row, const char *column)
{
    for (unsigned i = 0; i < row->count; i++) {
        if (row->cells[i].column == column_named(column))
            return &row->cells[i];
    }
    return NULL;
}

static void assert_cell(const struct row *row, const char *column,
                        const char *text)
{
    const struct cell *cell = find_cell(row, column);

    assert_non_null(cell);
    assert_non_null(cell->text);
    assert_string_equal(cell->text, text);
}

static void assert_cleared(const struct row *row, const char *column)
{
    const struct cell *cell = find_cell(row, column);

    assert_non_null(cell);
    assert_null(cell->text);
}

/* Short names, paths, any letter case, spaces around: all find the column. */
static void test_names_find_columns(void **state)
{
    static const char *const names[] = {
        "City",
        "city",
        "CITY",
        "  City  ",
        " cItY",
        "ContactInfo.Address.City",
        "contactinfo.ADDRESS.city",
    };
    struct options options = make_options();

    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char header[64];
        struct schema *schema;

        snprintf(header, sizeof(header), "%s|Id", names[i]);
        schema = make_schema(&options, header);
        assert_true(
            schema_columns(schema) ==
            (column_bit(column_named("City")) | column_bit(BING_COLUMN_ID)));
        schema_free(schema);
    }
}

/* UserId stands for Id. */
static void test_user_id_is_the_id(void **state)
{
    struct options options = make_options();
    struct schema *schema = make_schema(&options, "City|userid");
    struct row *row = take_row(schema, "Berlin|12");

    (void)state;
    assert_string_equal(row->id, "12");
    row_free(row);
    schema_free(schema);
}

/* Columns that begin with '_' or are given to --ignore are passed over. */
static void test_columns_passed_over(void **state)
{
    const char *ignores[] = {"Notes", "password", "City"};
    struct options options = make_options();
    struct schema *schema;
    struct row *row;

    (void)state;
    options.ignores = ignores;
    options.ignore_count = COUNT(ignores);
    schema =
        make_schema(&options, "_Status|Id| NOTES |Password|City|Fax|_Status|_");
    row = take_row(schema, "x|1|x|x|x|5|x|x");
    assert_int_equal(row->count, 1);
    assert_cell(row, "Fax", "5");
    row_free(row);
    schema_free(schema);
}

/* --map gives a column of the file the name of one of ours. */
static void test_mapped_names(void **state)
{
    char mail[] = "E mail", key[] = "_key";
    struct name_pair maps[] = {{mail, " email "}, {key, "UserId"}};
    struct options options = make_options();
    struct schema *schema;
    struct row *row;

    (void)state;
    options.maps = maps;
    options.map_count = COUNT(maps);
    schema = make_schema(&options, "_KEY| e MAIL ");
    row = take_row(schema, "5|a@b.example");
    assert_string_equal(row->key, "5");
    assert_cell(row, "Email", "a@b.example");
    row_free(row);
    schema_free(schema);
}

/* A header that can't be meant so is refused, with file, place and advice. */
static void test_refused_headers(void **state)
{
    static const char *const cases[][2] = {
        {"Id|Citty",
         "in.csv: header, column 2: unknown column \"Citty\"; did you mean "
         "City? --map 'Citty=City' renames it, --ignore 'Citty' drops it"},
        {"Id|Town", "unknown column \"Town\"; --map 'Town=COLUMN'"},
        {"Id|ContactInfo.Adress.City", "mean ContactInfo.Address.City?"},
        {"Id|Passwort", "unknown column \"Passwort\"; --map"},
        {"Id|City|CITY", "column 3: \"CITY\" doubles City, which is column 2"},
        {"Id|City|ContactInfo.Address.City", "doubles City"},
        {"Id|UserId", "doubles Id, which is column 1"},
        {"City|Fax", "in.csv: header: there is no column Id"},
        {"_Id", "there is no column Id"},
        {"Id||City", "in.csv: header, column 2: the name is empty"},
        {"Id|  |City", "column 2: the name is empty"},
        {"Id|password", "column 2: rest has no column Password "
                        "(partner-center has): the service never returns it"},
        {"Id|ContactInfo.Address.BusinessName",
         "BusinessName can't be given: the service ignores it for users"},
        {"Id;City", "--delimiter ';'"},
        {"Id\tCity", "--delimiter 'tab'"},
        {"Ci;ty|Id", "column 1: unknown column \"Ci;ty\""},
        {"12345|Berlin", "the first row must name the columns"},
        {"Id|Ci\x1B[2Jty", "\"Ci?[2Jty\""},
    };
    struct options options = make_options();

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_header_refused(&options, cases[i][0], ERROR_INPUT, cases[i][1]);
}

/* With another delimiter a lonely name with a comma gets the hint as well. */
static void test_hint_at_the_comma(void **state)
{
    struct options options = make_options();

    (void)state;
    options.delimiter = ';';
    assert_header_refused(&options, "Id,City", ERROR_INPUT, "--delimiter ','");
    assert_header_refused(&options, "Id;City", ERROR_INPUT, "unknown column");
}

/* A column that the service lacks and others have is refused with the names of
 * both, as that service spells it, and with a near name of its own. A column
 * that the others refuse is one that nobody has. */
static void test_columns_of_other_services(void **state)
{
    struct service narrow = service_rest;
    struct options options = make_options();

    (void)state;
    narrow.name = "narrow";
    narrow.column_count = column_named("Line2");
    options.service = &narrow;
    assert_header_refused(&options, "Id|fax", ERROR_INPUT,
                          "in.csv: header, column 2: narrow has no column Fax "
                          "(rest");
    assert_header_refused(&options, "Id|fax", ERROR_INPUT,
                          "); --ignore 'fax' drops it");
    assert_header_refused(&options, "Id|ContactInfo.Email", ERROR_INPUT,
                          "narrow has no column Email (rest");
    assert_header_refused(&options, "Id|Line2", ERROR_INPUT,
                          "); did you mean Line1? --map 'Line2=Line1'");
    assert_header_refused(&options, "Id|BusinessName", ERROR_INPUT,
                          "unknown column \"BusinessName\"; --map");
}

/* A name too long for a message is cut, between two characters. */
static void test_long_name_is_cut(void **state)
{
    struct options options = make_options();
    char header[256] = "Id|";
    struct schema *schema = schema_new(&options);
    struct line line;
    struct error error = {.text = ""};

    (void)state;
    for (size_t i = strlen(header); i + 3 < sizeof(header); i += 2)
        memcpy(header + i, "\xC3\xA9", 3);
    assert_int_equal(schema_take_header(schema, "in.csv",
                                        make_record(&line, 0, header), &error),
                     -1);
    assert_true(utf8_is_valid(error.text, strlen(error.text)));
    assert_non_null(strstr(error.text, "\xC3\xA9\""));
    assert_in_range(strlen(error.text), 0, 400);
    schema_free(schema);
}

/* A --map or --ignore whose column the header lacks is refused: were it
 * misspelt, the wrong columns would reach the service. */
static void test_options_must_fit_the_header(void **state)
{
    const char *ignores[] = {"Ctiy"};
    char from[] = "Mail";
    struct name_pair maps[] = {{from, "Email"}};
    struct options options = make_options();

    (void)state;
    options.ignores = ignores;
    options.ignore_count = 1;
    assert_header_refused(&options, "Id|City", ERROR_INPUT,
                          "in.csv: header: there is no column \"Ctiy\", which "
                          "--ignore names");
    options.ignore_count = 0;
    options.maps = maps;
    options.map_count = 1;
    assert_header_refused(&options, "Id|Email", ERROR_INPUT,
                          "there is no column \"Mail\", which --map names");
}

/* A --map to a column that doesn't exist is a mistake of the command line. */
static void test_map_to_nowhere(void **state)
{
    char from[] = "Mail";
    struct name_pair maps[] = {{from, "Emial"}};
    struct options options = make_options();

    (void)state;
    options.maps = maps;
    options.map_count = 1;
    assert_header_refused(&options, "Id|Mail", ERROR_USAGE,
                          "--map 'Mail=Emial': there is no column Emial; did "
                          "you mean Email?");
}

/* A --map onto a column that the file has as well doubles it. */
static void test_map_doubles(void **state)
{
    char from[] = "Mail";
    struct name_pair maps[] = {{from, "Email"}};
    struct options options = make_options();

    (void)state;
    options.maps = maps;
    options.map_count = 1;
    assert_header_refused(&options, "Id|Email|Mail", ERROR_INPUT,
                          "\"Mail\" doubles Email");
}

/* An empty cell is left out, the clear token clears, the rest is checked. */
static void test_cells(void **state)
{
    struct options options = make_options();
    struct schema *schema = make_schema(
        &options, "City|Id|Fax|CountryCode|ContactByPhone|Lcid|Email");
    struct row *row = take_row(schema, "|42|delete_value|us|1|englishus| ");

    (void)state;
    assert_int_equal(row->number, 7);
    assert_int_equal(row->sequence, 0);
    assert_null(row->next);
    assert_string_equal(row->id, "42");
    assert_string_equal(row->key, "42");
    assert_int_equal(row->count, 5);
    assert_null(find_cell(row, "City"));
    assert_null(find_cell(row, "Id"));
    assert_cleared(row, "Fax");
    assert_cell(row, "CountryCode", "US");
    assert_cell(row, "ContactByPhone", "true");
    assert_cell(row, "Lcid", "EnglishUS");
    assert_cell(row, "Email", " ");
    for (unsigned i = 1; i < row->count; i++)
        assert_true(row->cells[i - 1].column < row->cells[i].column);
    row_free(row);
    schema_free(schema);
}

/* Every spelling of an Id has the same key; the Id stays as given. */
static void test_key(void **state)
{
    struct options options = make_options();
    struct schema *schema = make_schema(&options, "Id");
    struct row *row = take_row(schema, "0009223372036854775807");

    (void)state;
    assert_string_equal(row->id, "0009223372036854775807");
    assert_string_equal(row->key, "9223372036854775807");
    assert_int_equal(row->count, 0);
    assert_in_range(row->size, sizeof(*row) + 23, sizeof(*row) + 64);
    row_free(row);
    schema_free(schema);
}

/* Guards are cells; the clear token asks that the member is empty. */
static void test_guards(void **state)
{
    static const char header[] = "Id|CustomerId|UserName|TimeStamp|City";
    struct options options = make_options();
    struct schema *schema = make_schema(&options, header);
    struct row *row = take_row(schema, "1|007|delete_value|QUJD|X");

    (void)state;
    assert_int_equal(row->count, 4);
    assert_cell(row, "CustomerId", "7");
    assert_cleared(row, "UserName");
    assert_cell(row, "TimeStamp", "QUJD");
    row_free(row);
    schema_free(schema);

    options.ignore_guards = true;
    schema = make_schema(&options, header);
    row = take_row(schema, "1|not a number|||X");
    assert_int_equal(row->count, 1);
    assert_cell(row, "City", "X");
    assert_true(schema_columns(schema) &
                column_bit(column_named("CustomerId")));
    row_free(row);
    schema_free(schema);
}

/* A comparison has guards like any column. */
static void test_guards_in_reconcile(void **state)
{
    struct options options = make_options();
    struct schema *schema;
    struct row *row;

    (void)state;
    options.mode = MODE_RECONCILE;
    schema = make_schema(&options, "Id|UserName|City");
    row = take_row(schema, "1|anna|X");
    assert_int_equal(row->count, 2);
    assert_cell(row, "UserName", "anna");
    row_free(row);
    schema_free(schema);
}

/* An export looks at the Id alone, whatever the other cells hold. */
static void test_export_takes_ids(void **state)
{
    struct options options = make_options();
    struct schema *schema;
    struct row *row;

    (void)state;
    options.mode = MODE_EXPORT;
    schema = make_schema(&options, "Id|CustomerId|Lcid");
    row = take_row(schema, "1|rubbish|rubbish");
    assert_int_equal(row->count, 0);
    assert_string_equal(row->key, "1");
    row_free(row);
    schema_free(schema);
}

/* The word for empty clears SecretQuestion, as the clear token does. */
static void test_none_clears_the_secret_question(void **state)
{
    struct options options = make_options();
    struct schema *schema = make_schema(&options, "Id|SecretQuestion");
    static const char *const lines[] = {"1|None", "1|none", "1|delete_value"};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct row *row = take_row(schema, lines[i]);

        assert_cleared(row, "SecretQuestion");
        row_free(row);
    }
    schema_free(schema);
}

/* --clear-token takes the place of delete_value, letter by letter. */
static void test_other_clear_token(void **state)
{
    struct options options = make_options();
    struct schema *schema;
    struct row *row;

    (void)state;
    options.clear_token = "<null>";
    schema = make_schema(&options, "Id|City|Fax|Email");
    row = take_row(schema, "1|<null>|delete_value|<none>");
    assert_cleared(row, "City");
    assert_cell(row, "Fax", "delete_value");
    assert_cell(row, "Email", "<none>");
    row_free(row);
    schema_free(schema);
}

/* A value at fault refuses its row, with an ErrorName and its column. */
static void test_refused_rows(void **state)
{
    static const struct {
        const char *line;
        const char *code;
        const char *field;
    } cases[] = {
        {"|x|||", "InvalidId", "Id"},
        {"0|x|||", "InvalidId", "Id"},
        {"9.1E+18|x|||", "InvalidId", "Id"},
        {"delete_value|x|||", "NotClearable", "Id"},
        {"1|****|||", "InvalidValue", "City"},
        {"1||x||", "InvalidNumber", "CustomerId"},
        {"1|||maybe|", "InvalidBoolean", "ContactByPhone"},
        {"1||||1234", "ValueTooShort", "SecretAnswer"},
        {"x|****|x|maybe|1234", "InvalidId", "Id"},
        {"1||x|maybe|1234", "InvalidBoolean", "ContactByPhone"},
    };
    struct options options = make_options();
    struct schema *schema =
        make_schema(&options, "Id|City|CustomerId|ContactByPhone|SecretAnswer");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct line line;
        struct row *row = NULL;
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(schema_take_row(schema,
                                         make_record(&line, 1, cases[i].line),
                                         &row, &error),
                         -1);
        assert_null(row);
        assert_int_equal(error.kind, ERROR_VALUE);
        assert_string_equal(error.code, cases[i].code);
        assert_string_equal(error.field, cases[i].field);
    }
    schema_free(schema);
}

/* The Id of a record is told as given, valid or not. */
static void test_record_id(void **state)
{
    struct options options = make_options();
    struct schema *schema = make_schema(&options, "City|Id");
    struct line line;

    (void)state;
    assert_string_equal(
        schema_record_id(schema, make_record(&line, 1, "x| 9.1E+18")),
        " 9.1E+18");
    assert_string_equal(schema_record_id(schema, make_record(&line, 1, "x|")),
                        "");
    schema_free(schema);
}

/* Each row is in one shard, the one of its Id's hash in plain form. */
static void test_shards(void **state)
{
    static const char *const lines[][2] = {
        {"12", "12"}, {"0012", "12"}, {"x12", "x12"}, {"0", "0"}, {"", ""},
    };
    struct options options = make_options();
    struct schema *schema = make_schema(&options, "Id");
    struct line line;

    (void)state;
    assert_true(schema_in_shard(schema, make_record(&line, 1, "12")));
    options.shards = 3;
    for (size_t i = 0; i < COUNT(lines); i++) {
        uint64_t expected = fnv1a_hash(lines[i][1]) % 3;

        for (options.shard = 0; options.shard < 3; options.shard++)
            assert_int_equal(
                schema_in_shard(schema, make_record(&line, 1, lines[i][0])),
                options.shard == expected);
    }
    schema_free(schema);
}

/* ---- users in several tenants -------------------------------------------- */

#define GUID_A "4b10bf41-ab11-40e3-8c53-00000000000a"
#define GUID_T "eebd1b55-5360-4438-a11d-5c06918c301e"
#define GUID_S "00000000-5360-4438-a11d-5c06918c301e"
#define BIG_A  "4B10BF41-AB11-40E3-8C53-00000000000A"
#define BIG_T  "EEBD1B55-5360-4438-A11D-5C06918C301E"

static struct options make_partner_options(const char *customer_id)
{
    struct options options = make_options();

    options.service = &service_partner;
    options.customer_id = customer_id;
    return options;
}

/* A key must hold the tenant where the file has a column for it, in one
 * spelling; an empty cell means the tenant of --customer-id. The tenant is no
 * cell, and the Id stays as it was given. */
static void test_tenants(void **state)
{
    static const struct {
        const char *customer_id, *header, *line, *key;
    } cases[] = {
        {NULL, "Id|CustomerTenantId", BIG_A "|" BIG_T, GUID_T "/" GUID_A},
        {GUID_S, "CustomerTenantId|Id", GUID_T "|" BIG_A, GUID_T "/" GUID_A},
        {BIG_T, "Id|CustomerTenantId", BIG_A "|", GUID_T "/" GUID_A},
        {BIG_T, "Id|firstName", BIG_A "|", GUID_A},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct options options = make_partner_options(cases[i].customer_id);

        for (unsigned j = 0; j < 2; j++) {
            struct schema *schema;
            struct row *row;

            options.mode = j == 0 ? MODE_APPLY : MODE_EXPORT;
            schema = make_schema(&options, cases[i].header);
            row = take_row(schema, cases[i].line);
            assert_string_equal(row->key, cases[i].key);
            assert_string_equal(row->id, BIG_A);
            assert_int_equal(row->count, 0);
            row_free(row);
            schema_free(schema);
        }
    }
}

/* Without a tenant for any row the header must be refused, naming both ways to
 * give one. */
static void test_no_tenant(void **state)
{
    struct options options = make_partner_options(NULL);

    (void)state;
    assert_header_refused(&options, "Id|firstName", ERROR_INPUT,
                          "--customer-id");
    assert_header_refused(&options, "Id|firstName", ERROR_INPUT,
                          "CustomerTenantId");
}

/* A row whose tenant is missing or none must be refused for that column, with
 * what to do. */
static void test_refused_tenants(void **state)
{
    static const struct {
        const char *line, *code, *field, *text;
    } cases[] = {
        {GUID_A "|", "MissingTenant", "CustomerTenantId", "fill in"},
        {GUID_A "|contoso.example", "InvalidGuid", "CustomerTenantId",
         "takes a GUID"},
        {GUID_A "|" GUID_T "0", "InvalidGuid", "CustomerTenantId",
         "takes a GUID"},
        {GUID_A "|delete_value", "NotClearable", "CustomerTenantId",
         "can't be cleared"},
        {"7|", "InvalidId", "Id", "takes a GUID"},
    };
    struct options options = make_partner_options(NULL);
    struct schema *schema = make_schema(&options, "Id|CustomerTenantId");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct line line;
        struct row *row;
        struct error error;

        assert_int_equal(schema_take_row(schema,
                                         make_record(&line, 1, cases[i].line),
                                         &row, &error),
                         -1);
        assert_string_equal(error.code, cases[i].code);
        assert_string_equal(error.field, cases[i].field);
        assert_non_null(strstr(error.text, cases[i].text));
    }
    schema_free(schema);
}

/* A shard goes by the Id alone, in small letters. */
static void test_shards_of_guids(void **state)
{
    struct options options = make_partner_options(NULL);
    struct schema *schema = make_schema(&options, "Id|CustomerTenantId");
    struct line line;

    (void)state;
    options.shards = 1000;
    options.shard = (unsigned)(fnv1a_hash(GUID_A) % 1000);
    assert_true(
        schema_in_shard(schema, make_record(&line, 1, BIG_A "|" GUID_T)));
    assert_true(
        schema_in_shard(schema, make_record(&line, 1, GUID_A "|" GUID_S)));
    schema_free(schema);
}

/* A row must know that it holds a password; one that keeps it does not. */
static void test_secret_rows(void **state)
{
    struct options options = make_partner_options(GUID_T);
    struct schema *schema =
        make_schema(&options, "Id|Password|ForceChangePassword");
    struct row *row = take_row(schema, GUID_A "|Kq7#xZ_9Q|1");

    (void)state;
    assert_true(row->secret);
    row_free(row);
    row = take_row(schema, GUID_A "||1");
    assert_false(row->secret);
    row_free(row);
    schema_free(schema);
}

/* A list of rows is freed whole (leaks are the sanitizer's to find). */
static void test_free_all(void **state)
{
    struct options options = make_options();
    struct schema *schema = make_schema(&options, "Id");
    struct row *first = take_row(schema, "1");

    (void)state;
    first->next = take_row(schema, "2");
    assert_null(first->next->next);
    row_free_all(first);
    row_free_all(NULL);
    row_free(NULL);
    schema_free(schema);
    schema_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_find_columns),
        cmocka_unit_test(test_user_id_is_the_id),
        cmocka_unit_test(test_columns_passed_over),
        cmocka_unit_test(test_mapped_names),
        cmocka_unit_test(test_refused_headers),
        cmocka_unit_test(test_hint_at_the_comma),
        cmocka_unit_test(test_columns_of_other_services),
        cmocka_unit_test(test_long_name_is_cut),
        cmocka_unit_test(test_options_must_fit_the_header),
        cmocka_unit_test(test_map_to_nowhere),
        cmocka_unit_test(test_map_doubles),
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_guards),
        cmocka_unit_test(test_guards_in_reconcile),
        cmocka_unit_test(test_export_takes_ids),
        cmocka_unit_test(test_none_clears_the_secret_question),
        cmocka_unit_test(test_other_clear_token),
        cmocka_unit_test(test_refused_rows),
        cmocka_unit_test(test_record_id),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_tenants),
        cmocka_unit_test(test_no_tenant),
        cmocka_unit_test(test_refused_tenants),
        cmocka_unit_test(test_shards_of_guids),
        cmocka_unit_test(test_secret_rows),
        cmocka_unit_test(test_free_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
