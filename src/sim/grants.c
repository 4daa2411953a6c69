#include "grants.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "scopes.h"
#include "text.h"
#include "world.h"

#define CODE_LEN      600 /* about the length of real codes */
#define USER_CODE_LEN 9

void grants_init(struct grants *grants, uint64_t seed)
{
    *grants = (struct grants){.seed = seed};
}

static void clear(struct grant *grant)
{
    free(grant->code);
    free(grant->user_code);
    free(grant->client_id);
    free(grant->scope);
    free(grant->redirect);
    free(grant->challenge);
    *grant = (struct grant){.code = NULL};
}

void grants_free(struct grants *grants)
{
    for (size_t i = 0; i < GRANTS_MAX; i++)
        clear(&grants->places[i]);
}

static char *copy(const char *text)
{
    return text != NULL ? mem_copy(text, strlen(text)) : NULL;
}

/* Text that depends only on the seed and the number. */
static char *generate(const struct grants *grants, uint64_t number,
                      const char *start, size_t len, const char *letters)
{
    uint64_t state = world_mix(grants->seed ^ world_mix(number));
    struct text text;

    text_init(&text);
    text_puts(&text, start);
    for (size_t i = 0; i < len; i++) {
        state = world_mix(state + 1);
        text_char(&text, letters[state % strlen(letters)]);
    }
    return text.data;
}

struct grant *grants_add(struct grants *grants, enum grant_state state,
                         const struct grant_texts *texts)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    struct grant *place = &grants->places[grants->count % GRANTS_MAX];

    clear(place);
    *place = (struct grant){
        .state = state,
        .client_id = copy(texts->client_id),
        .scope = copy(texts->scope),
        .redirect = copy(texts->redirect),
        .challenge = copy(texts->challenge),
    };
    /* Some characters must be encoded in a query. */
    place->code = generate(grants, grants->count * 2, "M.C507_BAY.2.U.",
                           CODE_LEN, "ABCDEabcde01234567!*$/+");
    if (state == GRANT_PENDING)
        place->user_code =
            generate(grants, grants->count * 2 + 1, "", USER_CODE_LEN, letters);
    grants->count++;
    return place;
}

void grants_narrow(struct grant *grant)
{
    free(grant->scope);
    grant->scope = copy(SCOPES_NARROW);
}

struct grant *grants_find(struct grants *grants, const char *code)
{
    for (size_t i = 0; i < GRANTS_MAX; i++)
        if (grants->places[i].code != NULL &&
            strcmp(grants->places[i].code, code) == 0)
            return &grants->places[i];
    return NULL;
}

struct grant *grants_find_user(struct grants *grants, const char *user_code)
{
    for (size_t i = 0; i < GRANTS_MAX; i++)
        if (grants->places[i].user_code != NULL &&
            strcmp(grants->places[i].user_code, user_code) == 0)
            return &grants->places[i];
    return NULL;
}
