#include "pkce.h"

#include <openssl/sha.h>
#include <string.h>

#include "text.h"

#define UNRESERVED                                                             \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

bool pkce_matches(const char *verifier, const char *challenge)
{
    size_t len = strlen(verifier);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    struct text text;

    if (len < 43 || len > 128 || strspn(verifier, UNRESERVED) != len)
        return false;
    SHA256((const unsigned char *)verifier, len, digest);
    text_init(&text);
    text_base64(&text, digest, sizeof digest);
    for (char *at = text.data; *at != '\0'; at++)
        *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
    text_cut(&text, strcspn(text.data, "="));
    bool matches = strcmp(text.data, challenge) == 0;
    text_free(&text);
    return matches;
}
