/*
 * The machine that a run works on. A simulation passes a machine of its own.
 */
#ifndef SETUP_PLATFORM_H
#define SETUP_PLATFORM_H

#include "base/clock.h"
#include "base/file_system.h"
#include "base/random.h"
#include "net/budget_store.h"
#include "net/transport.h"

struct platform {
    const struct clock *clock;
    const struct random *random;
    const struct file_system *files;
    const struct network *network;
    /* Opens the store of --budget: as redis_store_new(). NULL: there is none.
     */
    struct budget_store *(*open_budget)(const struct budget_place *place,
                                        struct error *error);
    const char *process; /* names it among those that may share files: host and
                            process id; NULL: random numbers suffice */
    const char *host;    /* for the summary; NULL: unknown */
    const char *user;
    /* Asks the person at the terminal: as terminal_ask(). NULL: nobody can
     * answer. */
    int (*ask)(const char *question);
    int messages; /* descriptor of messages and progress; 0: standard
                     error; -1: there are none */
};

#endif
