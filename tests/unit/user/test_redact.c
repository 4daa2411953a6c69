#include "unit.h"

#include "service/service.h"
#include "user/redact.h"

static const struct call_context context = {
    .service = &service_rest,
    .access_token = "access-token",
    .developer_token = "developer-token",
    .application_token = "application-token",
    .user_name = "j\xC3\xB6rg@example.com",
    .password = "p<&> ss",
};

static const char *masked(const char *message,
                          const struct call_context *secrets, const char *cells)
{
    static struct api_error api_error;
    struct row *row = make_row(1, "7", cells);

    api_error = (struct api_error){.action = API_ERROR_FAIL};
    snprintf(api_error.text, sizeof(api_error.text), "%s", message);
    redact_error(&api_error, secrets, &service_rest, row, NULL);
    row_free(row);
    return api_error.text;
}

/* Whatever signs in and whatever the rows hold must be gone from a message,
 * the longer ones before those that they begin with. */
static void test_masks_all(void **state)
{
    (void)state;
    assert_string_equal(
        masked("access-token, developer-token, application-token, "
               "j\xC3\xB6rg@example.com, p<&> ss, Bad Homburg",
               &context, "City=Bad Homburg|Line1=Bad"),
        "***, ***, ***, ***, ***, ***");
}

/* Secrets that a context does not have must leave the message unchanged. */
static void test_masks_what_there_is(void **state)
{
    const struct call_context bare = {.access_token = "access-token"};

    (void)state;
    assert_string_equal(masked("no access-token, no password", &bare, "City="),
                        "no ***, no password");
    assert_string_equal(masked("", &context, "City=Bonn"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_masks_all),
        cmocka_unit_test(test_masks_what_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
