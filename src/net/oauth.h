/*
 * The token endpoint's wire format: the forms that request tokens, and the
 * responses to them. Pure.
 *
 * Source: RFC 6749, sections 4.1.3, 5.1, 5.2 and 6; RFC 7636, section 4.5; RFC
 * 8628, sections 3.1 and 3.4; Microsoft identity platform, "Refresh the access
 * token".
 */
#ifndef NET_OAUTH_H
#define NET_OAUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/http.h"
#include "base/json.h"

/* The fields of a form. Those that are NULL are left out. */
struct oauth_form {
    const char *client_id;
    const char *scope;
    const char *grant_type;
    const char *refresh_token;
    const char *code; /* of the redirect, with the next two */
    const char *redirect_uri;
    const char *code_verifier;
    const char *device_code;
    const char *client_secret;
};

/* Values of grant_type. */
#define OAUTH_BY_REFRESH_TOKEN "refresh_token"
#define OAUTH_BY_CODE          "authorization_code"
#define OAUTH_BY_DEVICE_CODE   "urn:ietf:params:oauth:grant-type:device_code"

/* Appends the form to an empty body. -1 as buffer_reserve(). */
int oauth_build_form(struct buffer *body, const struct oauth_form *form);

/* Finds the new refresh token in a response. Nothing else in the response is
 * judged: it may be incomplete, no JSON, or without an access token. A token
 * that is used once is lost if it is not saved. The caller frees *token by
 * secret_file_free(); NULL: the old one stays. -1: out of memory. */
int oauth_find_refresh_token(const struct http_response *response,
                             char **token);

/* The granted token; the text belongs to the document. */
struct oauth_grant {
    const char *access_token;
    const char *scope; /* NULL: not in the response */
    int64_t life;      /* milliseconds */
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

/* Fills in the error by which the sign-in is refused, with its name and its
 * description. An invalid name becomes "invalid_error". */
void oauth_set_refusal(struct oauth_error *error, const char *name,
                       const char *text);

/* Redacts secrets in a description, which may repeat what was sent. All are
 * searched at once, as one may contain a word of another. Those that are NULL
 * are ignored; count is at most 8. */
void oauth_redact(struct oauth_error *error, const char *const *secrets,
                  size_t count);

/* Parses a response whose document is not a grant, as that of a device code. On
 * success, the caller frees the document with json_wipe(). Errors as below. */
struct cJSON *oauth_parse_document(const struct http_response *response,
                                   struct oauth_error *error);

/* The error of a response that a document of status 200 does not describe; why:
 * what is wrong with it. */
void oauth_set_unexpected(struct oauth_error *error,
                          const struct http_response *response,
                          const char *why);

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
