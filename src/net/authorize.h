/*
 * The request of a sign-in in a browser: an authorization code with PKCE, and
 * the address that the browser opens. Pure, except that the caller's random
 * numbers are drawn.
 *
 * Source: RFC 6749, section 4.1.1; RFC 7636; Microsoft identity platform,
 * "Request an authorization code"; Google, "Using OAuth 2.0 for Web Server
 * Applications".
 */
#ifndef NET_AUTHORIZE_H
#define NET_AUTHORIZE_H

#include <stdbool.h>

#include "base/base64url.h"
#include "base/buffer.h"
#include "base/hash.h"
#include "base/random.h"

/* Bytes of each text: 256 random bits, or a SHA-256, with its NUL. */
#define AUTHORIZE_TEXT_SIZE BASE64URL_SIZE(HASH_SIZE)

/* What only this sign-in knows. The verifier is a secret until the code is
 * exchanged: wipe it. */
struct authorize_secrets {
    char verifier[AUTHORIZE_TEXT_SIZE];
    char challenge[AUTHORIZE_TEXT_SIZE];
    char state[AUTHORIZE_TEXT_SIZE];
};

/* The code_challenge of a verifier, by the method S256. -1: out of memory, or
 * the crypto library failed. */
int authorize_challenge(const char *verifier,
                        char challenge[AUTHORIZE_TEXT_SIZE]);

/* Draws new ones. random must be unpredictable. -1 as authorize_challenge(). */
int authorize_make_secrets(struct authorize_secrets *secrets,
                           const struct random *random);

struct authorize_request {
    const char *url; /* of the authorization endpoint */
    const char *client_id;
    const char *scope;
    const char *redirect_uri;
    const struct authorize_secrets *secrets;
    bool google; /* it returns a refresh token only if it is asked to */
};

/* Appends the address that the browser opens. -1 as buffer_reserve(). */
int authorize_build_url(struct buffer *url,
                        const struct authorize_request *request);

#endif
