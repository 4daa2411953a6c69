#include "net/auth.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/backoff.h"
#include "base/json.h"
#include "base/secret_file.h"
#include "base/version.h"
#include "net/refresh_token.h"
#include "net/token_trust.h"

/* In milliseconds. A token is renewed this long before it expires: a share of
 * its life, at most MAX_MARGIN. */
#define MAX_MARGIN      (5 * 60 * 1000)
#define MARGIN_DIVISOR  5
#define MAX_RETRY_AFTER (10 * 60 * 1000)
#define MIN_LOCK_DELAY  75
#define MAX_LOCK_DELAY  125

enum state {
    STATE_FIXED,   /* the token cannot be renewed */
    STATE_SOURCE,  /* it can be read again */
    STATE_RESTING, /* until the next token call is due */
    STATE_CALLING  /* a token call is in flight; we have the lock */
};

struct auth {
    struct auth_setup setup;
    enum state state;

    char *token;   /* NULL: none yet */
    char *earlier; /* the one before it; NULL: none */
    unsigned number;
    int64_t expires;
    struct token_trust trust;

    int64_t due;       /* when to request the next one */
    bool is_locked;    /* another process has the lock */
    unsigned failures; /* of token calls since the last token */

    struct token_watch watch; /* with STATE_SOURCE */

    char *secret; /* the client secret, read again; NULL: that of setup */
    struct refresh_token refresh; /* taken for the call in flight */
};

/* ---- life --------------------------------------------------------------- */

static int start_fixed(struct auth *auth)
{
    auth->state = STATE_FIXED;
    if (auth->setup.source) {
        auth->state = STATE_SOURCE;
        token_watch_init(&auth->watch, auth->setup.source);
    }
    auth->token = strdup(auth->setup.access_token);
    auth->number = 1;
    auth->expires = INT64_MAX;
    return auth->token ? 0 : -1;
}

static void start_renewing(struct auth *auth)
{
    auth->state = STATE_RESTING;
    auth->due = INT64_MIN;
}

struct auth *auth_new(const struct auth_setup *setup, struct error *error)
{
    struct auth *auth = calloc(1, sizeof(*auth));

    if (!auth) {
        error_memory(error);
        return NULL;
    }
    auth->setup = *setup;
    refresh_token_init(
        &auth->refresh,
        &(struct secret_file){
            .files = setup->files,
            .random = setup->random,
            .variable = setup->labels.refresh_token,
            .path = setup->refresh_file,
            .allowed = setup->refresh_trusted ? S_IRWXG | S_IRWXO : 0,
            .kind = ERROR_LOCAL,
        });
    if (!setup->access_token) {
        start_renewing(auth);
    } else if (start_fixed(auth)) {
        error_memory(error);
        auth_free(auth);
        return NULL;
    }
    return auth;
}

/* The token call has ended. */
static void end_call(struct auth *auth)
{
    if (auth->state == STATE_CALLING)
        auth->state = STATE_RESTING;
    refresh_token_release(&auth->refresh);
}

void auth_free(struct auth *auth)
{
    if (!auth)
        return;
    end_call(auth);
    secret_file_free(auth->token);
    secret_file_free(auth->earlier);
    secret_file_free(auth->secret);
    free(auth);
}

/* ---- the token ---------------------------------------------------------- */

static void take_token(struct auth *auth, char *token)
{
    secret_file_free(auth->earlier);
    auth->earlier = auth->token;
    auth->token = token;
    auth->number++;
    token_trust_start(&auth->trust);
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
    return auth->token && !auth->trust.refused && now < auth->expires;
}

const char *auth_token(const struct auth *auth)
{
    return auth->token;
}

const char *auth_earlier_token(const struct auth *auth)
{
    return auth->earlier;
}

unsigned auth_number(const struct auth *auth)
{
    return auth->number;
}

int64_t auth_wait(const struct auth *auth, int64_t now)
{
    bool watches = auth->state == STATE_SOURCE;
    int64_t due = watches ? auth->watch.due : auth->due;

    if ((auth->state != STATE_RESTING && !watches) || due == INT64_MAX)
        return -1;
    return due <= now ? 0 : due - now;
}

const char *auth_waits_for(const struct auth *auth)
{
    return auth->is_locked ? auth->setup.refresh_file : NULL;
}

void auth_token_accepted(struct auth *auth, unsigned number)
{
    if (number == auth->number)
        token_trust_accept(&auth->trust);
}

void auth_call_throttled(struct auth *auth, unsigned number)
{
    if (number == auth->number)
        token_trust_throttle(&auth->trust);
}

bool auth_is_in_doubt(const struct auth *auth)
{
    return token_trust_is_in_doubt(&auth->trust);
}

bool auth_token_refused(struct auth *auth, unsigned number,
                        enum auth_refusal refusal, bool all, int64_t now)
{
    const struct token_refusal what = {
        .again = refusal == AUTH_REFUSED_AGAIN,
        .all = all,
        .expired = now >= auth->expires,
        .renewal = auth->state == STATE_FIXED    ? TOKEN_FIXED
                   : auth->state == STATE_SOURCE ? TOKEN_READ
                                                 : TOKEN_REQUESTED,
    };
    enum token_verdict verdict;

