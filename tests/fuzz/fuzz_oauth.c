/*
 * Answers of the token endpoint: none may crash the program, a token that is
 * taken can go into a header and a file of one line, and what else came can be
 * shown.
 *
 * The input is two lines and the body of the answer:
 *
 *     1    what came below HTTP: a digit, of enum http_failure
 *     2    the HTTP status
 */
#include "fuzz.h"

#include "base/secret_file.h"
#include "net/oauth.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

static void take_answer(struct http_response *response, struct bytes *input)
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

/* What is granted goes into the next form. */
static void must_be_grant(const struct oauth_grant *grant)
{
    struct buffer form;

    must_be_secret(grant->access_token);
    MUST(grant->life > 0 && grant->life <= DAY_MS);
    if (!grant->refresh_token)
        return;
    must_be_secret(grant->refresh_token);
    buffer_init(&form, HTTP_MAX_REQUEST);
    MUST(oauth_build_form(&form, "id", NULL, "scope", grant->refresh_token) ==
         0);
    must_be_printable(form.data);
    MUST(!strpbrk(form.data, " \"<>\\^`{|}"));
    buffer_wipe(&form);
}

static void must_be_fault(const struct api_error *api_error)
{
    MUST(api_error->action == API_ERROR_SIGN_IN ||
         api_error->action == API_ERROR_RETRY ||
         api_error->action == API_ERROR_THROTTLE ||
         api_error->action == API_ERROR_MEMORY);
    MUST(*api_error->name || api_error->numbered);
    must_be_printable(api_error->name);
    must_be_printable(api_error->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    struct http_response response;
    struct oauth_grant grant;
    struct cJSON *document;
    struct api_error api_error;
    char *body;

    take_answer(&response, &input);
    body = set_body(&response, &input);
    document = oauth_read_answer(&response, &grant, &api_error);
    if (document)
        must_be_grant(&grant);
    else
        must_be_fault(&api_error);
    json_wipe(document);
    free(body);
    return 0;
}
