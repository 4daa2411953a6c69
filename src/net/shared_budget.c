#include "net/shared_budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/duration.h"
#include "net/fixed_rate.h"

#define MS     INT64_C(1000)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)

#define REPLY_TIME  SECOND       /* the store is away without a reply */
#define HEARTBEAT   (500 * MS)   /* between requests without a lease */
#define AHEAD       (125 * MS)   /* the next lease is requested so early */
#define INTERVAL    (50 * MS)    /* between two leases, at least */
#define FIRST_RETRY (100 * MS)   /* before the store is tried again */
#define MAX_RETRY   (5 * SECOND) /* the same after several failures */

/* Others may notice so much later that the store has returned. */
#define LATE_RETURN (2 * MAX_RETRY)

#define FIRST_LEASE 8 /* calls */
#define MAX_LEASE   65536

/* A call may be sent so long after its time. */
#define LATE(window) shorter((window)*6 / 100, 250 * MS)

/* So much more may differ between the ways of two calls to the service. */
#define DELAY(window) shorter((window) / 100, 750 * MS)

struct lease {
    unsigned calls; /* 0: there is none */
    unsigned next;  /* the first call that can still be sent */
    unsigned sent;
    unsigned missed; /* the process was too late for them */
    int64_t first;   /* the time of the first call */
    int64_t arrived; /* when the lease was received */
};

struct shared_budget {
    struct budget_store *store;
    unsigned rate;
    int64_t window;
    int64_t spacing;
    double share; /* calls a minute without the store */

    enum { BUDGET_UNKNOWN, BUDGET_HERE, BUDGET_AWAY } state;
    bool replied;   /* the store has replied */
    bool connected; /* the same since it was away */
    bool asking;    /* a request waits for its reply */
    bool wanted;    /* in the last turn */
    int64_t turned; /* when that was */
    int64_t asked;  /* when the last request was sent */
    int64_t expiry; /* of that request; 0: its time has not begun */
    int64_t retry;  /* away: when the next request is sent */
    int64_t pause;  /* away: before the one after it */
    char failure[160];

    struct lease leases[2]; /* the present one, and the next one */
    unsigned size;          /* calls of the next lease */
    int64_t sent;           /* the last call; 0: there was none */
    int64_t gap;            /* see struct shared_budget_state */

    struct fixed_rate alone; /* the share of this process */
    int64_t turn;            /* it begins so long after a window */
    int64_t away;            /* since when */
    int64_t careful;         /* until then, its share is not exceeded */

    bool stopped;          /* others must learn of a stop */
    bool reporting;        /* the last request reports it */
    int64_t stopped_until; /* 0: without a pause */
    uint64_t stops;        /* of all processes, which are known here */
    bool heard;            /* of a stop of others */
    int64_t heard_until;
};

/* ---- life --------------------------------------------------------------- */

/* A share of less than a call in a window is one call in a longer window. The
 * processes begin in turn, so that they do not send all of these at once. */
static int init_alone(struct shared_budget *budget, unsigned processes)
{
    unsigned calls = budget->rate / processes;
    int64_t window = budget->window;

    if (budget->rate == 0)
        return fixed_rate_init(&budget->alone, 0, window);
    if (calls == 0) {
        calls = 1;
        window = budget->spacing * processes;
    }
    budget->share = (double)calls * (double)MINUTE / (double)window;
    return fixed_rate_init(&budget->alone, calls, window);
}

struct shared_budget *shared_budget_new(struct budget_store *store,
                                        unsigned rate, int64_t window,
                                        unsigned processes, unsigned number)
{
    struct shared_budget *budget = calloc(1, sizeof(*budget));

    if (!budget) {
        store->functions->free(store);
        return NULL;
    }
    budget->store = store;
    budget->rate = rate;
    budget->window = window;
    budget->size = FIRST_LEASE;
    if (rate > 0)
        budget->spacing =
            (window + LATE(window) + DELAY(window) + rate - 1) / rate;
    budget->turn = number * budget->spacing;
    if (init_alone(budget, processes)) {
        shared_budget_free(budget);
        return NULL;
    }
    return budget;
}

