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

/* In milliseconds. A token is renewed this long before it expires: a share of
 * its life, at most MAX_MARGIN. */
#define MAX_MARGIN      (5 * 60 * 1000)
#define MARGIN_DIVISOR  5
#define MAX_RETRY_AFTER (10 * 60 * 1000)
#define MIN_LOCK_DELAY  75
#define MAX_LOCK_DELAY  125

/* Refusals in a row that make a token doubtful; that renew it once more; and
 * that condemn it, if no call has succeeded with it yet and if it was good:
 * every second one may come from a node that is wrong. */
#define MIN_DOUBTS         2
#define MAX_DOUBTS         8
#define MAX_FIRST_REFUSALS 4
#define MAX_NEXT_REFUSALS  8 /* the same, but a token before it was good */
#define MAX_REFUSALS       16

enum state {
    STATE_FIXED,   /* the token cannot be renewed */
    STATE_SOURCE,  /* it can be read again */
    STATE_RESTING, /* until the next token call is due */
    STATE_CALLING  /* a token call is in flight; we have the lock */
};

struct auth {
    struct auth_setup setup;
    enum state state;
    struct secret_file file; /* of the refresh token */

    char *token;   /* NULL: none yet */
    char *earlier; /* the one before it; NULL: none */
    unsigned number;
    int64_t expires;
    bool accepted;     /* the service accepted it for a call */
    bool passed;       /* it accepted this token or an earlier one */
    bool refused;      /* the service has refused it since */
    bool renewed;      /* because the service refused the one before */
    unsigned refusals; /* since it was last accepted */

    int64_t due;       /* when to request the next one */
    bool is_locked;    /* another process has the lock */
    unsigned failures; /* of token calls since the last token */

    struct token_watch watch; /* with STATE_SOURCE */

    char *secret;  /* the client secret, read again; NULL: that of setup */
    char *refresh; /* the refresh token of the call in flight */
    int lock;      /* -1: not ours */
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
    auth->file.variable = auth->setup.labels.refresh_token;
    auth->file.path = auth->setup.refresh_file;
    auth->file.allowed = auth->setup.refresh_trusted ? S_IRWXG | S_IRWXO : 0;
    auth->file.kind = ERROR_LOCAL;
}

struct auth *auth_new(const struct auth_setup *setup, struct error *error)
{
    struct auth *auth = calloc(1, sizeof(*auth));

    if (!auth) {
        error_memory(error);
        return NULL;
    }
    auth->setup = *setup;
    auth->lock = -1;
    auth->file.files = setup->files;
    auth->file.random = setup->random;
    if (!setup->access_token) {
        start_renewing(auth);
    } else if (start_fixed(auth)) {
        error_memory(error);
        auth_free(auth);
        return NULL;
    }
    return auth;
}

/* The token call has ended: wipes and unlocks what it needed. */
static void end_call(struct auth *auth)
{
    if (auth->state == STATE_CALLING)
        auth->state = STATE_RESTING;
    secret_file_free(auth->refresh);
    auth->refresh = NULL;
    secret_file_unlock(&auth->file, auth->lock);
    auth->lock = -1;
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
    auth->renewed = auth->refused;
    auth->accepted = false;
    auth->refused = false;
    auth->refusals = 0;
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
    return auth->is_locked ? auth->file.path : NULL;
}

void auth_token_accepted(struct auth *auth, unsigned number)
{
    if (number != auth->number)
        return;
    auth->accepted = auth->passed = true;
    auth->refusals = 0;
}

bool auth_is_in_doubt(const struct auth *auth)
{
    return auth->refusals >= MIN_DOUBTS;
}

/* A token that was good is renewed at its first refusal. If that did not help,
 * the refusals are those of single users until all are refused. */
static bool should_renew(const struct auth *auth, bool all, int64_t now)
{
    if (auth->state == STATE_FIXED)
        return false;
    if (now >= auth->expires)
        return true;
    return auth->accepted &&
           (!auth->renewed || (all && auth->refusals >= MAX_DOUBTS &&
                               auth->state != STATE_SOURCE));
}

