#include "net/auth.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/secret_file.h"
#include "base/version.h"
#include "net/oauth.h"
#include "service/api_error.h"
#include "service/service.h"

/* All in milliseconds. */
#define MARGIN_MAX      (5 * 60 * 1000)
#define MARGIN_SHARE    5 /* of its life */
#define PAUSE_BASE      250
#define PAUSE_MAX       (60 * 1000)
#define RETRY_AFTER_MAX (10 * 60 * 1000)
#define LOCK_PAUSE_MIN  75
#define LOCK_PAUSE_MAX  125

#define URL_MAX 4096 /* bytes */

enum state {
    STATE_FIXED,   /* one token, and no way to another */
    STATE_RESTING, /* until it is due to ask for a token */
    STATE_ASKING   /* a token call is in flight; we have the lock */
};

struct auth {
    enum state state;
    const struct credentials *credentials;
    struct secret_file file; /* of the refresh token */
    struct buffer url;
    const char *scope;

    char *token; /* NULL: none yet */
    unsigned number;
    int64_t expires;
    bool worked;  /* the service took it for a call */
    bool refused; /* the service refuses it by now */

    int64_t due;       /* when to ask for the next one */
    bool waits;        /* another process has the lock */
    unsigned failures; /* of token calls since the last token */
    uint64_t random;   /* state of a generator, for pauses only */

    char *refresh; /* the refresh token of the call in flight */
    int lock;      /* -1: not ours */
};

/* ---- making it ---------------------------------------------------------- */

static int build_url(struct auth *auth, const struct options *options)
{
    const char *host = options->sandbox ? "https://login.windows-ppe.net/"
                                        : "https://login.microsoftonline.com/";
    const char *tenant = options->sandbox ? "consumers" : "common";

    buffer_init(&auth->url, URL_MAX);
    if (auth->credentials->token_url)
        return buffer_puts(&auth->url, auth->credentials->token_url);
    if (options->tenant)
        tenant = options->tenant;
    if (buffer_puts(&auth->url, host) ||
        oauth_put_encoded(&auth->url, tenant) ||
        buffer_puts(&auth->url, "/oauth2/v2.0/token"))
        return -1;
    return 0;
}

/* xorshift64. A process and a moment differ from another's, which is all that
 * pauses need. */
static void start_random(struct auth *auth)
{
    auth->random = (uint64_t)getpid() << 32 ^ (uint64_t)clock_us() ^ 1;
    if (auth->random == 0)
        auth->random = 1;
}

/* From 0 to most, both included. */
static int64_t draw(struct auth *auth, int64_t most)
{
    auth->random ^= auth->random << 13;
    auth->random ^= auth->random >> 7;
    auth->random ^= auth->random << 17;
    return (int64_t)((auth->random >> 16) % (uint64_t)(most + 1));
}

static int start_fixed(struct auth *auth)
{
    auth->state = STATE_FIXED;
    auth->token = strdup(auth->credentials->access_token);
    auth->number = 1;
    auth->expires = INT64_MAX;
    return auth->token ? 0 : -1;
}

static int start_renewing(struct auth *auth, const struct options *options)
{
    auth->state = STATE_RESTING;
    auth->due = INT64_MIN;
    auth->file = (struct secret_file){
        .variable = CREDENTIALS_REFRESH_FILE,
        .path = auth->credentials->refresh_file,
        .kind = ERROR_LOCAL,
    };
    auth->scope = options->sandbox ? options->service->sandbox_scope
                                   : options->service->scope;
    start_random(auth);
    return build_url(auth, options);
}

struct auth *auth_new(const struct options *options,
                      const struct credentials *credentials,
                      struct error *error)
{
    struct auth *auth = calloc(1, sizeof(*auth));

    if (!auth) {
        error_memory(error);
        return NULL;
    }
    auth->credentials = credentials;
    auth->lock = -1;
    if (credentials->access_token ? start_fixed(auth)
                                  : start_renewing(auth, options)) {
        error_memory(error);
        auth_free(auth);
        return NULL;
    }
    return auth;
}

/* The token call is over: wipes and unlocks what it needed. */
static void end_call(struct auth *auth)
{
    auth->state = STATE_RESTING;
    secret_file_free(auth->refresh);
    auth->refresh = NULL;
    secret_file_unlock(auth->lock);
    auth->lock = -1;
}

void auth_free(struct auth *auth)
{
    if (!auth)
        return;
    end_call(auth);
    secret_file_free(auth->token);
    buffer_free(&auth->url);
    free(auth);
}

/* ---- what others ask ---------------------------------------------------- */

