/*
 * A network, a clock and random numbers without a machine: a test's callback
 * responds to each call, and time passes only while the program waits.
 */
#ifndef FAKE_NETWORK_H
#define FAKE_NETWORK_H

#include "base/clock.h"
#include "base/file_system.h"
#include "base/random.h"
#include "cli/credentials.h"
#include "cli/option_table.h"
#include "net/transport.h"
#include "setup/platform.h"
#include "unit.h"

#ifndef FAKE_SLOTS
#define FAKE_SLOTS 64
#endif
#define FAKE_CALLS 1024
#define FAKE_BODY  512 /* bytes of a body, its NUL included */

/* A run that waits so often does not end. */
#define FAKE_MAX_WAITS 1000000

/* One call as the network recorded it. */
struct fake_call {
    enum http_target target;
    enum http_method method;
    char path[96];
    char body[FAKE_BODY];
    char headers[256]; /* of its target when it was sent */
    int64_t sent;      /* milliseconds */
    unsigned at_once;  /* calls of its target in flight, itself included */
};

/* What the callback fills in; before, it is an empty response with status 200
 * after 10 ms. */
struct fake_response {
    long status;
    char body[FAKE_BODY];
    enum http_failure failure;
    long proxy_status;
    bool proxy_user_renewed;
    const char *proxy_schemes;
    int64_t retry_after; /* milliseconds; -1: none */
    unsigned sends;
    int64_t latency;    /* milliseconds */
    int64_t latency_us; /* more, in microseconds */
};

struct fake_slot {
    struct transfer transfer;
    enum { FAKE_FREE, FAKE_TAKEN, FAKE_SENT, FAKE_ON_WIRE } state;
    const struct fake_call *call;
    struct fake_response response;
    int64_t end; /* when the response arrives, in microseconds */
};

struct fake_network;

/* The clock, the random numbers and the network are passed as const: each has a
 * pointer to what changes. */
struct fake_clock {
    struct clock base;
    struct fake_network *fake;
};

struct fake_random {
    struct random base;
    struct fake_network *fake;
};

struct fake_opener {
    struct network base;
    struct fake_network *fake;
};

struct fake_network {
    struct transport transport; /* first: a transport is cast to its fake */
    struct fake_clock clock;
    struct fake_random random;
    struct fake_opener network;
    int64_t now;   /* microseconds */
    uint64_t seed; /* of the random numbers */

    /* Responds when the request leaves: in the first wait after it was sent. */
    void (*respond)(void *context, const struct fake_call *call,
                    struct fake_response *response);
    void *context;

    struct fake_slot slots[FAKE_SLOTS];
    struct fake_slot token_slot;
    unsigned concurrency; /* slots that may be used */
    char headers[HTTP_TARGETS][256];

    struct fake_call calls[FAKE_CALLS];
    unsigned count; /* of calls */
    bool endless;   /* the last calls are recorded only, in a ring */
    unsigned most_at_once;
    unsigned abandoned;
    unsigned waits;
    unsigned opened;
};

/* ---- time and random numbers --------------------------------------------- */

static inline int64_t fake_time(const struct clock *clock)
{
    return ((const struct fake_clock *)clock)->fake->now;
}

static inline void fake_fill(const struct random *random, void *bytes,
                             size_t len)
{
    struct fake_network *fake = ((const struct fake_random *)random)->fake;
    unsigned char *byte = bytes;

    for (size_t i = 0; i < len; i++)
        byte[i] = (unsigned char)below(&fake->seed, 256);
}

static inline int64_t fake_ms(const struct fake_network *fake)
{
    return fake->now / 1000;
}

/* ---- the transport ------------------------------------------------------- */

static inline struct fake_network *fake_of(struct transport *transport)
{
    return (struct fake_network *)transport;
}

static inline void fake_clear_request(struct http_request *request)
{
    request->once = request->secret = false;
    buffer_clear(&request->path);
    buffer_clear(&request->headers);
    buffer_clear(&request->body);
}

static inline struct transfer *fake_take_slot(struct fake_slot *slot)
{
    if (slot->state != FAKE_FREE)
        return NULL;
    slot->state = FAKE_TAKEN;
    slot->transfer.owner = NULL;
    fake_clear_request(&slot->transfer.request);
    return &slot->transfer;
}

static inline struct transfer *fake_take(struct transport *transport)
{
    struct fake_network *fake = fake_of(transport);

    for (unsigned i = 0; i < fake->concurrency; i++)
        if (fake->slots[i].state == FAKE_FREE)
            return fake_take_slot(&fake->slots[i]);
    return NULL;
}

static inline struct transfer *fake_take_token(struct transport *transport)
{
    return fake_take_slot(&fake_of(transport)->token_slot);
}

