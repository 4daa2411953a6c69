/*
 * The secrets that sign a call in, from the environment or from files.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "error.h"

#define CREDENTIALS_MAX 65536 /* bytes of a secret's file */

struct credentials {
    char *access_token;
    char *developer_token;
};

/* Reads BAUSER_ACCESS_TOKEN and BAUSER_DEVELOPER_TOKEN, or the files named by
 * the same variables with _FILE behind them; one line end at a file's end is
 * dropped. A variable that is empty counts as not set.
 *
 * ERROR_USAGE, naming the variable and never the value, where a secret is
 * missing, empty, given both ways, has a byte that no token has (spaces, line
 * ends, anything that is not printable ASCII), or its file is a link, no
 * regular file, larger than CREDENTIALS_MAX, or readable by anyone but its
 * owner. A link is followed for a file in $CREDENTIALS_DIRECTORY, where systemd
 * puts a service's secrets; there the group's read bit may be set as well, for
 * that is how an access list that lets in only the service's user shows.
 *
 * credentials_clear() is due after success only. */
int credentials_read(struct credentials *credentials, struct error *error);

/* Wipes and frees. */
void credentials_clear(struct credentials *credentials);

#endif
