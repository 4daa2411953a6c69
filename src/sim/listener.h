/*
 * A libmicrohttpd daemon on a loopback port, driven by the simulator's loop.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/select.h>

struct listener {
    struct MHD_Daemon *daemon;
    int listen_fd; /* its connections are passed to daemon */
    unsigned port;
    bool open;    /* else connections are refused */
    bool running; /* then libmicrohttpd's messages are not printed */
};

struct listener_config {
    unsigned port;          /* 0: any free port */
    unsigned idle_timeout;  /* seconds; 0: never */
    const char *cert, *key; /* PEM text; NULL: plain HTTP */
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connected;
    void *context; /* for the three callbacks */
};

/* Starts it. -1: failed; the reason is on standard error. The listener must
 * not move until listener_stop(). */
int listener_start(struct listener *listener,
                   const struct listener_config *config);

/* Closes all connections and the port. No connection may be suspended. */
void listener_stop(struct listener *listener);

/* Accepts or refuses new connections; the port stays bound. */
void listener_open(struct listener *listener, bool open);

/* Adds the descriptors to watch for reading, and returns the highest. */
int listener_watch(const struct listener *listener, fd_set *set);

/* Accepts the waiting connections, if set contains the listening socket. */
void listener_accept(struct listener *listener, const fd_set *set);

/* Nanoseconds until listener_run() is due without an event; UINT64_MAX:
 * never. */
uint64_t listener_timeout(const struct listener *listener);

/* Handles everything that is ready, without waiting. */
void listener_run(const struct listener *listener);

#endif
