/*
 * The address of the services: connections, latency, delivery of responses.
 */
#ifndef SERVER_H
#define SERVER_H

#include "call.h"
#include "listener.h"
#include "timers.h"

struct counts {
    uint64_t calls[CALL_KINDS];
    uint64_t applied, refused, throttled, faults;
    uint64_t replayed; /* updates of Partner Center that came again */
    uint64_t misused;  /* calls with an MS-RequestId or MS-CorrelationId that
                          was another call's */
    uint64_t connections_opened, connections_open;
    uint64_t in_flight, most_in_flight;
    /* Updates that came while another one of that user was carried out and
     * its client waited for the response. */
    uint64_t update_overlaps;
};

struct server {
    struct sim *sim;
    struct listener listener;
    struct timers timers;
    struct counts counts;
    struct exchange *exchanges; /* a list of all requests that are here */
    uint64_t started;
    uint64_t now;          /* when this turn of the loop began */
    uint64_t connections;  /* connections, ever */
    uint64_t draws;        /* for jitter */
    uint64_t closed_until; /* new connections are refused */
    bool stopping;
};

/* Starts it; config's callbacks and context are set here. */
int server_start(struct server *server, struct sim *sim,
                 struct listener_config *config);

/* Drops what is in flight and ends it. */
void server_stop(struct server *server);

/* When server_run() is next due without an event (timers_now()). */
uint64_t server_due(const struct server *server);

/* Does what there is to do, without waiting. */
void server_run(struct server *server);

/* Microseconds since the start. */
uint64_t server_time(const struct server *server);

/* Opens the port for new connections, or closes it, as the settings and the
 * faults say. */
void server_update_port(struct server *server);

/* Lets the calls go that a fault rule has stalled: they are closed. The port
 * is open again. */
void server_release(struct server *server);

/* Sets all counts but those of what is open now to 0. */
void server_clear_counts(struct server *server);

#endif
