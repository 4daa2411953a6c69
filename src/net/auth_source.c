#include <string.h>

#include "net/auth_state.h"

/* In milliseconds. */
#define LOOK_DELAY     2000 /* between two looks at a source */
#define READ_DELAY     1000 /* from one reading to the next, if calls wait */
#define MAX_READ_DELAY 8000 /* of a command */

bool auth_has_source(const struct auth *auth)
{
    return auth->state == STATE_SOURCE;
}

int64_t auth_source_deadline(const struct auth *auth)
{
    return auth->deadline;
}

const char *auth_waits_for_source(const struct auth *auth)
{
    return auth->deadline > 0 ? auth->source.label : NULL;
}

void auth_wait_for_source(struct auth *auth, int64_t now)
{
    if (auth->deadline == 0)
        auth->deadline = now + AUTH_SOURCE_WAIT;
    auth->delay = READ_DELAY;
}

static void look_later(struct auth *auth, int64_t now)
{
    auth->due = auth->source.has_changed ? now + LOOK_DELAY : INT64_MAX;
}

/* The source has no other token. A file may have just been removed, or be
 * incomplete: then calls wait, too. */
static enum auth_reading judge_same(struct auth *auth, int64_t now, bool failed,
                                    const struct error *reason,
                                    struct error *error)
{
    if (auth->refused && failed && auth->passed && auth->deadline == 0)
        auth_wait_for_source(auth, now);
    if (auth->deadline == 0) {
        auth->renewed |= auth->refused;
        auth->refused = false;
        look_later(auth, now);
        return AUTH_SAME;
    }
    if (now >= auth->deadline) {
        error_set(error, ERROR_SIGN_IN,
                  "the service rejects the access token, and %s had no other "
                  "one for %d s%s%s; store a new access token there",
                  auth->source.label, AUTH_SOURCE_WAIT / 1000,
                  failed ? ": " : "", failed ? reason->text : "");
        return AUTH_LOST;
    }
    auth->due = now + auth->delay;
    if (!auth->source.has_changed && auth->delay < MAX_READ_DELAY)
        auth->delay *= 2;
    return AUTH_SAME;
}

enum auth_reading auth_read_source(struct auth *auth, int64_t now,
                                   struct error *error)
{
    struct error reason;
    char *token;

    if (!auth_has_source(auth) || auth_wait(auth, now) != 0)
        return AUTH_SAME;
    if (!auth->refused && !auth->source.has_changed(auth->source.context)) {
        look_later(auth, now);
        return AUTH_SAME;
    }
    token = auth->source.read(auth->source.context, &reason);
    if (token && strcmp(token, auth->token) != 0) {
        auth_take_token(auth, token);
        auth->deadline = 0;
        look_later(auth, now);
        return AUTH_READ;
    }
    secret_file_free(token);
    return judge_same(auth, now, !token, &reason, error);
}
