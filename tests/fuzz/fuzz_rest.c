/*
 * Responses of the REST service: none may crash the program, and a user that is
 * accepted is sent back unchanged.
 */
#include "response.h"

/* Its JSON parser shares no code with the program. */
#include "../unit/unit.h"

#include "base/timestamp.h"
#include "service/service.h"

#define KEY      "1000000000000000001"
#define MAX_JSON ((size_t)64 << 20)

static void print_user(const struct user *user, struct http_request *request)
{
    static const struct call_context context = {.access_token = "ACCESS",
                                                .developer_token = "DEVELOPER"};

    *request = (struct http_request){.once = false};
    buffer_init(&request->path, 100);
    buffer_init(&request->body, HTTP_MAX_REQUEST);
    MUST(service_rest.build_update(&context, user, NULL, request) == 0);
    MUST(request->once);
}

static void free_request(struct http_request *request)
{
    buffer_free(&request->path);
    buffer_free(&request->body);
}

/* Only the User of the response must be printed. A byte-order mark before the
 * response is ignored, as RFC 8259, section 8.1, allows. */
static void must_be_part_of(const char *printed, const char *body)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct buffer part, all;

    if (strncmp(body, mark, strlen(mark)) == 0)
        body += strlen(mark);
    buffer_init(&part, MAX_JSON);
    buffer_init(&all, MAX_JSON);
    MUST(make_canonical(printed, &part));
    MUST(make_canonical(body, &all));
    MUST(part.len > 2);
    part.data[part.len - 1] = '\0'; /* without the braces around it */
    MUST(strstr(all.data, part.data + 1));
    buffer_free(&part);
    buffer_free(&all);
}

/* The printed user, parsed as a response, must be the same user. */
static struct user *must_come_back(const struct http_request *printed)
{
    struct http_response response = make_response(200, "");
    struct http_request again;
    struct user *user = NULL;
    struct api_error api_error;
    char *body = set_body(&response, printed->body.data, printed->body.len);

    MUST(service_rest.parse_get(NULL, &response, KEY, &user, &api_error) == 0);
    print_user(user, &again);
    MUST(strcmp(again.body.data, body) == 0);
    free_request(&again);
    free(body);
    return user;
}

/* Sets each column that an update may set; clears every other one. */
static void set_columns(struct user *user, const char *value)
{
    for (unsigned i = 0; i < service_rest.column_count; i++) {
        const struct column *column = &service_rest.columns[i];
        const char *wanted = column->type == COLUMN_BOOLEAN ? "true" : value;

        if (column->use == COLUMN_WRITE)
            MUST(service_rest.user_set(user, i, i % 2 ? wanted : NULL) == 0);
    }
}

static void must_have_columns(const struct user *user, const char *value)
{
    for (unsigned i = 0; i < service_rest.column_count; i++) {
        const struct column *column = &service_rest.columns[i];
        const char *wanted = column->type == COLUMN_BOOLEAN ? "true" : value;
        const char *found = service_rest.user_value(user, i);

        if (column->use != COLUMN_WRITE)
            continue;
        if (i % 2 == 0)
            wanted = column->empty ? column->empty : "";
        MUST(strcmp(found ? found : "", wanted) == 0);
    }
}

static unsigned address_stamp(void)
{
    return column_named("AddressTimeStamp", strlen("AddressTimeStamp"));
}

static void try_get(const struct fuzz_response *given)
{
    struct user *user = NULL, *back;
    struct http_request request;
    const char *value = given->value;
    char modified[SERVICE_TIME_SIZE];
    bool had_address;
    struct api_error api_error;

    if (service_rest.parse_get(NULL, &given->response, KEY, &user,
                               &api_error)) {
        MUST(!user);
        must_be_api_error(&api_error);
        return;
    }
    service_rest.user_last_modified(user, modified);
    must_be_printable(modified);
    print_user(user, &request);
    must_be_part_of(request.body.data, given->response.body);
    service_rest.user_free(must_come_back(&request));
    free_request(&request);

    /* A value that consists of asterisks would count as masked. */
    if (!value[strspn(value, "*")])
        value = "Bonn";
    had_address = service_rest.user_value(user, address_stamp());
    set_columns(user, value);
    must_have_columns(user, value);
    print_user(user, &request);
    /* A new address has no TimeStamp before it is sent. */
    back = had_address ? must_come_back(&request) : NULL;
    if (back)
        must_have_columns(back, value);
    service_rest.user_free(back);
    free_request(&request);
    service_rest.user_free(user);
}

static void try_update(const struct fuzz_response *given)
{
    const struct sent sent = {.changed = 0};
    struct updated updated;
    struct timestamp instant;
    struct api_error api_error;

    if (service_rest.parse_update(NULL, &given->response, KEY, &sent, &updated,
                                  &api_error))
        must_be_api_error(&api_error);
    else
        MUST(timestamp_parse(updated.last_modified, &instant) == 0);
}

/* A list: users and customers, parsed in pieces as they arrive. */
static void try_list(const struct fuzz_response *given, enum list_kind kind)
{
    static const struct call_context context = {.service = &service_rest,
                                                .access_token = "ACCESS",
                                                .developer_token = "DEVELOPER"};
    struct list_call call = {.kind = kind, .customer = KEY};
    const char *values[LIST_COLUMNS], *at;
    unsigned count = kind == LIST_USERS ? service_rest.list->column_count : 1;
    uint64_t found = 0;
    struct http_request request = {.once = false};
    struct api_error api_error;

    buffer_init(&request.path, 100);
    buffer_init(&request.body, HTTP_MAX_REQUEST);
    list_call_init(&call);
    MUST(service_build_list(&context, &call, &request) == 0);
    if (service_parse_list(&context, &given->response, &call, &api_error)) {
        must_be_api_error(&api_error);
    } else {
        at = call.found.data;
        while ((at = list_next(at, call.found.data + call.found.len, values,
                               count)))
            found++;
        MUST(found == call.count);
    }
    list_call_clear(&call);
    free_request(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    struct fuzz_response given;
    char *body;

    read_response(&given, &input);
    body = set_body(&given.response, input.data, input.len);
    try_get(&given);
    try_update(&given);
    try_list(&given, LIST_USERS);
    try_list(&given, LIST_CUSTOMERS);
    free(body);
    return 0;
}
