#include "base/http.h"

#include <stdio.h>
#include <string.h>

#define MAX_MEDIA_TYPE 60 /* bytes of one that is shown */

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

bool http_is_proxy_user(const char *text)
{
    return *text != ':' && strchr(text, ':');
}

const char *http_unexpected_name(long status)
{
    return status / 100 == 2 ? "UnexpectedResponse" : "HttpError";
}

/* The length of a media type without parameters, which may be of any kind; 0:
 * it is none. */
static size_t media_type_length(const char *type)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-";
    size_t first = strspn(type, token);
    size_t second = type[first] == '/' ? strspn(type + first + 1, token) : 0;
    size_t len = first + 1 + second;

    return first > 0 && second > 0 && strchr("; \t", type[len]) ? len : 0;
}

void http_explain_unexpected(const struct http_response *response,
                             const char *why, char *text, size_t size)
{
    const char *type = response->content_type ? response->content_type : "";
    size_t len = media_type_length(type);

    if (len > MAX_MEDIA_TYPE)
        len = 0;
    (void)snprintf(
        text, size,
        "unexpected response with HTTP status %ld: %s (%zu %s%s%.*s)",
        response->status, why, response->len,
        response->len == 1 ? "byte" : "bytes", len ? " of " : "", (int)len,
        type);
}
