#include "network.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fate.h"

#define MILLISECOND INT64_C(1000)
#define SECOND      (1000 * MILLISECOND)

/* A run that waits so often does not end. (A user that is always throttled
 * takes
 * --give-up for each of its groups, a second at a time.) */
#define MAX_WAITS 200000

static struct sim_network *network_of(struct transport *transport)
{
    return (struct sim_network *)transport;
}

static struct network_slot *slot_of(struct transfer *transfer)
{
    return (struct network_slot *)transfer;
}

/* ---- requests leave ------------------------------------------------------ */

static unsigned at_once(const struct sim_network *network)
{
    unsigned count = 0;

    for (unsigned i = 0; i < network->concurrency; i++)
        count += network->slots[i].state == SLOT_ON_WIRE;
    return count;
}

static void note_at_once(struct sim_network *network)
{
    unsigned count = at_once(network);

    if (!network->at_once || fate_refuses_tokens(network) ||
        network->host->now - network->at_once < NETWORK_GROWTH)
        return;
    network->since_at_once++;
    if (count > network->most_since)
        network->most_since = count;
}

/* Which of the granted tokens does the call have? */
static void note_token(struct sim_network *network,
                       const struct network_slot *slot)
{
    const char *token = strstr(slot->headers, "Bearer access");
    unsigned number =
        token ? (unsigned)strtoul(token + strlen("Bearer access"), NULL, 10)
              : 0;

    if (number > network->token_used)
        network->token_used = number;
}

unsigned network_count(const bool users[SCHEDULE_MAX_USERS])
{
    unsigned count = 0;

    for (unsigned i = 0; i < SCHEDULE_MAX_USERS; i++)
        count += users[i];
    return count;
}

static void put_on_wire(struct sim_network *network, struct network_slot *slot)
{
    struct host *host = network->host;
    bool token = slot == &network->token_slot;

    if (slot->state != SLOT_SENT || !host_operate(host, NULL))
        return;
    slot->state = SLOT_ON_WIRE;
    slot->response = (struct model_response){.status = 200, .retry_after = -1};
    slot->failure = HTTP_OK;
    slot->sent = slot->arrives = true;
    slot->stale = slot->other_writes = false;
    slot->hides_response = slot->carried_out = slot->proper = false;
    slot->left = host->now;
    slot->arrival = host->now + 10 * MILLISECOND;
    slot->end = slot->arrival + 10 * MILLISECOND;
    if (network->calls < NETWORK_SENT)
        network->sent_at[network->calls] = host->now;
    network->calls++;
    network->last_call = host->now;
    host_trace(host, "call: %s user %d",
               token          ? "token"
               : slot->update ? "UpdateUser"
                              : "GetUser",
               slot->user + 1);
    if (token) {
        fate_decide_token(network, slot);
        return;
    }
    if (slot->update && slot->user >= 0)
        network->update_left[slot->user] = true;
    note_token(network, slot);
    note_at_once(network);
    fate_decide(network, slot);
    if (!slot->hides_response &&
        !model_admits(network->model, host->now, at_once(network))) {
        fate_respond(slot, 429, "");
        slot->response.retry_after = 1000;
        slot->arrives = false;
    }
    if (slot->end > host->now + network->timeout)
        fate_time_out(network, slot);
}

/* ---- requests arrive ----------------------------------------------------- */

static void carry_out(struct sim_network *network, struct network_slot *slot)
{
    struct model_response response = {.status = 200, .retry_after = -1};
    int64_t now = network->host->now;

    if (slot == &network->token_slot)
        model_grant(network->model, now, &response);
    else if (fate_refuses_tokens(network) ||
             !model_accepts_token(network->model, slot->headers, now))
        model_fail(&response, 401, 109, "AuthenticationTokenExpired");
    else if (slot->update)
        model_update(network->model, slot->text, network->part_number,
                     slot->left, now, &response);
    else
        model_get(network->model, slot->user, network->part_number, now,
                  slot->stale ? network->schedule->lag_us : 0, &response);
    host_trace(network->host, "service: %s user %d: %ld %.60s",
               slot->update ? "UpdateUser" : "GetUser", slot->user + 1,
               response.status, response.body);
    if (slot->hides_response)
        return;
    slot->response = response;
    /* Without a body it says nothing about the user. */
    slot->proper = response.status != 401 && response.body[0];
    network->passed +=
        slot != &network->token_slot && response.status / 100 == 2;
}

