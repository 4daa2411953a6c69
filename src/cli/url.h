/*
 * Checks the base addresses of services and the addresses of proxies.
 *
 * The checks are strict: every other parser of URLs (RFC 3986) must find the
 * same host in an accepted address, because tokens are sent to it.
 */
#ifndef CLI_URL_H
#define CLI_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define URL_MAX       2000 /* bytes */
#define URL_HOST_SIZE 256  /* of a host, with its NUL */

/* Checks https://HOST[:PORT][/PATH], or the same with http if HOST is this
 * machine: localhost, [::1], or an address in 127.0.0.0/8 written in full. A
 * user name, a query, a fragment, and bytes that are not printable ASCII are
 * refused.
 *
 * Returns a copy for the caller to free, with its scheme in lowercase and
 * without '/' at its end. Returns NULL with ERROR_USAGE or, without memory,
 * ERROR_LOCAL. The text begins with name, which is that of the option or
 * variable, and contains no part of the address. */
char *url_parse(const char *name, const char *address, struct error *error);

/* Checks SCHEME://HOST[:PORT] with an optional '/' at the end. SCHEME is http,
 * https, or socks5h (the proxy resolves names). A user name and password are
 * refused, because every user of this machine can read the arguments of a
 * program. Returns 0, or -1 with ERROR_USAGE as above. */
int url_check_proxy(const char *name, const char *address, struct error *error);

/* Splits HOST[:PORT], of len bytes. The host is copied, an IPv6 address without
 * its brackets; without PORT, *port is left as it is. -1: it is invalid. */
int url_split_host(char host[URL_HOST_SIZE], unsigned *port, const char *text,
                   size_t len);

/* For an address that has passed one of the checks above: is its scheme http?
 * Is its HOST this machine? */
bool url_is_plain(const char *address);
bool url_is_local(const char *address);

#endif
