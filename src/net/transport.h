/*
 * The network as an interface, so that a whole run can be simulated: HTTP calls
 * to the service, a bounded number at a time, and to the token endpoint, one at
 * a time.
 *
 * Each call has a slot, which owns its buffers. The token endpoint has a slot
 * of its own, so that a token call never waits for a slot. A transport does not
 * retry and follows no redirect; a request marked `once` is never sent a second
 * time. The caller decides when a call is sent.
 */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/http.h"
#include "net/adaptive_limit.h"
#include "net/token_watch.h"

/* The maximum number of descriptors for transport_wait(). */
#define TRANSPORT_MAX_FDS 8

/* The settings of a transport. Its pointers are borrowed until
 * transport_free(). */
struct transport_setup {
    const struct clock *clock;
    const char *endpoint;   /* URL without '/' at its end; the paths of
                               requests are appended */
    const char *token_url;  /* NULL: there are no token calls */
    const char *proxy;      /* URL; NULL: none */
    const char *proxy_user; /* USER:PASSWORD; NULL: none */
    struct token_source proxy_source; /* reads it again, when the proxy rejects
                                         it; read NULL: it cannot be */
    bool proxy_negotiate;             /* sign in to the proxy by Kerberos */
    const char *cacert;          /* file of CA certificates (PEM); NULL: that of
                                    the environment or of the system */
    const char *tracking_header; /* response header with the tracking id; NULL:
                                    there is none */
    bool needs_date;             /* http_response.date is wanted */
    unsigned concurrency;        /* slots for the service, at least 1 */
    unsigned timeout;            /* seconds for a whole call */
    unsigned connect_timeout;    /* seconds to connect */
};

/* One call. The caller fills in request (except its target), owner and limited,
 * which the transport does not use. response
 * is valid after transport_next() or transport_abandon() has returned the
 * transfer. */
struct transfer {
    struct http_request request;
    struct http_response response;
    void *owner;
    struct limited_call limited;
};

struct transport;

struct transport_functions {
    /* Returns a free slot for the service with an empty request, or NULL if all
     * are in use. It must be sent or released. */
    struct transfer *(*take)(struct transport *transport);

    /* The same for the token endpoint. NULL: its slot is in use, or there is
     * no token_url. Bodies are wiped: the request's when the call has ended,
     * the response's when the slot sends again or is released. */
    struct transfer *(*take_token)(struct transport *transport);

    /* Starts the call. The request must not be used until transport_next() or
     * transport_abandon() returns the transfer. After -1 (ERROR_LOCAL) the slot
     * must be released. */
    int (*send)(struct transport *transport, struct transfer *transfer,
                struct error *error);

    /* Frees the slot; its request and response must not be used any more. */
    void (*release)(struct transport *transport, struct transfer *transfer);

    /* Replaces the headers of all calls to the target that are sent from now
     * on: one "Name: value\n" each; copied. Calls in flight keep the old
     * headers, which are wiped when the last of these calls has ended. */
    int (*set_headers)(struct transport *transport, enum http_target target,
                       const char *headers, struct error *error);

    /* Waits until a call makes progress, one of count descriptors is ready, or
     * so many milliseconds have passed (at most a second; -1: a second). Events
     * are POLLIN and POLLOUT; end of file and errors are reported as one of
     * them. A descriptor of -1 is ignored. ERROR_LOCAL. */
    int (*wait)(struct transport *transport, struct pollfd *fds, unsigned count,
                int milliseconds, struct error *error);

    /* Returns the next call that has ended, or NULL. Its request is cleared:
     * fill it in and send it again, or release the slot. The response is valid
     * until then. */
    struct transfer *(*next)(struct transport *transport);

    /* Ends a call in flight, a token call included, and returns its transfer
     * as next() does. The response is a failure whose `sent` is true if the
     * request may have arrived. NULL: no call is in flight. */
    struct transfer *(*abandon)(struct transport *transport);

    /* Ends all calls and frees the transport. */
    void (*free)(struct transport *transport);
};

/* An implementation embeds this struct. */
struct transport {
    const struct transport_functions *functions;
};

/* Opens transports. An implementation with a state of its own embeds this
 * struct. */
struct network {
    /* ERROR_USAGE if a value of the setup cannot be used. */
    struct transport *(*open)(const struct network *network,
                              const struct transport_setup *setup,
                              struct error *error);
};

/* The functions of a transport, by name; see struct transport_functions. */

static inline struct transfer *transport_take(struct transport *transport)
{
    return transport->functions->take(transport);
}

static inline struct transfer *transport_take_token(struct transport *transport)
{
    return transport->functions->take_token(transport);
}

static inline int transport_send(struct transport *transport,
                                 struct transfer *transfer, struct error *error)
{
    return transport->functions->send(transport, transfer, error);
}

static inline void transport_release(struct transport *transport,
                                     struct transfer *transfer)
{
    transport->functions->release(transport, transfer);
}

static inline int transport_set_headers(struct transport *transport,
                                        enum http_target target,
                                        const char *headers,
                                        struct error *error)
{
    return transport->functions->set_headers(transport, target, headers, error);
}

static inline int transport_wait(struct transport *transport,
                                 struct pollfd *fds, unsigned count,
                                 int milliseconds, struct error *error)
{
    return transport->functions->wait(transport, fds, count, milliseconds,
                                      error);
}

static inline struct transfer *transport_next(struct transport *transport)
{
    return transport->functions->next(transport);
}

static inline struct transfer *transport_abandon(struct transport *transport)
{
    return transport->functions->abandon(transport);
}

/* NULL: does nothing. */
static inline void transport_free(struct transport *transport)
{
    if (transport)
        transport->functions->free(transport);
}

#endif
