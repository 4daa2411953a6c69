/*
 * Waits on this machine for the redirect of a sign-in in a browser, over
 * libmicrohttpd: one address of the loopback interface, one redirect.
 *
 * Whoever can connect to this machine can send a request, so can any page that
 * the browser shows. A request counts only if it is a GET of the redirect's
 * path, is addressed to the redirect's host, and has the state of this sign-in.
 * All others get a page that says what is wrong. Their number, size and time
 * are bounded. A browser may open connections without a request.
 *
 * The caller waits for the descriptor and calls redirect_listener_run().
 */
#ifndef NET_REDIRECT_LISTENER_H
#define NET_REDIRECT_LISTENER_H

#include <stdbool.h>

#include "base/error.h"
#include "net/redirect.h"

struct redirect_listener;

/* Borrowed. */
struct redirect_expectation {
    const char *host;  /* "localhost", or "127.0.0.1" */
    const char *path;  /* begins with '/' */
    const char *state; /* see redirect_parse() */
};

/* Listens on 127.0.0.1. port 0: any free one. NULL: ERROR_LOCAL, or ERROR_USAGE
 * if the port is in use. */
struct redirect_listener *redirect_listener_new(
    unsigned port, const struct redirect_expectation *expected,
    struct error *error);

/* Closes the port and all connections; NULL does nothing. */
void redirect_listener_free(struct redirect_listener *listener);

unsigned redirect_listener_port(const struct redirect_listener *listener);

/* The descriptor that is readable when there is something to do. */
int redirect_listener_fd(const struct redirect_listener *listener);

/* Milliseconds until redirect_listener_run() is due without an event; -1: not.
 */
int redirect_listener_wait(const struct redirect_listener *listener);

enum redirect_progress {
    REDIRECT_WAITING,
    REDIRECT_ARRIVED, /* its page is not sent yet */
    REDIRECT_SENT     /* its page was sent, or the browser has gone */
};

/* Handles what is ready, without waiting. */
enum redirect_progress redirect_listener_run(
    struct redirect_listener *listener);

/* The redirect that arrived; it belongs to the listener. */
enum redirect_verdict redirect_listener_take(
    const struct redirect_listener *listener, const struct redirect **redirect);

#endif