static unsigned max_refusals(const struct auth *auth)
{
    if (auth->accepted)
        return MAX_REFUSALS;
    return auth->passed ? MAX_NEXT_REFUSALS : MAX_FIRST_REFUSALS;
}

bool auth_token_refused(struct auth *auth, unsigned number,
                        enum auth_refusal refusal, bool all, int64_t now)
{
    bool watches = auth->state == STATE_SOURCE;
    bool wait;

    if (number != auth->number || auth->refused)
        return true;
    if (refusal == AUTH_REFUSED_ONCE || auth->refusals < MIN_DOUBTS)
        auth->refusals++;
    wait = !should_renew(auth, all, now);
    if (wait) {
        if (!all || auth->refusals < max_refusals(auth))
            return true;
        /* Without a token that was good, nothing shows that there will be
         * another one. */
        if (!watches || !auth->passed)
            return false;
    }
    auth->refused = true;
    if (watches)
        token_watch_refused(&auth->watch, wait, now);
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
    bool was_refused = auth->refused;
    enum token_watch_result result;
    char *token;

    if (auth->state != STATE_SOURCE || auth_wait(auth, now) != 0)
        return TOKEN_WATCH_SAME;
    result = token_watch_look(&auth->watch, auth->token, &auth->refused,
                              auth->passed, now, &token, error);
    if (result == TOKEN_WATCH_NEW)
        take_token(auth, token);
    else
        auth->renewed |= was_refused && !auth->refused;
    return result;
}

void auth_secrets_replaced(struct auth *auth, int64_t now)
{
    if (auth->token)
        auth->number++;
    auth->refusals = 0;
    if (auth->state != STATE_SOURCE || !auth->refused)
        return;
    auth->refused = false;
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

/* Takes the lock if it is free, and only then reads the file: another process
 * may have replaced the token a moment ago. */
static int take_refresh_token(struct auth *auth, int64_t now,
                              struct error *error)
{
    if (secret_file_lock(&auth->file, &auth->lock, error))
        return -1;
    auth->is_locked = auth->lock < 0;
    if (auth->is_locked) {
        auth->due =
            now + MIN_LOCK_DELAY +
            random_up_to(auth->setup.random, MAX_LOCK_DELAY - MIN_LOCK_DELAY);
        return 0;
    }
    auth->refresh = secret_file_read(&auth->file, error);
    return auth->refresh ? 0 : -1;
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
                               .refresh_token = auth->refresh,
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
    const char *const secrets[] = {auth->refresh, refresh, auth->token,
                                   auth->earlier, client_secret(auth)};

    oauth_redact(reason, secrets, sizeof(secrets) / sizeof(secrets[0]));
}

/* Has somebody stored another token since ours was read? This happens without
 * the lock, for example, after a new sign-in. */
static bool is_replaced(const struct auth *auth)
{
    struct error ignored;
    char *current = secret_file_read(&auth->file, &ignored);
    bool replaced = current && strcmp(current, auth->refresh) != 0;

    secret_file_free(current);
    return replaced;
}

/* A token that somebody has stored since is newer than the granted one, and is
 * not replaced. */
static int save(const struct auth *auth, const char *refresh,
                struct error *error)
{
    struct error reason;

    if (!refresh || strcmp(refresh, auth->refresh) == 0 || is_replaced(auth))
        return 0;
    if (secret_file_replace(&auth->file, refresh, &reason) == 0)
        return 0;
    return error_set(error, ERROR_LOCAL,
                     "%s; the new refresh token was not saved. Correct this "
                     "and resume the run. If the old refresh token is then "
                     "rejected, sign in again",
                     reason.text);
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
        (void)snprintf(text, size, "%s%s", advices[i].advice, auth->file.path);
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
    return strcmp(refused, "invalid_grant") == 0 && is_replaced(auth);
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
    else if (save(auth, refresh, error) == 0)
        result = take_rest(auth, now, response, refresh, reason, error);
    secret_file_free(refresh);
    end_call(auth);
    return result;
}