/* A slot's transfer is its first member. */
static inline struct fake_slot *fake_slot_of(struct transfer *transfer)
{
    return (struct fake_slot *)transfer;
}

static inline unsigned fake_in_flight(const struct fake_network *fake)
{
    unsigned count = 0;

    for (unsigned i = 0; i < fake->concurrency; i++)
        count += fake->slots[i].state == FAKE_SENT ||
                 fake->slots[i].state == FAKE_ON_WIRE;
    return count;
}

static inline void fake_copy(char *to, size_t size, const struct buffer *from)
{
    assert_true(from->len < size);
    (void)snprintf(to, size, "%s", from->len ? from->data : "");
}

static inline int fake_send(struct transport *transport,
                            struct transfer *transfer, struct error *error)
{
    struct fake_network *fake = fake_of(transport);
    struct fake_slot *slot = fake_slot_of(transfer);
    const struct http_request *request = &transfer->request;
    struct fake_call *call = &fake->calls[fake->count % FAKE_CALLS];

    (void)error;
    assert_int_equal(slot->state, FAKE_TAKEN);
    assert_true(fake->endless || fake->count < FAKE_CALLS);
    fake->count++;
    slot->state = FAKE_SENT;
    slot->call = call;
    call->target = request->target;
    call->method = request->method;
    fake_copy(call->path, sizeof(call->path), &request->path);
    fake_copy(call->body, sizeof(call->body), &request->body);
    memcpy(call->headers, fake->headers[request->target],
           sizeof(call->headers));
    call->sent = fake_ms(fake);
    call->at_once = request->target == HTTP_TOKEN ? 1 : fake_in_flight(fake);
    if (call->at_once > fake->most_at_once)
        fake->most_at_once = call->at_once;
    return 0;
}

static inline void fake_release(struct transport *transport,
                                struct transfer *transfer)
{
    struct fake_slot *slot = fake_slot_of(transfer);

    (void)transport;
    assert_int_equal(slot->state, FAKE_TAKEN);
    slot->state = FAKE_FREE;
}

static inline int fake_set_headers(struct transport *transport,
                                   enum http_target target, const char *headers,
                                   struct error *error)
{
    struct fake_network *fake = fake_of(transport);

    (void)error;
    assert_true(strlen(headers) < sizeof(fake->headers[target]));
    (void)snprintf(fake->headers[target], sizeof(fake->headers[target]), "%s",
                   headers);
    return 0;
}

/* The request leaves, if it was sent. */
static inline void fake_put_on_wire(struct fake_network *fake,
                                    struct fake_slot *slot)
{
    if (slot->state != FAKE_SENT)
        return;
    slot->state = FAKE_ON_WIRE;
    slot->response = (struct fake_response){
        .status = 200, .retry_after = -1, .sends = 1, .latency = 10};
    fake->respond(fake->context, slot->call, &slot->response);
    slot->end =
        fake->now + slot->response.latency * 1000 + slot->response.latency_us;
}

/* The call on the wire that ends first; NULL: there is none. */
static inline struct fake_slot *fake_first(struct fake_network *fake)
{
    struct fake_slot *first = NULL;

    if (fake->token_slot.state == FAKE_ON_WIRE)
        first = &fake->token_slot;
    for (unsigned i = 0; i < fake->concurrency; i++) {
        struct fake_slot *slot = &fake->slots[i];

        if (slot->state == FAKE_ON_WIRE && (!first || slot->end < first->end))
            first = slot;
    }
    return first;
}

static inline int fake_wait(struct transport *transport, struct pollfd *fds,
                            unsigned count, int milliseconds,
                            struct error *error)
{
    struct fake_network *fake = fake_of(transport);
    const struct fake_slot *first;
    int ready = poll(fds, count, 0);
    int64_t end;

    (void)error;
    assert_true(fake->endless || ++fake->waits < FAKE_MAX_WAITS);
    assert_true(ready >= 0);
    if (ready > 0)
        milliseconds = 0;
    else if (milliseconds < 0 || milliseconds > 1000)
        milliseconds = 1000;
    end = fake->now + (int64_t)milliseconds * 1000;
    fake_put_on_wire(fake, &fake->token_slot);
    for (unsigned i = 0; i < fake->concurrency; i++)
        fake_put_on_wire(fake, &fake->slots[i]);
    first = fake_first(fake);
    if (first && first->end < end)
        end = first->end;
    if (end > fake->now)
        fake->now = end;
    return 0;
}

