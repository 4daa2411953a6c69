/*
 * The tokens that the token endpoint issued: access tokens, which expire, and
 * refresh tokens, which are replaced.
 *
 * A replaced refresh token stays valid until the new one is first used, so that
 * a lost response locks nobody out. Times are microseconds of a monotonic
 * clock, which the caller passes.
 */
#ifndef TOKENS_H
#define TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct tokens {
    uint64_t seed; /* for the texts of the tokens */
    struct access_token *access;
    size_t access_count, access_size;
    struct refresh_token *refresh;
    size_t refresh_count, refresh_size;
};

enum token_state { TOKEN_UNKNOWN, TOKEN_VALID, TOKEN_EXPIRED };

void tokens_init(struct tokens *tokens, uint64_t seed);
void tokens_free(struct tokens *tokens);

/* Makes a refresh token valid; text is copied. */
void tokens_allow(struct tokens *tokens, const char *text);

/* The state of an access token. *number: its number, from 1 in the order of
 * issue; 0: never issued. */
enum token_state tokens_check(const struct tokens *tokens, const char *text,
                              uint64_t now, uint64_t *number);

/* The index of a valid refresh token, or -1. */
int tokens_find(const struct tokens *tokens, const char *text);

/* Append the token that is issued next. */
void tokens_next_access(const struct tokens *tokens, struct text *out);
void tokens_next_refresh(const struct tokens *tokens, struct text *out);

/* Issues the next access token, valid until then, for the refresh token with
 * the index place, or for a new sign-in if it is negative; google: to a user of
 * Google; with rotate, also the next refresh token. Returns the number of the
 * access token. */
uint64_t tokens_issue(struct tokens *tokens, int place, uint64_t until,
                      bool rotate, bool google);

/* Was the access token of that number issued to a user of Google? */
bool tokens_is_google(const struct tokens *tokens, uint64_t number);

/* Expires all access tokens; with forget, they become unknown. */
void tokens_revoke_access(struct tokens *tokens, bool forget);

/* Invalidates all refresh tokens. */
void tokens_revoke_refresh(struct tokens *tokens);

/* Appends a JSON object: the number of issued access tokens, and the valid
 * tokens. */
void tokens_print(const struct tokens *tokens, uint64_t now, struct text *out);

#endif
