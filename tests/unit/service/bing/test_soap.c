#include "answers.h"

#include <errno.h>

#include "base/version.h"
#include "service/service.h"

#define KEY "1234567890123456789"

#define ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"
#define INSTANCE "http://www.w3.org/2001/XMLSchema-instance"
#define V13      "https://bingads.microsoft.com/Customer/v13"

/* An answer of version 13 around a body, with the usual prefixes; e is that of
 * the elements of User. */
#define AROUND(body)                                                           \
    "<s:Envelope xmlns:s=\"" ENVELOPE "\" xmlns:i=\"" INSTANCE "\">"           \
    "<s:Header xmlns=\"" V13 "\"><TrackingId>from-envelope</TrackingId>"       \
    "</s:Header><s:Body>" body "</s:Body></s:Envelope>"
#define GOT(content)                                                           \
    AROUND("<GetUserResponse xmlns=\"" V13 "\">" content                       \
           "<CustomerRoles/></GetUserResponse>")
#define USER_TAG      "<User xmlns:e=\"" V13 "/Entities\">"
#define USER(content) GOT(USER_TAG content "</User>")

#define ID   "<e:Id>" KEY "</e:Id>"
#define GOOD ID "<e:TimeStamp>A</e:TimeStamp>"

#define UPDATED(content)                                                       \
    AROUND("<UpdateUserResponse xmlns=\"" V13 "\">" content                    \
           "</UpdateUserResponse>")

/* What an update of version 13 sends before and behind User. */
#define BEFORE                                                                 \
    "<s:Envelope xmlns:i=\"" INSTANCE "\" xmlns:s=\"" ENVELOPE "\">"           \
    "<s:Header xmlns=\"" V13 "\"><Action mustUnderstand=\"1\">UpdateUser"      \
    "</Action><AuthenticationToken i:nil=\"false\">ACCESS"                     \
    "</AuthenticationToken><DeveloperToken i:nil=\"false\">DEVELOPER"          \
    "</DeveloperToken></s:Header><s:Body><UpdateUserRequest xmlns=\"" V13      \
    "\">"
#define BEHIND "</UpdateUserRequest></s:Body></s:Envelope>"

static const struct call_context context = {
    .service = &service_soap_v13,
    .access_token = "ACCESS",
    .developer_token = "DEVELOPER",
};

static void init_request(struct http_request *request, size_t max_body)
{
    *request = (struct http_request){.method = HTTP_PATCH};
    buffer_init(&request->path, 1000);
    buffer_init(&request->headers, 1000);
    buffer_init(&request->body, max_body);
}

static void free_request(struct http_request *request)
{
    buffer_free(&request->path);
    buffer_free(&request->headers);
    buffer_free(&request->body);
}

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

/* The user of an answer that must be taken. */
static struct user *take_user_of(const struct call_context *of,
                                 const char *body)
{
    struct http_response response = make_response(200, body);
    struct user *user = NULL;
    struct api_error api_error;

    if (of->service->parse_get(of, &response, KEY, &user, &api_error))
        fail_msg("%s: %s: %s", body, api_error.name, api_error.text);
    assert_non_null(user);
    assert_int_equal(api_error.action, API_ERROR_NONE);
    assert_int_equal(api_error.http_status, 200);
    return user;
}

static struct user *take_user(const char *body)
{
    return take_user_of(&context, body);
}

static struct api_error refuse_user(const struct http_response *response)
{
    return refuse_user_of(&service_soap_v13, &context, KEY, response);
}

static struct api_error refuse_update(const struct http_response *response)
{
    return refuse_update_of(&service_soap_v13, &context, KEY, response);
}

static void assert_sends_back(const struct user *user, const char *xml)
{
    struct http_request request;

    init_request(&request, HTTP_MAX_REQUEST);
    assert_int_equal(
        service_soap_v13.build_update(&context, user, NULL, &request), 0);
    if (strncmp(request.body.data, BEFORE, strlen(BEFORE)) != 0)
        fail_msg("%s", request.body.data);
    assert_string_equal(request.body.data + request.body.len - strlen(BEHIND),
                        BEHIND);
    request.body.data[request.body.len - strlen(BEHIND)] = '\0';
    assert_string_equal(request.body.data + strlen(BEFORE), xml);
    free_request(&request);
}

