/*
 * How a response is sent with libmicrohttpd: complete, truncated, in pieces, or
 * with a broken connection.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include <microhttpd.h>

#include "call.h"

/* Queues the response. If the body is not sent as it is, libmicrohttpd calls
 * read with context for each piece. -1: failed. */
int deliver_response(struct MHD_Connection *connection, const struct call *call,
                     MHD_ContentReaderCallback read, void *context);

/* Copies up to max bytes of the response's body from position to out.
 * Returns their number, or an MHD_CONTENT_READER_END_... value at the end. */
ssize_t deliver_read(const struct response *response, uint64_t position,
                     char *out, size_t max);

/* Sends a RST. */
void deliver_reset(struct MHD_Connection *connection);

/* Sends bytes that are not an HTTP response. */
void deliver_noise(struct MHD_Connection *connection);

/* Closes both directions; data that was sent before still arrives. */
void deliver_shutdown(struct MHD_Connection *connection);

/* True if the client has closed its side. */
bool deliver_is_disconnected(struct MHD_Connection *connection);

#endif
