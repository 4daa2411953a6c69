#include "fate.h"

#include <stdio.h>

#define MILLISECOND INT64_C(1000)
#define SECOND      (1000 * MILLISECOND)
#define LONG_PAUSE  160000 /* milliseconds; longer than MODEL_AGE */

bool fate_refuses_tokens(const struct sim_network *network)
{
    int64_t at = network->part->revoked_at;

    return at && network->host->now - network->started >= at;
}

static bool in_outage(const struct sim_network *network, bool update)
{
    const struct part_plan *part = network->part;
    int64_t now = network->host->now - network->started;

    return part->outage_end && now >= part->outage_start &&
           now < part->outage_end &&
           (update ? part->updates_fail : part->gets_fail);
}

void fate_respond(struct network_slot *slot, long status, const char *body)
{
    slot->hides_response = true;
    slot->response.status = status;
    (void)snprintf(slot->response.body, sizeof(slot->response.body), "%s",
                   body);
}

/* An error of the service, which has done nothing. */
static void reject(struct network_slot *slot, long status, unsigned code,
                   const char *name)
{
    model_fail(&slot->response, status, code, name);
    slot->hides_response = true;
    slot->arrives = false;
}

static void fail_call(struct network_slot *slot, enum http_failure failure,
                      bool sent)
{
    slot->hides_response = true;
    slot->failure = failure;
    slot->sent = sent;
}

/* A page of a proxy or gateway, before or after the request was forwarded. */
static void show_page(struct network_slot *slot, struct draw *draw)
{
    static const long statuses[] = {200, 302, 400, 403, 404,
                                    407, 410, 413, 451, 502};

    fate_respond(slot, statuses[draw_below(draw, 10)],
                 draw_chance(draw, 800) ? "<html>It is not here.</html>" : "");
    slot->arrives = draw_chance(draw, 250);
}

void fate_time_out(struct sim_network *network, struct network_slot *slot)
{
    fail_call(slot, HTTP_TIMED_OUT, true);
    slot->end = network->host->now + network->timeout;
}

/* Faults of the way to the service. False: it is another one. */
static bool meet_on_the_way(struct sim_network *network,
                            struct network_slot *slot, enum fault fault,
                            struct draw *draw)
{
    int64_t now = network->host->now;

    switch (fault) {
    case FAULT_SLOW:
        slot->arrival = now + (int64_t)draw_between(draw, 1, 70) * SECOND;
        slot->end = slot->arrival + MILLISECOND;
        break;
    case FAULT_REFUSED:
        fail_call(slot, HTTP_CONNECT_FAILED, false);
        slot->arrives = false;
        break;
    case FAULT_LOST_REQUEST:
        fate_time_out(network, slot);
        slot->arrives = false;
        break;
    case FAULT_LOST_RESPONSE:
        fail_call(slot, HTTP_BROKEN, true);
        break;
    case FAULT_LATE:
        fate_respond(slot, 504, "<html>gateway timeout</html>");
        slot->arrival =
            slot->end + (int64_t)draw_between(draw, 1, 8000) * MILLISECOND;
        break;
    default:
        return false;
    }
    return true;
}

static void meet(struct sim_network *network, struct network_slot *slot,
                 enum fault fault, struct draw *draw)
{
    network->met[fault]++;
    host_trace(network->host, "      meets: %s", fault_name(fault));
    if (meet_on_the_way(network, slot, fault, draw))
        return;
    switch (fault) {
    case FAULT_ERROR_BEFORE:
        reject(slot, 503, 0, "InternalError");
        break;
    case FAULT_ERROR_AFTER:
        model_fail(&slot->response, 500, 0, "InternalError");
        slot->hides_response = true;
        break;
    case FAULT_STALE_READ:
        slot->stale = true;
        break;
    case FAULT_PAGE:
        show_page(slot, draw);
        break;
    case FAULT_THROTTLED:
        fate_respond(slot, 429, "");
        if (draw_chance(draw, 500))
            slot->response.retry_after =
                network->schedule->no_etags ? LONG_PAUSE : 1000;
        slot->arrives = false;
        break;
    case FAULT_AT_ONCE:
        if (network->schedule->partner) {
            reject(slot, 429, 0, "TooManyRequests");
            break;
        }
        reject(slot, 400, 207, "ConcurrentRequestOverLimit");
        network->at_once = network->host->now;
        network->since_at_once = network->most_since = 0;
        break;
    case FAULT_BAD_NODE:
        reject(slot, 401, 105, "InvalidCredentials");
        break;
    case FAULT_OTHER_WRITER:
        slot->other_writes = !slot->update && slot->user >= 0;
        break;
    default:
        break;
    }
}

/* A user that always fails. True: the call does. */
static bool meet_bad_user(const struct sim_network *network,
                          struct network_slot *slot)
{
    const struct schedule *schedule = network->schedule;

    if (slot->user < 0 || (unsigned)slot->user != schedule->bad_user)
        return false;
    switch (schedule->bad) {
    case BAD_NONE:
    case BAD_REFUSED: /* the model refuses */
        return false;
    case BAD_GET_500:
    case BAD_UPDATE_500:
        if (slot->update != (schedule->bad == BAD_UPDATE_500))
            return false;
        model_fail(&slot->response, 500, 0, "InternalError");
        break;
    case BAD_429:
        slot->response.status = 429;
        break;
    case BAD_401:
    case BAD_UPDATE_401:
        if (schedule->bad == BAD_UPDATE_401 && !slot->update)
            return false;
        model_fail(&slot->response, 401, 105, "InvalidCredentials");
        break;
    case BAD_PAGE:
        fate_respond(slot, 404, "<html>It is not here.</html>");
        break;
    }
    slot->hides_response = true;
    slot->arrives = false;
    return true;
}

static struct draw draw_of_call(struct sim_network *network,
                                const struct network_slot *slot)
{
    unsigned user = slot->user < 0 ? SCHEDULE_MAX_USERS : (unsigned)slot->user;
    uint64_t number = network->calls_of[user][slot->update]++;

    return draw_keyed(network->part->key,
                      (number << 16) | (user << 1) | slot->update);
}

void fate_decide(struct sim_network *network, struct network_slot *slot)
{
    struct draw draw;

    if (!fate_refuses_tokens(network) && meet_bad_user(network, slot))
        return;
    draw = draw_of_call(network, slot);
    slot->arrival += draw_below(&draw, 100) * MILLISECOND;
    slot->end = slot->arrival + draw_between(&draw, 1, 100) * MILLISECOND;
    if (in_outage(network, slot->update)) {
        slot->hides_response = true;
        slot->response.status = 503;
        slot->arrives = false;
        return;
    }
    for (unsigned i = 0; i < FAULT_COUNT; i++) {
        if (!draw_chance(&draw, network->part->chances[i]))
            continue;
        meet(network, slot, (enum fault)i, &draw);
        return;
    }
}

void fate_decide_token(struct sim_network *network, struct network_slot *slot)
{
    unsigned number = network->token_calls++;

    slot->end = slot->arrival + 20 * MILLISECOND;
    if (!network->part->token_fails || number % 3 == 2)
        return;
    if (number % 3 == 0)
        fate_respond(slot, 503, "");
    else
        fail_call(slot, HTTP_BROKEN, true);
    slot->arrives = number % 3 == 1;
}
