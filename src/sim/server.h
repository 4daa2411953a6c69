/*
 * The address of the services: connections, latency, sending of responses.
 */
#ifndef SERVER_H
#define SERVER_H

#include "call.h"
#include "listener.h"
#include "timers.h"

struct counts {
    uint64_t calls[CALL_KINDS];
    uint64_t applied, refused, throttled, faults;
    uint64_t replayed; /* repeated updates of Partner Center */
    uint64_t doubtful; /* executed, although they could be refused */
    uint64_t misused;  /* calls with the MS-RequestId or MS-CorrelationId of
                          another call */
    uint64_t connections_opened, connections_open;
    uint64_t in_flight, most_in_flight;
    /* Updates that arrived while the client of another update of that user
     * waited for its response. */
    uint64_t update_overlaps;
};

struct server {
    struct sim *sim;
    struct listener listener;
    struct timers timers;
    struct counts counts;
    struct exchange *exchanges; /* list of all requests in flight */
    uint64_t started;
    uint64_t now;          /* start of this iteration of the loop */
    uint64_t connections;  /* connections since the start */
    uint64_t draws;        /* random choices so far; for jitter */
    uint64_t closed_until; /* until then, new connections are refused */
    bool stopping;
};

/* Starts it; sets the callbacks and the context of config. */
int server_start(struct server *server, struct sim *sim,
                 struct listener_config *config);

/* Closes what is in flight and stops. */
void server_stop(struct server *server);

/* When server_run() is due without an event, as timers_now(). */
uint64_t server_due(const struct server *server);

/* Handles everything that is ready, without waiting. */
void server_run(struct server *server);

/* Microseconds since the start. */
uint64_t server_time(const struct server *server);

/* Opens or closes the port for new connections, according to the settings
 * and the faults. */
void server_update_port(struct server *server);

/* Closes the calls that a fault rule stalls, and opens the port. */
void server_release(struct server *server);

/* Resets all counts except the current ones. */
void server_clear_counts(struct server *server);

#endif