void shared_budget_free(struct shared_budget *budget)
{
    if (!budget)
        return;
    fixed_rate_clear(&budget->alone);
    budget->store->functions->free(budget->store);
    free(budget);
}

/* ---- leases ------------------------------------------------------------- */

static int64_t time_of(const struct shared_budget *budget,
                       const struct lease *lease, unsigned call)
{
    return lease->first + call * budget->spacing;
}

/* The first call that can be sent now or later; its number of calls: none. */
static unsigned first_left(const struct shared_budget *budget,
                           const struct lease *lease, int64_t now)
{
    int64_t late = now - LATE(budget->window) - lease->first;
    int64_t missed;

    if (lease->calls == 0 || late <= lease->next * budget->spacing)
        return lease->next;
    missed = (late + budget->spacing - 1) / budget->spacing;
    return missed < lease->calls ? (unsigned)missed : lease->calls;
}

/* As many calls as were sent, and a few more if more are wanted. */
static void learn_size(struct shared_budget *budget, const struct lease *lease)
{
    unsigned used = lease->sent + lease->missed;

    if (used < lease->calls)
        budget->size = used > 0 ? used : 1;
    else if (budget->wanted && lease->calls >= budget->size &&
             lease->calls < MAX_LEASE)
        budget->size = lease->calls + lease->calls / 4 + 1;
}

/* Skips the calls whose time is over. Those whose time, or lease, came after
 * the last turn could not be sent. */
static void skip_calls(struct shared_budget *budget, struct lease *lease,
                       int64_t now)
{
    unsigned left = first_left(budget, lease, now);

    for (; lease->next < left; lease->next++)
        lease->missed += lease->arrived == now ||
                         time_of(budget, lease, lease->next) >= budget->turned;
}

/* Removes the leases whose calls are sent or lost. */
static void end_leases(struct shared_budget *budget, int64_t now)
{
    struct lease *leases = budget->leases;

    skip_calls(budget, &leases[0], now);
    skip_calls(budget, &leases[1], now);
    while (leases[0].calls > 0 && leases[0].next == leases[0].calls) {
        learn_size(budget, &leases[0]);
        leases[0] = leases[1];
        leases[1].calls = 0;
    }
}

static void add_lease(struct shared_budget *budget, int64_t now,
                      const struct budget_reply *reply)
{
    struct lease *leases = budget->leases;
    const struct lease lease = {.calls = reply->calls,
                                .first = budget->asked + reply->first,
                                .arrived = now};

    if (lease.calls == 0)
        return;
    if (leases[0].calls == 0)
        budget->gap =
            lease.first - (budget->sent > 0 ? budget->sent : budget->asked);
    leases[leases[0].calls > 0] = lease;
}

/* When the next lease is requested, if calls are wanted; -1: not before the
 * present one ends. A single call has a place in the order, so that nothing is
 * lost by waiting for its end. */
static int64_t lease_time(const struct shared_budget *budget)
{
    const struct lease *lease = &budget->leases[0];
    int64_t time = budget->asked + INTERVAL;

    if (budget->leases[1].calls > 0 || lease->calls == 1)
        return -1;
    if (lease->calls > 0)
        time = longer(time, time_of(budget, lease, lease->calls - 1) - AHEAD);
    return time;
}

/* ---- calls -------------------------------------------------------------- */

/* Without the store, or if others may be without it. */
static bool is_alone(const struct shared_budget *budget, int64_t now)
{
    return budget->state == BUDGET_AWAY || now < budget->careful;
}

/* When calls are sent again without the store. */
static int64_t resume_time(const struct shared_budget *budget)
{
    return budget->away + budget->window + budget->turn;
}

