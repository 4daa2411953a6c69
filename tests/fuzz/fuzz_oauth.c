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

#include "net/oauth.h"
#include "base/secret_file.h"

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
    MUST(private_is_token(text, strlen(text)));
    MUST(strlen(text) <= PRIVATE_MAX);
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

static void must_be_fault(const struct fault *fault)
{
    MUST(fault->action == FAULT_SIGN_IN || fault->action == FAULT_RETRY ||
         fault->action == FAULT_THROTTLE || fault->action == FAULT_MEMORY);
    MUST(*fault->name || fault->numbered);
    must_be_printable(fault->name);
    must_be_printable(fault->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = {(const char *)data, size};
    struct http_response response;
    struct oauth_grant grant;
    struct json *document;
    struct fault fault;
    char *body;

    take_answer(&response, &input);
    body = set_body(&response, &input);
    document = oauth_read_answer(&response, &grant, &fault);
    if (document)
        must_be_grant(&grant);
    else
        must_be_fault(&fault);
    json_wipe(document);
    free(body);
    return 0;
}
