#include "unit.h"

#include "user/merge.h"

#define TEXT_MAX ((size_t)1 << 20)

static unsigned column_of(const char *name)
{
    return column_named(name, strlen(name));
}

/* The rows of a group, from texts such as make_row() takes; NULL at the end. */
static struct row *make_rows(const char *const *cells)
{
    struct row *first = NULL;
    struct row **end = &first;

    for (uint64_t number = 1; *cells; cells++) {
        *end = make_row(number++, "7", *cells);
        end = &(*end)->next;
    }
    return first;
}

static struct user *parse_user(const char *text)
{
    struct buffer body;
    struct http_response response;
    struct user *user = NULL;
    struct api_error api_error;

    buffer_init(&body, TEXT_MAX);
    assert_int_equal(buffer_printf(&body, "{\"User\":%s,\"Roles\":[1]}", text),
                     0);
    response = make_response(200, body.data);
    if (service_rest.parse_get(NULL, &response, "7", &user, &api_error))
        fail_msg("%s: %s: %s", text, api_error.name, api_error.text);
    buffer_free(&body);
    return user;
}

static void assert_user_is(const struct user *user, const char *text)
{
    const struct call_context context = {.access_token = "a"};
    struct http_request request = {.method = HTTP_GET};
    struct buffer wanted;

    buffer_init(&request.path, TEXT_MAX);
    buffer_init(&request.body, TEXT_MAX);
    buffer_init(&wanted, TEXT_MAX);
    assert_int_equal(buffer_printf(&wanted, "{\"User\":%s}", text), 0);
    assert_int_equal(service_rest.build_update(&context, user, NULL, &request),
                     0);
    assert_same_json(request.body.data, wanted.data);
    buffer_free(&request.path);
    buffer_free(&request.body);
    buffer_free(&wanted);
}

/* ---- which cell is used
 * ------------------------------------------------------
 */

/* A later row's cell must replace an earlier one; a column of one row only must
 * have that row's cell. */
static void test_later_cells_win(void **state)
{
    static const char *const cells[] = {"City=Bonn|FirstName=Ann|LastName=Lee",
                                        "City=|LastName=Ray", "City=Ulm", "",
                                        NULL};
    struct row *rows = make_rows(cells);
    struct merge merge;

    (void)state;
    merge_init(&merge, rows);
    assert_true(merge.named == (column_bit(column_of("City")) |
                                column_bit(column_of("FirstName")) |
                                column_bit(column_of("LastName"))));
    assert_string_equal(merge.cells[column_of("City")].text, "Ulm");
    assert_int_equal(merge.cells[column_of("City")].row->number, 3);
    assert_string_equal(merge.cells[column_of("FirstName")].text, "Ann");
    assert_int_equal(merge.cells[column_of("FirstName")].row->number, 1);
    assert_string_equal(merge.cells[column_of("LastName")].text, "Ray");
    assert_int_equal(merge.cells[column_of("LastName")].row->number, 2);
    row_free_all(rows);
}

/* A later cell that clears must replace an earlier value. */
static void test_later_clearing_wins(void **state)
{
    static const char *const cells[] = {"Fax=1|Mobile=2",
                                        "Fax=|Mobile=", "Mobile=3", NULL};
    struct row *rows = make_rows(cells);
    struct merge merge;

    (void)state;
    merge_init(&merge, rows);
    assert_null(merge.cells[column_of("Fax")].text);
    assert_int_equal(merge.cells[column_of("Fax")].row->number, 2);
    assert_string_equal(merge.cells[column_of("Mobile")].text, "3");
    row_free_all(rows);
}

/* ---- what is the same -----------------------------------------------------
 */

/* Null, absent and empty must be the same; longs must be compared as numbers,
 * times as instants, everything else by code point. */
