/*
 * The tokens that the token endpoint has given out: access tokens, which run
 * out, and refresh tokens, which are replaced.
 *
 * A refresh token that was replaced stays good till its successor is used for
 * the first time: an response that got lost locks nobody out. Time is passed
 * in: microseconds of a clock that only goes forward.
 */
#ifndef TOKENS_H
#define TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

struct tokens {
    uint64_t seed; /* what the texts are made from */
    struct access_token *access;
    size_t access_count, access_size;
    struct refresh_token *refresh;
    size_t refresh_count, refresh_size;
};

enum token_state { TOKEN_UNKNOWN, TOKEN_VALID, TOKEN_EXPIRED };

void tokens_init(struct tokens *tokens, uint64_t seed);
void tokens_free(struct tokens *tokens);

/* Makes a refresh token good; text is copied. */
void tokens_allow(struct tokens *tokens, const char *text);

/* How an access token stands; its number, from 1 in the order of issuing, in
 * *number, or 0 where it was never issued. */
enum token_state tokens_check(const struct tokens *tokens, const char *text,
                              uint64_t now, uint64_t *number);

/* The place of a good refresh token, -1 where text is none. */
int tokens_find(const struct tokens *tokens, const char *text);

/* What the next tokens will be. */
void tokens_next_access(const struct tokens *tokens, struct text *out);
void tokens_next_refresh(const struct tokens *tokens, struct text *out);

/* Gives out the next access token, good until then, for the refresh token at
 * place; with rotate the next refresh token as well. Answers its number. */
uint64_t tokens_issue(struct tokens *tokens, int place, uint64_t until,
                      bool rotate);

/* Every access token is expired from now on; forget: unknown. */
void tokens_revoke_access(struct tokens *tokens, bool forget);

/* No refresh token is good any longer. */
void tokens_revoke_refresh(struct tokens *tokens);

/* How many there were, and those that are good now, as a JSON object. */
void tokens_print(const struct tokens *tokens, uint64_t now, struct text *out);

#endif
