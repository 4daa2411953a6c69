/*
 * What service.h requires of each service, also of a new one.
 */
#include "unit.h"

#include <errno.h>

#include "service/service.h"

#define GUID "4b10bf41-ab11-40e3-8c53-cd67849b50de"

static struct call_context context_of(const struct service *service)
{
    return (struct call_context){
        .service = service,
        .random = &random_system,
        .access_token = "ACCESS",
        .developer_token = service->developer_token ? "DEVELOPER" : NULL,
        .customer_id = service->customer == CUSTOMER_TENANT ? GUID : NULL,
    };
}

static const char *key_of(const struct service *service)
{
    return service->columns[service->key].type == COLUMN_GUID
               ? GUID
               : "1000000000000000001";
}

/* Each service must be found by its name, and no other one; REST is the
 * default. */
static void test_is_found(void **state)
{
    (void)state;
    assert_ptr_equal(services[0], &service_rest);
    for (size_t i = 0; services[i]; i++)
        assert_ptr_equal(service_find(services[i]->name), services[i]);
    assert_null(service_find("REST"));
    assert_null(service_find(""));
}

static bool is_url(const char *text)
{
    return text && strncmp(text, "https://", 8) == 0 &&
           text[strlen(text) - 1] != '/';
}

/* A service must have a title, its URLs and scopes, the name of its stale error
 * and all functions except can_carry. */
static void test_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; services[i]; i++) {
        const struct service *service = services[i];

        if (!service->title || !is_url(service->production) ||
            !service->scope || !service->stale_error)
            fail_msg("%s: title, production, scope or stale_error",
                     service->name);
        if (!service->sandbox != !service->sandbox_scope ||
            (service->sandbox && !is_url(service->sandbox)))
            fail_msg("%s: sandbox", service->name);
        if (!service->build_headers || !service->build_get ||
            !service->build_update || !service->parse_get ||
            !service->parse_update || !service->user_value ||
            !service->user_last_modified || !service->user_stamps ||
            !service->user_set || !service->user_free)
            fail_msg("%s: a function", service->name);
        else
            service->user_free(NULL);
    }
}

static bool has_type(const struct column *column, enum column_type type)
{
    return column->type == type;
}

/* The table of columns must have one key, a tenant if --customer-id is one, the
 * sign-in name, the customer and the LastModifiedTime, each at the index that the service
 * states. */
static void test_finds_its_columns(void **state)
{
    (void)state;
    for (size_t i = 0; services[i]; i++) {
        const struct service *service = services[i];
        const struct column *columns = service->columns;
        bool tenant = service->customer == CUSTOMER_TENANT;
        unsigned last = service->last_modified;
        const struct column *name = &columns[service->user_name];

        assert_in_range(service->column_count, 1, COLUMN_MAX);
        for (unsigned j = 0; j < service->column_count; j++) {
            if ((columns[j].use == COLUMN_KEY) != (j == service->key))
                fail_msg("%s: key", service->name);
            if ((columns[j].use == COLUMN_TENANT) != (j == service->tenant))
                fail_msg("%s: tenant", service->name);
        }
        if (!has_type(&columns[service->key], COLUMN_LONG) &&
            !has_type(&columns[service->key], COLUMN_GUID))
            fail_msg("%s: key", service->name);
        if (service->user_name >= service->column_count ||
            (name->use != COLUMN_GUARD && name->use != COLUMN_WRITE) ||
            (name->content != CONTENT_USER_NAME &&
             name->content != CONTENT_ADDRESS))
            fail_msg("%s: user_name", service->name);
        if (service->user_customer >= service->column_count ||
            (tenant && service->user_customer != service->tenant) ||
            columns[service->user_customer].type != columns[service->key].type)
            fail_msg("%s: user_customer", service->name);
        if (tenant ? service->tenant >= service->column_count ||
                         !has_type(&columns[service->tenant], COLUMN_GUID)
                   : service->tenant != COLUMN_MAX)
            fail_msg("%s: tenant", service->name);
        if (last != COLUMN_MAX && (last >= service->column_count ||
                                   !has_type(&columns[last], COLUMN_TIME)))
            fail_msg("%s: last_modified", service->name);
    }
}

static void check_column(const struct column *column, const char *service)
{
    bool writable = column->use == COLUMN_WRITE;

    if (!column->name || !column->path)
        fail_msg("%s: a column without name or path", service);
    if ((column->use == COLUMN_REFUSED) != (column->reason != NULL))
        fail_msg("%s: %s: reason", service, column->name);
    if (column->type == COLUMN_ENUM && !(column->set && column->set_name))
        fail_msg("%s: %s: set", service, column->name);
    if (!writable &&
        (column->clearable || column->write_only || column->secret))
        fail_msg("%s: %s: is not written", service, column->name);
    if (column->secret && !column->write_only)
        fail_msg("%s: %s: a secret that is shown", service, column->name);
}

/* Each column must have a unique name and path, and what its use and type
 * require. */