static void test_same(void **state)
{
    static const struct {
        const char *column, *value, *text;
        bool same;
    } cases[] = {
        {"City", NULL, NULL, true},
        {"City", "", NULL, true},
        {"City", NULL, "", true},
        {"City", "Bonn", NULL, false},
        {"City", NULL, "Bonn", false},
        {"City", "Bonn", "Bonn", true},
        {"City", "Bonn", "bonn", false},
        {"City", "Bonn", "Bonn ", false},
        {"City", "07", "7", false},
        {"City", "None", NULL, false},
        /* a + U+0308 looks like U+00E4, but is another text */
        {"City", "\xC3\xA4", "a\xCC\x88", false},
        {"City", "\xC3\xA4", "\xC3\xA4", true},
        {"ContactByPhone", "true", "true", true},
        {"ContactByPhone", "true", "false", false},
        {"ContactByPhone", NULL, "false", false},
        {"ContactByPhone", "false", NULL, false},
        {"AddressId", "7", "7", true},
        {"AddressId", "007", "7", true},
        {"AddressId", "7", "007", true},
        {"AddressId", "-0", "0", true},
        {"AddressId", "9223372036854775807", "9223372036854775806", false},
        {"AddressId", "9223372036854775808", "9223372036854775807", false},
        {"AddressId", "7", NULL, false},
        {"AddressId", NULL, NULL, true},
        {"AddressId", NULL, "0", false},
        {"AddressId", "7.0", "7", false},
        {"LastModifiedTime", "2026-01-02T03:04:05", "2026-01-02T03:04:05Z",
         true},
        {"LastModifiedTime", "2026-01-02T03:04:05.100",
         "2026-01-02T03:04:05.1Z", true},
        {"LastModifiedTime", "2026-01-02T03:04:05Z",
         "2026-01-02T04:04:05+01:00", true},
        {"LastModifiedTime", "2026-01-01T23:30:00Z",
         "2026-01-02T00:30:00+01:00", true},
        {"LastModifiedTime", "2026-01-02T03:04:05.001Z", "2026-01-02T03:04:05Z",
         false},
        {"LastModifiedTime", "yesterday", "2026-01-02T03:04:05Z", false},
        {"LastModifiedTime", "yesterday", "yesterday", true},
        {"LastModifiedTime", NULL, "2026-01-02T03:04:05Z", false},
        {"TimeStamp", "AAAAAABB", "AAAAAABB", true},
        {"TimeStamp", "AAAAAABB", "AAAAAABb", false},
        {"TimeStamp", "AA==", "AB==", false}, /* the same byte, not the text */
        {"TimeStamp", "AAAA", NULL, false},
        {"SecretQuestion", "None", NULL, true},
        {"SecretQuestion", NULL, NULL, true},
        {"SecretQuestion", "", NULL, true},
        {"SecretQuestion", "none", NULL, false},
        {"SecretQuestion", "None", "Anniversary", false},
        {"SecretQuestion", "Anniversary", NULL, false},
        {"SecretQuestion", "Anniversary", "Anniversary", true},
        {"UserLifeCycleStatus", "Active", "Active", true},
        {"UserLifeCycleStatus", "Active", "Inactive", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct column *column = &bing_columns[column_of(cases[i].column)];

        if (merge_is_same(column, cases[i].value, cases[i].text) !=
            cases[i].same)
            fail_msg("%s: %s, %s", cases[i].column,
                     cases[i].value ? cases[i].value : "(null)",
                     cases[i].text ? cases[i].text : "(null)");
    }
}

/* ---- a user and rows ------------------------------------------------------
 */

static const char user_text[] =
    "{\"Id\":\"7\",\"CustomerId\":123,\"UserName\":\"ann@example.com\","
    "\"TimeStamp\":\"AAAA\",\"LastModifiedTime\":\"2026-01-02T03:04:05.6\","
    "\"JobTitle\":null,\"SecretQuestion\":\"None\",\"Lcid\":\"EnglishUS\","
    "\"Name\":{\"FirstName\":\"Ann\",\"LastName\":\"Lee\"},"
    "\"ContactInfo\":{\"Id\":\"8\",\"ContactByPhone\":true,\"Fax\":\"\","
    "\"Address\":{\"Id\":\"9\",\"City\":\"Bonn\",\"TimeStamp\":\"BBBB\"}}}";

/* Guards must be checked in every row, even if a later row replaces the cell;
 * each guard that does not match must be in the result. */
static void test_guards(void **state)
{
    static const struct {
        const char *cells[4];
        const char *failed[2]; /* NULL: all match */
    } cases[] = {
        {{"City=Ulm"}, {NULL}},
        {{"CustomerId=123|TimeStamp=AAAA|UserName=ann@example.com"}, {NULL}},
        {{"AddressTimeStamp=BBBB", "AddressId=9|ContactInfoId=8"}, {NULL}},
        {{"LastModifiedTime=2026-01-02T04:04:05.600+01:00"}, {NULL}},
        {{"LastModifiedByUserId="}, {NULL}},
        {{"LastModifiedByUserId=5"}, {"LastModifiedByUserId"}},
        {{"UserLifeCycleStatus=Active"}, {"UserLifeCycleStatus"}},
        {{"UserName=Ann@example.com"}, {"UserName"}},
        {{"TimeStamp="}, {"TimeStamp"}},
        {{"TimeStamp=AAAB"}, {"TimeStamp"}},
        {{"LastModifiedTime=2026-01-02T03:04:05.600001"}, {"LastModifiedTime"}},
        /* the first row's guard fails, though a later row's value is right */
        {{"TimeStamp=AAAB", "TimeStamp=AAAA"}, {"TimeStamp"}},
        {{"TimeStamp=AAAA", "TimeStamp=AAAB", "TimeStamp=AAAA"}, {"TimeStamp"}},
        {{"City=X", "City=Y", "AddressId=10"}, {"AddressId"}},
        {{"UserName=x", "AddressId=10"}, {"UserName", "AddressId"}},
        {{"AddressId=10|UserName=x"}, {"AddressId", "UserName"}},
    };
    struct user *user = parse_user(user_text);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct row *rows = make_rows(cases[i].cells);
        column_mask failed = merge_failed_guards(&service_rest, user, rows);
        column_mask wanted = 0;

        for (size_t j = 0; j < 2 && cases[i].failed[j]; j++)
            wanted |= column_bit(column_of(cases[i].failed[j]));
        if (failed != wanted)
            fail_msg("case %zu: columns %llx", i, (unsigned long long)failed);
        row_free_all(rows);
    }
    service_rest.user_free(user);
}