static int64_t lease_wait(const struct shared_budget *budget, int64_t now)
{
    for (unsigned i = 0; i < 2; i++) {
        const struct lease *lease = &budget->leases[i];
        unsigned call = first_left(budget, lease, now);

        if (call < lease->calls)
            return longer(time_of(budget, lease, call) - now, 0);
    }
    return -1;
}

int64_t shared_budget_wait(const struct shared_budget *budget, int64_t now)
{
    int64_t alone = 0;
    int64_t wait;

    if (budget->state == BUDGET_UNKNOWN)
        return -1;
    if (budget->rate == 0)
        return 0;
    if (is_alone(budget, now))
        alone = fixed_rate_wait(&budget->alone, now);
    if (budget->state == BUDGET_AWAY)
        return longer(alone, resume_time(budget) - now);
    wait = lease_wait(budget, now);
    return wait < 0 ? -1 : longer(wait, alone);
}

void shared_budget_sent(struct shared_budget *budget, int64_t now)
{
    budget->sent = now;
    if (budget->rate == 0)
        return;
    if (is_alone(budget, now))
        fixed_rate_sent(&budget->alone, now);
    for (unsigned i = 0; i < 2; i++) {
        struct lease *lease = &budget->leases[i];
        unsigned call = first_left(budget, lease, now);

        if (call < lease->calls) {
            lease->next = call + 1;
            lease->sent++;
            return;
        }
    }
}

/* ---- the store ---------------------------------------------------------- */

/* why may contain advice, which is for a run that has stopped. */
static void lose(struct shared_budget *budget, int64_t now, const char *why)
{
    const char *advice = strstr(why, "; ");
    size_t len = advice ? (size_t)(advice - why) : strlen(why);
    bool again = budget->state == BUDGET_AWAY;

    (void)snprintf(budget->failure, sizeof(budget->failure), "%.*s", (int)len,
                   why);
    budget->store->functions->close(budget->store);
    budget->asking = false;
    budget->connected = false;
    budget->stopped = budget->stopped || budget->reporting;
    budget->reporting = false;
    budget->leases[0].calls = budget->leases[1].calls = 0;
    budget->gap = 0;
    if (!again)
        budget->away = now;
    budget->state = BUDGET_AWAY;
    budget->pause = again ? shorter(budget->pause * 2, MAX_RETRY) : FIRST_RETRY;
    budget->retry = now + budget->pause;
}

/* Leases of earlier connections are over, so that a store that was restarted
 * gives no call twice. */
static void find_store(struct shared_budget *budget, int64_t now)
{
    if (budget->state == BUDGET_AWAY && now - budget->away >= budget->window)
        budget->careful = now + budget->window + LATE_RETURN;
    budget->state = BUDGET_HERE;
}

static void note_stops(struct shared_budget *budget, int64_t now,
                       const struct budget_reply *reply)
{
    int64_t until = reply->pause > 0 ? now + reply->pause : 0;
    bool heard =
        budget->connected ? reply->stops > budget->stops : reply->pause > 0;

    /* The stop that it has reported is its own, unless others pause longer. */
    if (budget->reporting)
        heard = until > budget->stopped_until + SECOND;
    budget->stops = reply->stops;
    if (!heard)
        return;
    budget->heard = true;
    budget->heard_until = until;
}

static void take_reply(struct shared_budget *budget, int64_t now,
                       const struct budget_reply *reply)
{
    budget->asking = false;
    budget->replied = true;
    note_stops(budget, now, reply);
    if (budget->state != BUDGET_HERE)
        find_store(budget, now);
    budget->connected = true;
    budget->reporting = false;
    add_lease(budget, now, reply);
}

/* The times of a lease count from the request, so that a reply that is read
 * late delays no call. So the first request of a connection is for no lease:
 * connecting takes longer. */
