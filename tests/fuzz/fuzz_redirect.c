/*
 * Redirects of a sign-in, and responses with a device code: none may crash the
 * program. A code fits into a form, and all that is shown can be printed.
 *
 * The input is an address, and the body of a response.
 */
#include "fuzz.h"

#include "base/secret_file.h"
#include "net/device_code.h"
#include "net/redirect.h"

#define STATE "s"

static void must_be_reason(const struct oauth_error *error)
{
    MUST(*error->name);
    must_be_printable(error->name);
    must_be_printable(error->text);
}

static void parse_redirect(const char *address)
{
    struct redirect redirect;
    enum redirect_verdict verdict = redirect_parse(address, STATE, &redirect);

    MUST((verdict == REDIRECT_CODE) == (redirect.code != NULL));
    if (redirect.code)
        MUST(secret_file_is_token(redirect.code, strlen(redirect.code)));
    if (verdict == REDIRECT_ERROR)
        must_be_reason(&redirect.error);
    redirect_clear(&redirect);
}

static void parse_device(const char *body, size_t len)
{
    struct http_response response = {.sent = true,
                                     .text = "",
                                     .status = 200,
                                     .body = body,
                                     .len = len,
                                     .content_type = "",
                                     .tracking_id = "",
                                     .sends = 1};
    struct device_code device;
    struct oauth_error error;

    if (device_code_parse(&device, &response, 0, &error) == 0) {
        MUST(secret_file_is_token(device.code, strlen(device.code)));
        MUST(*device.user_code && *device.address);
        must_be_printable(device.user_code);
        must_be_printable(device.address);
        MUST(device.interval >= 1000 && device.expires >= 1000);
    } else {
        must_be_reason(&error);
    }
    device_code_clear(&device);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(1, size + 1);

    MUST(text);
    if (size > 0)
        memcpy(text, data, size);
    parse_redirect(text);
    parse_device(text, size);
    free(text);
    return 0;
}
