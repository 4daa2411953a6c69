/*
 * Responses of the token endpoint: none may crash the program. An accepted
 * token fits into a header and a file of one line, and an error can be printed.
 *
 * The input is two lines and the body of the response:
 *
 *     1    a digit: the failure, of enum http_failure
 *     2    the HTTP status
 */
#include "fuzz.h"

#include "base/secret_file.h"
#include "net/oauth.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static void take_response(struct http_response *response, struct bytes *input)
{
    char number[16];

    *response = (struct http_response){.sent = true,
                                       .text = "",
                                       .content_type = "",
                                       .tracking_id = "",
                                       .retry_after = -1,
                                       .sends = 1};
    take_line(input, number, sizeof(number));
    response->failure =
        (enum http_failure)(strtoul(number, NULL, 10) % (HTTP_NO_MEMORY + 1));
    take_line(input, number, sizeof(number));
    response->status = (long)(strtoul(number, NULL, 10) % 1000);
}

/* A body ends with a NUL that is not counted. */
static char *set_body(struct http_response *response, const struct bytes *input)
{
    char *body = calloc(1, input->len + 1);

    MUST(body);
    if (input->len > 0)
        memcpy(body, input->data, input->len);
    response->body = body;
    response->len = input->len;
    return body;
}

static void must_be_secret(const char *text)
{
    MUST(secret_file_is_token(text, strlen(text)));
    MUST(strlen(text) <= SECRET_FILE_MAX);
}

static void must_be_grant(const struct oauth_grant *grant)
{
    must_be_secret(grant->access_token);
    MUST(grant->life > 0 && grant->life <= DAY_MS);
}

/* A new refresh token is sent in the next form. */
static void find_refresh_token(const struct http_response *response)
{
    struct oauth_form fields = {.client_id = "id",
                                .scope = "scope",
                                .grant_type = OAUTH_BY_REFRESH_TOKEN};
    struct buffer form;
    char *token;

    MUST(oauth_find_refresh_token(response, &token) == 0);
    if (!token)
        return;
    must_be_secret(token);
    buffer_init(&form, HTTP_MAX_REQUEST);
    fields.refresh_token = token;
    MUST(oauth_build_form(&form, &fields) == 0);
    must_be_printable(form.data);
    MUST(!strpbrk(form.data, " \"<>\\^`{|}"));
    buffer_wipe(&form);
    secret_file_free(token);
}

static void must_be_reason(const struct oauth_error *error)
{
    MUST(error->kind == OAUTH_REFUSED || error->kind == OAUTH_RETRY ||
         error->kind == OAUTH_THROTTLED || error->kind == OAUTH_NO_MEMORY);
    MUST(*error->name);
    must_be_printable(error->name);
    must_be_printable(error->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    struct http_response response;
    struct oauth_grant grant;
    struct cJSON *document;
    struct oauth_error error;
    char *body;

    take_response(&response, &input);
    body = set_body(&response, &input);
    find_refresh_token(&response);
    document = oauth_parse_response(&response, &grant, &error);
    if (document)
        must_be_grant(&grant);
    else
        must_be_reason(&error);
    json_wipe(document);
    free(body);
    return 0;
}