static void arrive(struct sim_network *network, struct network_slot *slot)
{
    struct draw draw;

    slot->arrives = false;
    carry_out(network, slot);
    if (!slot->other_writes)
        return;
    draw = draw_keyed(network->part->key, (uint64_t)network->calls << 32);
    host_trace(network->host, "service: another program writes user %d",
               slot->user + 1);
    model_write_as_other(network->model, (unsigned)slot->user,
                         network->host->now, &draw);
}

/* The request arrives when nobody waits for it any more. If the process has
 * died, half of them do. */
static void keep_late(struct sim_network *network, struct network_slot *slot)
{
    struct network_late *late;

    if (!slot->arrives || !slot->update || network->late_count == NETWORK_LATE)
        return;
    if (network->host->dead &&
        draw_mix((uint64_t)network->host->now ^ (uint64_t)slot->user) % 2)
        return;
    late = &network->late[network->late_count++];
    late->left = slot->left;
    late->arrival = slot->arrival;
    late->part = network->part_number;
    memcpy(late->body, slot->text, sizeof(late->body));
    slot->arrives = false;
}

static void arrive_late(struct sim_network *network)
{
    for (unsigned i = 0; i < network->late_count;) {
        struct network_late *late = &network->late[i];
        struct model_response response = {.status = 200};

        if (late->arrival > network->host->now) {
            i++;
            continue;
        }
        model_update(network->model, late->body, late->part, late->left,
                     network->host->now, &response);
        host_trace(network->host, "service: late UpdateUser user %d: %ld",
                   model_find_user(network->model, late->body) + 1,
                   response.status);
        *late = network->late[--network->late_count];
    }
}

/* ---- time ---------------------------------------------------------------- */

static int64_t earlier(int64_t one, int64_t other)
{
    return one < other ? one : other;
}

static int64_t next_event(const struct network_slot *slot, int64_t end)
{
    if (slot->state != SLOT_ON_WIRE)
        return end;
    if (slot->arrives)
        end = earlier(end, slot->arrival);
    return earlier(end, slot->end);
}

static void reach(struct sim_network *network, struct network_slot *slot)
{
    if (slot->state == SLOT_ON_WIRE && slot->arrives &&
        slot->arrival <= network->host->now && slot->arrival <= slot->end)
        arrive(network, slot);
}

/* The next event is at most at the end. */
static int64_t first_event(const struct sim_network *network, int64_t end)
{
    for (unsigned i = 0; i < network->late_count; i++)
        end = earlier(end, network->late[i].arrival);
    end = next_event(&network->token_slot, end);
    for (unsigned i = 0; i < network->concurrency; i++)
        end = next_event(&network->slots[i], end);
    return end;
}

/* Advances to the next event, at most to the end. Nothing happens to a ghost.
 */
static void advance(struct sim_network *network, int64_t end)
{
    struct host *host = network->host;
    const struct part_plan *part = network->part;

    if (host->dead) {
        host->now = end;
        return;
    }
    end = first_event(network, end);
    if (end > host->now)
        host->now = end;
    arrive_late(network);
    reach(network, &network->token_slot);
    for (unsigned i = 0; i < network->concurrency; i++)
        reach(network, &network->slots[i]);
    if (part->signal_at && host->now - network->started >= part->signal_at &&
        !host->stop) {
        host_trace(host, "a signal");
        host->stop = 1;
    }
    if (part->clock_jump)
        host->wall_error = part->clock_jump;
}

static int64_t longer(int64_t one, int64_t other)
{
    return one > other ? one : other;
}

static void note_silence(struct sim_network *network)
{
    int64_t now = network->host->now;

    if (network->host->dead)
        return;
    network->longest_silence =
        longer(network->longest_silence, now - network->last_call);
    for (unsigned i = 0; i < NETWORK_KINDS; i++)
        if (network->failing_since[i] >= 0)
            network->longest_failure = longer(network->longest_failure,
                                              now - network->failing_since[i]);
}

