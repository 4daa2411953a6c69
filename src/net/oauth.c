#include "net/oauth.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/secret_file.h"

#define UNRESERVED                                                             \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"

/* In milliseconds. */
#define LIFE_ASSUMED (3600 * 1000)      /* where the answer tells none */
#define LIFE_MAX     (24 * 3600 * 1000) /* renewed once a day at least */

/* ---- the form ----------------------------------------------------------- */

int oauth_put_encoded(struct buffer *buffer, const char *text)
{
    for (; *text; text++) {
        if (strchr(UNRESERVED, *text)
                ? buffer_append(buffer, text, 1)
                : buffer_printf(buffer, "%%%02X", (unsigned char)*text))
            return -1;
    }
    return 0;
}

static int put_field(struct buffer *body, const char *name, const char *value)
{
    if (!value)
        return 0;
    if ((body->len > 0 && buffer_puts(body, "&")) || buffer_puts(body, name) ||
        buffer_puts(body, "="))
        return -1;
    return oauth_put_encoded(body, value);
}

/* Room is made first: a buffer that grows leaves what it held behind in memory
 * that nobody wipes. */
int oauth_build_form(struct buffer *body, const char *client_id,
                     const char *client_secret, const char *scope,
                     const char *refresh_token)
{
    size_t room = strlen(client_id) + strlen(scope) + strlen(refresh_token) +
                  (client_secret ? strlen(client_secret) : 0);

    if (buffer_reserve(body, 3 * room + 128) ||
        put_field(body, "client_id", client_id) ||
        put_field(body, "scope", scope) ||
        put_field(body, "grant_type", "refresh_token") ||
        put_field(body, "refresh_token", refresh_token) ||
        put_field(body, "client_secret", client_secret))
        return -1;
    return 0;
}

/* ---- reading an answer -------------------------------------------------- */

/* The member's text; NULL where it is no string that can be a secret. */
static const char *secret_of(const struct cJSON *root, const char *name)
{
    const struct cJSON *member = json_member(root, name);
    const char *text = json_is_string(member) ? json_text(member) : NULL;
    size_t len = text ? strlen(text) : 0;

    return len <= SECRET_FILE_MAX && secret_file_is_token(text, len) ? text
                                                                     : NULL;
}

/* Microsoft answers with a number; others have put it into a string. -1 where
 * it is no time that a token could live. */
static int64_t life_of(const struct cJSON *root)
{
    const struct cJSON *member = json_member(root, "expires_in");
    const char *text = json_text(member);
    int64_t seconds;

    if (!member || json_is_null(member))
        return LIFE_ASSUMED;
    if (!text || number_parse_long(text, &seconds) || seconds <= 0)
        return -1;
    return seconds < LIFE_MAX / 1000 ? seconds * 1000 : LIFE_MAX;
}

/* RFC 6749, section 5.1. Answers what is wrong with it, or NULL. */
static const char *read_grant(const struct cJSON *root,
                              struct oauth_grant *grant)
{
    const struct cJSON *refresh = json_member(root, "refresh_token");
    const char *type = json_text(json_member(root, "token_type"));

    grant->access_token = secret_of(root, "access_token");
    grant->refresh_token = secret_of(root, "refresh_token");
    grant->life = life_of(root);
    if (!grant->access_token)
        return "a JSON without an access_token";
    if (!type || strcasecmp(type, "Bearer") != 0)
        return "a token_type other than Bearer";
    if (refresh && !json_is_null(refresh) && !grant->refresh_token)
        return "a refresh_token that can't be one";
    if (grant->life < 0)
        return "an expires_in that can't be one";
    return NULL;
}

static bool is_error_name(const char *name)
{
    size_t len = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz_") : 0;

    return len > 0 && name[len] == '\0';
}

/* RFC 6749, section 5.2. False where it is no such error. */
static bool take_error(struct api_error *api_error, const struct cJSON *root)
{
    const char *name = json_text(json_member(root, "error"));
    const char *text = json_text(json_member(root, "error_description"));

    if (!is_error_name(name) || strlen(name) >= sizeof(api_error->name))
        return false;
    api_error_add(api_error, false, 0, name, text);
    if (strcmp(name, "temporarily_unavailable") == 0 ||
        strcmp(name, "server_error") == 0)
        api_error->action = API_ERROR_RETRY;
    else if (api_error->action != API_ERROR_RETRY &&
             api_error->action != API_ERROR_THROTTLE)
        api_error->action = API_ERROR_SIGN_IN;
    return true;
}

/* An answer of somebody else's (a proxy, a page that asks to wait) says nothing
 * of the credentials: it is worth another try. */
static void take_foreign(struct api_error *api_error,
                         const struct http_response *response, const char *why)
{
    api_error_of_foreign_answer(api_error, response, why);
    if (api_error->action != API_ERROR_THROTTLE)
        api_error->action = API_ERROR_RETRY;
}

struct cJSON *oauth_read_answer(const struct http_response *response,
                                struct oauth_grant *grant,
                                struct api_error *api_error)
{
    struct json_refusal refusal;
    const char *why;
    struct cJSON *document;

    if (response->failure != HTTP_OK) {
        /* Too large: somebody else's, as other answers that can't be one. */
        api_error_of_transport(api_error, response, false);
        return NULL;
    }
    api_error_init(api_error, response);
    document = json_parse(response->body, response->len, &refusal);
    if (!document) {
        take_foreign(api_error, response,
                     response->len ? refusal.why : "nothing");
        return NULL;
    }
    if (!take_error(api_error, document)) {
        why = response->status == 200 ? read_grant(document, grant)
                                      : "an unknown JSON";
        if (!why)
            return document;
        take_foreign(api_error, response, why);
    }
    json_wipe(document);
    return NULL;
}
