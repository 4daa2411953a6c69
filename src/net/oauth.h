/*
 * The token endpoint's wire format: the form that requests an access token with
 * a refresh token, and the responses to it. Pure.
 *
 * Source: RFC 6749, sections 5.1, 5.2 and 6; Microsoft identity platform,
 * "Refresh the access token".
 */
#ifndef NET_OAUTH_H
#define NET_OAUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/http.h"
#include "base/json.h"

/* Appends the form to an empty body; client_secret and scope may be NULL. -1 as
 * buffer_reserve(). */
int oauth_build_form(struct buffer *body, const char *client_id,
                     const char *client_secret, const char *scope,
                     const char *refresh_token);

/* Finds the new refresh token in a response. Nothing else in the response is
 * judged: it may be incomplete, no JSON, or without an access token. A token
 * that is used once is lost if it is not saved. The caller frees *token by
 * secret_file_free(); NULL: the old one stays. -1: out of memory. */
int oauth_find_refresh_token(const struct http_response *response,
                             char **token);

/* The granted token; the text belongs to the document. */
struct oauth_grant {
    const char *access_token;
    int64_t life; /* milliseconds */
};

enum oauth_error_kind {
    OAUTH_REFUSED,   /* the token endpoint itself refuses the sign-in */
    OAUTH_RETRY,     /* the call may succeed later */
    OAUTH_THROTTLED, /* there were too many calls; it may succeed later */
    OAUTH_NO_MEMORY
};

/* Bytes of a description, which is shortened so that it keeps its error code,
 * and the trace and correlation ids at its end. */
#define OAUTH_TEXT_SIZE 400

/* Why there is no grant. */
struct oauth_error {
    enum oauth_error_kind kind;
    char name[64];              /* the error of the token endpoint, or an
                                   ErrorName of http.h; never empty */
    char text[OAUTH_TEXT_SIZE]; /* its description, or an explanation; written
                                   by utf8_clean(); secrets are not redacted */
    bool truncated; /* the text was longer, and ends where it did not fit */
};

/* Parses a response. Returns the document that contains the grant, which the
 * caller frees with json_wipe(); or NULL with the error.
 *
 * Only an error that RFC 6749 defines refuses the sign-in. Other responses, of
 * a proxy for example, say nothing about the credentials, whatever their
 * status. */
struct cJSON *oauth_parse_response(const struct http_response *response,
                                   struct oauth_grant *grant,
                                   struct oauth_error *error);

#endif
