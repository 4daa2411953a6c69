/*
 * The refresh token of a run, in its file. Processes that share the file take
 * turns: each takes the token for one token call, under a lock, and saves a new
 * one before it releases the lock.
 */
#ifndef NET_REFRESH_TOKEN_H
#define NET_REFRESH_TOKEN_H

#include <stdbool.h>

#include "base/error.h"
#include "base/secret_file.h"

struct refresh_token {
    struct secret_file file;
    char *text; /* NULL: not taken */
    int lock;   /* -1: not ours */
};

/* Nothing is taken yet. The members of the file are borrowed. */
void refresh_token_init(struct refresh_token *token,
                        const struct secret_file *file);

/* Takes the lock and reads the token. 1; 0: another process has the lock; -1
 * with ERROR_LOCAL. Call refresh_token_release() in any case. */
int refresh_token_take(struct refresh_token *token, struct error *error);

/* Wipes the token and unlocks the file, if they are taken. */
void refresh_token_release(struct refresh_token *token);

/* Has somebody stored another token since this one was taken? This happens
 * without the lock, for example, after a new sign-in. */
bool refresh_token_is_replaced(const struct refresh_token *token);

/* Saves the token that a response granted; NULL: it granted none. A token that
 * somebody has stored since is newer, and is not replaced. ERROR_LOCAL, which
 * says how to continue. */
int refresh_token_save(const struct refresh_token *token, const char *granted,
                       struct error *error);

#endif
