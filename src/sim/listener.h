/*
 * A libmicrohttpd daemon on a loopback port, driven from our own loop.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/select.h>

struct listener {
    struct MHD_Daemon *daemon;
    int listen_fd; /* the listening socket; connections are given to daemon */
    unsigned port;
    bool open;    /* the fd is; else connections are refused */
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

/* Lets new connections in, or refuses them; the port stays ours. */
void listener_open(struct listener *listener, bool open);

/* Adds its descriptors to those that are to be watched for reading; responses
 * the highest. */
int listener_watch(const struct listener *listener, fd_set *set);

/* Takes the connections in that have come, as set says. */
void listener_accept(struct listener *listener, const fd_set *set);

/* Nanoseconds until it wants to run without an event; UINT64_MAX: never. */
uint64_t listener_timeout(const struct listener *listener);

/* Does what there is to do, without waiting. */
void listener_run(const struct listener *listener);

#endif
