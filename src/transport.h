/*
 * A bounded number of HTTP/1.1 calls at once, over kept connections.
 *
 * Each call has a slot, which keeps its handle and its buffers. Nothing is
 * retried and no redirect is followed here; a request marked `once` is never
 * put on the wire a second time. TLS is always verified. Proxy variables,
 * .netrc and SSLKEYLOGFILE have no effect.
 */
#ifndef TRANSPORT_H
#define TRANSPORT_H

#include <stdbool.h>

#include "error.h"
#include "http.h"
#include "options.h"

struct transport;

/* One call. The caller fills in request and owner; response is there when
 * transport_next() hands the transfer back. */
struct transfer {
    struct http_request request;
    struct http_response response;
    void *owner;
};

/* headers: those of every call, one "Name: value\n" each; copied. ERROR_USAGE
 * where the CA file can't be read. */
struct transport *transport_new(const struct options *options,
                                const char *headers, struct error *error);

/* Calls in flight are cut off. */
void transport_free(struct transport *transport);

/* A free slot with a cleared request, or NULL: all are in use. It must be sent
 * or released. */
struct transfer *transport_take(struct transport *transport);

/* Sends; the request may not be touched until the transfer comes back. */
int transport_send(struct transport *transport, struct transfer *transfer,
                   struct error *error);

/* Gives the slot back; its request and response are void then. */
void transport_release(struct transport *transport, struct transfer *transfer);

/* Calls in flight. */
unsigned transport_in_flight(const struct transport *transport);

/* Waits until a connection can go on, fd (-1: none) can be read, or so many
 * milliseconds are over (-1: no end); then lets the connections go on. Answers
 * 1 where fd can be read, else 0; -1: error. */
int transport_wait(struct transport *transport, int fd, int milliseconds,
                   struct error *error);

/* The next finished call, or NULL. Its request is cleared, to be filled in and
 * sent again, or the slot released; the response is valid until then. */
struct transfer *transport_next(struct transport *transport);

/* Cuts off a call in flight and hands its transfer back, without a response;
 * NULL: there is none. */
struct transfer *transport_cut(struct transport *transport);

/* The name and version of the library, for --version. */
const char *transport_version(void);

#endif
