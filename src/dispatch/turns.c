#include "dispatch/dispatch_state.h"

static bool is_closed(const struct dispatch *dispatch, enum circuit_call call)
{
    return circuit_breaker_is_closed(&dispatch->breaker, call);
}

bool turns_of_ready(const struct dispatch *dispatch, enum circuit_call call)
{
    if (!dispatch->others_turn)
        return true;
    return health_open_circuits(dispatch)
               ? is_closed(dispatch, call)
               : !circuit_breaker_wants_proof(&dispatch->breaker);
}

/* May any call be sent, perhaps as the probe of a circuit that is open? */
static bool may_send_any(const struct dispatch *dispatch)
{
    unsigned open = health_open_circuits(dispatch);

    for (unsigned call = 0; call < CIRCUIT_TOKEN; call++)
        if ((!open || open & 1U << call) && dispatch_may_send(dispatch, call))
            return true;
    return false;
}

void turns_take(struct dispatch *dispatch)
{
    if (!health_open_circuits(dispatch) &&
        !circuit_breaker_wants_proof(&dispatch->breaker))
        dispatch->others_turn = false;
    else if (dispatch_calls(dispatch) == 0 && may_send_any(dispatch))
        dispatch->others_turn = !dispatch->others_turn;
}

bool turns_of_new(const struct dispatch *dispatch)
{
    if (health_open_circuits(dispatch))
        return dispatch->others_turn && dispatch_calls(dispatch) == 0 &&
               may_send_any(dispatch);
    return dispatch->others_turn || (!dispatch->ready[CIRCUIT_GET].first &&
                                     !dispatch->ready[CIRCUIT_UPDATE].first);
}

/* The longer of two waits; -1: for ever. */
static int64_t both(int64_t wait, int64_t other)
{
    if (wait < 0 || other < 0)
        return -1;
    return wait > other ? wait : other;
}

/* Milliseconds until a task that waits for its turn, or a new user, can be
 * sent; -1: not before something else happens. */
static int64_t turn_wait(const struct dispatch *dispatch,
                         enum circuit_call call)
{
    int64_t limiter =
        rate_limiter_wait(dispatch->limiter, operation_of(call), dispatch->now);
    int64_t wait = both(limiter < 0 ? -1 : (limiter + 999) / 1000,
                        circuit_breaker_wait(&dispatch->breaker, call,
                                             dispatch->calls[call],
                                             dispatch_now_ms(dispatch)));

    if (dispatch->others_turn && dispatch->ready[call].first &&
        dispatch_calls(dispatch) == 0 && dispatch_may_send_task(dispatch, call))
        return 0; /* there are no others */
    return wait > 0 ? wait : -1;
}

int turns_wait(const struct dispatch *dispatch, int milliseconds)
{
    const struct user_task *first = timer_heap_first(&dispatch->timers);
    int64_t now = dispatch_now_ms(dispatch);
    int64_t waits[] = {
        token_call_wait(dispatch),
        turn_wait(dispatch, CIRCUIT_GET),
        turn_wait(dispatch, CIRCUIT_UPDATE),
        recovery_wait(dispatch->recovery, now),
        dispatch_budget_wait(dispatch),
        !first                       ? -1
        : first->schedule.wake > now ? first->schedule.wake - now
                                     : 0,
    };

    for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
        if (waits[i] >= 0 && waits[i] < milliseconds)
            milliseconds = (int)waits[i];
    return milliseconds;
}
