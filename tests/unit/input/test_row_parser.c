#include "records.h"

#include "base/fnv1a.h"
#include "input/row_parser.h"
#include "service/partner/columns.h"

static struct row *take_row(const struct header *header, const char *text)
{
    struct line line;
    struct row *row = NULL;
    struct error error;

    if (row_parse(header, make_record(&line, 7, text), &row, &error))
        fail_msg("%s: %s", text, error.text);
    memset(&line, 'x', sizeof(line)); /* nothing of it may be borrowed */
    return row;
}

static const struct cell *find_cell(const struct row *row, const char *column)
{
    for (unsigned i = 0; i < row->count; i++) {
        if (row->cells[i].column == column_of(column))
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

#define GUID_A "4b10bf41-ab11-40e3-8c53-00000000000a"
#define GUID_T "eebd1b55-5360-4438-a11d-5c06918c301e"
#define GUID_S "00000000-5360-4438-a11d-5c06918c301e"
#define BIG_A  "4B10BF41-AB11-40E3-8C53-00000000000A"
#define BIG_T  "EEBD1B55-5360-4438-A11D-5C06918C301E"

/* An empty cell must be left out, the clear token must clear, other cells must
 * be checked. */
static void test_cells(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header = make_header(
        &rules, "City|Id|Fax|CountryCode|ContactByPhone|Lcid|Email");
    struct row *row = take_row(header, "|42|delete_value|us|1|englishus|x");

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
    assert_cell(row, "Email", "x");
    assert_null(row->doubts);
    for (unsigned i = 1; i < row->count; i++)
        assert_true(row->cells[i - 1].column < row->cells[i].column);
    row_free(row);
    free(header);
}

/* A cell that nobody can see must count as empty; as a guard it is a doubt. */
static void test_blank_cells(void **state)
{
    static const char *const blanks[] = {
        " ",
        "\t",
        "\r\n",
        "\xC2\xA0",
        "\xE2\x80\x8B",
        "\xE3\x80\x80",
        "\xEF\xBB\xBF",
        " \xC2\xAD ",
    };
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "Id|City|UserName");

    (void)state;
    for (size_t i = 0; i < COUNT(blanks); i++) {
        char text[64];
        struct row *row;

        (void)snprintf(text, sizeof(text), "1|%s|", blanks[i]);
        row = take_row(header, text);
        assert_int_equal(row->count, 0);
        row_free(row);
        (void)snprintf(text, sizeof(text), "1||%s", blanks[i]);
        row = take_row(header, text);
        assert_cell(row, "UserName", blanks[i]);
        assert_non_null(row->doubts);
        assert_string_equal(row->doubts->code, "InvalidValue");
        assert_non_null(strstr(row->doubts->text, "invisible"));
        row_free(row);
    }
    free(header);
}

/* The clear word with another letter case or punctuation, with invisible
 * characters or with one wrong letter must never be written. */
static void test_nearly_clear(void **state)
{
    static const char *const words[] = {
        "Delete_Value",
        " delete_value",
        "delete_value\xC2\xA0",
        "delete_value\n",
        "delete_\xE2\x80\x8Bvalue",
        ("\xEF\xBB\xBF"
         "DELETE_VALUE "),
        "delete value",
        "Delete-Value",
        "deletevalue",
        "'delete_value",
        "\"delete_value\"",
        "<delete_value>",
        "delete_value;",
        "delete_valu",
        "delete_vlaue",
        "delete_values",
    };
    static const char *const others[] = {
        "delete", "value", "delete_the_value", "delete_valley", "D", "-"};
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "Id|City");

    (void)state;
    for (size_t i = 0; i < COUNT(words) + COUNT(others); i++) {
        bool is_near = i < COUNT(words);
        const char *word = is_near ? words[i] : others[i - COUNT(words)];
        char text[64];
        struct row *row;

        (void)snprintf(text, sizeof(text), "1|%s", word);
        row = take_row(header, text);
        assert_cell(row, "City", word);
        if (!!row->doubts != is_near)
            fail_msg("%s", word);
        if (is_near && (!row->doubts ||
                        !strstr(row->doubts->text, "exactly delete_value")))
            fail_msg("%s", word);
        row_free(row);
    }
    free(header);
}

/* A short clear word must not forbid what resembles it, except for its own
 * spelling in another letter case. */
