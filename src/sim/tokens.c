#include "tokens.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "world.h"

/* About the length of real tokens. */
#define ACCESS_LEN  1400
#define REFRESH_LEN 900

struct access_token {
    char *text;
    uint64_t until;
    bool google;
    bool forgotten;
};

struct refresh_token {
    char *text;
    size_t before; /* index of the token that it replaces */
    bool replaces, valid;
};

void tokens_init(struct tokens *tokens, uint64_t seed)
{
    *tokens = (struct tokens){.seed = seed};
}

void tokens_free(struct tokens *tokens)
{
    for (size_t i = 0; i < tokens->access_count; i++)
        free(tokens->access[i].text);
    for (size_t i = 0; i < tokens->refresh_count; i++)
        free(tokens->refresh[i].text);
    free(tokens->access);
    free(tokens->refresh);
    tokens_init(tokens, tokens->seed);
}

/* --- texts ---------------------------------------------------------------- */

/* Appends letters that depend only on the seed and the number. */
static void generate_text(const struct tokens *tokens, uint64_t number,
                          size_t len, const char *letters, struct text *out)
{
    uint64_t state = world_mix(tokens->seed ^ world_mix(number));

    for (size_t i = 0; i < len; i++) {
        state = world_mix(state + 1);
        text_char(out, letters[state % strlen(letters)]);
    }
}

#define ALPHANUMERIC                                                           \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

void tokens_next_access(const struct tokens *tokens, struct text *out)
{
    text_puts(out, "EwB4");
    generate_text(tokens, tokens->access_count * 2, ACCESS_LEN,
                  ALPHANUMERIC "+/", out);
    text_puts(out, "==");
}

/* Real refresh tokens contain characters that a form must encode, too. */
void tokens_next_refresh(const struct tokens *tokens, struct text *out)
{
    text_puts(out, "M.C507_BAY.0.U.-");
    generate_text(tokens, tokens->refresh_count * 2 + 1, REFRESH_LEN,
                  ALPHANUMERIC "!*$", out);
}

/* --- issuing and revoking ------------------------------------------------- */

/* Makes room for one more element. */
static void *grow(void *array, size_t count, size_t *size, size_t each)
{
    if (count < *size)
        return array;
    *size = *size > 0 ? *size * 2 : 16;
    return mem_grow(array, *size * each);
}

static struct refresh_token *add_refresh(struct tokens *tokens,
                                         const char *text)
{
    tokens->refresh = grow(tokens->refresh, tokens->refresh_count,
                           &tokens->refresh_size, sizeof *tokens->refresh);
    struct refresh_token *added = &tokens->refresh[tokens->refresh_count++];
    *added = (struct refresh_token){.text = mem_copy(text, strlen(text)),
                                    .valid = true};
    return added;
}

void tokens_allow(struct tokens *tokens, const char *text)
{
    if (tokens_find(tokens, text) < 0)
        (void)add_refresh(tokens, text);
}

int tokens_find(const struct tokens *tokens, const char *text)
{
    for (size_t i = tokens->refresh_count; i > 0; i--)
        if (tokens->refresh[i - 1].valid &&
            strcmp(tokens->refresh[i - 1].text, text) == 0)
            return (int)(i - 1);
    return -1;
}

enum token_state tokens_check(const struct tokens *tokens, const char *text,
                              uint64_t now, uint64_t *number)
{
    for (size_t i = tokens->access_count; i > 0; i--) {
        const struct access_token *token = &tokens->access[i - 1];
        if (strcmp(token->text, text) != 0)
            continue;
        *number = i;
        if (token->forgotten)
            return TOKEN_UNKNOWN;
        return now < token->until ? TOKEN_VALID : TOKEN_EXPIRED;
    }
    *number = 0;
    return TOKEN_UNKNOWN;
}

uint64_t tokens_issue(struct tokens *tokens, int place, uint64_t until,
                      bool rotate, bool google)
{
    const struct refresh_token *used =
        place >= 0 ? &tokens->refresh[place] : NULL;
    struct text text;

    if (used != NULL && used->replaces)
        tokens->refresh[used->before].valid = false;
    text_init(&text);
    tokens_next_access(tokens, &text);
    tokens->access = grow(tokens->access, tokens->access_count,
                          &tokens->access_size, sizeof *tokens->access);
    tokens->access[tokens->access_count++] =
        (struct access_token){.text = mem_copy(text.data, text.len),
                              .until = until,
                              .google = google};
    if (rotate) {
        text_clear(&text);
        tokens_next_refresh(tokens, &text);
        struct refresh_token *added = add_refresh(tokens, text.data);
        added->replaces = place >= 0;
        added->before = place >= 0 ? (size_t)place : 0;
    }
    text_free(&text);
    return tokens->access_count;
}

bool tokens_is_google(const struct tokens *tokens, uint64_t number)
{
    return tokens->access[number - 1].google;
}

void tokens_revoke_access(struct tokens *tokens, bool forget)
{
    for (size_t i = 0; i < tokens->access_count; i++) {
        tokens->access[i].until = 0;
        tokens->access[i].forgotten |= forget;
    }
}

void tokens_revoke_refresh(struct tokens *tokens)
{
    for (size_t i = 0; i < tokens->refresh_count; i++)
        tokens->refresh[i].valid = false;
}

void tokens_print(const struct tokens *tokens, uint64_t now, struct text *out)
{
    const char *between = "";

    text_printf(out, "{\"issued\":%zu,\"access_tokens\":[",
                tokens->access_count);
    for (size_t i = 0; i < tokens->access_count; i++) {
        if (tokens->access[i].forgotten || now >= tokens->access[i].until)
            continue;
        text_puts(out, between);
        text_json(out, tokens->access[i].text);
        between = ",";
    }
    text_puts(out, "],\"refresh_tokens\":[");
    between = "";
    for (size_t i = 0; i < tokens->refresh_count; i++) {
        if (!tokens->refresh[i].valid)
            continue;
        text_puts(out, between);
        text_json(out, tokens->refresh[i].text);
        between = ",";
    }
    text_puts(out, "]}");
}
