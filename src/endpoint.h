/*
 * The base address of a service, as people give it.
 *
 * Strict on purpose: what is accepted here must mean the same host to every
 * other parser of URLs (RFC 3986), since tokens are sent to it.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include "error.h"

#define ENDPOINT_MAX 2000 /* bytes */

/* Checks https://HOST[:PORT][/PATH], or the same with http where HOST is this
 * machine: localhost, [::1], or an address in 127.0.0.0/8 written in full.
 * Refused: a user name, a query, a fragment, and bytes that are not printable
 * ASCII. Answers a copy for the caller to free, its scheme in small letters
 * and without '/' at its end. NULL with ERROR_USAGE, whose text begins with
 * name (the option's or variable's) and repeats nothing of the address. */
char *endpoint_parse(const char *name, const char *address,
                     struct error *error);

#endif
