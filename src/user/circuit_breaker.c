#include "user/circuit_breaker.h"

#include "base/backoff.h"

#define MIN_BUDGET      100
#define BUDGET_PER_CALL 10

/* The pause between two probes stays short enough (16 s) to notice the end of
 * an outage soon. More failed probes do not make it longer. */
#define MAX_FAILED_PROBES 7

#define MIN_PAUSE 250 /* milliseconds between two probes */

/* Failures that are farther apart than this, and than --give-up, do not belong
 * to one outage. It is longer than any pause between two probes. */
#define MAX_STREAK_GAP 180000 /* milliseconds */

void circuit_breaker_init(struct circuit_breaker *breaker, unsigned concurrency,
                          int64_t give_up, const struct random *random)
{
    unsigned budget = BUDGET_PER_CALL * concurrency;

    if (budget < MIN_BUDGET)
        budget = MIN_BUDGET;
    *breaker = (struct circuit_breaker){
        .random = random,
        .give_up = give_up,
        .full_budget = budget,
    };
    for (unsigned i = 0; i < CIRCUIT_CALLS; i++)
        breaker->circuits[i] =
            (struct circuit){.budget = budget, .closed = true, .failing = -1};
}

void circuit_breaker_success(struct circuit_breaker *breaker,
                             enum circuit_call call, uint64_t failures)
{
    struct circuit *circuit = &breaker->circuits[call];

    circuit->successes++;
    if (circuit->passed < failures)
        circuit->passed = failures;
    circuit->failing = -1;
    circuit->closed = true;
    circuit->failed_probes = 0;
    circuit->given_up = false;
    if (circuit->budget < breaker->full_budget)
        circuit->budget++;
    if (call == CIRCUIT_GET)
        breaker->proof_wanted = false;
}

static int64_t probe_pause(const struct circuit_breaker *breaker,
                           const struct circuit *circuit)
{
    uint32_t random = (uint32_t)random_up_to(breaker->random, UINT32_MAX);

    return MIN_PAUSE + backoff_delay(circuit->failed_probes, random);
}

/* A low rate limit keeps the calls of one user far apart. */
static int64_t max_gap(const struct circuit_breaker *breaker)
{
    return breaker->give_up > MAX_STREAK_GAP ? breaker->give_up
                                             : MAX_STREAK_GAP;
}

void circuit_breaker_failure(struct circuit_breaker *breaker,
                             enum circuit_call call, int64_t now)
{
    struct circuit *circuit = &breaker->circuits[call];

    breaker->failures++;
    if (circuit->failing < 0 || now - circuit->failed > max_gap(breaker)) {
        circuit->failing = now;
        circuit->reads = breaker->circuits[CIRCUIT_GET].successes;
    }
    circuit->failed = now;
    if (circuit->closed)
        return;
    if (circuit->failed_probes < MAX_FAILED_PROBES)
        circuit->failed_probes++;
    circuit->next_probe = now + probe_pause(breaker, circuit);
}

void circuit_breaker_take_retry(struct circuit_breaker *breaker,
                                enum circuit_call call)
{
    struct circuit *circuit = &breaker->circuits[call];

    if (circuit->budget > 0)
        circuit->budget--;
    else if (!circuit->given_up)
        circuit->closed = false;
}

uint64_t circuit_breaker_successes(const struct circuit_breaker *breaker,
                                   enum circuit_call call)
{
    return breaker->circuits[call].successes;
}

uint64_t circuit_breaker_failures(const struct circuit_breaker *breaker)
{
    return breaker->failures;
}

bool circuit_breaker_passed(const struct circuit_breaker *breaker,
                            enum circuit_call call, uint64_t failures)
{
    return breaker->circuits[call].passed >= failures;
}

bool circuit_breaker_is_closed(const struct circuit_breaker *breaker,
                               enum circuit_call call)
{
    return breaker->circuits[call].closed;
}