static void test_columns_are_complete(void **state)
{
    (void)state;
    for (size_t i = 0; services[i]; i++) {
        const struct column *columns = services[i]->columns;

        for (unsigned j = 0; j < services[i]->column_count; j++) {
            check_column(&columns[j], services[i]->name);
            for (unsigned k = 0; k < j; k++) {
                assert_string_not_equal(columns[j].name, columns[k].name);
                assert_string_not_equal(columns[j].path, columns[k].path);
            }
        }
    }
}

static int build_get(const struct call_context *context, size_t max)
{
    struct http_request request = {.method = HTTP_PATCH};
    int result;

    buffer_init(&request.path, max);
    buffer_init(&request.headers, max);
    buffer_init(&request.body, max);
    errno = 0;
    result = context->service->build_get(context, key_of(context->service),
                                         &request);
    if (result == 0) {
        assert_int_not_equal(request.method, HTTP_PATCH);
        assert_int_equal(request.path.data[0], '/');
    }
    buffer_free(&request.path);
    buffer_free(&request.headers);
    buffer_free(&request.body);
    return result;
}

static int build_headers(const struct call_context *context, size_t max)
{
    struct buffer headers;
    int result;

    buffer_init(&headers, max);
    errno = 0;
    result = context->service->build_headers(context, &headers);
    if (result == 0) {
        assert_int_equal(headers.data[headers.len - 1], '\n');
        assert_non_null(strstr(headers.data, "User-Agent: bauser-batch/"));
    }
    buffer_free(&headers);
    return result;
}

/* A request must be built completely, or refused with EFBIG if a part of it
 * does not fit. */
static void test_builds_all_or_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; services[i]; i++) {
        struct call_context context = context_of(services[i]);
        size_t get = 0, headers = 0;

        while (build_get(&context, get)) {
            assert_int_equal(errno, EFBIG);
            assert_in_range(++get, 1, 4096);
        }
        while (build_headers(&context, headers)) {
            assert_int_equal(errno, EFBIG);
            assert_in_range(++headers, 1, 4096);
        }
    }
}

/* Passes the response to both parsers, which must refuse it with the same
 * complete error. */
static void assert_refused(const struct service *service,
                           const struct http_response *response,
                           const char *name, enum api_error_action action,
                           bool not_applied)
{
    const struct call_context context = context_of(service);
    const struct sent sent = {.changed = ~(column_mask)0};
    struct updated updated;
    struct user *user = NULL;
    struct api_error errors[2];

    memset(errors, 0xA5, sizeof(errors));
    assert_int_equal(service->parse_get(&context, response, key_of(service),
                                        &user, &errors[0]),
                     -1);
    assert_null(user);
    assert_int_equal(service->parse_update(&context, response, key_of(service),
                                           &sent, &updated, &errors[1]),
                     -1);
    for (size_t i = 0; i < COUNT(errors); i++) {
        assert_string_equal(errors[i].name, name);
        assert_int_equal(errors[i].action, action);
        assert_int_equal(errors[i].not_applied, not_applied);
        assert_int_equal(errors[i].http_status, response->status);
        assert_false(errors[i].numbered);
        assert_null(errors[i].column);
        assert_true(*errors[i].text);
    }
}

/* A missing response, a proxy's and an empty one must be distinguished from the
 * service's: the outcome of an update is unknown then. */
static void test_recognizes_unexpected_responses(void **state)
{
    struct http_response lost = make_response(0, "");
    struct http_response page = make_response(502, "<html>Bad gateway</html>");
    struct http_response sign_in = make_response(401, "");
    struct http_response missing = make_response(404, "<html>Gone</html>");
    struct http_response empty = make_response(200, "");

    (void)state;
    lost.failure = HTTP_BROKEN;
    lost.text = "the connection was reset";
    for (size_t i = 0; services[i]; i++) {
        assert_refused(services[i], &lost, "ConnectionLost", API_ERROR_RETRY,
                       false);
        assert_refused(services[i], &page, "HttpError", API_ERROR_RETRY, false);
        assert_refused(services[i], &sign_in, "HttpError", API_ERROR_SIGN_IN,
                       true);
        assert_refused(services[i], &missing, "HttpError", API_ERROR_UNEXPECTED,
                       false);
        assert_refused(services[i], &empty, "UnexpectedResponse",
                       API_ERROR_RETRY, false);
    }
}

/* A key must be split into its tenant, if it has one, and the id. */
static void test_splits_keys(void **state)
{
    static const char with_tenant[] = GUID "/7";
    struct key_parts parts = service_split_key(with_tenant);

    (void)state;
    assert_ptr_equal(parts.tenant, with_tenant);
    assert_int_equal(parts.tenant_len, strlen(GUID));
    assert_string_equal(parts.id, "7");
    parts = service_split_key("42");
    assert_null(parts.tenant);
    assert_int_equal(parts.tenant_len, 0);
    assert_string_equal(parts.id, "42");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_found),
        cmocka_unit_test(test_is_complete),
        cmocka_unit_test(test_finds_its_columns),
        cmocka_unit_test(test_columns_are_complete),
        cmocka_unit_test(test_builds_all_or_nothing),
        cmocka_unit_test(test_recognizes_unexpected_responses),
        cmocka_unit_test(test_splits_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
