/*
 * The access token of the run, and how it is renewed.
 *
 * With BAUSER_ACCESS_TOKEN there is one token and no way to another. With a
 * refresh token, access tokens are asked for at the token endpoint, one call at
 * a time; a refresh token that the answer brings is saved before the access
 * token beside it is used. Processes that share the file of the refresh token
 * take turns by a lock on FILE.lock and take up what another one has saved.
 *
 * A state machine without sockets: it fills in a request, and is handed the
 * answer. The clock is passed in: milliseconds of a steady clock.
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
#include "base/http.h"
#include "cli/credentials.h"
#include "cli/options.h"

struct auth;
struct api_error;

/* options and credentials are borrowed, but the secrets that change are
 * copied. ERROR_USAGE, ERROR_LOCAL. */
struct auth *auth_new(const struct options *options,
                      const struct credentials *credentials,
                      struct error *error);

/* Wipes and frees. */
void auth_free(struct auth *auth);

/* The token endpoint's address; NULL where none is needed. */
const char *auth_url(const struct auth *auth);

/* Appends the headers of every token call, one "Name: value\n" each. -1 as
 * buffer_reserve(). */
int auth_build_headers(struct buffer *headers);

/* May a call leave now? There is a token, it has not run out, and the service
 * has not refused it. */
bool auth_is_ready(const struct auth *auth, int64_t now);

/* The token for calls, and its number, from 1: each new one counts one up. NULL
 * and 0 where there is none yet. */
const char *auth_token(const struct auth *auth);
unsigned auth_number(const struct auth *auth);

/* Is there something for auth_step() to do? Milliseconds until then, 0: now,
 * -1: nothing, or a token call is in flight. */
int64_t auth_wait(const struct auth *auth, int64_t now);

enum auth_step {
    AUTH_IDLE, /* nothing to be sent: not due yet, or another process has the
                  lock; see auth_wait() */
    AUTH_SEND, /* the request was filled in: send it, as soon as the pace lets
                  it */
    AUTH_FAIL  /* the run can't go on: the error */
};

/* Acts where auth_wait() is 0. request must be cleared; its body holds
 * secrets: wipe it. The lock on FILE is held from AUTH_SEND to auth_answer(),
 * so the call should leave soon. ERROR_LOCAL. */
enum auth_step auth_step(struct auth *auth, int64_t now,
                         struct http_request *request, struct error *error);

/* Takes the answer to the request; so does its body hold secrets. AUTH_IDLE:
 * there is a new token, and the fault has no name; or the fault says why the
 * call is to be made again (API_ERROR_RETRY, API_ERROR_THROTTLE), and
 * auth_wait() when. Only a proper error of the token endpoint's refuses the
 * sign-in; other answers say nothing of it, whatever their status. AUTH_FAIL:
 * ERROR_SIGN_IN where the sign-in is refused, ERROR_LOCAL where there is no
 * memory or the new refresh token can't be saved. No secret is in fault or
 * error. */
enum auth_step auth_answer(struct auth *auth, int64_t now,
                           const struct http_response *response,
                           struct api_error *api_error, struct error *error);

/* The file of the refresh token whose lock another process holds, so that no
 * token can be asked for at present; NULL: none. For messages. */
const char *auth_waits_for(const struct auth *auth);

/* The service took the token of this number. */
void auth_worked(struct auth *auth, unsigned number);

/* The service has refused a call with the token of this number. True: send the
 * call again as soon as auth_is_ready(): there is a newer token, or one is
 * asked for now. False: there is no way to another one, or the service refuses
 * a token that is fresh (no call has worked with it): the sign-in is refused.
 *
 * It does not count how often: a call that is refused again with a newer token,
 * while others work, is the caller's to end. */
bool auth_refused(struct auth *auth, unsigned number, int64_t now);

#endif
