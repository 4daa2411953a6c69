/*
 * The control address: what tests and rehearsals ask of the simulator.
 * README.md beside this file lists its calls.
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "listener.h"
#include "server.h"

struct control {
    struct sim *sim;
    struct server *server;
    struct listener listener;
};

/* Listens on the port (0: any). -1, and the reason on standard error. */
int control_start(struct control *control, struct sim *sim,
                  struct server *server, unsigned port);

void control_stop(struct control *control);

#endif
