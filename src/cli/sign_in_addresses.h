/*
 * The addresses and the file of a sign-in: the token endpoint and its
 * neighbours, where the refresh token is stored, and where the browser is sent
 * at the end.
 */
#ifndef CLI_SIGN_IN_ADDRESSES_H
#define CLI_SIGN_IN_ADDRESSES_H

#include <stdbool.h>

#include "base/error.h"
#include "cli/options.h"

/* The configured address of the token endpoint; value NULL: none. */
struct sign_in_given {
    const char *value;
    const char *name; /* of the variable or the setting, for messages */
};

/* The scope of access tokens; NULL: none is sent (Google). And the scope of a
 * sign-in in a browser or on another device. */
const char *sign_in_token_scope(const struct options *options);
const char *sign_in_first_scope(const struct options *options);

/* Each returns an address or a path for the caller to free, or NULL with
 * ERROR_USAGE, or ERROR_LOCAL without memory. */

/* The token endpoint: the given one, or that of --identity-provider and
 * --tenant. It is the same in both environments, which differ in the scope.
 *
 * Source: Microsoft identity platform, "Refresh the access token"; Bing Ads
 * API, "Sandbox" and "Get tokens". */
char *sign_in_token_url(const struct options *options,
                        const struct sign_in_given *given, struct error *error);

/* The address that the browser opens, or with --device the one that returns a
 * device code. With a given token endpoint, it is beside that. */
char *sign_in_first_url(const struct options *options,
                        const struct sign_in_given *given, struct error *error);

/* The file of the refresh token if none is configured, below
 * $XDG_CONFIG_HOME or ~/.config. It is named after the resource that the token
 * is for, so that no environment replaces another's token. NULL without an
 * error (ERROR_NONE): there is no such place. Not to be used with a given token
 * endpoint: the token of a rehearsal must not replace a real one. */
char *sign_in_default_file(const struct options *options, struct error *error);

/* Makes the directories that lead to such a file, with mode 0700. ERROR_USAGE.
 */
int sign_in_make_directories(const char *path, struct error *error);

/* A redirect URI in its parts, which point into the text. */
struct sign_in_redirect {
    bool listens;     /* to this machine: the program can receive it */
    bool numeric;     /* its host is 127.0.0.1, else localhost */
    unsigned port;    /* 0: none is given */
    const char *path; /* "" or from '/' on */
};

/* Checks a redirect URI: https, or http to this machine. 0, or -1 with
 * ERROR_USAGE, whose text begins with name. */
int sign_in_parse_redirect(const char *name, const char *uri,
                           struct sign_in_redirect *redirect,
                           struct error *error);

#endif
