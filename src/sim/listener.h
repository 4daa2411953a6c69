/*
 * A libmicrohttpd daemon on a loopback port, driven from our own loop.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

struct listener {
    struct MHD_Daemon *daemon;
    bool running; /* errors of clients are no longer reported */
};

struct listener_config {
    unsigned port;          /* 0: any that is free */
    unsigned idle_timeout;  /* seconds; 0: never */
    const char *cert, *key; /* PEM text; NULL: plain HTTP */
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connected;
    void *context; /* of all three */
};

/* Starts it; -1 (and the reason on standard error) where that fails. The
 * listener must stay where it is till listener_stop(). */
int listener_start(struct listener *listener,
                   const struct listener_config *config);

/* Closes every connection and the port. No connection may be suspended. */
void listener_stop(struct listener *listener);

/* The port it listens on. */
unsigned listener_port(const struct listener *listener);

/* A descriptor that is readable when there is work to do. */
int listener_fd(const struct listener *listener);

/* Nanoseconds until it wants to run without an event; UINT64_MAX: never. */
uint64_t listener_timeout(const struct listener *listener);

/* Does what there is to do, without waiting. */
void listener_run(const struct listener *listener);

#endif