/* Ends the call of the slot with its response. */
static inline struct transfer *fake_end(struct fake_slot *slot)
{
    const struct fake_response *response = &slot->response;
    bool failed = response->failure != HTTP_OK;

    slot->state = FAKE_TAKEN;
    fake_clear_request(&slot->transfer.request);
    slot->transfer.response = (struct http_response){
        .failure = response->failure,
        .sent = response->sends > 0,
        .text = failed ? "the fake network failed" : "",
        .status = failed ? 0 : response->status,
        .proxy_status = response->proxy_status,
        .proxy_user_renewed = response->proxy_user_renewed,
        .proxy_schemes = response->proxy_schemes,
        .body = failed ? "" : response->body,
        .len = failed ? 0 : strlen(response->body),
        .content_type = "application/json",
        .tracking_id = "",
        .date = -1,
        .retry_after = response->retry_after,
        .sends = response->sends,
    };
    return &slot->transfer;
}

static inline struct transfer *fake_next(struct transport *transport)
{
    struct fake_network *fake = fake_of(transport);
    struct fake_slot *first = fake_first(fake);

    return first && first->end <= fake->now ? fake_end(first) : NULL;
}

static inline struct transfer *fake_abandon(struct transport *transport)
{
    struct fake_network *fake = fake_of(transport);
    struct fake_slot *slot = &fake->token_slot;

    for (unsigned i = 0; slot->state < FAKE_SENT; slot = &fake->slots[i++])
        if (i == fake->concurrency)
            return NULL;
    slot->response =
        (struct fake_response){.failure = HTTP_BROKEN,
                               .retry_after = -1,
                               .sends = slot->state == FAKE_ON_WIRE};
    fake->abandoned++;
    return fake_end(slot);
}

static inline void fake_free_slot(struct fake_slot *slot)
{
    buffer_free(&slot->transfer.request.path);
    buffer_free(&slot->transfer.request.headers);
    buffer_wipe(&slot->transfer.request.body);
}

static inline void fake_free(struct transport *transport)
{
    struct fake_network *fake = fake_of(transport);

    for (unsigned i = 0; i < fake->concurrency; i++)
        fake_free_slot(&fake->slots[i]);
    fake_free_slot(&fake->token_slot);
}

static inline void fake_init_slot(struct fake_slot *slot,
                                  enum http_target target)
{
    struct http_request *request = &slot->transfer.request;

    *slot = (struct fake_slot){.state = FAKE_FREE};
    request->target = target;
    buffer_init(&request->path, HTTP_MAX_REQUEST);
    buffer_init(&request->headers, HTTP_MAX_REQUEST);
    buffer_init(&request->body, HTTP_MAX_REQUEST);
}

static inline struct transport *fake_open(const struct network *network,
                                          const struct transport_setup *setup,
                                          struct error *error)
{
    static const struct transport_functions functions = {
        .take = fake_take,
        .take_token = fake_take_token,
        .send = fake_send,
        .release = fake_release,
        .set_headers = fake_set_headers,
        .wait = fake_wait,
        .next = fake_next,
        .abandon = fake_abandon,
        .free = fake_free,
    };
    struct fake_network *fake = ((const struct fake_opener *)network)->fake;

    (void)error;
    assert_true(setup->concurrency <= FAKE_SLOTS);
    fake->opened++;
    fake->transport.functions = &functions;
    fake->concurrency = setup->concurrency;
    for (unsigned i = 0; i < fake->concurrency; i++)
        fake_init_slot(&fake->slots[i], HTTP_SERVICE);
    fake_init_slot(&fake->token_slot, HTTP_TOKEN);
    return &fake->transport;
}

/* ---- for tests ----------------------------------------------------------- */

/* The defaults, for REST and with a sign-in that no test rejects. */
static inline void fake_options(struct options *options,
                                struct credentials *credentials)
{
    static char access_token[] = "ACCESS", developer_token[] = "DEVELOPER";
    static char endpoint[] = "https://service.example";

    option_table_set_defaults(options);
    options->service = &service_rest;
    options->endpoint = endpoint;
    credentials->access_token = access_token;
    credentials->developer_token = developer_token;
}

/* A network without calls, and its platform with the files of this machine. The
 * caller sets respond and context. */
static inline struct platform fake_init(struct fake_network *fake)
{
    memset(fake, 0, sizeof(*fake));
    fake->clock = (struct fake_clock){{fake_time, fake_time}, fake};
    fake->random = (struct fake_random){{fake_fill}, fake};
    fake->network = (struct fake_opener){{fake_open}, fake};
    fake->now = INT64_C(1767323045678000);
    fake->seed = 20260102;
    return (struct platform){
        .clock = &fake->clock.base,
        .random = &fake->random.base,
        .files = &file_system_posix,
        .network = &fake->network.base,
        .messages = -1,
    };
}

#endif
