/*
 * Watches where an access token comes from that another program renews: a file,
 * or the output of a command.
 *
 * It is read again if it changes, and if the service refuses the token. If all
 * users are refused with a token that was good, and the source has no other one
 * yet, calls wait for it. Times are milliseconds of a monotonic clock.
 */
#ifndef NET_TOKEN_WATCH_H
#define NET_TOKEN_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define TOKEN_WATCH_WAIT (60 * 1000) /* milliseconds for another token */

struct token_source {
    /* Returns the token, which is freed by secret_file_free(). NULL with an
     * error. */
    char *(*read)(void *context, struct error *error);
    /* Should it be read, because it has changed? It is called every two
     * seconds. NULL: that is unknown until it is read. */
    bool (*has_changed)(void *context);
    void *context;
    const char *label; /* for messages */
};

struct token_watch {
    struct token_source source;
    int64_t due;      /* the next look; INT64_MAX: none */
    int64_t deadline; /* for another token; 0: calls do not wait for one */
    int64_t delay;    /* to the next reading, if calls wait */
};

void token_watch_init(struct token_watch *watch,
                      const struct token_source *source);

/* The service has refused the token: it is read again at once. wait: and calls
 * wait for another one. */
void token_watch_refused(struct token_watch *watch, bool wait, int64_t now);

/* Calls need not wait any more. */
void token_watch_end_wait(struct token_watch *watch, int64_t now);

enum token_watch_result {
    TOKEN_WATCH_SAME, /* there is no other token */
    TOKEN_WATCH_NEW,
    TOKEN_WATCH_LOST /* there was none for too long: ERROR_SIGN_IN */
};

/* Looks at the source; to be called when it is due. present: the token;
 * *refused: by the service, after which no call is sent; passed: it, or one
 * before it, was accepted, which shows that somebody renews it. If a refused
 * token is still there, and calls need not wait, *refused becomes false. *token
 * is the new one, for the caller to free. */
enum token_watch_result token_watch_look(struct token_watch *watch,
                                         const char *present, bool *refused,
                                         bool passed, int64_t now, char **token,
                                         struct error *error);

#endif
