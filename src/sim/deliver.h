/*
 * How an response leaves over libmicrohttpd: whole, cut, in pieces, or with the
 * connection broken under it.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include <microhttpd.h>

#include "call.h"

/* Gives the response to libmicrohttpd. The body is read through read, which is
 * called with context, if it is not sent as it is. -1: it could not. */
int deliver_response(struct MHD_Connection *connection, const struct call *call,
                     MHD_ContentReaderCallback read, void *context);

/* The bytes of the response's body from position on, at most max: how many were
 * put into out; a MHD_CONTENT_READER_END_... value where nothing follows. */
ssize_t deliver_read(const struct response *response, uint64_t position,
                     char *out, size_t max);

/* Sends a RST: what the client waits for never comes. */
void deliver_reset(struct MHD_Connection *connection);

/* Sends bytes that no client of HTTP takes for an response. */
void deliver_noise(struct MHD_Connection *connection);

/* Closes both directions; what was sent before still arrives. */
void deliver_shutdown(struct MHD_Connection *connection);

/* True where the client has closed its side. */
bool deliver_is_disconnected(struct MHD_Connection *connection);

#endif
