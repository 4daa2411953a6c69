#include "net/authorize.h"

#include <string.h>

#include "base/percent.h"

int authorize_challenge(const char *verifier,
                        char challenge[AUTHORIZE_TEXT_SIZE])
{
    unsigned char digest[HASH_SIZE];
    struct hash *hash = hash_new();
    int result;

    if (!hash)
        return -1;
    hash_update(hash, verifier, strlen(verifier));
    result = hash_digest(hash, digest);
    hash_free(hash);
    if (result == 0)
        base64url_format(digest, sizeof(digest), challenge);
    return result;
}

static void draw(const struct random *random, char text[AUTHORIZE_TEXT_SIZE])
{
    unsigned char bytes[HASH_SIZE];

    random->fill(random, bytes, sizeof(bytes));
    base64url_format(bytes, sizeof(bytes), text);
    memory_wipe(bytes, sizeof(bytes));
}

int authorize_make_secrets(struct authorize_secrets *secrets,
                           const struct random *random)
{
    draw(random, secrets->verifier);
    draw(random, secrets->state);
    return authorize_challenge(secrets->verifier, secrets->challenge);
}

int authorize_build_url(struct buffer *url,
                        const struct authorize_request *request)
{
    const struct {
        const char *name, *value;
    } fields[] = {
        {"?client_id=", request->client_id},
        {"&response_type=", "code"},
        {"&redirect_uri=", request->redirect_uri},
        {"&scope=", request->scope},
        {"&state=", request->secrets->state},
        {"&code_challenge=", request->secrets->challenge},
        {"&code_challenge_method=", "S256"},
        {"&response_mode=", request->google ? NULL : "query"},
        {"&prompt=", request->google ? "consent" : "select_account"},
        {"&access_type=", request->google ? "offline" : NULL},
    };

    if (buffer_puts(url, request->url))
        return -1;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        if (fields[i].value && (buffer_puts(url, fields[i].name) ||
                                percent_encode(url, fields[i].value)))
            return -1;
    return 0;
}