    if (number != auth->number || auth->trust.refused)
        return true;
    verdict = token_trust_refuse(&auth->trust, &what);
    if (verdict == TOKEN_KEPT || verdict == TOKEN_LOST)
        return verdict == TOKEN_KEPT;
    if (auth->state == STATE_SOURCE)
        token_watch_refused(&auth->watch, verdict == TOKEN_AWAITED, now);
    /* A delay after a failed token call is not shortened. */
    else if (auth->failures == 0)
        auth->due = now;
    return true;
}

/* ---- a source that is read again ---------------------------------------- */

const struct token_watch *auth_watch(const struct auth *auth)
{
    return auth->state == STATE_SOURCE ? &auth->watch : NULL;
}

enum token_watch_result auth_read_source(struct auth *auth, int64_t now,
                                         struct error *error)
{
    struct token_trust *trust = &auth->trust;
    bool was_refused = trust->refused;
    enum token_watch_result result;
    char *token;

    if (auth->state != STATE_SOURCE || auth_wait(auth, now) != 0)
        return TOKEN_WATCH_SAME;
    result = token_watch_look(&auth->watch, auth->token, &trust->refused,
                              trust->passed, now, &token, error);
    if (result == TOKEN_WATCH_NEW)
        take_token(auth, token);
    else
        trust->renewed |= was_refused && !trust->refused;
    return result;
}

void auth_secrets_replaced(struct auth *auth, int64_t now)
{
    if (auth->token)
        auth->number++;
    auth->trust.refusals = 0;
    if (auth->state != STATE_SOURCE || !auth->trust.refused)
        return;
    auth->trust.refused = false;
    token_watch_end_wait(&auth->watch, now);
}

/* ---- the token call ----------------------------------------------------- */

static const char *client_secret(const struct auth *auth)
{
    return auth->secret ? auth->secret : auth->setup.client_secret;
}

/* Another program may have replaced the client secret in its file. True: it is
 * another one. If it cannot be read, the present one stays. */
static bool read_client_secret(struct auth *auth)
{
    const struct token_source *source = &auth->setup.secret_source;
    struct error ignored;
    char *secret =
        source->read ? source->read(source->context, &ignored) : NULL;

    if (!secret || strcmp(secret, client_secret(auth)) == 0) {
        secret_file_free(secret);
        return false;
    }
    secret_file_free(auth->secret);
    auth->secret = secret;
    return true;
}

static int take_refresh_token(struct auth *auth, int64_t now,
                              struct error *error)
{
    int taken = refresh_token_take(&auth->refresh, error);

    auth->is_locked = taken == 0;
    if (auth->is_locked)
        auth->due =
            now + MIN_LOCK_DELAY +
            random_up_to(auth->setup.random, MAX_LOCK_DELAY - MIN_LOCK_DELAY);
    return taken < 0 ? -1 : 0;
}

enum auth_step auth_step(struct auth *auth, int64_t now,
                         struct http_request *request, struct error *error)
{
    struct oauth_form form;

    if (auth_wait(auth, now) != 0)
        return AUTH_IDLE;
    if (take_refresh_token(auth, now, error))
        goto err;
    if (auth->is_locked)
        return AUTH_IDLE;
    (void)read_client_secret(auth);
    request->target = HTTP_TOKEN;
    request->method = HTTP_POST;
    /* May be sent twice: a refresh token stays valid when it is used (Microsoft
     * identity platform, "Refresh tokens": they aren't revoked when used to
     * acquire new access tokens), so it still works if the response is lost. */
    request->once = false;
    form = (struct oauth_form){.client_id = auth->setup.client_id,
                               .scope = auth->setup.scope,
                               .grant_type = OAUTH_BY_REFRESH_TOKEN,
                               .refresh_token = auth->refresh.text,
                               .client_secret = client_secret(auth)};
    if (oauth_build_form(&request->body, &form)) {
        error_memory(error);
        goto err;
    }
    auth->state = STATE_CALLING;
    return AUTH_SEND;

err:
    end_call(auth);
    return AUTH_FAIL;
}

/* ---- the response ------------------------------------------------------- */

/* A description may repeat what was sent, or the new refresh token. */
static void redact(const struct auth *auth, const char *refresh,
                   struct oauth_error *reason)
{
    const char *const secrets[] = {auth->refresh.text, refresh, auth->token,
                                   auth->earlier, client_secret(auth)};

    oauth_redact(reason, secrets, sizeof(secrets) / sizeof(secrets[0]));
}

static enum auth_result accept_grant(struct auth *auth, int64_t now,
                                     const struct oauth_grant *grant,
                                     struct error *error)
{
    int64_t margin = grant->life / MARGIN_DIVISOR;
    char *token;

