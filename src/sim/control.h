/*
 * The control address, for tests and rehearsals. README.md in this directory
 * lists its requests.
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

/* Listens on the port (0: any). -1: failed; the reason is on standard error. */
int control_start(struct control *control, struct sim *sim,
                  struct server *server, unsigned port);

void control_stop(struct control *control);

#endif
