/*
 * The simulated network: a transport whose calls reach the model of the
 * service, and meet what the schedule says.
 *
 * A request arrives some time after it was sent, and its response some time
 * later. If the process dies in between, or gives up, the request may still
 * arrive: the network keeps it.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "host.h"
#include "memory.h"
#include "model.h"
#include "net/transport.h"
#include "schedule.h"

#define NETWORK_SLOTS  8
#define NETWORK_LATE   256
#define NETWORK_SENT   20000
#define NETWORK_BODY   1024
#define NETWORK_HEADER 256
#define TOKEN_KIND     2 /* after GetUser and UpdateUser */
#define NETWORK_KINDS  3
#define NETWORK_GROWTH 3000000 /* in this time all slots are used again */

struct network_slot {
    struct transfer transfer; /* first: a transfer is cast to its slot */
    enum { SLOT_FREE, SLOT_TAKEN, SLOT_SENT, SLOT_ON_WIRE } state;
    int user;
    bool update;
    bool arrives; /* and has not yet */
    bool carried_out;
    int64_t arrival;
    int64_t end;
    bool stale;
    bool other_writes;
    bool hides_response; /* behind the page or failure below */
    bool proper; /* the service has carried it out, or refused the row */
    int64_t left;
    enum http_failure failure;
    bool sent;
    struct model_response response;
    char headers[NETWORK_HEADER];
    char text[NETWORK_BODY];
};

/* A request that arrives when nobody waits for it any more. */
struct network_late {
    int64_t left;
    int64_t arrival;
    unsigned part;
    char body[NETWORK_BODY];
};

struct network_opener {
    struct network base;
    struct sim_network *self;
};

struct sim_network {
    struct transport transport; /* first: a transport is cast to its network */
    struct network_opener opener;
    struct host *host;
    struct model *model;
    struct memory memory;
    const struct schedule *schedule;
    const struct part_plan *part;
    unsigned part_number;
    int64_t started;
    int64_t timeout; /* of a call, microseconds */
    unsigned concurrency;
    struct network_slot slots[NETWORK_SLOTS];
    struct network_slot token_slot;
    char headers[HTTP_TARGETS][NETWORK_HEADER];
    unsigned calls_of[SCHEDULE_MAX_USERS + 1][2]; /* in this process */
    unsigned token_calls;
    unsigned late_count;
    struct network_late late[NETWORK_LATE];

    unsigned calls;         /* of users, in this process */
    int64_t at_once;        /* the last FAULT_AT_ONCE; 0: there was none */
    unsigned since_at_once; /* calls later than NETWORK_GROWTH after it */
    unsigned most_since;    /* of them in flight */
    unsigned token_used;    /* the newest one of a user's call */
    bool token_abandoned;   /* a token call was in flight at the end */
    unsigned passed;        /* calls that the service carried out, likewise */
    unsigned refused;       /* calls whose token was refused, likewise */
    /* Since when has no GetUser, UpdateUser or token call succeeded? -1: none
     * has failed. And for how long, at most? */
    int64_t failing_since[NETWORK_KINDS];
    int64_t longest_failure;
    unsigned waits;
    int64_t last_call;                    /* when one was sent, or the start */
    int64_t longest_silence;              /* without any call, microseconds */
    bool endless;                         /* it waited too often */
    unsigned met[FAULT_COUNT];            /* calls, in all processes */
    bool update_sent[SCHEDULE_MAX_USERS]; /* in this run */
    bool update_left[SCHEDULE_MAX_USERS]; /* likewise, and before its death */
    int64_t sent_at[NETWORK_SENT]; /* of this process; the last member, which is
                                      not cleared */
};

/* The number of users in such a set. */
unsigned network_count(const bool users[SCHEDULE_MAX_USERS]);

void network_init(struct sim_network *network, struct host *host,
                  struct model *model, const struct schedule *schedule);

/* A new process. */
void network_start(struct sim_network *network, const struct part_plan *part,
                   unsigned number);

/* Time passes while no process runs. */
void network_pass(struct sim_network *network, int64_t microseconds);

#endif
