#include "server.h"

#include <stdlib.h>
#include <string.h>

#include "deliver.h"
#include "mem.h"

#define MS 1000000U /* nanoseconds */

/* Interval for checking whether the client of a stalled call has
 * disconnected. */
#define STALL_POLL (100 * MS)

/* A connection, in libmicrohttpd's socket context. */
struct connection_info {
    uint64_t number, requests;
};

/* State of a request. A suspended request is always in the timers. */
enum state {
    READING,   /* its body arrives */
    WAITING,   /* suspended for the latency */
    STALLED,   /* suspended by a fault */
    READY,     /* its response is due */
    SENDING,   /* its response is queued; suspended between the pieces of a slow
                  body */
    CANCELLED, /* to be closed without a response */
};

struct exchange {
    struct call call;
    struct server *server;
    struct MHD_Connection *connection;
    struct connection_info *info;
    struct exchange *next, *before; /* list of server->exchanges */
    enum state state;
    bool reused;
    uint64_t until; /* STALLED: the end; SENDING: the next piece */
};

const char *call_header(const struct call *call, const char *name)
{
    return MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, name);
}

const char *call_argument(const struct call *call, const char *name)
{
    return MHD_lookup_connection_value(call->connection, MHD_GET_ARGUMENT_KIND,
                                       name);
}

/* --- start and end of requests -------------------------------------------- */

static const struct service *find_service(const char *path)
{
    static const struct service *const services[] = {
        &rest_service,      &soap_v13_service, &soap_v12_service,
        &soap_v11_service,  &partner_service,  &token_service,
        &authorize_service,
    };

    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (services[i]->owns(path))
            return services[i];
    return services[0];
}

static struct exchange *exchange_new(struct server *server,
                                     struct MHD_Connection *connection,
                                     const char *path)
{
    struct exchange *exchange = mem_new(sizeof *exchange);
    struct counts *counts = &server->counts;

    call_init(&exchange->call, server->sim, find_service(path));
    exchange->call.connection = connection;
    exchange->server = server;
    exchange->connection = connection;
    exchange->info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
            ->socket_context;
    exchange->reused = exchange->info->requests++ > 0;
    exchange->next = server->exchanges;
    if (exchange->next != NULL)
        exchange->next->before = exchange;
    server->exchanges = exchange;
    counts->in_flight++;
    if (counts->in_flight > counts->most_in_flight)
        counts->most_in_flight = counts->in_flight;
    return exchange;
}

static void exchange_free(struct exchange *exchange)
{
    struct server *server = exchange->server;

    if (exchange->before != NULL)
        exchange->before->next = exchange->next;
    else
        server->exchanges = exchange->next;
    if (exchange->next != NULL)
        exchange->next->before = exchange->before;
    server->counts.in_flight--;
    call_clear(&exchange->call);
    free(exchange);
}

static void on_completed(void *context, struct MHD_Connection *connection,
                         void **state, enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *state;

    (void)context;
    *state = NULL;
    if (exchange == NULL)
        return;
    if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK &&
        exchange->call.response.delivery == DELIVER_CLOSE_AFTER)
        deliver_shutdown(connection);
    exchange_free(exchange);
}

static void on_connection(void *context, struct MHD_Connection *connection,
                          void **info, enum MHD_ConnectionNotificationCode code)
{
    struct server *server = context;
    struct counts *counts = &server->counts;

    (void)connection;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct connection_info *opened = mem_new(sizeof *opened);
        opened->number = ++server->connections;
        counts->connections_opened++;
        counts->connections_open++;
        *info = opened;
    } else {
        counts->connections_open--;
        free(*info);
    }
}

/* --- responses ------------------------------------------------------------ */

static void suspend(struct exchange *exchange, enum state state, uint64_t until)
{
    exchange->state = state;
    MHD_suspend_connection(exchange->connection);
    timers_add(&exchange->server->timers, until, exchange);
}

