#include "base/http.h"

#include <stdio.h>

#include "base/utf8.h"

const char *http_failure_name(enum http_failure failure)
{
    static const char *const names[] = {
        [HTTP_OK] = "",
        [HTTP_CONNECT_FAILED] = "ConnectionFailed",
        [HTTP_TLS_FAILED] = "TlsFailed",
        [HTTP_TIMED_OUT] = "Timeout",
        [HTTP_BROKEN] = "ConnectionLost",
        [HTTP_TOO_LARGE] = "ResponseTooLarge",
        [HTTP_NO_MEMORY] = "OutOfMemory",
    };

    return names[failure];
}

const char *http_unexpected_name(long status)
{
    return status / 100 == 2 ? "UnexpectedResponse" : "HttpError";
}

void http_explain_unexpected(const struct http_response *response,
                             const char *why, char *text, size_t size)
{
    char type[64];

    (void)utf8_clean(type, sizeof(type), response->content_type);
    (void)snprintf(
        text, size, "unexpected response with HTTP status %ld: %s (%zu %s%s%s)",
        response->status, why, response->len,
        response->len == 1 ? "byte" : "bytes", *type ? " of " : "", type);
}