/* A column must have the value that a row expects, or the value that the row
 * sets; as the rows of a group are one update, a row may also expect what an
 * earlier row sets. */
static void test_expectations(void **state)
{
    static const struct {
        const char *cells[4];
        const char *failed[2]; /* NULL: all match */
    } cases[] = {
        {{"City=Ulm"}, {NULL}},
        {{"City=Ulm|Expect.City=Bonn"}, {NULL}},
        {{"City=Ulm|Expect.City=bonn"}, {"City"}},
        {{"City=Ulm|Expect.City=Graz"}, {"City"}},
        {{"City=Ulm|Expect.City="}, {"City"}},
        {{"City=Bonn|Expect.City=Graz"}, {NULL}},
        {{"City=Bonn|Expect.City="}, {NULL}},
        {{"City=|Expect.City=Bonn"}, {NULL}},
        {{"JobTitle=Chief|Expect.JobTitle="}, {NULL}},
        {{"JobTitle=Chief|Expect.JobTitle=Boss"}, {"JobTitle"}},
        {{"Fax=1|Expect.Fax="}, {NULL}},
        {{"JobTitle=|Expect.JobTitle=Boss"}, {NULL}},
        {{"SecretQuestion=Anniversary|Expect.SecretQuestion="}, {NULL}},
        {{"ContactByPhone=false|Expect.ContactByPhone=true"}, {NULL}},
        /* a column that the row does not set */
        {{"City=Ulm|Expect.LastName=Lee"}, {NULL}},
        {{"City=Ulm|Expect.LastName=Ray"}, {"LastName"}},
        {{"Expect.City=Graz|Expect.LastName=Ray"}, {"City", "LastName"}},
        /* several rows */
        {{"City=Ulm|Expect.City=Bonn", "City=Graz|Expect.City=Ulm"}, {NULL}},
        {{"City=Ulm|Expect.City=Bonn", "City=Graz|Expect.City=Bonn"}, {NULL}},
        {{"City=Ulm|Expect.City=Bonn", "City=Graz|Expect.City=Linz"}, {"City"}},
        {{"City=Ulm|Expect.City=Linz", "City=Graz"}, {"City"}},
        {{"City=Ulm", "Fax=1", "Expect.City=Ulm"}, {NULL}},
        {{"City=Ulm", "City=Linz", "Expect.City=Ulm"}, {"City"}},
        {{"Expect.City=Ulm", "City=Ulm"}, {"City"}},
        /* applied before: the user has the last row's value */
        {{"City=Ulm|Expect.City=Linz", "City=Bonn|Expect.City=Ulm"}, {NULL}},
    };
    struct user *user = parse_user(user_text);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct row *rows = make_rows(cases[i].cells);
        column_mask wanted = 0;
        struct merge merge;
        column_mask failed;

        merge_init(&merge, rows);
        failed = merge_failed_expectations(&merge, &service_rest, user, rows);
        for (size_t j = 0; j < 2 && cases[i].failed[j]; j++)
            wanted |= column_bit(column_of(cases[i].failed[j]));
        if (failed != wanted)
            fail_msg("case %zu: columns %llx", i, (unsigned long long)failed);
        row_free_all(rows);
    }
    service_rest.user_free(user);
}

