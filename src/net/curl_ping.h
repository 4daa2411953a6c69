/*
 * A ping: one GET request that only reports that something has happened.
 */
#ifndef NET_CURL_PING_H
#define NET_CURL_PING_H

#include "base/error.h"

struct ping {
    const char *url;    /* checked: https, or http on this machine */
    const char *path;   /* is added to the URL's path: "", "/start", ... */
    const char *cacert; /* as in struct transport_setup; or NULL */
    const char *proxy;  /* likewise; no sign-in */
};

/* Sends it, within five seconds. -1 with ERROR_LOCAL if there is no response
 * with a status of 200 to 299; the text does not contain the URL, which whoever
 * knows it may use. */
int curl_ping_send(const struct ping *ping, struct error *error);

#endif
