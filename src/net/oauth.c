#include "net/oauth.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/percent.h"
#include "base/secret_file.h"
#include "base/utf8.h"

/* In milliseconds. */
#define DEFAULT_LIFE (3600 * 1000)      /* if the response does not say */
#define MAX_LIFE     (24 * 3600 * 1000) /* renewed at least once a day */

/* ---- the form ----------------------------------------------------------- */

static int put_field(struct buffer *body, const char *name, const char *value)
{
    if (!value)
        return 0;
    if ((body->len > 0 && buffer_puts(body, "&")) || buffer_puts(body, name) ||
        buffer_puts(body, "="))
        return -1;
    return percent_encode(body, value);
}

/* Reserves all memory first: a buffer that grows leaves its secrets in the
 * memory that it frees. */
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

/* ---- the response ------------------------------------------------------- */

/* The member's text; NULL if it is not a string that can be a token. */
static const char *secret_of(const struct cJSON *root, const char *name)
{
    const struct cJSON *member = json_member(root, name);
    const char *text = json_is_string(member) ? json_text(member) : NULL;
    size_t len = text ? strlen(text) : 0;

    return len <= SECRET_FILE_MAX && secret_file_is_token(text, len) ? text
                                                                     : NULL;
}

/* The life of the access token in milliseconds; -1 if it is invalid. Microsoft
 * sends a number; other servers send a string. */
static int64_t life_of(const struct cJSON *root)
{
    const struct cJSON *member = json_member(root, "expires_in");
    const char *text = json_text(member);
    int64_t seconds;

    if (!member || json_is_null(member))
        return DEFAULT_LIFE;
    if (!text || number_parse_long(text, &seconds) || seconds <= 0)
        return -1;
    return seconds < MAX_LIFE / 1000 ? seconds * 1000 : MAX_LIFE;
}

/* RFC 6749, section 5.1. Returns what is wrong with it, or NULL. */
static const char *parse_grant(const struct cJSON *root,
                               struct oauth_grant *grant)
{
    const struct cJSON *refresh = json_member(root, "refresh_token");
    const char *type = json_text(json_member(root, "token_type"));

    grant->access_token = secret_of(root, "access_token");
    grant->refresh_token = secret_of(root, "refresh_token");
    grant->life = life_of(root);
    if (!grant->access_token)
        return "JSON without a valid access_token";
    if (!type || strcasecmp(type, "Bearer") != 0)
        return "a token_type other than Bearer";
    if (refresh && !json_is_null(refresh) && !grant->refresh_token)
        return "an invalid refresh_token";
    if (grant->life < 0)
        return "an invalid expires_in";
    return NULL;
}

static void set_error(struct oauth_error *error, enum oauth_error_kind kind,
                      const char *name, const char *text)
{
    error->kind = kind;
    (void)utf8_clean(error->name, sizeof(error->name), name);
    error->truncated = utf8_clean(error->text, sizeof(error->text), text);
}

static bool is_error_name(const char *name)
{
    size_t len = name ? strspn(name, "abcdefghijklmnopqrstuvwxyz_") : 0;

    return len > 0 && name[len] == '\0';
}

static enum oauth_error_kind kind_of(const char *name, long status)
{
    if (strcmp(name, "temporarily_unavailable") == 0 ||
        strcmp(name, "server_error") == 0)
        return OAUTH_RETRY;
    if (status == 429)
        return OAUTH_THROTTLED;
    return status == 408 || status >= 500 ? OAUTH_RETRY : OAUTH_REFUSED;
}

/* RFC 6749, section 5.2. False if it is no such error. */
static bool parse_error(struct oauth_error *error, const struct cJSON *root,
                        long status)
{
    const char *name = json_text(json_member(root, "error"));
    const char *text = json_text(json_member(root, "error_description"));

    if (!is_error_name(name) || strlen(name) >= sizeof(error->name))
        return false;
    set_error(error, kind_of(name, status), name, text);
    return true;
}

/* An unexpected response: a proxy's, or a page instead of JSON. */
static void set_unexpected(struct oauth_error *error,
                           const struct http_response *response,
                           const char *why)
{
    set_error(error, response->status == 429 ? OAUTH_THROTTLED : OAUTH_RETRY,
              http_unexpected_name(response->status), "");
    http_explain_unexpected(response, why, error->text, sizeof(error->text));
}

struct cJSON *oauth_parse_response(const struct http_response *response,
                                   struct oauth_grant *grant,
                                   struct oauth_error *error)
{
    struct json_refusal refusal;
    const char *why;
    struct cJSON *document;

    if (response->failure != HTTP_OK) {
        set_error(error,
                  response->failure == HTTP_NO_MEMORY ? OAUTH_NO_MEMORY
                                                      : OAUTH_RETRY,
                  http_failure_name(response->failure), response->text);
        return NULL;
    }
    document = json_parse(response->body, response->len, &refusal);
    if (!document && refusal.no_memory) {
        set_error(error, OAUTH_NO_MEMORY, http_failure_name(HTTP_NO_MEMORY),
                  refusal.why);
        return NULL;
    }
    if (!document) {
        set_unexpected(error, response, response->len ? refusal.why : "empty");
        return NULL;
    }
    if (!parse_error(error, document, response->status)) {
        why = response->status == 200 ? parse_grant(document, grant)
                                      : "unknown JSON";
        if (!why)
            return document;
        set_unexpected(error, response, why);
    }
    json_wipe(document);
    return NULL;
}