/* The differences must be the columns whose merged cells differ from the user;
 * guards must be included only on request. */
static void test_differences(void **state)
{
    static const struct {
        const char *cells[3];
        const char *writable[4];
        const char *guard; /* differs too; NULL: none */
    } cases[] = {
        {{"City=Bonn|FirstName=Ann|ContactByPhone=true"}, {NULL}, NULL},
        {{"City=Ulm|FirstName=Ann"}, {"City"}, NULL},
        {{"City=Ulm", "City=Bonn"}, {NULL}, NULL},
        {{"City=Bonn", "City=Ulm"}, {"City"}, NULL},
        {{"Fax=|JobTitle=|Mobile=|SecretQuestion="}, {NULL}, NULL},
        {{"City=|Lcid="}, {"City", "Lcid"}, NULL},
        {{"Fax=1|JobTitle=x|SecretQuestion=Anniversary"},
         {"Fax", "JobTitle", "SecretQuestion"},
         NULL},
        {{"ContactByPhone=false|ContactByPostalMail=false"},
         {"ContactByPhone", "ContactByPostalMail"},
         NULL},
        {{"CustomerId=0123|TimeStamp=AAAA"}, {NULL}, NULL},
        {{"City=Ulm|CustomerId=124"}, {"City"}, "CustomerId"},
        {{"TimeStamp="}, {NULL}, "TimeStamp"},
        {{"TimeStamp=AAAB", "TimeStamp=AAAA"}, {NULL}, NULL},
        {{""}, {NULL}, NULL},
    };
    struct user *user = parse_user(user_text);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct row *rows = make_rows(cases[i].cells);
        column_mask wanted = 0;
        struct merge merge;

        for (size_t j = 0; cases[i].writable[j]; j++)
            wanted |= column_bit(column_of(cases[i].writable[j]));
        merge_init(&merge, rows);
        if (merge_differences(&merge, &service_rest, user, MERGE_CHANGES) !=
            wanted)
            fail_msg("case %zu", i);
        if (cases[i].guard)
            wanted |= column_bit(column_of(cases[i].guard));
        if (merge_differences(&merge, &service_rest, user, MERGE_DRIFT) !=
            wanted)
            fail_msg("case %zu, with guards", i);
        row_free_all(rows);
    }
    service_rest.user_free(user);
}

/* A string that a service may have normalized must not be a distinct
 * difference; another value, or none, must be. */
static void test_distinct_differences(void **state)
{
    static const struct {
        const char *cells[2];
        const char *distinct; /* NULL: none */
    } cases[] = {
        {{"City=BONN"}, NULL},
        {{"City= bonn-"}, NULL},
        {{"City=Bonn"}, NULL},
        {{"City=Ulm"}, "City"},
        {{"City="}, "City"},
        {{"Fax=1"}, "Fax"},
        {{"ContactByPhone=false"}, "ContactByPhone"},
    };
    struct user *user = parse_user(user_text);

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct row *rows = make_rows(cases[i].cells);
        column_mask wanted =
            cases[i].distinct ? column_bit(column_of(cases[i].distinct)) : 0;
        struct merge merge;

        merge_init(&merge, rows);
        if (merge_differences(&merge, &service_rest, user, MERGE_DISTINCT) !=
            wanted)
            fail_msg("case %zu", i);
        row_free_all(rows);
    }
    service_rest.user_free(user);
}