static void ask(struct shared_budget *budget, int64_t now, bool lease)
{
    const struct budget_request request = {
        .rate = budget->rate,
        .window = budget->window,
        .spacing = budget->spacing,
        .wanted = lease && budget->connected ? budget->size : 0,
        .stopped = budget->stopped,
        .pause = longer(budget->stopped_until - now, 0),
    };

    budget->reporting = budget->stopped;
    budget->stopped = false;
    budget->asking = true;
    budget->asked = now;
    budget->expiry = 0;
    budget->store->functions->ask(budget->store, &request);
}

static void ask_if_due(struct shared_budget *budget, int64_t now)
{
    int64_t lease = lease_time(budget);
    bool wants =
        budget->wanted && budget->rate > 0 && lease >= 0 && now >= lease;

    if (budget->state == BUDGET_AWAY
            ? now < budget->retry
            : !wants && !budget->stopped && budget->connected &&
                  now < budget->asked + HEARTBEAT)
        return;
    ask(budget, now, wants);
}

static int take_event(struct shared_budget *budget, int64_t now,
                      struct error *error)
{
    struct budget_reply reply;
    struct error why;

    switch (budget->store->functions->take(budget->store, &reply, &why)) {
    case BUDGET_NOTHING:
        /* Only now is a new connection used, after a turn of any length. */
        if (budget->expiry == 0)
            budget->expiry = now + REPLY_TIME;
        else if (budget->asking && now >= budget->expiry)
            lose(budget, now, "no reply within a second");
        break;
    case BUDGET_REPLY:
        take_reply(budget, now, &reply);
        break;
    case BUDGET_REJECTED:
        if (!budget->replied) {
            *error = why;
            return -1;
        }
        lose(budget, now, why.text);
        break;
    case BUDGET_LOST:
        lose(budget, now, why.text);
        break;
    }
    return 0;
}

int shared_budget_turn(struct shared_budget *budget, int64_t now, bool wanted,
                       struct error *error)
{
    budget->wanted = wanted;
    /* A connection that ends is noticed without a request. */
    if ((budget->asking || budget->connected) && take_event(budget, now, error))
        return -1;
    end_leases(budget, now);
    budget->turned = now;
    if (!budget->asking)
        ask_if_due(budget, now);
    return 0;
}

int64_t shared_budget_due(const struct shared_budget *budget, int64_t now)
{
    int64_t due = budget->asked + HEARTBEAT;
    int64_t lease =
        budget->wanted && budget->rate > 0 ? lease_time(budget) : -1;

    if (budget->asking)
        due = budget->expiry > 0 ? budget->expiry : now + REPLY_TIME;
    else if (budget->state == BUDGET_AWAY)
        due = budget->retry;
    else if (!budget->connected || budget->stopped)
        due = now;
    else if (lease >= 0)
        due = shorter(due, lease);
    return longer(due - now, 0);
}

void shared_budget_poll(const struct shared_budget *budget, struct pollfd *fd)
{
    budget->store->functions->poll(budget->store, fd);
}

/* ---- stops -------------------------------------------------------------- */

void shared_budget_stop(struct shared_budget *budget, int64_t pause_end)
{
    budget->stopped = true;
    budget->stopped_until = pause_end;
}

bool shared_budget_take_stop(struct shared_budget *budget, int64_t now,
                             int64_t *pause)
{
    bool heard = budget->heard;

    budget->heard = false;
    *pause = longer(budget->heard_until - now, 0);
    return heard;
}

struct shared_budget_state shared_budget_state(
    const struct shared_budget *budget)
{
    bool away = budget->state == BUDGET_AWAY;

    return (struct shared_budget_state){
        .away = away,
        .failure = budget->failure,
        .resumes = away && budget->rate > 0 ? resume_time(budget) : 0,
        .share = budget->share,
        .gap = budget->gap,
        .per_minute = budget->rate * (double)MINUTE / (double)budget->window,
    };
}
