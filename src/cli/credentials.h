/*
 * What signs a call in: secrets from the environment or from files.
 *
 * There are two ways: an access token, which ends after an hour or so, or a
 * refresh token, with which access tokens are asked for as long as the run
 * takes.
 */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include "base/error.h"
#include "cli/options.h"

#define CREDENTIALS_REFRESH_FILE "BAUSER_REFRESH_TOKEN_FILE"

struct credentials {
    char *developer_token;   /* NULL: the service needs none */
    char *application_token; /* NULL, as the next two: not given */
    char *user_name;
    char *password;
    char *access_token; /* NULL: the other way, which is all below */
    char *client_id;
    char *client_secret; /* NULL: a public client, which has none */
    char *refresh_file;  /* holds the refresh token; links are resolved */
    char *token_url;     /* NULL: the environment's own */
};

/* Reads either BAUSER_ACCESS_TOKEN or BAUSER_CLIENT_ID, BAUSER_CLIENT_SECRET
 * (optional), BAUSER_REFRESH_TOKEN_FILE and BAUSER_TOKEN_URL (optional, see
 * endpoint.h); and what else the service takes: BAUSER_DEVELOPER_TOKEN, where
 * it needs one, and for a legacy sign-in BAUSER_APPLICATION_TOKEN,
 * BAUSER_USERNAME and BAUSER_PASSWORD (optional, the last two both or neither).
 * Each but BAUSER_REFRESH_TOKEN_FILE and BAUSER_TOKEN_URL may stand in a file
 * instead, named by the same variable with _FILE behind it. A variable that is
 * empty counts as not set.
 *
 * A developer token that the service does not need is not looked at, for
 * services share an environment; the legacy sign-in of another service is
 * refused, for whoever set it means it to be used.
 *
 * ERROR_USAGE, naming the variable and never the value, where a secret is
 * missing, empty, given both ways, has a byte that it can't have, or its file
 * is not private (see private.h); where both ways to sign in are set, or one by
 * half; where the service does not take it. A link is followed with
 * --follow-links, and for a file in $CREDENTIALS_DIRECTORY, where systemd puts
 * a service's secrets; there the group's read bit may be set as well, for that
 * is how an access list that lets in only the service's user shows.
 *
 * The refresh token stays in its file, which must be one that can be replaced:
 * not in $CREDENTIALS_DIRECTORY, its folder writable, its lock to be had.
 *
 * credentials_clear() is due after success only. */
int credentials_read(struct credentials *credentials,
                     const struct options *options, struct error *error);

/* Wipes and frees. */
void credentials_clear(struct credentials *credentials);

#endif
