/*
 * The credentials of a run: secrets from the environment or from secret files.
 *
 * There are two ways to sign in: an access token, which expires after about an
 * hour, or a refresh token, with which access tokens are renewed for as long as
 * the run takes.
 */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include "base/error.h"
#include "cli/options.h"

#define CREDENTIALS_REFRESH_FILE "BAUSER_REFRESH_TOKEN_FILE"

struct credentials {
    char *developer_token;   /* NULL: the service needs none */
    char *application_token; /* NULL, like the next two: not given */
    char *user_name;
    char *password;
    char *access_token;  /* NULL: renewed with the members below, which are
                            otherwise all NULL */
    char *client_id;     /* of the application that has signed in */
    char *client_secret; /* NULL: a public client, which has none */
    char *refresh_file;  /* contains the refresh token; links are resolved */
    char *token_url;     /* address of the token endpoint */
};

/* Reads either BAUSER_ACCESS_TOKEN, or BAUSER_CLIENT_ID, BAUSER_CLIENT_SECRET
 * (optional), BAUSER_REFRESH_TOKEN_FILE and BAUSER_TOKEN_URL. Without
 * BAUSER_TOKEN_URL (see url.h), the token endpoint follows from --environment
 * and --tenant.
 *
 * Also reads what else the service accepts: BAUSER_DEVELOPER_TOKEN if it needs
 * one; for a legacy sign-in BAUSER_APPLICATION_TOKEN, BAUSER_USERNAME and
 * BAUSER_PASSWORD, all optional, the last two both or neither.
 *
 * Each variable except BAUSER_REFRESH_TOKEN_FILE and BAUSER_TOKEN_URL can be
 * replaced by a secret file, which the same variable with _FILE appended names.
 * An empty variable counts as not set.
 *
 * A developer token that the service does not need is ignored, because services
 * share an environment. The legacy sign-in of another service is refused,
 * because whoever set it expects it to be used.
 *
 * Returns -1 with ERROR_USAGE, naming the variable and never the value,
 *
 * - if a secret is missing, empty, given both ways or contains an invalid byte,
 * - if its file is not secret (see secret_file.h),
 * - if both ways to sign in are given, or a part of one,
 * - if the service does not accept it.
 *
 * Links to secret files are followed with --follow-links, and in
 * $CREDENTIALS_DIRECTORY, where systemd puts the secrets of a service. There
 * the group's read bit may be set, too: an access list that admits only the
 * service's user shows as this bit.
 *
 * The refresh token stays in its file, which must be replaceable: outside
 * $CREDENTIALS_DIRECTORY, in a writable directory, with a lock that can be
 * taken.
 *
 * After success, call credentials_clear(). */
int credentials_read(struct credentials *credentials,
                     const struct options *options, struct error *error);

/* Wipes and frees. */
void credentials_clear(struct credentials *credentials);

#endif
