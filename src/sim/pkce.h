/*
 * Proof Key for Code Exchange, method S256 (RFC 7636, section 4.6).
 */
#ifndef PKCE_H
#define PKCE_H

#include <stdbool.h>

/* Does the challenge belong to the verifier, and is the verifier well-formed?
 */
bool pkce_matches(const char *verifier, const char *challenge);

#endif
