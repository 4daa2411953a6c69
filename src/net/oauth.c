#include "net/oauth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json_scan.h"
#include "base/percent.h"
#include "base/secret_file.h"
#include "base/utf8.h"

/* In milliseconds. */
#define DEFAULT_LIFE (3600 * 1000) /* if the response does not say */
#define MIN_LIFE     1000
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
    size_t room = strlen(client_id) + strlen(refresh_token) +
                  (scope ? strlen(scope) : 0) +
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

/* The string's text; NULL if it is not one that can be a token. */
static const char *token_text(const struct cJSON *value)
{
    const char *text = json_is_string(value) ? json_text(value) : NULL;
    size_t len = text ? strlen(text) : 0;

    return len <= SECRET_FILE_MAX && secret_file_is_token(text, len) ? text
                                                                     : NULL;
}

int oauth_find_refresh_token(const struct http_response *response, char **token)
{
    struct json_refusal refusal = {.why = NULL};
    struct cJSON *string;
    const char *found;
    struct buffer copy;
    size_t len;
    int result = -1;

    *token = NULL;
    found = json_scan(response->body, "refresh_token", &len);
    if (!found)
        return 0;
    buffer_init(&copy, len + 1);
    if (buffer_append(&copy, found, len))
        return -1;
    string = json_parse(copy.data, len, &refusal);
    buffer_wipe(&copy);
    found = token_text(string);
    if (found)
        *token = strdup(found);
    if (!refusal.no_memory && (!found || *token))
        result = 0;
    json_wipe(string);
    return result;
}

/* The life of the access token in milliseconds. Microsoft sends a whole number;
 * other servers send any number, or a string. A life that is not known to be
 * positive is unknown: the token is used until the service rejects it. */
static int64_t life_of(const struct cJSON *root)
{
    const char *text = json_text(json_member(root, "expires_in"));
    double seconds;
    char *end;

    if (!text || text[strspn(text, "0123456789+-.eE ")])
        return DEFAULT_LIFE;
    seconds = strtod(text, &end);
    if (end == text || end[strspn(end, " ")] || !(seconds > 0))
        return DEFAULT_LIFE;
    if (seconds * 1000 < MIN_LIFE)
        return MIN_LIFE;
    return seconds * 1000 < MAX_LIFE ? (int64_t)(seconds * 1000) : MAX_LIFE;
}

/* Null and absent are the same. */
static bool is_given(const struct cJSON *member)
{
    return member && !json_is_null(member);
}

/* An empty refresh token is none. */
static bool is_valid_refresh_token(const struct cJSON *member)
{
    return !is_given(member) || token_text(member) ||
           (json_is_string(member) && !*json_text(member));
}

static bool is_bearer(const struct cJSON *type)
{
    return json_is_string(type) &&
           (!*json_text(type) || strcasecmp(json_text(type), "Bearer") == 0);
}

/* RFC 6749, section 5.1, but token_type may be absent or empty. Returns what is
 * wrong with it, or NULL. */
static const char *parse_grant(const struct cJSON *root,
                               struct oauth_grant *grant)
{
    const struct cJSON *type = json_member(root, "token_type");

    grant->access_token = token_text(json_member(root, "access_token"));
    grant->life = life_of(root);
    if (!grant->access_token)
        return "JSON without a valid access_token";
    if (is_given(type) && !is_bearer(type))
        return "a token_type other than Bearer";
    if (!is_valid_refresh_token(json_member(root, "refresh_token")))
        return "an invalid refresh_token";
    return NULL;
}

static void set_error(struct oauth_error *error, enum oauth_error_kind kind,
                      const char *name, const char *text)
{
    error->kind = kind;
    (void)utf8_clean(error->name, sizeof(error->name), name);
    error->truncated = utf8_clean(error->text, sizeof(error->text), text);
}

/* Where the ids of Microsoft's descriptions begin: "Trace ID: GUID",
 * "Correlation ID: GUID" and "Timestamp: TIME" are at the end. */
static const char *find_ids(const char *text)
{
    const char *trace = strstr(text, "Trace ID:");
    const char *correlation = strstr(text, "Correlation ID:");

    if (!trace || (correlation && correlation < trace))
        return correlation;
    return trace;
}

/* A description that does not fit loses the words before its ids. No secret
 * contains a space, so none is cut. */
static void shorten(struct oauth_error *error, const char *text)
{
    static const char gap[] = " ... ";
    const char *found = find_ids(text);
    char ids[OAUTH_TEXT_SIZE / 2];
    size_t room;

    if (!found || utf8_clean(ids, sizeof(ids), found))
        return;
    room = sizeof(error->text) - strlen(gap) - strlen(ids) - 1;
    while (room > 0 && error->text[room] != ' ')
        room--;
    (void)snprintf(error->text + room, sizeof(error->text) - room, "%s%s", gap,
                   ids);
    error->truncated = false;
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
    if (error->truncated)
        shorten(error, text);
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