/* libmicrohttpd asks for the next piece of the body. */
static ssize_t read_body(void *context, uint64_t position, char *out,
                         size_t max)
{
    struct exchange *exchange = context;
    const struct response *response = &exchange->call.response;
    uint64_t now = timers_now();

    if (exchange->server->stopping)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (response->cut_by_reset && position >= response->cut)
        deliver_reset(exchange->connection);
    if (response->slow_bytes == 0)
        return deliver_read(response, position, out, max);
    if (now < exchange->until) {
        suspend(exchange, SENDING, exchange->until);
        return 0;
    }
    exchange->until = now + (uint64_t)response->slow_ms * MS;
    return deliver_read(response, position, out,
                        max < response->slow_bytes ? max
                                                   : response->slow_bytes);
}

static enum MHD_Result stall(struct exchange *exchange)
{
    unsigned ms = exchange->call.response.stall_ms;
    uint64_t now = timers_now();

    exchange->until = ms > 0 ? now + (uint64_t)ms * MS : UINT64_MAX;
    suspend(exchange, STALLED, now + STALL_POLL);
    return MHD_YES;
}

static void refuse(struct exchange *exchange)
{
    struct server *server = exchange->server;
    unsigned ms = exchange->call.response.refuse_ms;

    server->closed_until = timers_now() + (uint64_t)ms * MS;
    server_update_port(server);
}

static enum MHD_Result send_response(struct exchange *exchange)
{
    switch (exchange->call.response.delivery) {
    case DELIVER_STALL:
        return stall(exchange);
    case DELIVER_RESET:
        deliver_reset(exchange->connection);
        return MHD_NO;
    case DELIVER_REFUSE:
        refuse(exchange);
        deliver_reset(exchange->connection);
        return MHD_NO;
    case DELIVER_NOISE:
        deliver_noise(exchange->connection);
        return MHD_NO;
    case DELIVER_CLOSE:
        return MHD_NO;
    case DELIVER_WHOLE:
    case DELIVER_CLOSE_AFTER:
        break;
    }
    exchange->state = SENDING;
    call_response_sent(&exchange->call);
    return deliver_response(exchange->connection, &exchange->call, read_body,
                            exchange) == 0
               ? MHD_YES
               : MHD_NO;
}

static uint64_t delay_of(struct server *server)
{
    const struct settings *settings = &server->sim->settings;
    uint64_t delay = (uint64_t)settings->latency_ms * MS;

    if (settings->jitter_ms > 0)
        delay += world_mix(++server->draws) %
                 ((uint64_t)settings->jitter_ms * MS + 1);
    return delay;
}

/* True if the request is complete and its client waits for the response. */
static bool is_executing(const struct exchange *exchange)
{
    return exchange->state != READING && exchange->state != CANCELLED &&
           !deliver_is_disconnected(exchange->connection);
}

/* True if another update of the same user is executing. */
static bool overlaps(const struct exchange *exchange)
{
    const struct call *call = &exchange->call;

    if (call->kind != CALL_UPDATE_USER)
        return false;
    for (const struct exchange *at = exchange->server->exchanges; at != NULL;
         at = at->next)
        if (at != exchange && at->call.kind == CALL_UPDATE_USER &&
            strcmp(at->call.id, call->id) == 0 && is_executing(at))
            return true;
    return false;
}

static void count(struct exchange *exchange)
{
    struct counts *counts = &exchange->server->counts;
    const struct call *call = &exchange->call;

    counts->calls[call->kind]++;
    counts->applied += call->applied;
    counts->refused += call->refusal.count > 0 || call->limit != NULL;
    counts->throttled += call->limit != NULL;
    counts->faults += call->faulted;
    counts->replayed += call->replayed;
    counts->doubtful += call->refusal.doubt[0] != '\0';
    counts->misused += call->misuse != NULL;
    counts->update_overlaps += overlaps(exchange);
}

/* Executes a complete request. The latency begins with this iteration of the
 * loop, because the request arrived before it. Otherwise the requests that
 * are executed first would add to it. */
