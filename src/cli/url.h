/*
 * The base address of a service, and that of a proxy, as people give them.
 *
 * Strict on purpose: what is accepted here must mean the same host to every
 * other parser of URLs (RFC 3986), since tokens are sent to it.
 */
#ifndef CLI_URL_H
#define CLI_URL_H

#include <stdbool.h>

#include "base/error.h"

#define ENDPOINT_MAX 2000 /* bytes */

/* Checks https://HOST[:PORT][/PATH], or the same with http where HOST is this
 * machine: localhost, [::1], or an address in 127.0.0.0/8 written in full.
 * Refused: a user name, a query, a fragment, and bytes that are not printable
 * ASCII. Answers a copy for the caller to free, its scheme in small letters
 * and without '/' at its end. NULL with ERROR_USAGE, whose text begins with
 * name (the option's or variable's) and repeats nothing of the address. */
char *url_parse(const char *name, const char *address, struct error *error);

/* Checks SCHEME://HOST[:PORT], SCHEME being http, https or socks5h (by which
 * the proxy resolves names). A '/' may follow. ERROR_USAGE as above; a user
 * name and password are refused, for every user of this machine can read the
 * arguments of a program. */
int url_check_proxy(const char *name, const char *address, struct error *error);

/* Of an address that passed one of the above: is its scheme http? Is its HOST
 * this machine? */
bool url_is_plain(const char *address);
bool url_is_local(const char *address);

#endif
