/*
 * Calls outside a run: one at a time, without a queue. A signal ends the wait.
 */
#ifndef SIGN_IN_SINGLE_CALL_H
#define SIGN_IN_SINGLE_CALL_H

#include <poll.h>
#include <signal.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/credentials.h"
#include "cli/options.h"
#include "setup/platform.h"

struct single_calls {
    const struct platform *platform;
    const volatile sig_atomic_t *stop;
    struct transport *transport; /* owned */
};

/* Opens a transport. token_url: where token calls go; NULL: nowhere. stop: not
 * 0 after a signal. Call single_calls_close() in any case. ERROR_USAGE or
 * ERROR_LOCAL. */
int single_calls_open(struct single_calls *calls,
                      const struct platform *platform,
                      const struct options *options,
                      const struct credentials *credentials,
                      const char *token_url, const volatile sig_atomic_t *stop,
                      struct error *error);
void single_calls_close(struct single_calls *calls);

/* Milliseconds of the steady clock. */
int64_t single_calls_now(const struct single_calls *calls);

/* The three functions below return -1 with ERROR_STOPPED after a signal, or
 * with ERROR_LOCAL. */

/* Sends the call and waits for its end. The response is valid until the
 * transfer is released, which it must be also after -1. */
int single_calls_send(struct single_calls *calls, struct transfer *transfer,
                      struct error *error);

/* Waits for a descriptor, at most until that time. */
int single_calls_wait(struct single_calls *calls, struct pollfd *fds,
                      unsigned count, int64_t until, struct error *error);

/* Waits until that time. */
int single_calls_pause(struct single_calls *calls, int64_t until,
                       struct error *error);

#endif
