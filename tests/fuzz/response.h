/*
 * A response of a service, built from the bytes of the fuzzer: five lines and
 * the body.
 *
 *     1    a digit: the failure, of enum http_failure
 *     2    the HTTP status
 *     3    Content-Type
 *     4    tracking id
 *     5    a value for columns
 */
#ifndef RESPONSE_H
#define RESPONSE_H

#include "base/utf8.h"
#include "fuzz.h"

#include "base/http.h"
#include "service/api_error.h"

#define LINE_SIZE 128

struct fuzz_response {
    struct http_response response;
    char type[LINE_SIZE];
    char tracking_id[LINE_SIZE];
    char value[LINE_SIZE];
};

static inline void read_response(struct fuzz_response *given,
                                 struct bytes *input)
{
    struct http_response *response = &given->response;
    char number[LINE_SIZE];

    *response = (struct http_response){.sent = true, .text = "", .sends = 1};
    take_line(input, number, sizeof(number));
    response->failure =
        (enum http_failure)(strtoul(number, NULL, 10) % (HTTP_NO_MEMORY + 1));
    take_line(input, number, sizeof(number));
    response->status = (long)(strtoul(number, NULL, 10) % 1000);
    take_line(input, given->type, LINE_SIZE);
    take_line(input, given->tracking_id, LINE_SIZE);
    take_line(input, given->value, LINE_SIZE);
    /* Values of rows and messages are valid UTF-8. */
    if (!utf8_is_valid(given->value, strlen(given->value)))
        given->value[0] = '\0';
    response->content_type = given->type;
    response->tracking_id = given->tracking_id;
}

/* A body ends with a NUL that is not counted. */
static inline char *set_body(struct http_response *response, const char *body,
                             size_t len)
{
    char *copy = malloc(len + 1);

    MUST(copy);
    if (len > 0)
        memcpy(copy, body, len);
    copy[len] = '\0';
    response->body = copy;
    response->len = len;
    return copy;
}

static inline void must_be_api_error(const struct api_error *api_error)
{
    MUST(*api_error->name || api_error->numbered || *api_error->text);
    must_be_printable(api_error->name);
    must_be_printable(api_error->text);
    must_be_printable(api_error->tracking_id);
}

#endif