int64_t circuit_breaker_wait(const struct circuit_breaker *breaker,
                             enum circuit_call call, unsigned in_flight,
                             int64_t now)
{
    const struct circuit *circuit = &breaker->circuits[call];

    if (circuit->closed)
        return 0;
    if (in_flight > 0)
        return -1;
    return circuit->next_probe > now ? circuit->next_probe - now : 0;
}

void circuit_breaker_want_proof(struct circuit_breaker *breaker)
{
    breaker->proof_wanted = true;
}

bool circuit_breaker_wants_proof(const struct circuit_breaker *breaker)
{
    return breaker->proof_wanted || !breaker->circuits[CIRCUIT_GET].closed;
}

void circuit_breaker_begin_proof(struct circuit_breaker *breaker)
{
    breaker->proof_wanted = false;
}

/* Retries of a closed circuit, which are not delayed by pauses between probes,
 * may be delayed by a low rate limit: one of them must have failed in the
 * second half of the time. */
static bool has_failed_late(const struct circuit_breaker *breaker,
                            unsigned call)
{
    const struct circuit *circuit = &breaker->circuits[call];

    return call == CIRCUIT_TOKEN || !circuit->closed ||
           circuit->failed - circuit->failing >= breaker->give_up / 2;
}

/* A call in flight may still pass, until one fails after the time is over. */
static bool is_over(const struct circuit_breaker *breaker, unsigned call,
                    bool in_flight, int64_t now)
{
    const struct circuit *circuit = &breaker->circuits[call];
    int64_t end = circuit->failing + breaker->give_up;

    return now >= end && has_failed_late(breaker, call) &&
           (!in_flight || circuit->failed >= end);
}

/* Moves the start of all failures by a pause that is new. */
static void leave_out_pause(struct circuit_breaker *breaker,
                            int64_t paused_until, int64_t now)
{
    int64_t start = breaker->pause_end > now ? breaker->pause_end : now;

    if (paused_until <= start)
        return;
    for (unsigned call = 0; call < CIRCUIT_CALLS; call++)
        if (breaker->circuits[call].failing >= 0)
            breaker->circuits[call].failing += paused_until - start;
    breaker->pause_end = paused_until;
}

enum circuit_call circuit_breaker_should_give_up(
    struct circuit_breaker *breaker, unsigned in_flight, int64_t paused_until,
    int64_t now)
{
    unsigned call;

    leave_out_pause(breaker, paused_until, now);
    for (call = 0; call < CIRCUIT_CALLS; call++) {
        const struct circuit *circuit = &breaker->circuits[call];

        if (circuit->failing < 0 || circuit->given_up ||
            circuit->failed < now - max_gap(breaker))
            continue;
        if (is_over(breaker, call, in_flight & 1U << call, now))
            break;
    }
    return (enum circuit_call)call;
}

int64_t circuit_breaker_give_up_time(const struct circuit_breaker *breaker,
                                     enum circuit_call call)
{
    const struct circuit *circuit = &breaker->circuits[call];

    if (circuit->failing < 0 || circuit->given_up)
        return 0;
    return circuit->failing + breaker->give_up;
}

bool circuit_breaker_only_updates_fail(const struct circuit_breaker *breaker)
{
    const struct circuit *get = &breaker->circuits[CIRCUIT_GET];
    const struct circuit *update = &breaker->circuits[CIRCUIT_UPDATE];

    return update->failing >= 0 && get->failing < 0 &&
           get->successes > update->reads;
}

void circuit_breaker_give_up_updates(struct circuit_breaker *breaker)
{
    struct circuit *circuit = &breaker->circuits[CIRCUIT_UPDATE];

    circuit->given_up = true;
    circuit->closed = true;
}

bool circuit_breaker_has_given_up(const struct circuit_breaker *breaker,
                                  enum circuit_call call)
{
    return breaker->circuits[call].given_up;
}