/* ---- requests ------------------------------------------------------------ */

/* The headers of every call must hold no token: they are in the envelope. */
static void test_headers(void **state)
{
    struct buffer headers;

    (void)state;
    buffer_init(&headers, 1000);
    assert_int_equal(service_soap_v13.build_headers(&context, &headers), 0);
    assert_string_equal(headers.data,
                        "Content-Type: text/xml; charset=utf-8\n"
                        "Accept: text/xml\n"
                        "User-Agent: bauser-batch/" BAUSER_VERSION "\n");
    buffer_free(&headers);
}

/* GetUser must be the version's envelope, its header's elements in their order,
 * tokens escaped; it may be sent twice. */
static void test_build_get(void **state)
{
    struct call_context v11 = {.service = &service_soap_v11,
                               .access_token = "A&B",
                               .developer_token = "D",
                               .application_token = "<P>",
                               .user_name = "U",
                               .password = "W"};
    struct http_request request;

    (void)state;
    init_request(&request, 10000);
    request.once = true;
    assert_int_equal(service_soap_v11.build_get(&v11, KEY, &request), 0);
    assert_int_equal(request.method, HTTP_POST);
    assert_false(request.once);
    assert_string_equal(
        request.path.data,
        "/Api/CustomerManagement/v11/CustomerManagementService.svc");
    assert_string_equal(request.headers.data, "SOAPAction: GetUser\n");
    assert_string_equal(
        request.body.data,
        "<s:Envelope xmlns:i=\"" INSTANCE "\" xmlns:s=\"" ENVELOPE "\">"
        "<s:Header xmlns=\"https://bingads.microsoft.com/Customer/v11\">"
        "<Action mustUnderstand=\"1\">GetUser</Action>"
        "<ApplicationToken i:nil=\"false\">&lt;P&gt;</ApplicationToken>"
        "<AuthenticationToken i:nil=\"false\">A&amp;B</AuthenticationToken>"
        "<DeveloperToken i:nil=\"false\">D</DeveloperToken>"
        "<Password i:nil=\"false\">W</Password>"
        "<UserName i:nil=\"false\">U</UserName></s:Header><s:Body>"
        "<GetUserRequest "
        "xmlns=\"https://bingads.microsoft.com/Customer/v11\">"
        "<UserId i:nil=\"false\">" KEY "</UserId></GetUserRequest></s:Body>"
        "</s:Envelope>");
    free_request(&request);
}

/* UpdateUser must be the version's envelope as well, and not be sent twice. */
static void test_build_update(void **state)
{
    struct user *user = take_user(USER(GOOD));
    struct http_request request;

    (void)state;
    init_request(&request, 10000);
    assert_int_equal(
        service_soap_v13.build_update(&context, user, NULL, &request), 0);
    assert_int_equal(request.method, HTTP_POST);
    assert_true(request.once);
    assert_string_equal(
        request.path.data,
        "/Api/CustomerManagement/v13/CustomerManagementService.svc");
    assert_string_equal(request.headers.data, "SOAPAction: UpdateUser\n");
    assert_string_equal(request.body.data,
                        BEFORE USER_TAG GOOD "</User>" BEHIND);
    free_request(&request);
    service_soap_v13.user_free(user);
}

/* Requests beyond their buffers must be told as too large. */
static void test_requests_too_large(void **state)
{
    struct user *user = take_user(USER(GOOD));

    (void)state;
    for (size_t max = 0; max < 500; max += 7) {
        struct http_request request;

        init_request(&request, max);
        errno = 0;
        assert_int_equal(service_soap_v13.build_get(&context, KEY, &request),
                         -1);
        assert_int_equal(errno, EFBIG);
        buffer_clear(&request.path);
        buffer_clear(&request.headers);
        buffer_clear(&request.body);
        errno = 0;
        assert_int_equal(
            service_soap_v13.build_update(&context, user, NULL, &request), -1);
        assert_int_equal(errno, EFBIG);
        free_request(&request);
    }
    service_soap_v13.user_free(user);
}