static void test_short_clear_token(void **state)
{
    static const struct {
        const char *token, *word;
        bool is_near;
    } cases[] = {
        {"CLEAR", "clear", true},   {"CLEAR", "<Clear>", true},
        {"CLEAR", "Cleary", false}, {"REMOVE", "Remover", false},
        {"-", "--", false},         {"-", "- ", true},
        {"#N/A", "Na", false},      {"@@@@@@@@@@", "?!", false},
        {"none", "n/one", false},   {"none", "NONE", true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct input_rules rules = make_rules();
        struct header *header;
        char text[64];
        struct row *row;

        rules.clear_token = cases[i].token;
        header = make_header(&rules, "Id|City");
        (void)snprintf(text, sizeof(text), "1|%s", cases[i].word);
        row = take_row(header, text);
        if ((row->doubts != NULL) != cases[i].is_near)
            fail_msg("%s %s", cases[i].token, cases[i].word);
        row_free(row);
        free(header);
    }
}

/* A refused value must stay as it is in the file, for a comparison with the
 * user; each of them is a doubt, in the order of the columns. */
static void test_doubts(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header =
        make_header(&rules, "Id|UserLifeCycleStatus|Lcid|City|CountryCode");
    struct row *row = take_row(header, "1|Merged|Klingon|#N/A|us");
    const struct doubt *doubt = row->doubts;

    (void)state;
    assert_int_equal(row->count, 4);
    assert_cell(row, "City", "#N/A");
    assert_cell(row, "CountryCode", "US");
    assert_cell(row, "Lcid", "Klingon");
    assert_cell(row, "UserLifeCycleStatus", "Merged");
    assert_string_equal(doubt->code, "SuspiciousValue");
    assert_int_equal(doubt->column, column_of("City"));
    assert_string_equal(doubt->next->code, "InvalidValue");
    assert_int_equal(doubt->next->column, column_of("Lcid"));
    assert_int_equal(doubt->next->next->column,
                     column_of("UserLifeCycleStatus"));
    assert_null(doubt->next->next->next);
    assert_in_range(row->size, row->allocated + 3 * sizeof(*doubt) + 60,
                    row->allocated + 3 * sizeof(*doubt) + 600);
    row_free(row);
    free(header);
}

/* --allow-suspicious must accept any value of a column, or only one. */
static void test_allowed(void **state)
{
    char phone[] = "contactinfo.phone1", city[] = "City";
    const struct name_pair allows[] = {{phone, NULL}, {city, "#N/A"}};
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "Id|City|Phone1|Lcid");
    struct row *row;

    (void)state;
    rules.allows = allows;
    rules.allow_count = COUNT(allows);
    row = take_row(header, "1|#N/A|4.9E+11|");
    assert_null(row->doubts);
    row_free(row);
    row = take_row(header, "1|#NV||");
    assert_non_null(row->doubts);
    row_free(row);
    row = take_row(header, "1|||#N/A");
    assert_non_null(row->doubts);
    row_free(row);
    free(header);
}

/* Every spelling of an Id must have the same key; the Id stays as given. */
static void test_key(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "Id");
    struct row *row = take_row(header, "0009223372036854775807");

    (void)state;
    assert_string_equal(row->id, "0009223372036854775807");
    assert_string_equal(row->key, "9223372036854775807");
    assert_int_equal(row->count, 0);
    assert_in_range(row->size, sizeof(*row) + 23, sizeof(*row) + 64);
    row_free(row);
    free(header);
}

/* Guards must become cells; the clear token requires an empty member. They can
 * be ignored, all of them or those that change with every update. */
static void test_guards(void **state)
{
    static const char names[] = "Id|CustomerId|UserName|TimeStamp|City";
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, names);
    struct row *row = take_row(header, "1|007|delete_value|QUJD|X");

    (void)state;
    assert_int_equal(row->count, 4);
    assert_cell(row, "CustomerId", "7");
    assert_cleared(row, "UserName");
    assert_cell(row, "TimeStamp", "QUJD");
    row_free(row);
    free(header);

    rules.ignore_versions = true;
    header = make_header(&rules, names);
    row = take_row(header, "1|7||not base64|X");
    assert_int_equal(row->count, 2);
    assert_cell(row, "CustomerId", "7");
    row_free(row);
    free(header);

    rules.ignore_guards = true;
    header = make_header(&rules, names);
    row = take_row(header, "1|not a number|||X");
    assert_int_equal(row->count, 1);
    assert_cell(row, "City", "X");
    assert_true(header->named & column_bit(column_of("CustomerId")));
    row_free(row);
    free(header);
}

