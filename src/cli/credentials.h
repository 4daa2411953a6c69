/*
 * The credentials of a run: secrets from the environment, from secret files or
 * from commands.
 *
 * There are two ways to sign in: an access token, which expires after about an
 * hour, or a refresh token, which renews access tokens for as long as the run
 * takes.
 */
#ifndef CLI_CREDENTIALS_H
#define CLI_CREDENTIALS_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "cli/secret_reader.h"
#include "service/service.h"

/* Secrets besides the access token that another program may replace in their
 * files. The first ones are part of calls to the service. The last two are
 * needed for connections only. */
enum credentials_secret {
    CREDENTIALS_DEVELOPER_TOKEN,
    CREDENTIALS_APPLICATION_TOKEN,
    CREDENTIALS_USER_NAME,
    CREDENTIALS_PASSWORD,
    CREDENTIALS_CLIENT_SECRET = SERVICE_SECRETS,
    CREDENTIALS_PROXY_USER,
    CREDENTIALS_BUDGET_PASSWORD,
    CREDENTIALS_SECRETS
};

/* Parts of the sign-in with a refresh token. */
enum credentials_part {
    CREDENTIALS_PART_ID,
    CREDENTIALS_PART_SECRET,
    CREDENTIALS_PART_REFRESH,
    CREDENTIALS_PART_URL,
    CREDENTIALS_PARTS
};

/* Owns its strings. */
struct credentials {
    char *developer_token;   /* NULL: the service needs none */
    char *application_token; /* this and the next two: NULL if not given */
    char *user_name;
    char *password;
    char *access_token; /* NULL: it is requested with the members below, which
                           are otherwise NULL */
    struct secret_reader
        *access_reader; /* reads it again; NULL: it cannot be */
    struct secret_reader *readers[CREDENTIALS_SECRETS]; /* the same of other
                                                           secrets */
    char *client_id;      /* of the application that the token was issued to */
    char *client_secret;  /* NULL: a public client, which has none */
    char *refresh_file;   /* contains the refresh token; links are resolved */
    bool refresh_trusted; /* whatever its mode is */
    char *labels[CREDENTIALS_PARTS]; /* see credentials_label() */
    char *token_url;                 /* address of the token endpoint */
    char *sign_in_url; /* with --sign-in: the address that the browser opens,
                          or that returns a device code */
    char *proxy_user;  /* USER:PASSWORD; NULL: --proxy-user-file is not given
                        */
    char *budget_password; /* of --budget; NULL: none */
};

/* All are borrowed. */
struct credentials_setup {
    const struct options *options; /* with their settings */
    const struct file_system *files;
    const struct clock *clock;
    secret_command_fn *command;
};

/* Reads either BAUSER_ACCESS_TOKEN, or BAUSER_CLIENT_ID, BAUSER_CLIENT_SECRET
 * (optional), BAUSER_REFRESH_TOKEN_FILE and BAUSER_TOKEN_URL (optional).
 * Without BAUSER_TOKEN_URL (see url.h), --identity-provider and --tenant
 * determine the token endpoint; it is required if --endpoint is on this
 * machine.
 *
 * Without BAUSER_REFRESH_TOKEN_FILE, the file of sign_in_default_file() is used
 * if it exists. With --sign-in the file need not exist, the directory of the
 * default is made, and no access token may be given.
 *
 * Also reads BAUSER_DEVELOPER_TOKEN if the service needs it (with --sign-in, it
 * may be missing); and for a service with a legacy sign-in
 * BAUSER_APPLICATION_TOKEN, BAUSER_USERNAME and BAUSER_PASSWORD, all optional,
 * the last two both or neither.
 *
 * Each variable except BAUSER_REFRESH_TOKEN_FILE and BAUSER_TOKEN_URL can be
 * replaced by a secret file: the variable with _FILE appended contains its
 * path; or, with _COMMAND appended, by a command that prints the secret. An
 * empty variable counts as not set. The same names in the configuration file
 * count if no form of the variable is set; see settings.h. One way to sign in
 * replaces the other one of a source with lower precedence.
 *
 * Also reads --proxy-user-file, which must contain USER:PASSWORD; and with
 * --budget BAUSER_BUDGET_PASSWORD, which is optional without a user name.
 *
 * A developer token that the service does not need is ignored, because services
 * share an environment. A legacy sign-in that the service does not accept is
 * refused, because the user expects it to be used.
 *
 * Returns -1 with ERROR_USAGE, naming the variable and never the value,
 *
 * - if a secret is missing, empty, invalid, or given by variable and file,
 * - if secret_file_read() refuses its file,
 * - if both ways to sign in are given, or only a part of one,
 * - if the service does not accept it;
 *
 * or with ERROR_LOCAL without memory.
 *
 * Links to secret files are followed with --follow-links, and in two
 * directories: in $CREDENTIALS_DIRECTORY, where systemd puts the secrets of a
 * service, others may be allowed to read them, too: an access list that admits
 * only the service's user shows as the group's read bit. In the directory of
 * --trust-secret-modes, every mode is accepted.
 *
 * The refresh token stays in its file, which must be replaceable: outside
 * $CREDENTIALS_DIRECTORY, in a writable directory, with a lock that can be
 * taken.
 *
 * After success, call credentials_clear(). */
int credentials_read(struct credentials *credentials,
                     const struct credentials_setup *setup,
                     struct error *error);

/* Where this part comes from, for messages: a variable or a line of the
 * configuration file. If it is not given, the variable that could give it. */
const char *credentials_label(const struct credentials *credentials,
                              enum credentials_part part);

/* Wipes and frees the strings. */
void credentials_clear(struct credentials *credentials);

#endif
