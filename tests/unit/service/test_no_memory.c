#include "failing_memory.h"
#include "responses.h"
#include "service/bing/soap_responses.h"

/* The parsing of any response needs fewer allocations. */
#define MANY 10000

#define TENANT "11111111-1111-1111-1111-111111111111"
#define GUID   "22222222-2222-2222-2222-222222222222"

#define PARTNER_USER                                                           \
    "{\"id\":\"" GUID                                                          \
    "\",\"firstName\":\"Jo\",\"attributes\":{\"etag\":\"e\","                  \
    "\"objectType\":\"CustomerUser\"}}"

static const struct call_context partner_context = {.service = &service_partner,
                                                    .customer_id = TENANT};

/* The responses to two calls that succeeded. */
static const struct responses {
    const struct service *service;
    const struct call_context *context;
    const char *key;
    const char *get;
    const char *update;
} cases[] = {
    {&service_rest, &context, KEY,
     "{\"User\":{\"Id\":\"" KEY "\",\"TimeStamp\":\"A\",\"Lcid\":1}}",
     "{\"LastModifiedTime\":\"2026-01-02T03:04:05\",\"More\":[1,2.5]}"},
    {&service_soap_v13, &context, KEY, USER(GOOD),
     UPDATED("<LastModifiedTime>2026-01-02T03:04:05</LastModifiedTime>")},
    {&service_partner, &partner_context, GUID, PARTNER_USER, PARTNER_USER},
};

static int parse(const struct responses *responses, bool update,
                 struct api_error *api_error)
{
    const struct service *service = responses->service;
    struct http_response response =
        make_response(200, update ? responses->update : responses->get);
    const struct sent sent = {.changed = ~(column_mask)0};
    struct updated updated = {.user = NULL};
    struct user *user = NULL;
    int result;

    if (update)
        result =
            service->parse_update(responses->context, &response, responses->key,
                                  &sent, &updated, api_error);
    else
        result = service->parse_get(responses->context, &response,
                                    responses->key, &user, api_error);
    service->user_free(update ? updated.user : user);
    return result;
}

static void check(const struct responses *responses, bool update)
{
    struct api_error api_error;
    bool has_failed = true;
    unsigned refused = 0;
    int result;

    assert_int_equal(parse(responses, update, &api_error), 0);
    for (unsigned long failing = 1; has_failed && failing < MANY; failing++) {
        fail_memory_at(failing);
        result = parse(responses, update, &api_error);
        has_failed = end_failing_memory();
        if (result == 0)
            continue;
        if (api_error.action != API_ERROR_MEMORY)
            fail_msg("%s, allocation %lu: %s: %s", responses->service->name,
                     failing, api_error.name, api_error.text);
        assert_string_equal(api_error.name, "OutOfMemory");
        if (update)
            assert_false(api_error.not_applied);
        refused++;
    }
    assert_false(has_failed);
    assert_in_range(refused, 2, MANY);
}

/* Whichever allocation fails while a response is read: the lack of memory must
 * be named, and not be taken for a response. An update that was sent must not
 * be called not applied. */
static void test_responses(void **state)
{
    (void)state;
    need_failing_memory();
    for (size_t i = 0; i < COUNT(cases); i++) {
        check(&cases[i], false);
        check(&cases[i], true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_responses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
