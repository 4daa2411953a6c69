#include "soap_responses.h"

#include "service/bing/columns.h"

static const char *value_of(const struct user *user, const char *column)
{
    return service_soap_v13.user_value(user,
                                       column_named(column, strlen(column)));
}

static void set(struct user *user, const char *column, const char *value)
{
    unsigned index = column_named(column, strlen(column));

    assert_int_equal(service_soap_v13.user_set(user, index, value), 0);
}

/* ---- the templates ------------------------------------------------------- */

/* The elements of User as the service's reference prints them, in its order;
 * '+' starts one with children, '-' ends it. */
static const char *const template_v11 =
    "+ContactInfo +Address City CountryCode Id Line1 Line2 Line3 Line4 "
    "PostalCode StateOrProvince TimeStamp - ContactByPhone "
    "ContactByPostalMail Email EmailFormat Fax HomePhone Id Mobile Phone1 "
    "Phone2 - CustomerAppScope CustomerId Id JobTitle LastModifiedByUserId "
    "LastModifiedTime Lcid +Name FirstName LastName MiddleInitial - Password "
    "SecretAnswer SecretQuestion UserLifeCycleStatus TimeStamp UserName "
    "IsMigratedToMicrosoftAccount ";
static const char *const template_v12 =
    "+ContactInfo +Address City CountryCode Id Line1 Line2 Line3 Line4 "
    "PostalCode StateOrProvince TimeStamp BusinessName - ContactByPhone "
    "ContactByPostalMail Email EmailFormat Fax HomePhone Id Mobile Phone1 "
    "Phone2 - CustomerId Id JobTitle LastModifiedByUserId LastModifiedTime "
    "Lcid +Name FirstName LastName MiddleInitial - Password SecretAnswer "
    "SecretQuestion UserLifeCycleStatus TimeStamp UserName "
    "+ForwardCompatibilityMap Pair - ";

/* Writes the elements of a template; only: just the Ids and TimeStamps, and
 * their parents. */
static void put_template(struct buffer *xml, const char *template, bool only)
{
    const char *open[4] = {NULL};
    size_t lens[4] = {0};
    unsigned depth = 0;

    while (*template) {
        size_t len = strcspn(template, " ");
        const char *name = template + (*template == '+');
        size_t name_len = len - (*template == '+');
        bool is_id = name_len == 2 && strncmp(name, "Id", 2) == 0;

        if (*template == '-') {
            depth--;
            assert_int_equal(buffer_printf(xml, "</e662:%.*s>",
                                           (int)lens[depth], open[depth]),
                             0);
        } else if (*template == '+') {
            open[depth] = name;
            lens[depth++] = name_len;
            assert_int_equal(buffer_printf(xml, "<e662:%.*s i:nil=\"false\">",
                                           (int)name_len, name),
                             0);
        } else if (!only || is_id ||
                   (name_len == 9 && strncmp(name, "TimeStamp", 9) == 0)) {
            assert_int_equal(
                buffer_printf(xml, "<e662:%.*s i:nil=\"false\">%s</e662:%.*s>",
                              (int)name_len, name,
                              is_id && depth == 0 ? KEY : "V", (int)name_len,
                              name),
                0);
        }
        template += len + 1;
    }
}

static void make_get_response(struct buffer *response, const char *version,
                              const struct buffer *user)
{
    assert_int_equal(
        buffer_printf(response,
                      "<s:Envelope xmlns:i=\"" INSTANCE "\" xmlns:s=\"" ENVELOPE
                      "\"><s:Body><GetUserResponse "
                      "xmlns=\"https://bingads.microsoft.com/Customer/%s\">%s"
                      "</GetUserResponse></s:Body></s:Envelope>",
                      version, user->data),
        0);
}

static void make_user(struct buffer *user, const char *version,
                      const char *template, bool only)
{
    assert_int_equal(
        buffer_printf(user,
                      "<User xmlns:e662=\"https://bingads.microsoft.com/"
                      "Customer/%s/Entities\" i:nil=\"false\">",
                      version),
        0);
    put_template(user, template, only);
    assert_int_equal(buffer_puts(user, "</User>"), 0);
}

static const struct {
    const struct service *service;
    const char *version;
    const char *const *template;
    const char *more;
} versions[] = {
    {&service_soap_v11, "v11", &template_v11, ""},
    {&service_soap_v12, "v12", &template_v12, ""},
    {&service_soap_v13, "v13", &template_v12, "AuthenticationToken "},
};