const char *auth_url(const struct auth *auth)
{
    return auth->url.data;
}

int auth_build_headers(struct buffer *headers)
{
    return buffer_puts(headers,
                       "Content-Type: application/x-www-form-urlencoded\n"
                       "Accept: application/json\n"
                       "User-Agent: bauser-batch/" BAUSER_VERSION "\n");
}

bool auth_is_ready(const struct auth *auth, int64_t now)
{
    return auth->token && !auth->refused && now < auth->expires;
}

const char *auth_token(const struct auth *auth)
{
    return auth->token;
}

unsigned auth_number(const struct auth *auth)
{
    return auth->number;
}

int64_t auth_wait(const struct auth *auth, int64_t now)
{
    if (auth->state != STATE_RESTING)
        return -1;
    return auth->due <= now ? 0 : auth->due - now;
}

const char *auth_waits_for(const struct auth *auth)
{
    return auth->waits ? auth->file.path : NULL;
}

void auth_worked(struct auth *auth, unsigned number)
{
    if (number == auth->number)
        auth->worked = true;
}

bool auth_refused(struct auth *auth, unsigned number, int64_t now)
{
    if (auth->state == STATE_FIXED)
        return false;
    if (number != auth->number || auth->refused)
        return true;
    if (!auth->worked && now < auth->expires)
        return false;
    auth->refused = true;
    /* A pause after a failed token call is kept to. */
    if (auth->failures == 0)
        auth->due = now;
    return true;
}

/* ---- asking ------------------------------------------------------------- */

/* Takes the lock where it is free, and only then reads the file: another
 * process may have replaced the token a moment ago. */
static int take_refresh_token(struct auth *auth, int64_t now,
                              struct error *error)
{
    if (secret_file_lock(&auth->file, &auth->lock, error))
        return -1;
    auth->waits = auth->lock < 0;
    if (auth->waits) {
        auth->due =
            now + LOCK_PAUSE_MIN + draw(auth, LOCK_PAUSE_MAX - LOCK_PAUSE_MIN);
        return 0;
    }
    auth->refresh = secret_file_read(&auth->file, error);
    return auth->refresh ? 0 : -1;
}

enum auth_step auth_step(struct auth *auth, int64_t now,
                         struct http_request *request, struct error *error)
{
    if (auth_wait(auth, now) != 0)
        return AUTH_IDLE;
    if (take_refresh_token(auth, now, error))
        goto err;
    if (auth->waits)
        return AUTH_IDLE;
    request->target = HTTP_TOKEN;
    request->method = HTTP_POST;
    /* May be sent twice: a refresh token stays good when it is used (Microsoft
     * identity platform, "Refresh tokens": they aren't revoked when used to
     * acquire new access tokens), so that an answer which is lost on its way
     * does not lock us out. */
    request->once = false;
    if (oauth_build_form(&request->body, auth->credentials->client_id,
                         auth->credentials->client_secret, auth->scope,
                         auth->refresh)) {
        error_memory(error);
        goto err;
    }
    auth->state = STATE_ASKING;
    return AUTH_SEND;

err:
    end_call(auth);
    return AUTH_FAIL;
}

/* ---- acting upon an answer ---------------------------------------------- */

/* A description may repeat what was sent, as it is or as it was encoded. */
static void mask(struct api_error *api_error, const char *secret)
{
    struct buffer encoded;

    if (!secret)
        return;
    buffer_init(&encoded, 3 * SECRET_FILE_MAX);
    if (buffer_reserve(&encoded, 3 * strlen(secret)) ||
        oauth_put_encoded(&encoded, secret)) {
        api_error->text[0] = '\0';
    } else {
        api_error_redact(api_error, secret);
        api_error_redact(api_error, encoded.data);
    }
    buffer_wipe(&encoded);
}

/* Has somebody stored another token since ours was read, without the lock:
 * after a new sign-in, say? */
static bool is_replaced(const struct auth *auth)
{
    struct error ignored;
    char *held = secret_file_read(&auth->file, &ignored);
    bool replaced = held && strcmp(held, auth->refresh) != 0;

    secret_file_free(held);
    return replaced;
}

/* What somebody stored meanwhile is newer than what came of the old one. */
static int save(const struct auth *auth, const char *refresh,
                struct error *error)
{
    struct error reason;

    if (!refresh || strcmp(refresh, auth->refresh) == 0 || is_replaced(auth))
        return 0;
    if (secret_file_replace(&auth->file, refresh, &reason) == 0)
        return 0;
    return error_set(error, ERROR_LOCAL,
                     "%s; the new refresh token could not be kept. Mend this "
                     "and try again: the old one may still work, else sign in "
                     "anew",
                     reason.text);
}

