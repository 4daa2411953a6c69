/*
 * Responses of Partner Center: none may crash the program or add a header to a
 * request, and a PATCH contains exactly the changes.
 */
#include <strings.h>

#include "base/timestamp.h"
#include "response.h"

/* Its JSON parser shares no code with the program. */
#include "../unit/unit.h"

#include "service/partner/columns.h"
#include "service/service.h"

#define ID      "4b10bf41-ab11-40e3-8c53-000000000001"
#define TENANT  "eebd1b55-5360-4438-a11d-5c06918c3014"
#define REQUEST "b1317092-f087-471e-a637-f66523b2b94c"
#define KEY     TENANT "/" ID

static const struct call_context context = {.random = &random_system,
                                            .access_token = "ACCESS"};

static void set_columns(struct user *user, const char *value)
{
    for (unsigned i = 0; i < PARTNER_COLUMN_COUNT; i++) {
        const struct column *column = &partner_columns[i];
        const char *wanted = column->type == COLUMN_BOOLEAN ? "true" : value;

        if (column->use == COLUMN_WRITE)
            MUST(service_partner.user_set(user, i, i % 2 ? wanted : NULL) == 0);
    }
}

static void must_have_columns(const struct user *user, const char *value)
{
    for (unsigned i = 0; i < PARTNER_COLUMN_COUNT; i++) {
        const struct column *column = &partner_columns[i];
        const char *found = service_partner.user_value(user, i);

        if (column->use != COLUMN_WRITE)
            continue;
        if (column->write_only)
            MUST(!found);
        else
            MUST(strcmp(found ? found : "", i % 2 ? value : "") == 0);
    }
}

/* `count` lines of a name and a value. */
static void must_be_headers(const struct buffer *headers, unsigned count)
{
    const char *line = headers->data;

    for (; *line; count--) {
        const char *colon = strchr(line, ':');
        const char *end = strchr(line, '\n');

        MUST(count > 0 && end && colon && colon < end && colon[1] == ' ');
        for (const char *at = line; at < end; at++)
            MUST((unsigned char)*at >= ' ' && *at != 0x7F);
        line = end + 1;
    }
    MUST(count == 0);
}

/* A PATCH must contain the names of these columns, and of no others. */
static void must_patch(const struct user *user, column_mask changed)
{
    struct sent sent = {.request_id = REQUEST, .changed = changed};
    struct http_request request = {.once = false};
    struct buffer canonical;

    service_partner.user_stamps(user, sent.stamps);
    buffer_init(&request.path, 1000);
    buffer_init(&request.headers, 1000);
    buffer_init(&request.body, HTTP_MAX_REQUEST);
    buffer_init(&canonical, (size_t)64 << 20);
    MUST(service_partner.build_update(&context, user, &sent, &request) == 0);
    MUST(request.once);
    MUST(strcmp(request.path.data, "/v1/customers/" TENANT "/users/" ID) == 0);
    must_be_headers(&request.headers, *sent.stamps ? 3 : 2);
    MUST(make_canonical(request.body.data, &canonical));
    for (unsigned i = 0; i < PARTNER_COLUMN_COUNT; i++) {
        const char *dot = strrchr(partner_columns[i].path, '.');
        char name[64];

        (void)snprintf(name, sizeof(name),
                       "\"%s\":", dot ? dot + 1 : partner_columns[i].path);
        /* Quotes in a value are escaped, so no value contains this. */
        MUST(!(changed & column_bit(i)) == !strstr(request.body.data, name));
    }
    buffer_free(&canonical);
    buffer_free(&request.path);
    buffer_free(&request.headers);
    buffer_wipe(&request.body);
}

static void try_get(const struct fuzz_response *given)
{
    column_mask changed = 0;
    struct user *user = NULL;
    struct api_error api_error;

    if (service_partner.parse_get(&context, &given->response, KEY, &user,
                                  &api_error)) {
        MUST(!user);
        must_be_api_error(&api_error);
        return;
    }
    must_patch(user, changed);
    set_columns(user, given->value);
    must_have_columns(user, given->value);
    for (unsigned i = 0; i < PARTNER_COLUMN_COUNT; i++)
        if (partner_columns[i].use == COLUMN_WRITE && i % 3)
            changed |= column_bit(i);
    must_patch(user, changed);
    service_partner.user_free(user);
}

static void try_update(const struct fuzz_response *given)
{
    const struct sent sent = {.changed = 0};
    struct updated updated;
    struct timestamp instant;
    struct api_error api_error;

    if (service_partner.parse_update(&context, &given->response, KEY, &sent,
                                     &updated, &api_error)) {
        MUST(!updated.user);
        must_be_api_error(&api_error);
        return;
    }
    MUST(!*updated.last_modified ||
         timestamp_parse(updated.last_modified, &instant) == 0);
    if (updated.user)
        MUST(strcasecmp(
                 service_partner.user_value(updated.user, PARTNER_COLUMN_ID),
                 ID) == 0);
    service_partner.user_free(updated.user);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    struct fuzz_response given;
    char *body;

    read_response(&given, &input);
    given.response.date = (int64_t)size * 1000000000;
    body = set_body(&given.response, input.data, input.len);
    try_get(&given);
    try_update(&given);
    free(body);
    return 0;
}
