/*
 * The URL of a shared budget (--budget): redis://[USER@]HOST[:PORT]/KEY.
 */
#ifndef CLI_BUDGET_URL_H
#define CLI_BUDGET_URL_H

#include "base/error.h"
#include "cli/url.h"

#define BUDGET_URL_PORT 6379
#define BUDGET_URL_NAME 200 /* bytes of a user name or key */

struct budget_url {
    char host[URL_HOST_SIZE]; /* an IPv6 address has no brackets */
    unsigned port;
    char user[BUDGET_URL_NAME + 1]; /* "": the default user of Redis */
    char key[BUDGET_URL_NAME + 1];
};

/* Returns -1 with ERROR_USAGE. The text contains no part of the address, which
 * may contain a password by mistake. */
int budget_url_parse(struct budget_url *url, const char *address,
                     struct error *error);

#endif
