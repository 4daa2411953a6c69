/*
 * --sign-in: the first sign-in of a user, in a browser or on another device. It
 * stores the refresh token with which runs sign in.
 */
#ifndef SIGN_IN_SIGN_IN_H
#define SIGN_IN_SIGN_IN_H

#include <signal.h>
#include <stdio.h>

#include "base/error.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "setup/platform.h"

/* Minutes that a browser may take. Source: none; a first sign-in may include
 * the registration for multi-factor authentication. */
#define SIGN_IN_MINUTES 10

/* Signs in, stores the refresh token, and prints what whoami_show() prints to
 * out. What the user must do is printed to messages. Standard input may be read
 * for the address of the redirect. random must be unpredictable.
 *
 * -1: nothing was stored, unless the error says so. ERROR_USAGE; ERROR_SIGN_IN
 * if the sign-in was denied, refused, or lacks the scope; ERROR_STOPPED after a
 * signal, a time-out, or temporary failures; ERROR_LOCAL. */
int sign_in_run(const struct platform *platform, const struct options *options,
                const struct credentials *credentials,
                const volatile sig_atomic_t *stop, FILE *out, FILE *messages,
                struct error *error);

#endif
