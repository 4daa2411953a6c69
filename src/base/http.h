/*
 * A request and its answer as plain values; nobody here knows of sockets.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define HTTP_MAX_REQUEST  ((size_t)8 << 20) /* bytes of a request's body */
#define HTTP_MAX_RESPONSE ((size_t)4 << 20) /* bytes of an answer's body */
#define HTTP_MAX_LINES    4                 /* headers of one request only */

/* Whom a request goes to. */
enum http_target {
    HTTP_SERVICE, /* --endpoint */
    HTTP_TOKEN,   /* the token endpoint, as a whole: no path is appended */
    HTTP_TARGETS
};

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_PATCH };

/* Its buffers belong to the transport's slot and are used again. */
struct http_request {
    enum http_target target; /* the slot's, not to be changed */
    enum http_method method;
    bool once;          /* must not be sent twice behind our back: an update, or
                           a call with an id of its own */
    bool secret;        /* the body holds one: it is wiped when it was sent */
    struct buffer path; /* appended to the endpoint: begins with '/', or is
                           empty */
    struct buffer headers; /* of this request only, besides the target's: one
                              "Name: value\n" each */
    struct buffer body;    /* empty: none */
};

/* Why there is no answer, or none that can be trusted. */
enum http_failure {
    HTTP_OK,             /* an answer came, whatever its status */
    HTTP_CONNECT_FAILED, /* nothing was sent: no address, no connection,
                            no way through the proxy */
    HTTP_TLS_FAILED,     /* nothing was sent: the peer could not be verified */
    HTTP_TIMED_OUT,
    HTTP_BROKEN, /* reset, closed or cut short */
    HTTP_TOO_LARGE,
    HTTP_NO_MEMORY
};

/* Valid until the slot that it came in sends again. */
struct http_response {
    enum http_failure failure;
    bool sent;        /* the request, or some of it, may have left */
    const char *text; /* with a failure: what libcurl said */
    long status;      /* 0: none */
    const char *body; /* NUL-terminated */
    size_t len;
    const char *content_type; /* "" where there is none, or a JSON object */
    const char *tracking_id;  /* "" where there is none */
    int64_t date;        /* header Date, in seconds since 1970; -1: none, or the
                            service does not ask for it */
    int64_t retry_after; /* milliseconds from now, by header Retry-After (in
                            seconds or as a date), from 0 to a year; -1: none
                            that makes sense. Only looked up where the status
                            is not 200. */
    unsigned sends;      /* how often the request was put on the wire */
};

/* The ErrorName of a failure, such as "ConnectionFailed"; "" for HTTP_OK. */
const char *http_failure_name(enum http_failure failure);

/* A response that does not come from the service: a proxy's page, an empty
 * body, a redirect. */

/* Its ErrorName: UnexpectedResponse if the status says success, else
 * HttpError. */
const char *http_unexpected_name(long status);

/* Explains it in at most size bytes, fit to be shown: the status, the size and
 * type of the body, and why, which says what is wrong with it. */
void http_explain_unexpected(const struct http_response *response,
                             const char *why, char *text, size_t size);

#endif
