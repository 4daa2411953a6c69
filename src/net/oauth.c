#include "net/oauth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json_scan.h"
#include "base/percent.h"
#include "base/redact_text.h"
#include "base/secret_file.h"
#include "base/utf8.h"
#include "base/vocabulary.h"

/* In milliseconds. */
#define DEFAULT_LIFE (3600 * 1000) /* if the response does not say */
#define MIN_LIFE     1000
#define MAX_LIFE     (24 * 3600 * 1000) /* renewed at least once a day */

#define MAX_SECRETS 8

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
int oauth_build_form(struct buffer *body, const struct oauth_form *form)
{
    const struct {
        const char *name, *value;
    } fields[] = {
        {"client_id", form->client_id},
        {"scope", form->scope},
        {"grant_type", form->grant_type},
        {"refresh_token", form->refresh_token},
        {"code", form->code},
        {"redirect_uri", form->redirect_uri},
        {"code_verifier", form->code_verifier},
        {"device_code", form->device_code},
        {"client_secret", form->client_secret},
    };
    const size_t count = sizeof(fields) / sizeof(fields[0]);
    size_t room = 0;

    for (size_t i = 0; i < count; i++)
        if (fields[i].value)
            room += strlen(fields[i].name) + 2 + 3 * strlen(fields[i].value);
    if (buffer_reserve(body, room))
        return -1;
    for (size_t i = 0; i < count; i++)
        if (put_field(body, fields[i].name, fields[i].value))
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
    grant->scope = json_text(json_member(root, "scope"));
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

void oauth_set_refusal(struct oauth_error *error, const char *name,
                       const char *text)
{
    bool valid = is_error_name(name) && strlen(name) < sizeof(error->name);

    set_error(error, OAUTH_REFUSED, valid ? name : "invalid_error", text);
    if (error->truncated)
        shorten(error, text);
}

static bool is_public(const void *unused, const char *word)
{
    (void)unused;
    return vocabulary_has(word);
}

void oauth_redact(struct oauth_error *error, const char *const *secrets,
                  size_t count)
{
    const struct public_words public = {is_public, NULL};
    const char *given[MAX_SECRETS];
    char text[REDACT_TEXT_SIZE];
    size_t used = 0;

    for (size_t i = 0; i < count && used < MAX_SECRETS; i++)
        if (secrets[i])
            given[used++] = secrets[i];
    (void)snprintf(text, sizeof(text), "%s", error->text);
    (void)redact_text(text, error->truncated, given, used, &public);
    (void)utf8_clean(error->text, sizeof(error->text), text);
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
void oauth_set_unexpected(struct oauth_error *error,
                          const struct http_response *response, const char *why)
{
    set_error(error, response->status == 429 ? OAUTH_THROTTLED : OAUTH_RETRY,
              http_unexpected_name(response->status), "");
    http_explain_unexpected(response, why, error->text, sizeof(error->text));
}

struct cJSON *oauth_parse_document(const struct http_response *response,
                                   struct oauth_error *error)
{
    struct json_refusal refusal;
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
        oauth_set_unexpected(error, response,
                             response->len ? refusal.why : "empty");
        return NULL;
    }
    if (!parse_error(error, document, response->status)) {
        if (response->status == 200)
            return document;
        oauth_set_unexpected(error, response, "unknown JSON");
    }
    json_wipe(document);
    return NULL;
}

struct cJSON *oauth_parse_response(const struct http_response *response,
                                   struct oauth_grant *grant,
                                   struct oauth_error *error)
{
    struct cJSON *document = oauth_parse_document(response, error);
    const char *why = document ? parse_grant(document, grant) : NULL;

    if (!why)
        return document;
    oauth_set_unexpected(error, response, why);
    json_wipe(document);
    return NULL;
}