/* An export must read the Id only, whatever the other cells contain. */
static void test_export_takes_ids(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header;
    struct row *row;

    (void)state;
    rules.ids_only = true;
    header = make_header(&rules, "Id|CustomerId|Lcid");
    row = take_row(header, "1|rubbish|rubbish");
    assert_int_equal(row->count, 0);
    assert_string_equal(row->key, "1");
    row_free(row);
    free(header);
}

/* The word for empty must clear SecretQuestion, as the clear token does. */
static void test_none_clears_the_secret_question(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "Id|SecretQuestion");
    static const char *const lines[] = {"1|None", "1|none", "1|delete_value"};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct row *row = take_row(header, lines[i]);

        assert_cleared(row, "SecretQuestion");
        row_free(row);
    }
    free(header);
}

/* --clear-token must replace delete_value, in this spelling exactly. */
static void test_other_clear_token(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header;
    struct row *row;

    (void)state;
    rules.clear_token = "<null>";
    header = make_header(&rules, "Id|City|Fax|Email");
    row = take_row(header, "1|<null>|delete_value|<none>");
    assert_cleared(row, "City");
    assert_cell(row, "Fax", "delete_value");
    assert_cell(row, "Email", "<none>");
    row_free(row);
    free(header);
}

/* An invalid value must refuse its row, with an ErrorName and its column. */
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
    struct input_rules rules = make_rules();
    struct header *header =
        make_header(&rules, "Id|City|CustomerId|ContactByPhone|SecretAnswer");

    (void)state;
    rules.offline = true;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct line line;
        struct row *row = NULL;
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(row_parse(header, make_record(&line, 1, cases[i].line),
                                   &row, &error),
                         -1);
        assert_null(row);
        assert_int_equal(error.kind, ERROR_VALUE);
        assert_string_equal(error.code, cases[i].code);
        assert_string_equal(error.field, cases[i].field);
        assert_int_equal(!strstr(error.text, "unless the user already has it"),
                         strcmp(cases[i].field, "Id") == 0);
    }
    free(header);
}

/* The header again, as between files that were put together, must be named. */
static void test_repeated_header(void **state)
{
    static const char *const texts[] = {"Id", "id", "UserId", "Nr"};
    char from[] = "Nr";
    struct name_pair map = {from, "Id"};
    struct input_rules rules = make_rules();
    struct header *header;

    (void)state;
    rules.maps = &map;
    rules.map_count = 1;
    header = make_header(&rules, "Nr");
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct line line;
        struct row *row;
        struct error error;

        assert_int_equal(
            row_parse(header, make_record(&line, 1, texts[i]), &row, &error),
            -1);
        assert_string_equal(error.code, "InvalidId");
        assert_non_null(strstr(error.text, "repeats the header"));
    }
    free(header);
}

/* The Id of a record must be returned as given, valid or not. */
static void test_record_id(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "City|Id");
    struct line line;

    (void)state;
    assert_string_equal(row_id(header, make_record(&line, 1, "x| 9.1E+18")),
                        " 9.1E+18");
    assert_string_equal(row_id(header, make_record(&line, 1, "x|")), "");
    free(header);
}

/* Each row must be in one shard, by the hash of its Id in plain form. */
static void test_shards(void **state)
{
    static const char *const lines[][2] = {
        {"12", "12"}, {"0012", "12"}, {"x12", "x12"}, {"0", "0"}, {"", ""},
    };
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "Id");
    struct line line;

    (void)state;
    assert_true(row_is_selected(header, make_record(&line, 1, "12")));
    rules.shards = 3;
    for (size_t i = 0; i < COUNT(lines); i++) {
        uint64_t expected = fnv1a_hash(lines[i][1]) % 3;

        for (rules.shard = 0; rules.shard < 3; rules.shard++)
            assert_int_equal(
                row_is_selected(header, make_record(&line, 1, lines[i][0])),
                rules.shard == expected);
    }
    free(header);
}

/* A row must be selected if it comes after the rows to skip and has exactly the
 * text of each --where. */
static void test_selection(void **state)
{
    static const struct {
        uint64_t number;
        const char *line;
        bool selected;
    } cases[] = {
        {6, "1|a|", true},   {5, "1|a|", false}, {6, "1|A|", false},
        {6, "1|a |", false}, {6, "1||", false},  {6, "1|a|x", false},
        {6, "x|a|", true},
    };
    char wave[] = "_Wave", city[] = "City";
    const struct name_pair wheres[] = {{wave, "a"}, {city, ""}};
    struct input_rules rules = make_rules();
    struct header *header;
    struct line line;

    (void)state;
    rules.skip = 5;
    rules.wheres = wheres;
    rules.where_count = 2;
    header = make_header(&rules, "Id|_Wave|City");
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(
            row_is_selected(header,
                            make_record(&line, cases[i].number, cases[i].line)),
            cases[i].selected);
    free(header);
}