    token = strdup(grant->access_token);
    if (!token) {
        error_memory(error);
        return AUTH_STOP;
    }
    take_token(auth, token);
    auth->failures = 0;
    auth->expires = now + grant->life;
    auth->due = auth->expires - (margin < MAX_MARGIN ? margin : MAX_MARGIN);
    return AUTH_GRANTED;
}

/* Sets the time of the next call: Retry-After plus a random delay. */
static void wait_for_retry(struct auth *auth, int64_t now, int64_t retry_after)
{
    uint32_t random = (uint32_t)random_up_to(auth->setup.random, UINT32_MAX);

    auth->failures++;
    auth->due = now + backoff_delay(auth->failures, random);
    if (retry_after > 0)
        auth->due +=
            retry_after < MAX_RETRY_AFTER ? retry_after : MAX_RETRY_AFTER;
}

#define STORE "sign in again and store the new refresh token in "

/* The errors of RFC 6749 and of Microsoft's after which another refresh token
 * helps. */
static const struct {
    const char *name;
    const char *advice;
} advices[] = {
    {"invalid_grant", STORE},
    {"interaction_required", STORE},
    {"consent_required", "give consent to this application; " STORE},
    {"invalid_scope", "the sign-in lacks the scope that --api and "
                      "--environment require; " STORE},
};

/* What the user can do about the error. */
static void advise(const struct auth *auth, const char *name, char *text,
                   size_t size)
{
    const struct auth_labels *labels = &auth->setup.labels;

    for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
        if (strcmp(advices[i].name, name) != 0)
            continue;
        (void)snprintf(text, size, "%s%s", advices[i].advice,
                       auth->setup.refresh_file);
        return;
    }
    if (strcmp(name, "invalid_client") == 0)
        (void)snprintf(text, size, "check %s and %s", labels->client_id,
                       labels->client_secret);
    else if (strcmp(name, "unauthorized_client") == 0)
        (void)snprintf(text, size, "check %s, and --tenant or %s",
                       labels->client_id, labels->token_url);
    else
        (void)snprintf(text, size, "check %s, %s, and --tenant or %s",
                       labels->client_id, labels->client_secret,
                       labels->token_url);
}

static enum auth_result refuse(const struct auth *auth,
                               const struct oauth_error *reason,
                               struct error *error)
{
    char advice[ERROR_TEXT_SIZE];

    advise(auth, reason->name, advice, sizeof(advice));
    error_set(error, ERROR_SIGN_IN,
              "the token endpoint rejected the sign-in (%s)%s%s; %s%s%s",
              reason->name, auth->setup.scope ? " with the scope " : "",
              auth->setup.scope ? auth->setup.scope : "", advice,
              *reason->text ? "; its message: " : "", reason->text);
    return AUTH_STOP;
}

/* Has somebody replaced since what was refused? */
static bool has_other(struct auth *auth, const char *refused)
{
    if (strcmp(refused, "invalid_client") == 0)
        return read_client_secret(auth);
    return strcmp(refused, "invalid_grant") == 0 &&
           refresh_token_is_replaced(&auth->refresh);
}

/* The response contains no token. */
static enum auth_result take_error(struct auth *auth, int64_t now,
                                   int64_t retry_after,
                                   struct oauth_error *reason,
                                   struct error *error)
{
    if (reason->kind == OAUTH_NO_MEMORY) {
        error_memory(error);
        return AUTH_STOP;
    }
    if (reason->kind != OAUTH_REFUSED) {
        wait_for_retry(auth, now, retry_after);
        return AUTH_RETRY;
    }
    if (!has_other(auth, reason->name))
        return refuse(auth, reason, error);
    auth->due = now;
    return AUTH_RETRY;
}

/* Everything in the response but a new refresh token, which is NULL if there is
 * none. */
static enum auth_result take_rest(struct auth *auth, int64_t now,
                                  const struct http_response *response,
                                  const char *refresh,
                                  struct oauth_error *reason,
                                  struct error *error)
{
    struct oauth_grant grant;
    struct cJSON *document = oauth_parse_response(response, &grant, reason);
    enum auth_result result;

    if (document) {
        result = accept_grant(auth, now, &grant, error);
        json_wipe(document);
        return result;
    }
    redact(auth, refresh, reason);
    return take_error(auth, now, response->retry_after, reason, error);
}

/* The new refresh token is on the disk before anything else is done: however
 * the run ends, the next one can sign in. */
enum auth_result auth_take_response(struct auth *auth, int64_t now,
                                    const struct http_response *response,
                                    struct oauth_error *reason,
                                    struct error *error)
{
    enum auth_result result = AUTH_STOP;
    char *refresh;

    assert(auth->state == STATE_CALLING);
    if (oauth_find_refresh_token(response, &refresh))
        error_memory(error);
    else if (refresh_token_save(&auth->refresh, refresh, error) == 0)
        result = take_rest(auth, now, response, refresh, reason, error);
    secret_file_free(refresh);
    end_call(auth);
    return result;
}