/* A user with every element set must be sent back with exactly the template's
 * elements in the template's order. */
static void test_templates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct call_context of = context;
        struct buffer elements, expected, response;
        struct http_request request;
        struct user *user;

        of.service = versions[i].service;
        buffer_init(&elements, 10000);
        buffer_init(&expected, 10000);
        buffer_init(&response, 10000);
        assert_int_equal(buffer_printf(&elements, "%s%s", *versions[i].template,
                                       versions[i].more),
                         0);
        make_user(&expected, versions[i].version, elements.data, false);
        make_get_response(&response, versions[i].version, &expected);
        user = parse_user_of(&of, response.data);
        init_request(&request, HTTP_MAX_REQUEST);
        assert_int_equal(of.service->build_update(&of, user, NULL, &request),
                         0);
        assert_non_null(strstr(request.body.data, expected.data));
        free_request(&request);
        of.service->user_free(user);
        buffer_free(&elements);
        buffer_free(&expected);
        buffer_free(&response);
    }
}

/* Each column that is set in a user with few elements must come to its place in
 * the template's order, whatever order the columns are set in. */
static void test_order(void **state)
{
    uint64_t random = 88172645463325252U;

    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        const struct service *service = versions[i].service;
        struct call_context of = context;
        struct buffer few, response;
        struct http_request request;
        struct user *user;
        const char *position;

        of.service = service;
        buffer_init(&few, 10000);
        buffer_init(&response, 10000);
        make_user(&few, versions[i].version, *versions[i].template, true);
        make_get_response(&response, versions[i].version, &few);
        user = parse_user_of(&of, response.data);
        for (unsigned set = 0; set < 2000; set++) {
            unsigned column = below(&random, service->column_count);

            if (service->columns[column].use == COLUMN_WRITE)
                assert_int_equal(service->user_set(user, column, "W"), 0);
        }
        init_request(&request, HTTP_MAX_REQUEST);
        assert_int_equal(service->build_update(&of, user, NULL, &request), 0);
        position = strstr(request.body.data, "<e662:ContactInfo");
        for (const char *name = *versions[i].template; *name;) {
            size_t len = strcspn(name, " ");
            size_t column = 0;
            char tag[64];

            (void)snprintf(tag, sizeof(tag), "<e662:%.*s",
                           (int)(len - (*name == '+')), name + (*name == '+'));
            while (column < service->column_count &&
                   (service->columns[column].use != COLUMN_WRITE ||
                    strcmp(service->columns[column].name, tag + 6) != 0))
                column++;
            if (column < service->column_count) {
                position = strstr(position, tag);
                if (!position)
                    fail_msg("%s is not at its place: %s", tag,
                             request.body.data);
            }
            name += len + 1;
        }
        free_request(&request);
        service->user_free(user);
        buffer_free(&few);
        buffer_free(&response);
    }
}

/* A column must be where its path says. */
static void test_paths(void **state)
{
    (void)state;
    for (unsigned i = 0; i < service_soap_v13.column_count; i++) {
        const struct column *column = &bing_columns[i];
        char expected[400] = "";
        const char *name = column->path;
        struct user *user;
        struct http_request request;

        if (column->use != COLUMN_WRITE)
            continue;
        for (size_t len; *name; name += len + (name[len] == '.')) {
            size_t used = strlen(expected);

            len = strcspn(name, ".");
            (void)snprintf(expected + used, sizeof(expected) - used, "<e:%.*s>",
                           (int)len, name);
        }
        user = parse_user(USER(GOOD));
        assert_int_equal(service_soap_v13.user_set(user, i, "W"), 0);
        init_request(&request, HTTP_MAX_REQUEST);
        assert_int_equal(
            service_soap_v13.build_update(&context, user, NULL, &request), 0);
        if (!strstr(request.body.data, expected))
            fail_msg("%s: %s", expected, request.body.data);
        assert_string_equal(service_soap_v13.user_value(user, i), "W");
        free_request(&request);
        service_soap_v13.user_free(user);
    }
}

/* ---- the user as a document ---------------------------------------------- */

/* Unknown content must be sent back unchanged, with the namespaces that it
 * needs, wherever they were declared and whatever their prefixes are. */