static int wait_for_calls(struct transport *transport, struct pollfd *fds,
                          unsigned count, int milliseconds, struct error *error)
{
    struct sim_network *network = network_of(transport);

    (void)error;
    for (unsigned i = 0; i < count; i++)
        fds[i].revents = 0;
    if (milliseconds < 0 || milliseconds > 1000)
        milliseconds = 1000;
    /* A run that does not end is stopped, and if need be, it dies. */
    if (++network->waits > MAX_WAITS) {
        network->endless = true;
        network->host->stop = 1;
        network->host->dead |= network->waits > 2 * MAX_WAITS;
    }
    put_on_wire(network, &network->token_slot);
    for (unsigned i = 0; i < network->concurrency; i++)
        put_on_wire(network, &network->slots[i]);
    advance(network, network->host->now + (int64_t)milliseconds * 1000);
    note_silence(network);
    memory_measure(&network->memory);
    return 0;
}

/* ---- the other functions of a transport ---------------------------------- */

static void clear_request(struct http_request *request)
{
    request->once = request->secret = false;
    buffer_clear(&request->path);
    buffer_clear(&request->headers);
    buffer_clear(&request->body);
}

static struct transfer *take_slot(struct network_slot *slot)
{
    if (slot->state != SLOT_FREE)
        return NULL;
    slot->state = SLOT_TAKEN;
    slot->transfer.owner = NULL;
    clear_request(&slot->transfer.request);
    return &slot->transfer;
}

static struct transfer *take(struct transport *transport)
{
    struct sim_network *network = network_of(transport);

    for (unsigned i = 0; i < network->concurrency; i++)
        if (network->slots[i].state == SLOT_FREE)
            return take_slot(&network->slots[i]);
    return NULL;
}

static struct transfer *take_token(struct transport *transport)
{
    return take_slot(&network_of(transport)->token_slot);
}

static const char *text_of(const struct buffer *buffer)
{
    return buffer->len > 0 ? buffer->data : "";
}

static int send_request(struct transport *transport, struct transfer *transfer,
                        struct error *error)
{
    struct sim_network *network = network_of(transport);
    struct network_slot *slot = slot_of(transfer);
    const struct http_request *request = &transfer->request;

    (void)error;
    slot->state = SLOT_SENT;
    slot->arrives = false;
    slot->update = request->method == HTTP_PUT || request->method == HTTP_PATCH;
    if (network->schedule->partner)
        (void)snprintf(slot->text, sizeof(slot->text), "%s\n%s\n%s",
                       text_of(&request->path), text_of(&request->headers),
                       text_of(&request->body));
    else
        (void)snprintf(slot->text, sizeof(slot->text), "%s",
                       text_of(&request->body));
    slot->user = model_find_user(network->model, slot->text);
    memcpy(slot->headers, network->headers[request->target],
           sizeof(slot->headers));
    /* It may be in the journal, even if the process dies before it leaves. */
    if (slot->update && slot->user >= 0)
        network->update_sent[slot->user] = true;
    return 0;
}

static void release(struct transport *transport, struct transfer *transfer)
{
    (void)transport;
    slot_of(transfer)->state = SLOT_FREE;
}

static int set_headers(struct transport *transport, enum http_target target,
                       const char *headers, struct error *error)
{
    struct sim_network *network = network_of(transport);

    (void)error;
    (void)snprintf(network->headers[target], NETWORK_HEADER, "%s", headers);
    return 0;
}

static struct transfer *end_call(struct sim_network *network,
                                 struct network_slot *slot)
{
    const struct model_response *response = &slot->response;
    bool failed = slot->failure != HTTP_OK;
    const char *body = failed ? "" : response->body;

    keep_late(network, slot);
    slot->state = SLOT_TAKEN;
    clear_request(&slot->transfer.request);
    slot->transfer.response = (struct http_response){
        .failure = slot->failure,
        .sent = slot->sent,
        .text = failed ? "the network failed" : "",
        .status = failed ? 0 : response->status,
        .body = body,
        .len = strlen(body),
        .content_type = body[0] == '{' ? "application/json" : "text/html",
        .tracking_id = "",
        .date = -1,
        .retry_after = failed ? -1 : response->retry_after,
        .sends = slot->sent,
    };
    return &slot->transfer;
}

/* A ghost gets no response. */
static bool has_ended(const struct sim_network *network,
                      const struct network_slot *slot)
{
    return slot->state == SLOT_ON_WIRE && !network->host->dead &&
           slot->end <= network->host->now;
}

/* What the program sees of the service. */
static void note_health(struct sim_network *network,
                        const struct network_slot *slot)
{
    unsigned kind = slot == &network->token_slot ? TOKEN_KIND : slot->update;
    int64_t *since = &network->failing_since[kind];

    network->refused += !slot->failure && slot->response.status == 401;
    if (slot->proper)
        *since = -1;
    else if (*since < 0)
        *since = slot->left;
}

