/*
 * The access token of a run, and how it is renewed.
 *
 * A run has one access token that cannot be renewed, or reads its access token
 * from a source that another program renews, or has a refresh token. With a
 * refresh token, access tokens are requested from the token endpoint, one call
 * at a time. If the response contains a new refresh token, it is saved before
 * anything else in the response is judged. Processes that share the file of the
 * refresh token take turns by a lock on FILE.lock. Each uses the token that
 * another one has saved.
 *
 * From another source, the token is read again if the source changes, and if
 * the service refuses the token. If the service refuses a token that was good,
 * and the source has no other one yet, calls wait for it, for AUTH_SOURCE_WAIT.
 *
 * A state machine without sockets: it fills in a request, and takes the
 * response. Times are milliseconds of a monotonic clock.
 *
 * Source: RFC 6749, sections 5 and 6; Microsoft identity platform, "Refresh the
 * access token".
 */
#ifndef NET_AUTH_H
#define NET_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file_system.h"
#include "base/http.h"
#include "base/random.h"
#include "net/oauth.h"
#include "net/token_watch.h"

struct auth;

/* Where the parts of the sign-in come from, for messages: a variable or a line
 * of the configuration file. */
struct auth_labels {
    const char *client_id;
    const char *client_secret;
    const char *refresh_token; /* the name of its file */
    const char *token_url;
};

/* The credentials; borrowed until auth_free(), except access_token, which is
 * copied. */
struct auth_setup {
    const struct file_system *files;
    const struct random *random;       /* for delays */
    const char *access_token;          /* NULL: use the refresh token; else the
                                          members below source are not used */
    const struct token_source *source; /* of the access token; NULL: it cannot
                                         be read again; copied */
    const char *client_id;
    const char *client_secret; /* NULL: a public client, which has none */
    struct token_source secret_source; /* reads it again, before each token
                                          call and if it is refused; read NULL:
                                          it cannot be */
    const char *scope;        /* of the access tokens; NULL: none is sent */
    const char *refresh_file; /* contains the refresh token; not a link */
    bool refresh_trusted;     /* whatever its mode is */
    struct auth_labels labels;
};

/* NULL: ERROR_LOCAL without memory. */
struct auth *auth_new(const struct auth_setup *setup, struct error *error);

/* Wipes and frees. NULL: does nothing. */
void auth_free(struct auth *auth);

/* Appends the headers of every token call, one "Name: value\n" each. -1 as
 * buffer_reserve(). */
int auth_build_headers(struct buffer *headers);

/* May a call be sent now? True if there is a token that has not expired and
 * that the service has not refused. */
bool auth_is_ready(const struct auth *auth, int64_t now);

/* The token for calls, and its number. The first token has number 1, and each
 * new one the next number. NULL and 0 if there is no token yet. */
const char *auth_token(const struct auth *auth);
unsigned auth_number(const struct auth *auth);

/* The token before this one, which calls in flight may carry; NULL: none. */
const char *auth_earlier_token(const struct auth *auth);

/* Milliseconds until auth_step() has something to do; 0: now; -1: nothing, or a
 * token call is in flight. */
int64_t auth_wait(const struct auth *auth, int64_t now);

/* Where the token is read from again; auth_read_source() then does what
 * auth_step() does for others. NULL: nowhere. */
const struct token_watch *auth_watch(const struct auth *auth);

/* Does nothing unless auth_wait() is 0. */
enum token_watch_result auth_read_source(struct auth *auth, int64_t now,
                                         struct error *error);

enum auth_step {
    AUTH_IDLE, /* nothing to send: not due yet, or another process has the
                  lock; see auth_wait() */
    AUTH_SEND, /* the request was filled in: send it */
    AUTH_FAIL  /* the run cannot continue: ERROR_LOCAL */
};

/* Does nothing unless auth_wait() is 0. request must be empty; its body then
 * contains secrets, so wipe it. From AUTH_SEND to auth_take_response() this
 * process has the lock on the file, so send at once. */
enum auth_step auth_step(struct auth *auth, int64_t now,
                         struct http_request *request, struct error *error);

enum auth_result {
    AUTH_GRANTED, /* there is a new token */
    AUTH_RETRY,   /* there is no new token; auth_step() repeats the call */
    AUTH_STOP     /* the run cannot continue */
};

/* Takes the response to the request; its body contains secrets, so wipe it.
 * AUTH_RETRY fills in reason. AUTH_STOP fills in error: ERROR_SIGN_IN if the
 * sign-in is refused, ERROR_LOCAL if there is no memory or the new refresh
 * token cannot be saved. Neither reason nor error contains a secret. */
enum auth_result auth_take_response(struct auth *auth, int64_t now,
                                    const struct http_response *response,
                                    struct oauth_error *reason,
                                    struct error *error);

/* The file of the refresh token if another process has its lock, so that no
 * token can be requested now; else NULL. For messages. */
const char *auth_waits_for(const struct auth *auth);

/* The service accepted a call with the token of this number. */
void auth_token_accepted(struct auth *auth, unsigned number);

/* A call with the token of this number was throttled, and not refused. */
void auth_call_throttled(struct auth *auth, unsigned number);

/* Were several calls refused since one was accepted with the present token? */
bool auth_is_in_doubt(const struct auth *auth);

/* Calls have other secrets besides the token from now on: earlier refusals
 * prove nothing, and calls do not wait for another token. It gets the next
 * number. */
void auth_secrets_replaced(struct auth *auth, int64_t now);

enum auth_refusal {
    AUTH_REFUSED_ONCE, /* of a user who was not refused just before, or of the
                          only one that is known */
    AUTH_REFUSED_AGAIN /* of the same user: makes the token doubtful at most */
};

/* The service refused a call with the token of this number. One user, one
 * tenant or one node may refuse a token that is good for all others. all:
 * probes were refused as well, since a call was accepted or throttled.
 *
 * True: send the call again as soon as auth_is_ready(), unless it was refused
 * too often while others pass; a token that was good before is renewed once.
 * False: so many calls were refused that the token itself is, and no other one
 * can be requested. */
bool auth_token_refused(struct auth *auth, unsigned number,
                        enum auth_refusal refusal, bool all, int64_t now);

#endif
