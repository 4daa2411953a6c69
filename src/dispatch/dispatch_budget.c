#include "dispatch/dispatch_state.h"

#include <stdio.h>
#include <string.h>

#include "base/random.h"
#include "cli/budget_url.h"

/* ---- life --------------------------------------------------------------- */

/* A name that no other process has. */
static void draw_process(struct dispatch_budget *budget,
                         const struct random *random)
{
    unsigned char bytes[8];

    random->fill(random, bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        (void)snprintf(budget->process + 2 * i, 3, "%02x", bytes[i]);
}

int dispatch_budget_open(struct dispatch *dispatch, struct error *error)
{
    const struct platform *platform = dispatch->setup.platform;
    const struct options *options = dispatch->options;
    const struct credentials *credentials = dispatch->setup.credentials;
    const struct budget_url *url = options->budget;
    struct dispatch_budget *budget = &dispatch->budget;
    struct budget_place place = {.process = budget->process};
    struct budget_store *store;

    if (!url)
        return 0;
    draw_process(budget, platform->random);
    (void)snprintf(budget->where, sizeof(budget->where),
                   strchr(url->host, ':') ? "[%s]:%u" : "%s:%u", url->host,
                   url->port);
    place.where = budget->where;
    place.host = url->host;
    place.port = url->port;
    place.key = url->key;
    place.user = *url->user ? url->user : NULL;
    place.password = credentials->budget_password;
    place.password_source = dispatch_file_source(
        credentials, CREDENTIALS_BUDGET_PASSWORD, "BAUSER_BUDGET_PASSWORD");
    store = platform->open_budget(&place, error);
    if (!store)
        return -1;
    budget->shared = shared_budget_new(store, options->rate,
                                       (int64_t)options->rate_window * 1000000,
                                       options->shards, options->shard);
    if (!budget->shared)
        return error_memory(error);
    rate_limiter_set_budget(dispatch->limiter, budget->shared);
    return 0;
}

/* ---- turns -------------------------------------------------------------- */

static bool wants_token_call(const struct dispatch *dispatch)
{
    return !dispatch->token_call && !dispatch->draining &&
           !auth_watch(dispatch->auth) &&
           auth_wait(dispatch->auth, dispatch_now_ms(dispatch)) == 0;
}

/* Is there a user or a probe for such a call? */
static bool has_user(const struct dispatch *dispatch, enum circuit_call call)
{
    if (dispatch->ready[call].first)
        return true;
    return call == CIRCUIT_GET && !dispatch->draining &&
           (!dispatch->input_ended || probe_call_is_urgent(dispatch) ||
            circuit_breaker_wants_proof(&dispatch->breaker));
}

/* Could a call be sent now if the budget permitted it? */
static bool wants_calls(const struct dispatch *dispatch)
{
    if (wants_token_call(dispatch))
        return true;
    if (!auth_is_ready(dispatch->auth, dispatch_now_ms(dispatch)))
        return false;
    for (unsigned call = 0; call < CIRCUIT_TOKEN; call++)
        if (has_user(dispatch, call) &&
            rate_limiter_wants(dispatch->limiter, operation_of(call),
                               dispatch->now) &&
            circuit_breaker_wait(&dispatch->breaker, call,
                                 dispatch->calls[call],
                                 dispatch_now_ms(dispatch)) == 0)
            return true;
    return false;
}

int dispatch_budget_turn(struct dispatch *dispatch, struct error *error)
{
    struct shared_budget *shared = dispatch->budget.shared;

    if (!shared)
        return 0;
    if (shared_budget_turn(shared, dispatch->now, wants_calls(dispatch), error))
        return -1;
    rate_limiter_share_stops(dispatch->limiter, dispatch->now);
    return 0;
}

int64_t dispatch_budget_wait(const struct dispatch *dispatch)
{
    const struct shared_budget *shared = dispatch->budget.shared;

    return shared ? (shared_budget_due(shared, dispatch->now) + 999) / 1000
                  : -1;
}

int dispatch_budget_transport_wait(struct dispatch *dispatch,
                                   struct pollfd *fds, unsigned count,
                                   int milliseconds, struct error *error)
{
    struct pollfd all[TRANSPORT_MAX_FDS];
    int result;

    if (!dispatch->budget.shared)
        return transport_wait(dispatch->transport, fds, count, milliseconds,
                              error);
    for (unsigned i = 0; i < count; i++)
        all[i] = fds[i];
    shared_budget_poll(dispatch->budget.shared, &all[count]);
    result = transport_wait(dispatch->transport, all, count + 1, milliseconds,
                            error);
    for (unsigned i = 0; i < count; i++)
        fds[i].revents = all[i].revents;
    return result;
}

/* ---- why the run waits -------------------------------------------------- */

void dispatch_budget_find_waits(const struct dispatch *dispatch,
                                struct waiting_fact facts[WAITING_REASONS])
{
    const struct dispatch_budget *budget = &dispatch->budget;
    struct shared_budget_state state;
    int64_t wait;

    facts[WAITING_STORE] = facts[WAITING_BUDGET] =
        (struct waiting_fact){.holds = false};
    if (!budget->shared)
        return;
    state = shared_budget_state(budget->shared);
    wait = shared_budget_wait(budget->shared, dispatch->now);
    facts[WAITING_STORE] = (struct waiting_fact){
        .holds = state.away,
        .at_once = true,
        .until = state.resumes / 1000,
        .where = budget->where,
        .failure = state.failure,
        .per_minute = state.share,
    };
    facts[WAITING_BUDGET] = (struct waiting_fact){
        .holds = !state.away && state.gap / 1000 >= WAITING_AFTER,
        .until = wait > 0 ? (dispatch->now + wait) / 1000 : 0,
        .where = dispatch->options->budget->key,
        .per_minute = state.per_minute,
    };
}