static struct transfer *next(struct transport *transport)
{
    struct sim_network *network = network_of(transport);
    struct network_slot *slot = &network->token_slot;

    for (unsigned i = 0; !has_ended(network, slot); i++) {
        if (i == network->concurrency)
            return NULL;
        slot = &network->slots[i];
    }
    reach(network, slot); /* meanwhile the process waited for the disk */
    note_health(network, slot);
    return end_call(network, slot);
}

static struct transfer *abandon(struct transport *transport)
{
    struct sim_network *network = network_of(transport);
    struct network_slot *slot = &network->token_slot;

    for (unsigned i = 0; slot->state < SLOT_SENT; slot = &network->slots[i++])
        if (i == network->concurrency)
            return NULL;
    network->token_abandoned |= slot == &network->token_slot;
    slot->sent = slot->state == SLOT_ON_WIRE;
    slot->failure = HTTP_BROKEN;
    return end_call(network, slot);
}

static void free_slot(struct network_slot *slot)
{
    buffer_free(&slot->transfer.request.path);
    buffer_free(&slot->transfer.request.headers);
    buffer_free(&slot->transfer.request.body);
}

static void free_network(struct transport *transport)
{
    struct sim_network *network = network_of(transport);

    note_silence(network);
    network->token_abandoned |= network->token_slot.state == SLOT_ON_WIRE;
    for (unsigned i = 0; i < network->concurrency; i++)
        free_slot(&network->slots[i]);
    free_slot(&network->token_slot);
}

static void init_slot(struct network_slot *slot, enum http_target target)
{
    struct http_request *request = &slot->transfer.request;

    slot->state = SLOT_FREE;
    slot->arrives = false;
    memset(&slot->transfer, 0, sizeof(slot->transfer));
    request->target = target;
    buffer_init(&request->path, HTTP_MAX_REQUEST);
    buffer_init(&request->headers, HTTP_MAX_REQUEST);
    buffer_init(&request->body, HTTP_MAX_REQUEST);
}

static struct transport *open_network(const struct network *base,
                                      const struct transport_setup *setup,
                                      struct error *error)
{
    static const struct transport_functions functions = {
        .take = take,
        .take_token = take_token,
        .send = send_request,
        .release = release,
        .set_headers = set_headers,
        .wait = wait_for_calls,
        .next = next,
        .abandon = abandon,
        .free = free_network,
    };
    struct sim_network *network = ((const struct network_opener *)base)->self;

    (void)error;
    network->transport.functions = &functions;
    network->concurrency = setup->concurrency;
    network->timeout = (int64_t)setup->timeout * SECOND;
    for (unsigned i = 0; i < network->concurrency; i++)
        init_slot(&network->slots[i], HTTP_SERVICE);
    init_slot(&network->token_slot, HTTP_TOKEN);
    return &network->transport;
}

/* ---- for the simulation -------------------------------------------------- */

void network_init(struct sim_network *network, struct host *host,
                  struct model *model, const struct schedule *schedule)
{
    memset(network, 0, offsetof(struct sim_network, sent_at));
    network->opener = (struct network_opener){{open_network}, network};
    network->host = host;
    network->model = model;
    network->schedule = schedule;
}

void network_start(struct sim_network *network, const struct part_plan *part,
                   unsigned number)
{
    network->part = part;
    network->part_number = number;
    network->started = network->last_call = network->host->now;
    network->longest_silence = 0;
    network->token_abandoned = false;
    network->at_once = 0;
    network->since_at_once = network->most_since = 0;
    network->calls = network->passed = network->waits = network->token_calls =
        0;
    network->refused = 0;
    network->longest_failure = 0;
    for (unsigned i = 0; i < NETWORK_KINDS; i++)
        network->failing_since[i] = -1;
    /* Until the lock of the secret file ends, no token call can succeed. */
    if (part->lock_end > 0)
        network->failing_since[TOKEN_KIND] = network->started;
    network->concurrency = 0;
    network->token_slot.state = SLOT_FREE;
    network->host->wall_error = 0;
    memset(network->calls_of, 0, sizeof(network->calls_of));
}

void network_pass(struct sim_network *network, int64_t microseconds)
{
    network->host->now += microseconds;
    arrive_late(network);
}
