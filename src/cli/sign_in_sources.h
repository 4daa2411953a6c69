/*
 * Where the credentials of a sign-in come from, and which way to sign in they
 * make: an access token, or a client id with the file of a refresh token.
 */
#ifndef CLI_SIGN_IN_SOURCES_H
#define CLI_SIGN_IN_SOURCES_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "cli/secret_source.h"

#define SIGN_IN_CLIENT_ID     "BAUSER_CLIENT_ID"
#define SIGN_IN_CLIENT_SECRET "BAUSER_CLIENT_SECRET"
#define SIGN_IN_REFRESH_FILE  "BAUSER_REFRESH_TOKEN_FILE"
#define SIGN_IN_TOKEN_URL     "BAUSER_TOKEN_URL"

/* Sources of one way are not given if the other way replaces it. The texts
 * belong to the settings, except for the default. */
struct sign_in_sources {
    struct secret_source access;
    struct secret_source id, secret, refresh; /* the other way */
    struct secret_source url;                 /* of the token endpoint */
    const char *refresh_file; /* NULL: none is given, and there is no default */
    char *standard;           /* owned; the default name, if it was needed */
};

/* Finds the sources; reads none of them. With --sign-in, makes the directory of
 * the default file. As credentials_read(): ERROR_USAGE if both ways are given
 * or only a part of one, if a refresh token is given that is not in a file, or
 * if the one of a rehearsal would be sent to the real token endpoint;
 * ERROR_LOCAL without memory. Call sign_in_sources_clear() in any case. */
int sign_in_sources_find(struct sign_in_sources *sources,
                         const struct options *options,
                         const struct file_system *files, struct error *error);

void sign_in_sources_clear(struct sign_in_sources *sources);

/* Where the name of the refresh token's file comes from, for messages. */
const char *sign_in_sources_refresh_label(
    const struct sign_in_sources *sources);

#endif