/* The new refresh token is on the disk before its access token is used: what
 * happens to the run from then on, the next one can sign in. */
static enum auth_step accept(struct auth *auth, int64_t now,
                             const struct oauth_grant *grant,
                             struct error *error)
{
    int64_t margin = grant->life / MARGIN_SHARE;
    char *token;

    if (save(auth, grant->refresh_token, error))
        return AUTH_FAIL;
    token = strdup(grant->access_token);
    if (!token) {
        error_memory(error);
        return AUTH_FAIL;
    }
    secret_file_free(auth->token);
    auth->token = token;
    auth->number++;
    auth->worked = false;
    auth->refused = false;
    auth->failures = 0;
    auth->expires = now + grant->life;
    auth->due = auth->expires - (margin < MARGIN_MAX ? margin : MARGIN_MAX);
    return AUTH_IDLE;
}

/* Full jitter, so that processes which failed together don't come back
 * together; behind what the answer asked for. */
static void pause_until_next(struct auth *auth, int64_t now,
                             int64_t retry_after)
{
    int64_t most = PAUSE_BASE;

    for (unsigned i = 0; i < auth->failures && most < PAUSE_MAX; i++)
        most *= 2;
    auth->failures++;
    auth->due = now + draw(auth, most < PAUSE_MAX ? most : PAUSE_MAX);
    if (retry_after > 0)
        auth->due +=
            retry_after < RETRY_AFTER_MAX ? retry_after : RETRY_AFTER_MAX;
}

#define STORE "sign in again and store the new refresh token in "

/* What to do about an error of RFC 6749 or of Microsoft's; the last one is for
 * all others. */
static const struct {
    const char *name;
    const char *advice;
    bool ends_with_file;
} advices[] = {
    {"invalid_grant", STORE, true},
    {"interaction_required", STORE, true},
    {"consent_required", "give consent to this application; " STORE, true},
    {"invalid_scope",
     "the sign-in is not for what this --api and --environment need; " STORE,
     true},
    {"invalid_client", "check BAUSER_CLIENT_ID and BAUSER_CLIENT_SECRET",
     false},
    {"unauthorized_client",
     "check BAUSER_CLIENT_ID, and --tenant or BAUSER_TOKEN_URL", false},
    {"",
     "check BAUSER_CLIENT_ID, BAUSER_CLIENT_SECRET, and --tenant or "
     "BAUSER_TOKEN_URL",
     false},
};

static enum auth_step refuse(const struct auth *auth,
                             const struct api_error *api_error,
                             struct error *error)
{
    size_t i = 0;

    while (*advices[i].name && strcmp(advices[i].name, api_error->name) != 0)
        i++;
    error_set(error, ERROR_SIGN_IN,
              "the token endpoint refuses the sign-in (%s) for %s: %s%s%s%s",
              api_error->name, auth->scope, advices[i].advice,
              advices[i].ends_with_file ? auth->file.path : "",
              *api_error->text ? "; it says: " : "", api_error->text);
    return AUTH_FAIL;
}

/* No token came of the call. */
static enum auth_step take_fault(struct auth *auth, int64_t now,
                                 int64_t retry_after,
                                 struct api_error *api_error,
                                 struct error *error)
{
    if (api_error->action == API_ERROR_MEMORY) {
        error_memory(error);
        return AUTH_FAIL;
    }
    if (api_error->action != API_ERROR_SIGN_IN) {
        pause_until_next(auth, now, retry_after);
        return AUTH_IDLE;
    }
    if (strcmp(api_error->name, "invalid_grant") != 0 || !is_replaced(auth))
        return refuse(auth, api_error, error);
    /* The token that was stored meanwhile gets its try. */
    api_error->action = API_ERROR_RETRY;
    auth->due = now;
    return AUTH_IDLE;
}

enum auth_step auth_answer(struct auth *auth, int64_t now,
                           const struct http_response *response,
                           struct api_error *api_error, struct error *error)
{
    struct oauth_grant grant;
    struct cJSON *document;
    enum auth_step step;

    assert(auth->state == STATE_ASKING);
    document = oauth_read_answer(response, &grant, api_error);
    if (document) {
        step = accept(auth, now, &grant, error);
        json_wipe(document);
    } else {
        mask(api_error, auth->refresh);
        mask(api_error, auth->credentials->client_secret);
        mask(api_error, auth->token);
        step = take_fault(auth, now, response->retry_after, api_error, error);
    }
    end_call(auth);
    return step;
}
