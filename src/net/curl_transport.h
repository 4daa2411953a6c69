/*
 * The network of this machine: a transport over libcurl, HTTP/1.1 over
 * keep-alive connections.
 *
 * TLS is always verified. Proxy variables, .netrc and SSLKEYLOGFILE have no
 * effect. With a proxy each connection is a tunnel through it (CONNECT), and
 * the proxy gets no header of ours.
 *
 * Timeouts count the time that the other side takes: if this program was
 * stopped or busy, calls in flight get that time back.
 */
#ifndef NET_CURL_TRANSPORT_H
#define NET_CURL_TRANSPORT_H

#include "net/transport.h"

extern const struct network network_curl;

/* ERROR_USAGE if an address cannot be parsed, the file of CA certificates
 * cannot be read or has none, or the limit on open files is too low for the
 * concurrency. ERROR_LOCAL. */
struct transport *curl_transport_new(const struct transport_setup *setup,
                                     struct error *error);

/* The name and version of the library, for --version. */
const char *curl_transport_version(void);

#endif
