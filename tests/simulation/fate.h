/*
 * The fate of a call in the simulated network: whether the request arrives, and
 * when, and what its client gets instead of the service's response.
 */
#ifndef FATE_H
#define FATE_H

#include "network.h"

/* Decides what happens to a call that leaves now, by the schedule. The times in
 * the slot are those of a call without faults. */
void fate_decide(struct sim_network *network, struct network_slot *slot);

/* The same for a call to the token endpoint, which fails in every third call as
 * long as it fails. */
void fate_decide_token(struct sim_network *network, struct network_slot *slot);

/* Does the service refuse all tokens now? */
bool fate_refuses_tokens(const struct sim_network *network);

/* Another response hides that of the service. */
void fate_respond(struct network_slot *slot, long status, const char *body);

/* The call takes so long that the client gives up. */
void fate_time_out(struct sim_network *network, struct network_slot *slot);

#endif
