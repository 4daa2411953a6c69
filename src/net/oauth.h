/*
 * The token endpoint's wire format: the form that asks for an access token by a
 * refresh token, and what may be answered. Pure.
 *
 * Source: RFC 6749, sections 5.1, 5.2 and 6; Microsoft identity platform,
 * "Refresh the access token".
 */
#ifndef NET_OAUTH_H
#define NET_OAUTH_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/http.h"
#include "base/json.h"
#include "service/api_error.h"

/* Appends a text, percent-encoded but for the unreserved characters of RFC
 * 3986. -1 as buffer_reserve(). */
int oauth_put_encoded(struct buffer *buffer, const char *text);

/* Fills an empty body; client_secret may be NULL. -1 as buffer_reserve(). */
int oauth_build_form(struct buffer *body, const char *client_id,
                     const char *client_secret, const char *scope,
                     const char *refresh_token);

/* What is granted; the texts are the document's. */
struct oauth_grant {
    const char *access_token;
    const char *refresh_token; /* NULL: the old one stays */
    int64_t life;              /* milliseconds */
};

/* Reads an answer. The document that the grant is in, for json_wipe(), with a
 * fault without a name; or NULL and the fault: API_ERROR_SIGN_IN where the
 * sign-in is refused, with the error's name and description, in which secrets
 * are not masked; API_ERROR_RETRY, API_ERROR_THROTTLE or API_ERROR_MEMORY. */
struct cJSON *oauth_read_answer(const struct http_response *response,
                                struct oauth_grant *grant,
                                struct api_error *api_error);

#endif