/* Exactly the requested columns must be set, each as the service expects it. */
static void test_apply(void **state)
{
    static const struct {
        const char *before, *cells, *columns[5], *after;
    } cases[] = {
        {"{\"Id\":\"7\",\"TimeStamp\":\"A\",\"JobTitle\":\"x\"}",
         "JobTitle=y|Lcid=EnglishUK",
         {"JobTitle"},
         "{\"Id\":\"7\",\"TimeStamp\":\"A\",\"JobTitle\":\"y\"}"},
        {"{\"Id\":7,\"JobTitle\":\"x\",\"TimeStamp\":\"A\",\"n\":1.50}",
         "JobTitle=",
         {"JobTitle"},
         "{\"Id\":7,\"JobTitle\":null,\"TimeStamp\":\"A\",\"n\":1.50}"},
        {"{\"Id\":\"7\",\"SecretQuestion\":\"Anniversary\",\"TimeStamp\":"
         "\"A\"}",
         "SecretQuestion=",
         {"SecretQuestion"},
         "{\"Id\":\"7\",\"SecretQuestion\":\"None\",\"TimeStamp\":\"A\"}"},
        /* parents that are absent or null are made for a value */
        {"{\"Id\":\"7\",\"TimeStamp\":\"A\"}",
         "City=Ulm|CountryCode=DE|ContactByPhone=true|FirstName=\"",
         {"City", "CountryCode", "ContactByPhone", "FirstName"},
         "{\"Id\":\"7\",\"TimeStamp\":\"A\",\"ContactInfo\":{\"Address\":"
         "{\"City\":\"Ulm\",\"CountryCode\":\"DE\"},\"ContactByPhone\":true},"
         "\"Name\":{\"FirstName\":\"\\\"\"}}"},
        {"{\"ContactInfo\":null,\"Id\":\"7\",\"Name\":null,\"TimeStamp\":"
         "\"A\"}",
         "City=Ulm|ContactByPhone=false",
         {"City", "ContactByPhone"},
         "{\"ContactInfo\":{\"Address\":{\"City\":\"Ulm\"},"
         "\"ContactByPhone\":false},\"Id\":\"7\",\"Name\":null,"
         "\"TimeStamp\":\"A\"}"},
        {"{\"Id\":\"7\",\"TimeStamp\":\"A\",\"ContactInfo\":{\"Address\":null}"
         "}",
         "City=Ulm",
         {"City"},
         "{\"Id\":\"7\",\"TimeStamp\":\"A\",\"ContactInfo\":{\"Address\":"
         "{\"City\":\"Ulm\"}}}"},
        /* and left as they are for clearing */
        {"{\"ContactInfo\":null,\"Id\":\"7\",\"TimeStamp\":\"A\"}",
         "City=|ContactByPhone=|FirstName=",
         {"City", "ContactByPhone", "FirstName"},
         "{\"ContactInfo\":null,\"Id\":\"7\",\"TimeStamp\":\"A\"}"},
        {"{\"Id\":\"7\",\"TimeStamp\":\"A\",\"ContactInfo\":"
         "{\"ContactByPhone\":\"true\"}}",
         "ContactByPhone=false",
         {"ContactByPhone"},
         "{\"Id\":\"7\",\"TimeStamp\":\"A\",\"ContactInfo\":"
         "{\"ContactByPhone\":false}}"},
        {"{\"Id\":\"7\",\"TimeStamp\":\"A\",\"JobTitle\":\"x\"}",
         "JobTitle=y",
         {NULL},
         "{\"Id\":\"7\",\"TimeStamp\":\"A\",\"JobTitle\":\"x\"}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct user *user = parse_user(cases[i].before);
        struct row *row = make_row(1, "7", cases[i].cells);
        column_mask columns = 0;
        struct merge merge;

        for (size_t j = 0; j < COUNT(cases[i].columns) && cases[i].columns[j];
             j++)
            columns |= column_bit(column_of(cases[i].columns[j]));
        merge_init(&merge, row);
        assert_int_equal(merge_apply(&merge, &service_rest, user, columns), 0);
        assert_user_is(user, cases[i].after);
        row_free(row);
        service_rest.user_free(user);
    }
}

/* ---- the property, against a naive model ----------------------------------
 */

enum { USER, CONTACT, ADDRESS, NAME, OBJECTS };

#define MEMBERS_MAX 64

/* A document of four objects, each a list of names and literals. */
struct member {
    const char *name;
    const char *literal; /* NULL: the object below */
    int object;
};

struct model {
    struct member members[OBJECTS][MEMBERS_MAX];
    unsigned counts[OBJECTS];
};

/* The same value as JSON and as text; "" is empty. */
struct spelling {
    const char *literal, *text;
};

static const struct spelling strings[] = {
    {"null", ""},
    {"\"\"", ""},
    {"\"Bonn\"", "Bonn"},
    {"\"M\\u00fcnchen\"", "M\xC3\xBCnchen"},
    {"\"a\\\"b\\\\c\\/d\\n\"", "a\"b\\c/d\n"},
    {"\"\\ud83d\\ude00 1,[2]\"", "\xF0\x9F\x98\x80 1,[2]"},
    {"\"12345\"", "12345"},
};
static const struct spelling booleans[] = {
    {"null", ""}, {"true", "true"}, {"false", "false"}};
static const struct spelling questions[] = {
    {"null", ""},
    {"\"None\"", ""},
    {"\"Anniversary\"", "Anniversary"},
    {"\"FavoriteMovie\"", "FavoriteMovie"}};
static const struct spelling longs[] = {
    {"\"9223372036854775807\"", "9223372036854775807"},
    {"42", "42"},
    {"\"42\"", "42"}};
static const struct spelling times[] = {
    {"\"2026-01-02T03:04:05.678\"", "2026-01-02T03:04:05.678Z"}};
static const struct spelling stamps[] = {{"\"AAAAAAAAAAE=\"", "AAAAAAAAAAE="}};

static const struct member strangers[] = {
    {"ForwardCompatibilityMap", "[{\"key\":\"a\",\"Value\":\"1\"}]", 0},
    {"AuthenticationToken", "null", 0},
    {"city", "\"lower case\"", 0},
    {"n1", "1.50", 0},
    {"n2", "-0", 0},
    {"n3", "1E+3", 0},
    {"n4", "[0.10,{\"City\":2.0,\"x\":[3e-1]},\"4\\\"5\",[]]", 0},
    {"\\u0041b", "true", 0},
    {"o", "{\"FirstName\":\"no column\",\"e\":{}}", 0},
};

static int object_of(const struct column *column)
{
    if (strncmp(column->path, "ContactInfo.Address.", 20) == 0)
        return ADDRESS;
    if (strncmp(column->path, "ContactInfo.", 12) == 0)
        return CONTACT;
    return strncmp(column->path, "Name.", 5) == 0 ? NAME : USER;
}

static const char *member_name(const struct column *column)
{
    const char *dot = strrchr(column->path, '.');

    return dot ? dot + 1 : column->path;
}

static struct spelling any_spelling(uint64_t *random,
                                    const struct column *column)
{
#define ANY(table) (table)[below(random, COUNT(table))]
    if (strcmp(column->name, "SecretQuestion") == 0)
        return ANY(questions);
    switch (column->type) {
    case COLUMN_BOOLEAN:
        return ANY(booleans);
    case COLUMN_LONG:
        return ANY(longs);
    case COLUMN_TIME:
        return ANY(times);
    case COLUMN_BASE64:
        return ANY(stamps);
    case COLUMN_STRING:
    case COLUMN_GUID:
    case COLUMN_ENUM:
        break;
    }
    return ANY(strings);
#undef ANY
}

static struct member *model_find(struct model *model, int object,
                                 const char *name)
{
    for (unsigned i = 0; i < model->counts[object]; i++)
        if (strcmp(model->members[object][i].name, name) == 0)
            return &model->members[object][i];
    return NULL;
}

static struct member *model_put(struct model *model, int object,
                                struct member member)
{
    struct member *place = &model->members[object][model->counts[object]++];

    assert_in_range(model->counts[object], 1, MEMBERS_MAX);
    *place = member;
    return place;
}

static void shuffle(uint64_t *random, struct model *model, int object)
{
    struct member *members = model->members[object];

    for (unsigned i = model->counts[object]; i > 1; i--) {
        unsigned other = below(random, i);
        struct member member = members[other];

        members[other] = members[i - 1];
        members[i - 1] = member;
    }
}

/* An object that is present, null or absent. */
static void model_put_object(uint64_t *random, struct model *model, int parent,
                             const char *name, int object)
{
    unsigned kind = below(random, 5);

    if (kind > 0)
        model_put(model, parent,
                  (struct member){name, kind == 1 ? "null" : NULL, object});
}

static void model_make(uint64_t *random, struct model *model)
{
    *model = (struct model){.counts = {0}};
    for (unsigned i = 0; i < BING_COLUMN_COUNT; i++) {
        const struct column *column = &bing_columns[i];
        struct spelling spelling = any_spelling(random, column);

        if (column->type != COLUMN_BASE64 && below(random, 3) == 0)
            continue; /* absent */
        if (i != BING_COLUMN_ID)
            model_put(
                model, object_of(column),
                (struct member){member_name(column), spelling.literal, 0});
    }
    model_put(model, USER, (struct member){"Id", "\"7\"", 0});
    for (int object = 0; object < OBJECTS; object++)
        for (size_t i = 0; i < COUNT(strangers); i++)
            if (below(random, 3) == 0)
                model_put(model, object, strangers[i]);
    model_put_object(random, model, CONTACT, "Address", ADDRESS);
    model_put_object(random, model, USER, "ContactInfo", CONTACT);
    model_put_object(random, model, USER, "Name", NAME);
    for (int object = 0; object < OBJECTS; object++)
        shuffle(random, model, object);
}

static void model_print(const struct model *model, int object,
                        struct buffer *out)
{
    assert_int_equal(buffer_puts(out, "{"), 0);
    for (unsigned i = 0; i < model->counts[object]; i++) {
        const struct member *member = &model->members[object][i];

        assert_int_equal(buffer_printf(out, "%s\"%s\" : %s", i ? ", " : "",
                                       member->name,
                                       member->literal ? member->literal : ""),
                         0);
        if (!member->literal)
            model_print(model, member->object, out);
    }
    assert_int_equal(buffer_puts(out, "}"), 0);
}

/* The object, or NULL if it is null or absent. */
static struct member *model_open(struct model *model, int object)
{
    static const struct {
        const char *name;
        int parent;
    } places[] = {[CONTACT] = {"ContactInfo", USER},
                  [ADDRESS] = {"Address", CONTACT},
                  [NAME] = {"Name", USER}};
    int parent = places[object].parent;

    if (parent != USER) {
        const struct member *above = model_open(model, parent);

        if (!above || above->literal)
            return NULL;
    }
    return model_find(model, parent, places[object].name);
}

static bool model_has(struct model *model, int object)
{
    const struct member *member;

    if (object == USER)
        return true;
    member = model_open(model, object);
    return member && !member->literal;
}

static void model_make_object(struct model *model, int object)
{
    static const char *const names[] = {
        [CONTACT] = "ContactInfo", [ADDRESS] = "Address", [NAME] = "Name"};
    int parent = object == ADDRESS ? CONTACT : USER;
    struct member *member;

    if (model_has(model, object))
        return;
    if (parent != USER)
        model_make_object(model, parent);
    member = model_find(model, parent, names[object]);
    if (!member)
        member = model_put(model, parent,
                           (struct member){names[object], NULL, object});
    member->literal = NULL;
    member->object = object;
    model->counts[object] = 0;
}

static const struct spelling *find_literal(const char *literal)
{
    static const struct {
        const struct spelling *table;
        size_t count;
    } tables[] = {{strings, COUNT(strings)},     {booleans, COUNT(booleans)},
                  {questions, COUNT(questions)}, {longs, COUNT(longs)},
                  {times, COUNT(times)},         {stamps, COUNT(stamps)}};

    for (size_t i = 0; i < COUNT(tables); i++)
        for (size_t j = 0; j < tables[i].count; j++)
            if (strcmp(tables[i].table[j].literal, literal) == 0)
                return &tables[i].table[j];
    return NULL;
}

/* Sets a column to a value in the model; false if it has the value already. */
static bool model_set(struct model *model, unsigned index,
                      const struct spelling *value)
{
    const struct column *column = &bing_columns[index];
    int object = object_of(column);
    struct member *member = NULL;
    const char *present = "";
    const char *literal = value->literal;

    if (model_has(model, object))
        member = model_find(model, object, member_name(column));
    if (member)
        present = find_literal(member->literal)->text;
    if (strcmp(member && strcmp(member->literal, "\"None\"") == 0 &&
                       !column->empty
                   ? "None"
                   : present,
               value->text) == 0)
        return false;
    if (*value->text == '\0')
        literal = column->empty ? "\"None\"" : "null";
    model_make_object(model, object);
    member = model_find(model, object, member_name(column));
    if (!member)
        member = model_put(model, object,
                           (struct member){member_name(column), NULL, 0});
    member->literal = literal;
    return true;
}

/* A row with random cells; their spellings go to cells as well. */
static struct row *random_row(uint64_t *random, uint64_t number,
                              const struct spelling **winners)
{
    size_t size = sizeof(struct row) + BING_COLUMN_COUNT * sizeof(struct cell);
    static struct spelling chosen[4][BING_COLUMN_COUNT];
    struct row *row = calloc(1, size);

    assert_non_null(row);
    row->number = number;
    row->id = row->key = "7";
    for (unsigned i = 0; i < BING_COLUMN_COUNT; i++) {
        const struct column *column = &bing_columns[i];
        struct spelling *value = &chosen[number - 1][i];

        if ((column->use != COLUMN_WRITE && column->use != COLUMN_GUARD) ||
            below(random, 3) > 0)
            continue;
        *value = any_spelling(random, column);
        row->cells[row->count++] = (struct cell){
            .text = *value->text ? value->text : NULL, .column = i};
        winners[i] = value;
    }
    return row;
}

static void try_property(uint64_t *random)
{
    const struct spelling *winners[BING_COLUMN_COUNT] = {NULL};
    struct model model;
    struct buffer text;
    struct row *rows = NULL, **end = &rows;
    struct user *user;
    struct merge merge;
    column_mask changed = 0, differences;

    buffer_init(&text, TEXT_MAX);
    model_make(random, &model);
    model_print(&model, USER, &text);
    user = parse_user(text.data);
    for (uint64_t i = below(random, 4) + 1; i > 0; i--) {
        *end = random_row(random, i, winners);
        end = &(*end)->next;
    }
    for (unsigned i = 0; i < BING_COLUMN_COUNT; i++)
        if (winners[i] && bing_columns[i].use == COLUMN_WRITE &&
            model_set(&model, i, winners[i]))
            changed |= column_bit(i);

    merge_init(&merge, rows);
    differences = merge_differences(&merge, &service_rest, user, MERGE_CHANGES);
    assert_true(differences == changed);
    assert_int_equal(merge_apply(&merge, &service_rest, user, differences), 0);
    buffer_clear(&text);
    model_print(&model, USER, &text);
    assert_user_is(user, text.data);
    assert_true(merge_differences(&merge, &service_rest, user, MERGE_CHANGES) ==
                0);

    service_rest.user_free(user);
    row_free_all(rows);
    buffer_free(&text);
}

/* For random users and rows, the user after must be the user before with
 * exactly the rows' columns changed: unknown members, their order and the
 * literals of numbers included. */
static void test_random_users(void **state)
{
    uint64_t random = 1234567;

    (void)state;
    for (unsigned i = 0; i < 5000; i++)
        try_property(&random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_later_cells_win),
        cmocka_unit_test(test_later_clearing_wins),
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_guards),
        cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_distinct_differences),
        cmocka_unit_test(test_apply),
        cmocka_unit_test(test_random_users),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
