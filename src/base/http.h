/*
 * An HTTP request and its response as plain values, without sockets.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define HTTP_MAX_REQUEST  ((size_t)8 << 20) /* bytes of a request's body */
#define HTTP_MAX_RESPONSE ((size_t)4 << 20) /* bytes of a response's body */
#define HTTP_MAX_LINES    4                 /* headers of a single request */

/* The server of a request. */
enum http_target {
    HTTP_SERVICE, /* --endpoint */
    HTTP_TOKEN,   /* the token endpoint; its URL is complete, so the request's
                     path is empty */
    HTTP_TARGETS
};

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH };

/* Reads the body of a large response while it arrives. */
struct http_drain {
    /* Called after each piece: may remove bytes from the body, which must not
     * exceed HTTP_MAX_RESPONSE then. The response contains what is left. */
    void (*take)(void *context, struct buffer *body);
    void *context;
};

/* Its buffers belong to the transport's slot and are reused. */
struct http_request {
    enum http_target target; /* set by the transport, not by the caller */
    enum http_method method;
    bool once;   /* libcurl must not send it again by itself: an update,
                    or a call with an id of its own */
    bool secret; /* the body contains one: it is wiped after sending */
    const struct http_drain *drain; /* borrowed during the call; NULL: the body
                                       is read at its end. A transport may
                                       ignore it */
    struct buffer path;    /* appended to the endpoint: begins with '/', or is
                              empty */
    struct buffer headers; /* of this request only, besides those of the target:
                              one "Name: value\n" each */
    struct buffer body;    /* empty: none */
};

/* Why there is no complete response. */
enum http_failure {
    HTTP_OK,             /* a response was received, whatever its status */
    HTTP_CONNECT_FAILED, /* nothing was sent: no address, no connection in
                            time, or the proxy refused */
    HTTP_TLS_FAILED,     /* nothing was sent: the peer could not be verified */
    HTTP_TIMED_OUT,
    HTTP_BROKEN, /* the connection was reset, or closed too early */
    HTTP_TOO_LARGE,
    HTTP_NO_MEMORY
};

/* Valid until its slot sends again. */
struct http_response {
    enum http_failure failure;
    bool sent;         /* the request, or a part of it, may have been sent */
    const char *text;  /* with a failure: an explanation */
    long status;       /* 0: none */
    long proxy_status; /* of a proxy that refused the connection; 0: none did.
                          407: it requires a sign-in or rejected ours, also if
                          it is a SOCKS proxy */
    bool proxy_user_renewed;   /* another user for it was read meanwhile */
    const char *proxy_schemes; /* that it accepts then, as "Basic, NTLM"; "" or
                                  NULL: not known */
    const char *body;          /* NUL-terminated */
    size_t len;
    const char *content_type; /* "" if there is none, or for a JSON object */
    const char *tracking_id;  /* "" if there is none */
    int64_t date;        /* header Date, in seconds since 1970; -1: none, one
                            that cannot be right, or the service does not need
                            it */
    int64_t retry_after; /* header Retry-After (seconds or a date), in
                            milliseconds from now, from 0 to a year; -1: none
                            that is valid. Only set if the status is not 200. */
    unsigned sends;      /* how often the request was sent */
    int64_t sent_at;     /* when it was sent last, in microseconds of the
                            monotonic clock; 0: not known */
};

/* The ErrorName of a failure, such as "ConnectionFailed"; "" for HTTP_OK. */
const char *http_failure_name(enum http_failure failure);

/* Whether a proxy can be signed in to with it: USER:PASSWORD, of which only the
 * password may be empty. */
bool http_is_proxy_user(const char *text);

/* The next two functions are for unexpected responses, which do not come from
 * the service: a proxy's page, an empty body, a redirect. */

/* The ErrorName: UnexpectedResponse if the status means success, else
 * HttpError. */
const char *http_unexpected_name(long status);

/* Writes an explanation that can be displayed into size bytes: the status, the
 * size and media type of the body, and what is wrong with it (why). */
void http_explain_unexpected(const struct http_response *response,
                             const char *why, char *text, size_t size);

#endif