/* A key must contain the tenant if the file has a column for it, in one
 * spelling; an empty cell means the tenant of --customer-id. The tenant is not
 * a cell, and the Id stays as given. */
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
        struct input_rules rules = make_partner_rules(cases[i].customer_id);

        for (unsigned j = 0; j < 2; j++) {
            struct header *header;
            struct row *row;

            rules.ids_only = j == 1;
            header = make_header(&rules, cases[i].header);
            row = take_row(header, cases[i].line);
            assert_string_equal(row->key, cases[i].key);
            assert_string_equal(row->id, BIG_A);
            assert_int_equal(row->count, 0);
            row_free(row);
            free(header);
        }
    }
}

/* A row whose tenant is missing or invalid must be refused for that column,
 * with advice. */
static void test_refused_tenants(void **state)
{
    static const struct {
        const char *line, *code, *field, *text;
    } cases[] = {
        {GUID_A "|", "MissingTenant", "CustomerTenantId", "fill in"},
        {GUID_A "|contoso.example", "InvalidGuid", "CustomerTenantId",
         "must be a GUID"},
        {GUID_A "|" GUID_T "0", "InvalidGuid", "CustomerTenantId",
         "must be a GUID"},
        {GUID_A "|delete_value", "NotClearable", "CustomerTenantId",
         "cannot be cleared"},
        {"7|", "InvalidId", "Id", "must be a GUID"},
    };
    struct input_rules rules = make_partner_rules(NULL);
    struct header *header = make_header(&rules, "Id|CustomerTenantId");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct line line;
        struct row *row;
        struct error error;

        assert_int_equal(row_parse(header, make_record(&line, 1, cases[i].line),
                                   &row, &error),
                         -1);
        assert_string_equal(error.code, cases[i].code);
        assert_string_equal(error.field, cases[i].field);
        assert_non_null(strstr(error.text, cases[i].text));
    }
    free(header);
}

/* The number, of 1000, of the shard of a row. */
static unsigned find_shard(struct input_rules *rules, const char *names,
                           const char *text)
{
    struct header *header = make_header(rules, names);
    struct line line;
    unsigned found = 1000;

    rules->shards = 1000;
    for (rules->shard = 0; rules->shard < 1000; rules->shard++)
        if (row_is_selected(header, make_record(&line, 1, text))) {
            assert_int_equal(found, 1000);
            found = rules->shard;
        }
    free(header);
    return found;
}

static unsigned shard_of(const char *value)
{
    return (unsigned)(fnv1a_hash(value) % 1000);
}

/* Users of a tenant must be in one shard, in whatever spelling; in a file
 * without tenants, the Id decides. */
static void test_shards_of_tenants(void **state)
{
    static const char names[] = "Id|CustomerTenantId";
    struct input_rules rules = make_partner_rules(GUID_T);

    (void)state;
    assert_int_equal(find_shard(&rules, names, GUID_A "|" GUID_S),
                     shard_of(GUID_S));
    assert_int_equal(find_shard(&rules, names, BIG_A "|" GUID_T),
                     shard_of(GUID_T));
    assert_int_equal(find_shard(&rules, names, GUID_A "|"), shard_of(GUID_T));
    assert_int_equal(find_shard(&rules, "Id|_City", BIG_A "|x"),
                     shard_of(GUID_A));
    rules.shard_by = "id";
    assert_int_equal(find_shard(&rules, names, BIG_A "|" GUID_T),
                     shard_of(GUID_A));
}

/* --shard-by must use the cell of any column, byte by byte, and an Id in plain
 * form. */
static void test_shards_by_column(void **state)
{
    struct input_rules rules = make_rules();

    (void)state;
    rules.shard_by = "_person";
    assert_int_equal(find_shard(&rules, "Id|_Person", "1|Kim"),
                     shard_of("Kim"));
    assert_int_equal(find_shard(&rules, "Id|_Person", "2|Kim"),
                     shard_of("Kim"));
    assert_int_equal(find_shard(&rules, "Id|_Person", "1|"), shard_of(""));
    rules.shard_by = "UserId";
    assert_int_equal(find_shard(&rules, "Id|_Person", "007|Kim"),
                     shard_of("7"));
}

