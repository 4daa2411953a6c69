#include "unit.h"

#include "service/service.h"
#include "user/redact.h"

#define TOKEN_GUID "11112222-3333-4444-5555-666677778888"

static const struct call_context context = {
    .service = &service_rest,
    .access_token = "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0",
    .earlier_token = "eyJhbGciOiJIUzI1NiJ9.b3RoZXI",
    .developer_token = "108QF4H0M1F8B4P6",
    .application_token = TOKEN_GUID,
    .user_name = "j\xC3\xB6rg@example.com",
    .password = "p<&> ss",
    .earlier_secrets = {NULL, "0LDT0K3N", NULL, "old-pass"},
};

/* The error after redaction, with these cells as the only row. */
static const struct api_error *redacted(struct api_error given,
                                        const char *cells,
                                        const char *const *earlier, bool raw)
{
    static struct api_error api_error;
    struct row *row = make_row(1, "7", cells);
    const struct known_values known = {
        .context = &context,
        .rows = row,
        .earlier = earlier,
        .raw_messages = raw,
    };

    api_error = given;
    redact_error(&api_error, &known);
    row_free(row);
    return &api_error;
}

static struct api_error make_message(const char *message)
{
    struct api_error api_error = {.reported = true};

    (void)snprintf(api_error.text, sizeof(api_error.text), "%s", message);
    return api_error;
}

#define SECRETS                                                                \
    "eyJhbGciOiJSUzI1NiJ9.c2VjcmV0, eyJhbGciOiJIUzI1NiJ9.b3RoZXI, "            \
    "108QF4H0M1F8B4P6, " TOKEN_GUID ", j\xC3\xB6rg@example.com, p<&> ss, "     \
    "0LDT0K3N, old-pass"

/* All secrets, values of the rows and values before an update must be replaced
 * in a message. */
static void test_redacts_all(void **state)
{
    static const char *const earlier[] = {"Chief Archivist", "Ulm", NULL};

    (void)state;
    assert_string_equal(
        redacted(make_message(SECRETS "; Bad Homburg, Ulm, the Archivist"),
                 "City=Bad Homburg|Line1=Bad", earlier, false)
            ->text,
        "***, ***, ***, ***, ***, ***, ***, ***; ***, ***, the ***");
}

/* With raw messages, values of users must stay, but no secret. */
static void test_raw(void **state)
{
    (void)state;
    assert_string_equal(redacted(make_message(SECRETS "; Bad Homburg"),
                                 "City=Bad Homburg", NULL, true)
                            ->text,
                        "***, ***, ***, ***, ***, ***, ***, ***; Bad Homburg");
}

/* Names of columns must stay, as part of their paths, too; a value that is such
 * a name must not. */
static void test_columns_are_public(void **state)
{
    (void)state;
    assert_string_equal(
        redacted(make_message("ContactInfo.Address.Line1: Line1, JobTitle"),
                 "City=Contact Info Office|JobTitle=Title|Line2=Address Book",
                 NULL, false)
            ->text,
        "ContactInfo.Address.Line1: Line1, JobTitle");
    assert_string_equal(redacted(make_message("the JobTitle JobTitle"),
                                 "JobTitle=JobTitle", NULL, false)
                            ->text,
                        "the *** ***");
}

/* An error name and a tracking id must stay, even if they are values of the
 * user, but not if they contain a secret. */
static void test_names(void **state)
{
    static const struct {
        const char *name, *tracking_id;
        bool stays;
    } cases[] = {
        {"InvalidCity", "99992222-3333-4444-5555-666677778888", true},
        {"Homburg", "99992222-3333-4444-5555-666677778888", true},
        {"108QF4H0M1F8B4P6", TOKEN_GUID, false},
        {"X108qf4h0m1f8b4p6", "11112222-3333-4444-5555-666677778888", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct api_error api_error = make_message("");
        const struct api_error *result;

        (void)snprintf(api_error.name, sizeof(api_error.name), "%s",
                       cases[i].name);
        (void)snprintf(api_error.tracking_id, sizeof(api_error.tracking_id),
                       "%s", cases[i].tracking_id);
        result = redacted(api_error, "City=Homburg", NULL, false);
        assert_string_equal(result->name, cases[i].stays ? cases[i].name : "");
        assert_string_equal(result->tracking_id,
                            cases[i].stays ? cases[i].tracking_id : "");
    }
}

/* A message of this program must stay as it is. */
static void test_own_messages(void **state)
{
    struct api_error api_error = make_message("unexpected response");

    (void)state;
    api_error.reported = false;
    assert_string_equal(redacted(api_error, "City=Response", NULL, false)->text,
                        "unexpected response");
}

/* The copied values must be those of the columns that the user has. */
static void test_copies_values(void **state)
{
    struct http_response response = make_response(
        200, "{\"User\":{\"Id\":7,\"TimeStamp\":\"A\",\"JobTitle\":\"Clerk\","
             "\"ContactInfo\":{\"Email\":\"a@b.example\",\"Address\":{"
             "\"TimeStamp\":\"B\",\"City\":\"Ulm\"}}}}");
    struct api_error api_error;
    struct user *user;
    column_mask columns = 0;
    const char **copies;

    (void)state;
    assert_int_equal(
        service_rest.parse_get(&context, &response, "7", &user, &api_error), 0);
    for (unsigned i = 0; i < service_rest.column_count; i++) {
        const char *name = service_rest.columns[i].name;

        if (!strcmp(name, "JobTitle") || !strcmp(name, "City") ||
            !strcmp(name, "Fax"))
            columns |= column_bit(i);
    }
    copies = redact_copy_values(&service_rest, user, columns);
    service_rest.user_free(user);
    assert_non_null(copies);
    assert_string_equal(copies[0], "Ulm");
    assert_string_equal(copies[1], "Clerk");
    assert_null(copies[2]);
    free(copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_redacts_all),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_columns_are_public),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_own_messages),
        cmocka_unit_test(test_copies_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
