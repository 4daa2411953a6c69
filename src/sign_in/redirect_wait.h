/*
 * Waits for the redirect of a sign-in in a browser: on a port of this machine,
 * or as an address that the user pastes on standard input.
 */
#ifndef SIGN_IN_REDIRECT_WAIT_H
#define SIGN_IN_REDIRECT_WAIT_H

#include <stdio.h>

#include "net/redirect.h"
#include "net/redirect_listener.h"
#include "sign_in/single_call.h"

struct redirect_wait {
    struct single_calls *calls;
    struct redirect_listener *listener; /* NULL: only pasted addresses */
    const char *state;                  /* of the sign-in */
    FILE *messages;
    int64_t until; /* milliseconds of the steady clock */
};

/* Waits for a redirect that belongs to the sign-in, and for its page to be
 * sent. 0: *redirect contains a code or an error; redirect_clear() is needed.
 * -1: ERROR_STOPPED after a signal or at the time-out, ERROR_SIGN_IN if
 * standard input ends and no other redirect can arrive, or ERROR_LOCAL. */
int redirect_wait_run(const struct redirect_wait *wait,
                      struct redirect *redirect, struct error *error);

#endif