static void test_keeps_unknown_content(void **state)
{
    static const struct {
        const char *response, *back;
    } cases[] = {
        /* known and unknown elements, attributes, texts, a list */
        {USER(GOOD "<e:New a='&lt;\"' i:nil='false'><x xmlns='urn:x'>1</x>"
                   " <x xmlns='urn:x'/></e:New><e:New/>"),
         USER_TAG GOOD "<e:New a=\"&lt;&quot;\" i:nil=\"false\"><x "
                       "xmlns=\"urn:x\">1</x> <x xmlns=\"urn:x\"/></e:New>"
                       "<e:New/></User>"},
        /* everything declared on Envelope, other prefixes */
        {"<q:Envelope xmlns:q='" ENVELOPE "' xmlns:h='" V13 "' xmlns:s='" V13
         "/Entities' "
         "xmlns:t='urn:t'><q:Body><h:GetUserResponse><h:User><s:Id>" KEY
         "</s:Id><s:TimeStamp>A</s:TimeStamp><s:New t:k='v'>t:type</s:New>"
         "</h:User></h:GetUserResponse></q:Body></q:Envelope>",
         "<h:User xmlns:q=\"" ENVELOPE "\" xmlns:h=\"" V13 "\" xmlns:s=\"" V13
         "/Entities\" xmlns:t=\"urn:t\" xmlns=\"\"><s:Id>" KEY
         "</s:Id><s:TimeStamp>A</s:TimeStamp><s:New t:k=\"v\">t:type</s:New>"
         "</h:User>"},
        /* the default namespace, declared several times */
        {"<Envelope xmlns='" ENVELOPE "'><Body><GetUserResponse xmlns='" V13
         "'><User><Id xmlns='" V13 "/Entities'>" KEY
         "</Id><TimeStamp xmlns='" V13
         "/Entities'>A</TimeStamp></User></GetUserResponse></Body>"
         "</Envelope>",
         "<User><Id xmlns=\"" V13 "/Entities\">" KEY "</Id><TimeStamp "
         "xmlns=\"" V13 "/Entities\">A</TimeStamp></User>"},
        /* known names in another namespace are unknown */
        {USER(GOOD "<Id>7</Id><City xmlns='urn:x'/>"),
         USER_TAG GOOD "<Id>7</Id><City xmlns=\"urn:x\"/></User>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct user *user = parse_user(cases[i].response);

        assert_sends_back(user, cases[i].back);
        service_soap_v13.user_free(user);
    }
}

/* A value that is set must replace the old one or come to its place, with its
 * parents; nil must come and go, and unknown content stay. */
static void test_sets(void **state)
{
    static const struct {
        const char *user, *column, *value, *back;
    } cases[] = {
        {GOOD "<e:JobTitle>x</e:JobTitle>", "JobTitle", "<&>\r",
         GOOD "<e:JobTitle>&lt;&amp;&gt;&#13;</e:JobTitle>"},
        {GOOD "<e:JobTitle i:nil='false' k='1'>x</e:JobTitle>", "JobTitle", "y",
         GOOD "<e:JobTitle k=\"1\">y</e:JobTitle>"},
        {GOOD "<e:JobTitle i:nil=' true '/>", "JobTitle", "y",
         GOOD "<e:JobTitle>y</e:JobTitle>"},
        {GOOD "<e:JobTitle i:nil='TRUE'/>", "JobTitle", "y",
         GOOD "<e:JobTitle>y</e:JobTitle>"},
        {GOOD "<e:JobTitle i:nil='&#9;1'> </e:JobTitle>", "JobTitle", "y",
         GOOD "<e:JobTitle>y</e:JobTitle>"},
        {GOOD "<e:ContactInfo i:nil=' 1 '/>", "City", "x",
         GOOD "<e:ContactInfo><e:Address><e:City>x</e:City></e:Address>"
              "</e:ContactInfo>"},
        {GOOD "<e:JobTitle i:nil=' 0 '>x</e:JobTitle>", "JobTitle", NULL,
         GOOD "<e:JobTitle i:nil=\"true\"/>"},
        {GOOD "<e:JobTitle i:nil='true' k='1'/>", "JobTitle", "y",
         GOOD "<e:JobTitle k=\"1\">y</e:JobTitle>"},
        {GOOD "<e:JobTitle>x</e:JobTitle>", "JobTitle", NULL,
         GOOD "<e:JobTitle i:nil=\"true\"/>"},
        {GOOD "<e:JobTitle i:nil='false'>x</e:JobTitle>", "JobTitle", NULL,
         GOOD "<e:JobTitle i:nil=\"true\"/>"},
        {GOOD, "JobTitle", NULL, GOOD},
        {GOOD, "City", NULL, GOOD},
        {GOOD "<e:ContactInfo i:nil='true'/>", "City", NULL,
         GOOD "<e:ContactInfo i:nil=\"true\"/>"},
        {GOOD "<e:ContactInfo i:nil='true'/>", "City", "x",
         GOOD "<e:ContactInfo><e:Address><e:City>x</e:City></e:Address>"
              "</e:ContactInfo>"},
        {GOOD, "City", "x",
         "<e:ContactInfo><e:Address><e:City>x</e:City></e:Address>"
         "</e:ContactInfo>" GOOD},
        {GOOD "<e:SecretQuestion>Anniversary</e:SecretQuestion>",
         "SecretQuestion", NULL,
         GOOD "<e:SecretQuestion>None</e:SecretQuestion>"},
        {GOOD, "ContactByPhone", "false",
         "<e:ContactInfo><e:ContactByPhone>false</e:ContactByPhone>"
         "</e:ContactInfo>" GOOD},
        {GOOD "<e:Name><e:LastName>L</e:LastName><e:Suffix/></e:Name>",
         "MiddleInitial", "M",
         GOOD "<e:Name><e:LastName>L</e:LastName><e:MiddleInitial>M"
              "</e:MiddleInitial><e:Suffix/></e:Name>"},
        {GOOD "<e:Name><e:LastName>L</e:LastName></e:Name>", "FirstName", "F",
         GOOD "<e:Name><e:FirstName>F</e:FirstName><e:LastName>L</e:LastName>"
              "</e:Name>"},
        {GOOD "<e:UserName>u</e:UserName><e:Zip/>", "Lcid", "EnglishUS",
         ID "<e:Lcid>EnglishUS</e:Lcid>"
            "<e:TimeStamp>A</e:TimeStamp><e:UserName>u</e:UserName><e:Zip/>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char body[2000], back[2000];
        struct user *user;

        (void)snprintf(body, sizeof(body), "%.*s%s%s",
                       (int)(strstr(USER("#"), "#") - USER("#")), USER("#"),
                       cases[i].user, strstr(USER("#"), "#") + 1);
        (void)snprintf(back, sizeof(back), USER_TAG "%s</User>", cases[i].back);
        user = parse_user(body);
        set(user, cases[i].column, cases[i].value);
        assert_sends_back(user, back);
        service_soap_v13.user_free(user);
    }
}

/* Typed values must be read as XML Schema reads them, without the white space
 * around them; a string keeps its own. The user is sent back as received. */
static void test_typed_values(void **state)
{
    static const char body[] =
        "<e:CustomerId>\n  42\t</e:CustomerId><e:Id> " KEY
        "\n</e:Id><e:JobTitle> a  b </e:JobTitle>"
        "<e:LastModifiedTime> 2026-01-02T03:04:05 </e:LastModifiedTime>"
        "<e:Lcid> EnglishUS </e:Lcid><e:TimeStamp> A\n </e:TimeStamp>"
        "<e:UserName i:nil=' true '/>";
    struct user *user;
    char text[SERVICE_STAMPS_SIZE], response[2000], back[2000];
    char *quoted;

    (void)state;
    (void)snprintf(response, sizeof(response), USER("%s"), body);
    user = parse_user(response);
    assert_string_equal(value_of(user, "Id"), KEY);
    assert_string_equal(value_of(user, "CustomerId"), "42");
    assert_string_equal(value_of(user, "Lcid"), "EnglishUS");
    assert_string_equal(value_of(user, "JobTitle"), " a  b ");
    assert_null(value_of(user, "UserName"));
    service_soap_v13.user_stamps(user, text);
    assert_string_equal(text, "A ");
    service_soap_v13.user_last_modified(user, text);
    assert_string_equal(text, "2026-01-02T03:04:05");
    set(user, "Lcid", "FrenchFrance");
    assert_string_equal(value_of(user, "Lcid"), "FrenchFrance");
    set(user, "Lcid", NULL);
    assert_null(value_of(user, "Lcid"));
    service_soap_v13.user_free(user);

    user = parse_user(response);
    (void)snprintf(back, sizeof(back), USER_TAG "%s</User>", body);
    quoted = strstr(back, "' true '");
    assert_non_null(quoted);
    quoted[0] = quoted[7] = '"';
    assert_sends_back(user, back);
    service_soap_v13.user_free(user);
}

/* Each value must be found; it is NULL if it is nil, absent or empty. */
static void test_values(void **state)
{
    static const struct {
        const char *column, *value;
    } cases[] = {
        {"Id", KEY},        {"CustomerId", "42"},      {"City", "Ulm"},
        {"AddressId", "3"}, {"AddressTimeStamp", "B"}, {"ContactInfoId", "2"},
        {"TimeStamp", "A"}, {"FirstName", "A&B"},      {"Line1", NULL},
        {"Line2", NULL},    {"Line3", NULL},           {"LastName", NULL},
        {"UserName", NULL},
    };
    struct user *user = parse_user(
        USER("<e:Name><e:FirstName>A<![CDATA[&]]>B</e:FirstName></e:Name>"
             "<e:TimeStamp>A</e:TimeStamp><e:CustomerId>42</e:CustomerId>"
             "<e:ContactInfo> <e:Id>2</e:Id>\n<e:Address><e:Line3></e:Line3>"
             "<e:Line2 i:nil='1'/><e:TimeStamp>B</e:TimeStamp><e:Id>3</e:Id>"
             "<e:City>U<!-- - -->lm</e:City></e:Address></e:ContactInfo>" ID));
    char stamps[SERVICE_STAMPS_SIZE], modified[SERVICE_TIME_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *value = value_of(user, cases[i].column);

        if (cases[i].value)
            assert_string_equal(value, cases[i].value);
        else
            assert_null(value);
    }
    service_soap_v13.user_stamps(user, stamps);
    assert_string_equal(stamps, "A B");
    service_soap_v13.user_last_modified(user, modified);
    assert_string_equal(modified, "");
    service_soap_v13.user_free(user);
    service_soap_v13.user_free(NULL);
}

/* Users that can't be sent back must be refused by name, and without retry. */
static void test_refuses_users(void **state)
{
    static const struct {
        const char *response, *name;
    } cases[] = {
        {USER("<e:Id>1</e:Id><e:TimeStamp>A</e:TimeStamp>"), "WrongUser"},
        {USER("<e:TimeStamp>A</e:TimeStamp>"), "WrongUser"},
        {USER("<e:Id i:nil='true'/><e:TimeStamp>A</e:TimeStamp>"), "WrongUser"},
        {USER("<Id>" KEY "</Id><e:TimeStamp>A</e:TimeStamp>"), "WrongUser"},
        {USER(ID), "MaskedUser"},
        {USER(ID "<e:TimeStamp/>"), "MaskedUser"},
        {USER(ID "<e:TimeStamp i:nil='true'/>"), "MaskedUser"},
        {USER(GOOD "<e:ContactInfo><e:Address/></e:ContactInfo>"),
         "MaskedUser"},
        {USER(GOOD "<e:UserName>**</e:UserName>"), "MaskedUser"},
        {USER(GOOD "<e:New><x>*</x></e:New>"), "MaskedUser"},
        {USER(GOOD ID), "UnexpectedType"},
        {USER(GOOD "<e:Name/><e:Name/>"), "UnexpectedType"},
        {USER(GOOD "<e:AuthenticationToken/><e:AuthenticationToken/>"),
         "UnexpectedType"},
        {USER(GOOD "<e:JobTitle><e:x/></e:JobTitle>"), "UnexpectedType"},
        {USER(GOOD "<e:JobTitle i:nil='true'>x</e:JobTitle>"),
         "UnexpectedType"},
        {USER(GOOD "<e:Name i:nil='true'><e:FirstName/></e:Name>"),
         "UnexpectedType"},
        {USER(GOOD "<e:Name>Ann</e:Name>"), "UnexpectedType"},
        {USER(GOOD "Ann"), "UnexpectedType"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response = make_response(200, cases[i].response);
        struct api_error api_error =
            refuse_user_of(&service_soap_v13, &context, KEY, &response);

        if (strcmp(api_error.name, cases[i].name) != 0)
            fail_msg("%s: %s", cases[i].response, api_error.name);
        assert_int_equal(api_error.action, API_ERROR_FAIL);
        assert_true(api_error.not_applied);
        assert_string_equal(api_error.tracking_id, FROM_ENVELOPE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_keeps_unknown_content),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_typed_values),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refuses_users),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