/* A row with a password must be marked secret; one without must not. */
static void test_secret_rows(void **state)
{
    struct input_rules rules = make_partner_rules(GUID_T);
    struct header *header =
        make_header(&rules, "Id|Password|ForceChangePassword");
    struct row *row = take_row(header, GUID_A "|Kq7#xZ_9Q|1");

    (void)state;
    assert_true(row->secret);
    row_free(row);
    row = take_row(header, GUID_A "||1");
    assert_false(row->secret);
    row_free(row);
    free(header);
}

/* A list of rows must be freed as a whole (sanitizers find leaks). */
static void test_free_all(void **state)
{
    struct input_rules rules = make_rules();
    struct header *header = make_header(&rules, "Id");
    struct row *first = take_row(header, "1");

    (void)state;
    first->next = take_row(header, "2");
    assert_null(first->next->next);
    row_free_all(first);
    row_free_all(NULL);
    row_free(NULL);
    free(header);
}

/* An expected cell must be read as a value; one that is not valid must be as it
 * is. An empty one must be left out, a blank or nearly clear one refused. */
static void test_expected_cells(void **state)
{
    static const char *const refused[] = {"Bonn|42|\xC2\xA0||",
                                          "Bonn|42|Delete_Value||"};
    struct input_rules rules = make_rules();
    struct header *header = make_header(
        &rules, "City|Id|Expect.City|Expect.CountryCode|Expect.Lcid");
    struct row *row = take_row(header, "Bonn|42|delete_value||");
    struct line line;
    struct error error;

    (void)state;
    assert_int_equal(row->count, 1);
    assert_int_equal(row->expected, 1);
    assert_null(row->cells[1].text);
    assert_int_equal(row->cells[1].column, column_of("City"));
    row_free(row);
    row = take_row(header, "|42|#N/A|us|martian");
    assert_int_equal(row->count, 0);
    assert_int_equal(row->expected, 3);
    assert_string_equal(row->cells[0].text, "#N/A");
    assert_string_equal(row->cells[1].text, "US");
    assert_string_equal(row->cells[2].text, "martian");
    assert_null(row->doubts);
    row_free(row);
    for (size_t i = 0; i < COUNT(refused); i++) {
        assert_int_equal(
            row_parse(header, make_record(&line, 7, refused[i]), &row, &error),
            -1);
        assert_string_equal(error.code, "InvalidValue");
        assert_string_equal(error.field, "City");
    }
    free(header);
}

/* An undo file must be able to set back a value that looks damaged: one that is
 * set in place of an expected one. It must still be a value of the column, and
 * one of another row or column must be a doubt. */
static void test_values_that_are_set_back(void **state)
{
    static const char *const doubtful[] = {"1|#N/A|||", "1|#N/A||delete_value|",
                                           "1|#N/A|Bonn|x|#N/A"};
    struct input_rules rules = make_rules();
    struct header *header =
        make_header(&rules, "Id|City|Expect.City|Expect.Lcid|JobTitle");
    struct row *row = take_row(header, "1|#N/A|Bonn||");

    (void)state;
    assert_null(row->doubts);
    assert_cell(row, "City", "#N/A");
    row_free(row);
    row = take_row(header, "1|#N/A|delete_value||");
    assert_null(row->doubts);
    row_free(row);
    for (size_t i = 0; i < COUNT(doubtful); i++) {
        row = take_row(header, doubtful[i]);
        assert_string_equal(row->doubts->code, "SuspiciousValue");
        assert_null(row->doubts->next);
        row_free(row);
    }
    free(header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_blank_cells),
        cmocka_unit_test(test_nearly_clear),
        cmocka_unit_test(test_short_clear_token),
        cmocka_unit_test(test_doubts),
        cmocka_unit_test(test_allowed),
        cmocka_unit_test(test_repeated_header),
        cmocka_unit_test(test_key),
        cmocka_unit_test(test_guards),
        cmocka_unit_test(test_expected_cells),
        cmocka_unit_test(test_values_that_are_set_back),
        cmocka_unit_test(test_export_takes_ids),
        cmocka_unit_test(test_none_clears_the_secret_question),
        cmocka_unit_test(test_other_clear_token),
        cmocka_unit_test(test_refused_rows),
        cmocka_unit_test(test_record_id),
        cmocka_unit_test(test_shards),
        cmocka_unit_test(test_selection),
        cmocka_unit_test(test_tenants),
        cmocka_unit_test(test_refused_tenants),
        cmocka_unit_test(test_shards_of_tenants),
        cmocka_unit_test(test_shards_by_column),
        cmocka_unit_test(test_secret_rows),
        cmocka_unit_test(test_free_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
