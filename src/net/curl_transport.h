/*
 * The network of this machine: a transport over libcurl, HTTP/1.1 over
 * keep-alive connections.
 *
 * TLS is always verified. Proxy variables, .netrc and SSLKEYLOGFILE have no
 * effect. With a proxy each connection is a tunnel through it (CONNECT), and
 * the proxy gets no header of ours.
 *
 * A timeout counts only the time that the server and the network take. Time in
 * which this program was stopped or busy is added to the timeouts of the calls
 * in flight.
 */
#ifndef NET_CURL_TRANSPORT_H
#define NET_CURL_TRANSPORT_H

#include "net/transport.h"

extern const struct network network_curl;

/* NULL: ERROR_USAGE if an address cannot be parsed, the file of CA certificates
 * cannot be read or has none, or the limit on open files is too low for the
 * concurrency; else ERROR_LOCAL. Removes SSLKEYLOGFILE from the environment. */
struct transport *curl_transport_new(const struct transport_setup *setup,
                                     struct error *error);

/* The name and version of the library, for --version. */
const char *curl_transport_version(void);

#endif