static enum MHD_Result run(struct exchange *exchange)
{
    struct server *server = exchange->server;
    struct record_call arrival = {
        .time_us = (server->now - server->started) / 1000,
        .connection = exchange->info->number,
        .reused = exchange->reused,
    };

    call_run(&exchange->call, &arrival);
    count(exchange);
    uint64_t delay = delay_of(server);
    if (delay == 0)
        return send_response(exchange);
    suspend(exchange, WAITING, server->now + delay);
    return MHD_YES;
}

/* libmicrohttpd calls it for the head of a request, for each piece of its
 * body, at its end, and each time it is resumed. */
static enum MHD_Result on_request(void *context,
                                  struct MHD_Connection *connection,
                                  const char *path, const char *method,
                                  const char *version, const char *data,
                                  size_t *len, void **state)
{
    struct exchange *exchange = *state;

    (void)version;
    if (exchange == NULL) {
        *state = exchange_new(context, connection, path);
        return MHD_YES;
    }
    if (*len > 0) {
        call_body(&exchange->call, data, *len);
        *len = 0;
        return MHD_YES;
    }
    exchange->call.method = method;
    exchange->call.path = path;
    switch (exchange->state) {
    case READING:
        return run(exchange);
    case READY:
        return send_response(exchange);
    default:
        return MHD_NO;
    }
}

/* --- the loop ------------------------------------------------------------- */

int server_start(struct server *server, struct sim *sim,
                 struct listener_config *config)
{
    *server = (struct server){.sim = sim, .started = timers_now()};
    timers_init(&server->timers);
    config->handle = on_request;
    config->completed = on_completed;
    config->connected = on_connection;
    config->context = server;
    return listener_start(&server->listener, config);
}

void server_update_port(struct server *server)
{
    bool open = !server->sim->settings.refuse_connections &&
                timers_now() >= server->closed_until;

    listener_open(&server->listener, open);
}

/* Handles a suspended request whose time has come. */
static void wake(struct exchange *exchange, uint64_t now)
{
    if (exchange->state == STALLED && !exchange->server->stopping &&
        now < exchange->until &&
        !deliver_is_disconnected(exchange->connection)) {
        timers_add(&exchange->server->timers, now + STALL_POLL, exchange);
        return;
    }
    if (exchange->state == STALLED || exchange->server->stopping)
        exchange->state = CANCELLED;
    else if (exchange->state == WAITING)
        exchange->state = READY;
    MHD_resume_connection(exchange->connection);
}

void server_run(struct server *server)
{
    struct exchange *due;

    server->now = timers_now();
    server_update_port(server);
    while ((due = timers_pop(&server->timers, server->now)) != NULL)
        wake(due, server->now);
    listener_run(&server->listener);
}

uint64_t server_due(const struct server *server)
{
    uint64_t wait = listener_timeout(&server->listener);
    uint64_t due = wait < UINT64_MAX ? timers_now() + wait : wait;
    uint64_t next = timers_next(&server->timers);

    if (!server->listener.open && server->closed_until > timers_now() &&
        server->closed_until < next)
        next = server->closed_until;
    return due < next ? due : next;
}

uint64_t server_time(const struct server *server)
{
    return (timers_now() - server->started) / 1000;
}

void server_release(struct server *server)
{
    for (struct exchange *at = server->exchanges; at != NULL; at = at->next)
        if (at->state == STALLED)
            at->until = 0;
    server->closed_until = 0;
    server_update_port(server);
}

void server_stop(struct server *server)
{
    struct exchange *due;

    server->stopping = true;
    while ((due = timers_pop(&server->timers, UINT64_MAX)) != NULL)
        wake(due, UINT64_MAX);
    listener_run(&server->listener);
    listener_stop(&server->listener);
    timers_free(&server->timers);
}

void server_clear_counts(struct server *server)
{
    struct counts *counts = &server->counts;

    *counts = (struct counts){
        .connections_open = counts->connections_open,
        .in_flight = counts->in_flight,
        .most_in_flight = counts->in_flight,
    };
}
