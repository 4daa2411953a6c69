/*
 * The server of a target and the route to it: its address, the proxy, and the
 * file of CA certificates.
 */
#ifndef NET_CURL_PEER_H
#define NET_CURL_PEER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "net/transport.h"

struct curl_peer {
    CURLU *address;     /* parsed once for all calls */
    const char *prefix; /* the path of the address, which is put before the
                           path of each request; "": none */
    bool tls;
    int64_t date;    /* the last Date that was read: seconds since 1970 */
    int64_t date_at; /* when, by the steady clock in seconds; 0: never */
};

/* Parses a URL, which is borrowed. -1 with ERROR_USAGE; curl_peer_clear() is
 * needed then, too. */
int curl_peer_init(struct curl_peer *peer, const char *url,
                   struct error *error);
void curl_peer_clear(struct curl_peer *peer);

/* Does a connection to this URL use TLS? */
bool curl_peer_is_https(const char *url);

/* Finds the file of CA certificates: cacert if it is not NULL, else the file in
 * SSL_CERT_FILE, else the one that libcurl was built with. The result belongs
 * to the argument, the environment or libcurl. NULL with ERROR_USAGE if the
 * file cannot be read or has no certificate. */
const char *curl_peer_find_cacert(const char *cacert, struct error *error);

/* Can libcurl do what the setup requires of a proxy? ERROR_USAGE. */
int curl_peer_check_proxy(const struct transport_setup *setup,
                          struct error *error);

/* Sets how a handle connects to the peer: directly, or through the setup's
 * proxy. cacert: see above; used only if the peer or the proxy needs it. -1 if
 * libcurl refuses. */
int curl_peer_set_route(const struct curl_peer *peer, CURL *easy,
                        const struct transport_setup *setup,
                        const char *cacert);

/* Replaces the user of the proxy, USER:PASSWORD, for the next calls of the
 * handle. -1 if libcurl refuses. */
int curl_peer_set_proxy_user(CURL *easy, const char *user);

#endif
