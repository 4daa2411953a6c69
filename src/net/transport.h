/*
 * A bounded number of HTTP/1.1 calls at once, over kept connections: to the
 * service, and one at a time to the token endpoint, which has a slot of its own
 * so that it never waits for one.
 *
 * Each call has a slot, which keeps its handle and its buffers. Nothing is
 * retried and no redirect is followed here; a request marked `once` is never
 * put on the wire a second time. TLS is always verified. Proxy variables,
 * .netrc and SSLKEYLOGFILE have no effect; with --proxy each connection is a
 * tunnel through it (CONNECT), with no header of ours on the way there.
 *
 * --timeout and --connect-timeout count the time that the other side takes:
 * where this program was stopped or busy, calls in flight get that time back.
 */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include <poll.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/http.h"
#include "cli/options.h"

/* Descriptors that transport_wait() takes. */
#define TRANSPORT_MAX_FDS 8

struct transport;

/* One call. The caller fills in request (but its target, which is the slot's)
 * and owner; response is there when transport_next() hands the transfer back.
 */
struct transfer {
    struct http_request request;
    struct http_response response;
    void *owner;
};

/* token_url: NULL where there are no calls for tokens. options and token_url
 * are borrowed. ERROR_USAGE where the file of CA certificates can't be read or
 * has none. */
struct transport *transport_new(const struct options *options,
                                const char *token_url, struct error *error);

/* Calls in flight are cut off. */
void transport_free(struct transport *transport);

/* The headers of all calls to the target that are sent from now on, in place of
 * the earlier ones: one "Name: value\n" each; copied. Calls in flight keep
 * theirs, which are wiped when the last of them is back. */
int transport_set_headers(struct transport *transport, enum http_target target,
                          const char *headers, struct error *error);

/* A free slot for the service with a cleared request, or NULL: all are in use.
 * It must be sent or released. */
struct transfer *transport_take(struct transport *transport);

/* The slot for the token endpoint, likewise; it is beyond --concurrency. NULL:
 * it is in use, or there was no token_url. Bodies are wiped: the request's when
 * the call is back, the answer's when the slot sends again or is released. */
struct transfer *transport_take_token(struct transport *transport);

/* Sends; the request may not be touched until the transfer comes back. */
int transport_send(struct transport *transport, struct transfer *transfer,
                   struct error *error);

/* Gives the slot back; its request and response are void then. */
void transport_release(struct transport *transport, struct transfer *transfer);

/* Calls in flight, one for a token included: a run that ends before it is back
 * loses the refresh token that the answer may bring. */
unsigned transport_in_flight(const struct transport *transport);

/* Waits until a connection can go on, one of count descriptors is ready, or so
 * many milliseconds are over (at most a second; -1: a second); then lets the
 * connections go on. Events are POLLIN and POLLOUT; an end or an error shows as
 * those. A descriptor of -1 is passed over. At most TRANSPORT_MAX_FDS. */
int transport_wait(struct transport *transport, struct pollfd *fds,
                   unsigned count, int milliseconds, struct error *error);

/* The next finished call, or NULL. Its request is cleared, to be filled in and
 * sent again, or the slot released; the response is valid until then. */
struct transfer *transport_next(struct transport *transport);

/* Cuts off a call in flight and hands its transfer back as transport_next()
 * does: a failure whose `sent` is true where the request may have arrived.
 * NULL: there is none, one for a token included. */
struct transfer *transport_cut(struct transport *transport);

/* The name and version of the library, for --version. */
const char *transport_version(void);

#endif