/* ---- the templates ------------------------------------------------------- */

/* The elements of User as the service's reference prints them, in its order;
 * '+' begins one that has others in it, '-' ends it. */
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

/* Puts the elements of a template; with only, those that are Ids and
 * TimeStamps, and what they are in. */
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

static void make_answer(struct buffer *answer, const char *version,
                        const struct buffer *user)
{
    assert_int_equal(
        buffer_printf(answer,
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

/* A user with every element set must be sent back with just the template's
 * elements in the template's order. */
static void test_templates(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        struct call_context of = context;
        struct buffer elements, expected, answer;
        struct http_request request;
        struct user *user;

        of.service = versions[i].service;
        buffer_init(&elements, 10000);
        buffer_init(&expected, 10000);
        buffer_init(&answer, 10000);
        assert_int_equal(buffer_printf(&elements, "%s%s", *versions[i].template,
                                       versions[i].more),
                         0);
        make_user(&expected, versions[i].version, elements.data, false);
        make_answer(&answer, versions[i].version, &expected);
        user = take_user_of(&of, answer.data);
        init_request(&request, HTTP_MAX_REQUEST);
        assert_int_equal(of.service->build_update(&of, user, NULL, &request),
                         0);
        assert_non_null(strstr(request.body.data, expected.data));
        free_request(&request);
        of.service->user_free(user);
        buffer_free(&elements);
        buffer_free(&expected);
        buffer_free(&answer);
    }
}

/* Each column that is set in a user who has next to nothing must come to its
 * place in the template's order, whatever order they are set in. */
static void test_order(void **state)
{
    uint64_t random = 88172645463325252U;

    (void)state;
    for (size_t i = 0; i < COUNT(versions); i++) {
        const struct service *service = versions[i].service;
        struct call_context of = context;
        struct buffer few, answer;
        struct http_request request;
        struct user *user;
        const char *place;

        of.service = service;
        buffer_init(&few, 10000);
        buffer_init(&answer, 10000);
        make_user(&few, versions[i].version, *versions[i].template, true);
        make_answer(&answer, versions[i].version, &few);
        user = take_user_of(&of, answer.data);
        for (unsigned set = 0; set < 2000; set++) {
            unsigned column = below(&random, service->column_count);

            if (service->columns[column].use == COLUMN_WRITE)
                assert_int_equal(service->user_set(user, column, "W"), 0);
        }
        init_request(&request, HTTP_MAX_REQUEST);
        assert_int_equal(service->build_update(&of, user, NULL, &request), 0);
        place = strstr(request.body.data, "<e662:ContactInfo");
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
                place = strstr(place, tag);
                if (!place)
                    fail_msg("%s is not at its place: %s", tag,
                             request.body.data);
            }
            name += len + 1;
        }
        free_request(&request);
        service->user_free(user);
        buffer_free(&few);
        buffer_free(&answer);
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
        user = take_user(USER(GOOD));
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

/* What is unknown must go back as it came, with the namespaces that it needs,
 * wherever they were declared and whatever their prefixes are. */
static void test_carries(void **state)
{
    static const struct {
        const char *answer, *back;
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
        /* the default namespace, again and again */
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
        struct user *user = take_user(cases[i].answer);

        assert_sends_back(user, cases[i].back);
        service_soap_v13.user_free(user);
    }
}

/* Values set must take the place of what is there or get theirs, parents be
 * made, nil come and go; what is unknown stays. */
static void test_sets(void **state)
{
    static const struct {
        const char *user, *column, *value, *back;
    } cases[] = {
        {GOOD "<e:JobTitle>x</e:JobTitle>", "JobTitle", "<&>\r",
         GOOD "<e:JobTitle>&lt;&amp;&gt;&#13;</e:JobTitle>"},
        {GOOD "<e:JobTitle i:nil='false' k='1'>x</e:JobTitle>", "JobTitle", "y",
         GOOD "<e:JobTitle i:nil=\"false\" k=\"1\">y</e:JobTitle>"},
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
        user = take_user(body);
        set(user, cases[i].column, cases[i].value);
        assert_sends_back(user, back);
        service_soap_v13.user_free(user);
    }
}

/* Each value must be found, NULL where it is nil, absent or empty. */
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
    struct user *user = take_user(
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

/* ---- answers that are refused -------------------------------------------- */

/* Users that may not be sent back must be refused by name, for good. */
static void test_refuses_users(void **state)
{
    static const struct {
        const char *answer, *name;
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
        struct http_response response = make_response(200, cases[i].answer);
        struct api_error api_error = refuse_user(&response);

        if (strcmp(api_error.name, cases[i].name) != 0)
            fail_msg("%s: %s", cases[i].answer, api_error.name);
        assert_int_equal(api_error.action, API_ERROR_FAIL);
        assert_true(api_error.certain);
        assert_string_equal(api_error.tracking_id, "from-envelope");
    }
}

/* Answers that are no envelope, or one with something else, must be unreadable,
 * for GetUser and UpdateUser, and may be asked for again. */
static void test_refuses_answers(void **state)
{
    static const struct {
        const char *body, *part;
    } cases[] = {
        {"", "nothing"},
        {"<html><body>502</body></html>", "no envelope"},
        {"<!DOCTYPE html><html></html>", "DOCTYPE"},
        {"{\"User\":{}}", "not XML"},
        {"<s:Envelope xmlns:s='" ENVELOPE "'>", "not XML"},
        {"<s:Envelope xmlns:s='" ENVELOPE "'/>", "no envelope"},
        {"<Envelope><Body/></Envelope>", "no envelope"},
        {"<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'>"
         "<s:Body/></s:Envelope>",
         "no envelope"},
        {AROUND(""), "another answer"},
        {AROUND("<GetUserResponse/>"), "another answer"},
        {AROUND("<GetUsersResponse xmlns='" V13 "'/>"), "another answer"},
        {AROUND("<GetUserResponse xmlns='https://bingads.microsoft.com/"
                "Customer/v12'/>"),
         "another answer"},
        {AROUND("<Fault><faultcode>x</faultcode></Fault>"), "another answer"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct http_response response = make_response(200, cases[i].body);

        for (int update = 0; update <= 1; update++) {
            struct api_error api_error =
                update ? refuse_update(&response) : refuse_user(&response);

            assert_string_equal(api_error.name, "UnexpectedResponse");
            assert_int_equal(api_error.action, API_ERROR_RETRY);
            assert_false(api_error.certain);
            if (!strstr(api_error.text, cases[i].part))
                fail_msg("%s: %s", cases[i].body, api_error.text);
        }
    }
}

/* So must those without a User or with two, and those without a time; a good
 * user with another status is not to be trusted. */
static void test_refuses_hollow_answers(void **state)
{
    static const char *const users[] = {GOT(""), GOT("<User i:nil='true'/>"),
                                        GOT("<User xmlns=''/>"),
                                        GOT(USER_TAG GOOD "</User><User/>")};
    static const char *const times[] = {
        UPDATED(""), UPDATED("<LastModifiedTime/>"),
        UPDATED("<LastModifiedTime>soon</LastModifiedTime>"),
        UPDATED("<LastModifiedTime xmlns=''>2026-01-02T03:04:05"
                "</LastModifiedTime>")};
    struct http_response response;

    (void)state;
    for (size_t i = 0; i < COUNT(users); i++) {
        response = make_response(200, users[i]);
        assert_string_equal(refuse_user(&response).name, "UnexpectedResponse");
    }
    for (size_t i = 0; i < COUNT(times); i++) {
        response = make_response(200, times[i]);
        assert_string_equal(refuse_update(&response).name,
                            "UnexpectedResponse");
        assert_false(refuse_update(&response).certain);
    }
    response = make_response(503, USER(GOOD));
    assert_string_equal(refuse_user(&response).name, "HttpError");
    response.status = 200;
    response.failure = HTTP_TOO_LARGE;
    assert_int_equal(refuse_user(&response).action, API_ERROR_FAIL);
    assert_int_equal(refuse_update(&response).action, API_ERROR_RETRY);
}

/* The time of a good update must be handed on, with the envelope's tracking
 * id, else the header's. */
static void test_takes_update(void **state)
{
    static const char bare[] =
        "<s:Envelope xmlns:s='" ENVELOPE "'><s:Body><UpdateUserResponse "
        "xmlns='" V13 "'><LastModifiedTime>2026-01-02T03:04:05.678"
        "</LastModifiedTime></UpdateUserResponse></s:Body></s:Envelope>";
    struct http_response response =
        make_response(200, UPDATED("<LastModifiedTime>2026-01-02T03:04:05.678"
                                   "</LastModifiedTime>"));
    char time[SERVICE_TIME_SIZE];
    struct api_error api_error;

    (void)state;
    assert_int_equal(service_soap_v13.parse_update(&context, &response, KEY,
                                                   time, &api_error),
                     0);
    assert_string_equal(time, "2026-01-02T03:04:05.678");
    assert_string_equal(api_error.tracking_id, "from-envelope");
    response = make_response(200, bare);
    assert_int_equal(service_soap_v13.parse_update(&context, &response, KEY,
                                                   time, &api_error),
                     0);
    assert_string_equal(api_error.tracking_id, "from-header");
}

/* ---- faults -------------------------------------------------------------- */

#define FAULT(content)                                                         \
    AROUND("<s:Fault><faultcode>s:Server</faultcode><faultstring>General."     \
           "</faultstring>" content "</s:Fault>")
#define AD_API(errors)                                                         \
    FAULT("<detail><a:AdApiFaultDetail xmlns:a='https://adapi.microsoft.com'>" \
          "<a:TrackingId>T1</a:TrackingId><a:Errors>" errors                   \
          "</a:Errors></a:AdApiFaultDetail></detail>")
#define API_FAULT(errors)                                                      \
    FAULT("<detail><ApiFault xmlns='" V13                                      \
          "/Exception'><TrackingId>T2</TrackingId><OperationErrors>" errors    \
          "</OperationErrors></ApiFault></detail>")

/* Faults of both kinds, of unknown ones and of none must be read, and mean the
 * same whether they come with status 500 or 200. */
static void test_faults(void **state)
{
    static const struct {
        const char *body;
        long code; /* -1: none */
        const char *name, *text, *tracking_id;
        enum api_error_action action;
        bool certain;
    } cases[] = {
        {AD_API("<a:AdApiError><a:Code>105</a:Code><a:Detail>d</a:Detail>"
                "<a:ErrorCode>InvalidCredentials</a:ErrorCode><a:Message>No."
                "</a:Message></a:AdApiError>"),
         105, "InvalidCredentials", "No.", "T1", API_ERROR_SIGN_IN, true},
        {AD_API("<a:AdApiError><a:Code>0</a:Code><a:ErrorCode>InternalError"
                "</a:ErrorCode><a:Message>M</a:Message></a:AdApiError>"),
         0, "InternalError", "M", "T1", API_ERROR_RETRY, false},
        {AD_API("<a:AdApiError><a:Code>117</a:Code><a:Message>A</a:Message>"
                "</a:AdApiError><a:AdApiError><a:Code>9</a:Code><a:Message>B"
                "</a:Message></a:AdApiError>"),
         117, "CallRateExceeded", "A; B", "T1", API_ERROR_THROTTLE, true},
        {API_FAULT("<OperationError><Code>1001</Code><Details i:nil='true'/>"
                   "<Message>May not.</Message></OperationError>"),
         1001, "", "May not.", "T2", API_ERROR_FAIL, true},
        {API_FAULT("<OperationError><Code>211</Code><Message>X</Message>"
                   "</OperationError>"),
         211, "NameTooLong", "X", "T2", API_ERROR_FAIL, true},
        {API_FAULT("<OperationError><Code>4242</Code><Message>X</Message>"
                   "</OperationError>"),
         4242, "", "X", "T2", API_ERROR_FAIL, false},
        {FAULT("<detail><ApiFault xmlns='" V13 "/Exception'><TrackingId "
               "xmlns='https://adapi.microsoft.com'>T3</TrackingId>"
               "<OperationErrors><OperationError><Code>211</Code>"
               "</OperationError></OperationErrors></ApiFault></detail>"),
         211, "NameTooLong", "", "T3", API_ERROR_FAIL, true},
        {API_FAULT("<Other><Code>1</Code></Other><OperationError/>"), -1,
         "Server", "General.", "T2", API_ERROR_RETRY, false},
        {FAULT("<detail><x:Odd xmlns:x='urn:x'>?</x:Odd></detail>"), -1,
         "Server", "General.", "from-envelope", API_ERROR_RETRY, false},
        {FAULT("<detail><AdApiFaultDetail><Errors><AdApiError><Code>105</Code>"
               "</AdApiError></Errors></AdApiFaultDetail></detail>"),
         -1, "Server", "General.", "from-envelope", API_ERROR_RETRY, false},
        {FAULT(""), -1, "Server", "General.", "from-envelope", API_ERROR_RETRY,
         false},
        {AROUND("<s:Fault><faultcode>a:DeserializationFailed</faultcode>"
                "<faultstring>What?</faultstring></s:Fault>"),
         -1, "DeserializationFailed", "What?", "from-envelope", API_ERROR_FAIL,
         false},
        {AROUND("<s:Fault><faultcode>s:Client.Bad</faultcode></s:Fault>"), -1,
         "Client.Bad", "the service gave no reason", "from-envelope",
         API_ERROR_FAIL, false},
        {AROUND("<s:Fault/>"), -1, "SoapFault", "the service gave no reason",
         "from-envelope", API_ERROR_RETRY, false},
        /* one beside a good answer wins */
        {AROUND("<GetUserResponse xmlns='" V13 "'>" USER_TAG GOOD
                "</User></GetUserResponse><s:Fault/>"),
         -1, "SoapFault", "the service gave no reason", "from-envelope",
         API_ERROR_RETRY, false},
    };

    (void)state;
    for (size_t i = 0; i < 4 * COUNT(cases); i++) {
        size_t n = i / 4;
        struct http_response response =
            make_response(i % 2 ? 200 : 500, cases[n].body);
        struct api_error api_error =
            i % 4 < 2 ? refuse_user(&response) : refuse_update(&response);

        assert_string_equal(api_error.name, cases[n].name);
        assert_string_equal(api_error.text, cases[n].text);
        assert_int_equal(api_error.numbered, cases[n].code >= 0);
        if (api_error.numbered)
            assert_int_equal(api_error.code, cases[n].code);
        assert_string_equal(api_error.tracking_id, cases[n].tracking_id);
        assert_int_equal(api_error.action, cases[n].action);
        assert_int_equal(api_error.certain, cases[n].certain);
        assert_int_equal(api_error.http_status, response.status);
    }
}

/* The three versions must be found by their names, and take what their tables
 * say. */
static void test_versions(void **state)
{
    (void)state;
    assert_ptr_equal(service_find("soap-v13"), &service_soap_v13);
    assert_ptr_equal(service_find("soap-v12"), &service_soap_v12);
    assert_ptr_equal(service_find("soap-v11"), &service_soap_v11);
    assert_int_equal(service_soap_v13.column_count, BING_COLUMN_COUNT);
    assert_int_equal(service_soap_v11.column_count, BING_COLUMN_COUNT_V11);
    assert_true(service_soap_v11.legacy_sign_in);
    assert_false(service_soap_v12.legacy_sign_in);
    assert_false(service_soap_v13.legacy_sign_in);
    assert_false(service_soap_v12.can_carry("a\x01"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_build_get),
        cmocka_unit_test(test_build_update),
        cmocka_unit_test(test_requests_too_large),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_carries),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refuses_users),
        cmocka_unit_test(test_refuses_answers),
        cmocka_unit_test(test_refuses_hollow_answers),
        cmocka_unit_test(test_takes_update),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_versions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
