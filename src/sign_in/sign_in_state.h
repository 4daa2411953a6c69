/*
 * The state of a sign-in, which sign_in.c, sign_in_browser.c and
 * sign_in_device.c share. Functions return 0 or -1, with an error as
 * sign_in_run().
 */
#ifndef SIGN_IN_SIGN_IN_STATE_H
#define SIGN_IN_SIGN_IN_STATE_H

#include <stdio.h>

#include "cli/credentials.h"
#include "cli/options.h"
#include "net/oauth.h"
#include "sign_in/single_call.h"

/* All but the last three members are borrowed. */
struct sign_in {
    const struct platform *platform;
    const struct options *options;
    const struct credentials *credentials;
    const volatile sig_atomic_t *stop;
    FILE *messages;
    struct single_calls calls; /* to the token endpoint */
    char *access_token;        /* secrets; NULL: not there yet */
    char *refresh_token;
};

/* Get the tokens, in a browser or on another device. */
int sign_in_by_browser(struct sign_in *sign_in, struct error *error);
int sign_in_by_device(struct sign_in *sign_in, struct error *error);

/* Takes the response to a form that was sent with these secrets. -1: if the
 * reason has a name, there are no tokens yet, and the error is not set; see
 * sign_in_refuse(). Else the error is. */
int sign_in_take_tokens(struct sign_in *sign_in,
                        const struct http_response *response,
                        const char *const *secrets, size_t count,
                        struct oauth_error *reason, struct error *error);

/* Sets the error for that reason. Returns -1. */
int sign_in_refuse(const struct sign_in *sign_in,
                   const struct oauth_error *reason, struct error *error);

#endif
