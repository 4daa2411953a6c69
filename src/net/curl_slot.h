/*
 * A slot of the transport: one call at a time, with a handle and buffers that
 * are reused for each call.
 *
 * A slot prepares its handle for a request, and collects the response; the
 * transport sends and waits.
 */
#ifndef NET_CURL_SLOT_H
#define NET_CURL_SLOT_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "net/curl_headers.h"
#include "net/curl_peer.h"
#include "net/transport.h"

struct curl_slot {
    struct transfer transfer; /* first: its address is that of the slot */
    const struct transport_setup *setup;
    struct curl_peer *peer;
    CURL *easy;
    struct curl_headers *headers;            /* the target's shared headers */
    struct curl_slist nodes[HTTP_MAX_LINES]; /* the request's own headers */
    struct buffer target; /* the peer's prefix and the path */
    struct buffer body;   /* of the response */
    bool secret;          /* the bodies contain tokens */
    size_t headers_len;   /* bytes of the response's headers and trailers */
    size_t received;      /* bytes of a body in chunks, as received */
    bool too_large;       /* the response was longer than its limit */
    bool no_memory;
    bool replayed;       /* libcurl tried to send an update a second time */
    bool in_flight;      /* used by the transport, as are the next three */
    unsigned sent_turn;  /* the turn of the transport in which it was sent */
    unsigned proxy_user; /* the number of the proxy's user that it has */
    struct curl_slot *next_free;
    int64_t extra_time; /* milliseconds that were added to its timeouts */
    char text[CURL_ERROR_SIZE];
    char proxy_text[CURL_ERROR_SIZE + 40];
    char encodings[80];     /* the response's Content-Encoding */
    char content_type[200]; /* and what could not be decompressed */
    char proxy_schemes[64];
};

/* The slot must be zeroed; setup and peer are borrowed. curl_slot_clear() is
 * needed after a failure, too. */
int curl_slot_init(struct curl_slot *slot, const struct transport_setup *setup,
                   struct curl_peer *peer, enum http_target target,
                   const char *cacert, struct error *error);

/* The call must not be in flight. */
void curl_slot_clear(struct curl_slot *slot);

/* Sets the shared headers of the next calls of this slot, and adds a reference
 * to them. */
void curl_slot_set_headers(struct curl_slot *slot,
                           struct curl_headers *headers);

/* Clears the request, so that it can be filled in. */
void curl_slot_clear_request(struct curl_slot *slot);

/* Wipes all secrets: the slot may be unused for long. */
void curl_slot_wipe(struct curl_slot *slot);

/* Makes the handle ready to send the request. -1: no memory. */
int curl_slot_prepare(struct curl_slot *slot);

/* Extends the timeouts of the call by this time in milliseconds, which replaces
 * an earlier extension. -1: no memory. */
int curl_slot_add_time(struct curl_slot *slot, int64_t extra_time);

#endif
