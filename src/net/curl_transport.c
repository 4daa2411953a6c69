#include "net/curl_transport.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/secret_file.h"
#include "net/curl_headers.h"
#include "net/curl_peer.h"
#include "net/curl_response.h"
#include "net/curl_slot.h"

/* Open files besides the connections. */
#define OTHER_DESCRIPTORS 64

/* The longest wait in milliseconds: libcurl notices a timeout that was extended
 * only when it is called. */
#define MAX_WAIT 1000

/* Milliseconds; a longer delay counts as a pause of this program. */
#define MIN_PAUSE 200

/* The calls to one target. */
struct pool {
    struct curl_peer peer;
    struct curl_headers *headers; /* of calls that are sent from now on */
    struct curl_slot *free;
};

struct curl_transport {
    struct transport transport; /* first: its address is that of the whole */
    struct transport_setup setup;
    CURLM *multi;
    struct pool pools[HTTP_TARGETS];
    struct curl_slot *slots; /* of all pools */
    unsigned count;
    char *proxy_user; /* read again; NULL: that of the setup is used */
    unsigned proxy_user_number; /* of those that were read again */
    unsigned turn;              /* counts the calls of wait_for_calls() */
    int64_t polled; /* when the last one had waited, in milliseconds */
};

static struct curl_transport *of(struct transport *transport)
{
    return (struct curl_transport *)transport;
}

static struct pool *pool_of(struct curl_transport *transport,
                            const struct curl_slot *slot)
{
    return &transport->pools[slot->transfer.request.target];
}

/* ---- life --------------------------------------------------------------- */

static int set_headers(struct transport *base, enum http_target target,
                       const char *headers, struct error *error)
{
    struct curl_transport *transport = of(base);
    struct pool *pool = &transport->pools[target];
    struct curl_headers *replacement = curl_headers_new(headers);

    if (!replacement)
        return error_memory(error);
    curl_headers_release(pool->headers);
    pool->headers = replacement;
    for (unsigned i = 0; i < transport->count; i++) {
        struct curl_slot *slot = &transport->slots[i];

        if (pool_of(transport, slot) == pool && !slot->in_flight)
            curl_slot_set_headers(slot, replacement);
    }
    return 0;
}

/* Each call needs a connection; OTHER_DESCRIPTORS are for files and name
 * look-ups. */
static int allow_descriptors(const struct curl_transport *transport,
                             struct error *error)
{
    const rlim_t need = (rlim_t)transport->count + OTHER_DESCRIPTORS;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= need)
        return 0;
    if (limit.rlim_max >= need || limit.rlim_max == RLIM_INFINITY) {
        limit.rlim_cur = need;
        if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
            return 0;
    }
    return error_set(error, ERROR_USAGE,
                     "--concurrency %u needs %lu open files, but only %lu "
                     "are allowed; lower --concurrency, or raise the limit "
                     "with ulimit -n",
                     transport->setup.concurrency, (unsigned long)need,
                     (unsigned long)limit.rlim_max);
}

static int init_peers(struct curl_transport *transport, struct error *error)
{
    const struct transport_setup *setup = &transport->setup;
    struct pool *pools = transport->pools;

    if (curl_peer_init(&pools[HTTP_SERVICE].peer, setup->endpoint, error))
        return -1;
    return setup->token_url ? curl_peer_init(&pools[HTTP_TOKEN].peer,
                                             setup->token_url, error)
                            : 0;
}

static int init_slots(struct curl_transport *transport, struct error *error)
{
    const struct transport_setup *setup = &transport->setup;
    struct pool *pools = transport->pools;
    const char *cacert = NULL;

    if (pools[HTTP_SERVICE].peer.tls || pools[HTTP_TOKEN].peer.tls ||
        (setup->proxy && curl_peer_is_https(setup->proxy))) {
        cacert = curl_peer_find_cacert(setup->cacert, error);
        if (!cacert)
            return -1;
    }
    for (unsigned i = 0; i < transport->count; i++) {
        enum http_target target =
            i < setup->concurrency ? HTTP_SERVICE : HTTP_TOKEN;
        struct curl_slot *slot = &transport->slots[i];

        if (curl_slot_init(slot, setup, &pools[target].peer, target, cacert,
                           error))
            return -1;
        slot->next_free = pools[target].free;
        pools[target].free = slot;
    }
    return 0;
}

static int init(struct curl_transport *transport, struct error *error)
{
    if (allow_descriptors(transport, error) ||
        curl_peer_check_proxy(&transport->setup, error))
        return -1;
    transport->multi = curl_multi_init();
    transport->slots = calloc(transport->count, sizeof(*transport->slots));
    if (!transport->multi || !transport->slots)
        return error_memory(error);
    /* If it kept fewer, libcurl would close connections that are soon used. */
    curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS,
                      (long)transport->count);
    if (init_peers(transport, error) || init_slots(transport, error))
        return -1;
    for (unsigned i = 0; i < HTTP_TARGETS; i++)
        if (set_headers(&transport->transport, (enum http_target)i, "", error))
            return -1;
    return 0;
}

static void free_transport(struct transport *base)
{
    struct curl_transport *transport = of(base);

    for (unsigned i = 0; transport->slots && i < transport->count; i++) {
        struct curl_slot *slot = &transport->slots[i];

        if (slot->easy)
            curl_multi_remove_handle(transport->multi, slot->easy);
        curl_slot_clear(slot);
    }
    free(transport->slots);
    secret_file_free(transport->proxy_user);
    curl_multi_cleanup(transport->multi);
    for (unsigned i = 0; i < HTTP_TARGETS; i++) {
        curl_peer_clear(&transport->pools[i].peer);
        curl_headers_release(transport->pools[i].headers);
    }
    free(transport);
    curl_global_cleanup();
}

/* ---- sending ------------------------------------------------------------ */

static struct transfer *take_from(struct pool *pool)
{
    struct curl_slot *slot = pool->free;

    if (!slot)
        return NULL;
    pool->free = slot->next_free;
    curl_slot_clear_request(slot);
    return &slot->transfer;
}

static struct transfer *take(struct transport *base)
{
    return take_from(&of(base)->pools[HTTP_SERVICE]);
}

static struct transfer *take_token(struct transport *base)
{
    return take_from(&of(base)->pools[HTTP_TOKEN]);
}

static void release(struct transport *base, struct transfer *transfer)
{
    struct curl_slot *slot = (struct curl_slot *)transfer;
    struct pool *pool = pool_of(of(base), slot);

    curl_slot_wipe(slot);
    slot->next_free = pool->free;
    pool->free = slot;
}

static int renew_proxy_user(const struct curl_transport *transport,
                            struct curl_slot *slot)
{
    if (slot->proxy_user == transport->proxy_user_number)
        return 0;
    slot->proxy_user = transport->proxy_user_number;
    return curl_peer_set_proxy_user(slot->easy, transport->proxy_user);
}

static int send_request(struct transport *base, struct transfer *transfer,
                        struct error *error)
{
    struct curl_transport *transport = of(base);
    struct curl_slot *slot = (struct curl_slot *)transfer;

    assert(slot->peer == &pool_of(transport, slot)->peer);
    slot->sent_turn = transport->turn;
    if (curl_slot_prepare(slot) || renew_proxy_user(transport, slot) ||
        curl_multi_add_handle(transport->multi, slot->easy))
        return error_memory(error);
    slot->in_flight = true;
    return 0;
}

/* ---- waiting ------------------------------------------------------------ */

static int64_t now_ms(const struct curl_transport *transport)
{
    return clock_ms(transport->setup.clock);
}

/* Milliseconds for which this program did not process its calls, because it was
 * busy or stopped. If it was stopped during a poll, the whole poll counts,
 * since it is not known when the stop began. */
static int64_t find_pause(const struct curl_transport *transport,
                          int64_t called, int64_t polled, int asked)
{
    int64_t pause = 0;

    if (called - transport->polled > MIN_PAUSE)
        pause += called - transport->polled - MIN_PAUSE;
    if (polled - called > asked + MIN_PAUSE)
        pause += polled - called;
    return pause;
}

/* Adds a pause of this program to the timeouts of all calls in flight: libcurl
 * checks timeouts before it looks for responses. It is not added to calls that
 * were sent in this turn, since their time begins with the next one. */
static int add_time(struct curl_transport *transport, int64_t pause)
{
    for (unsigned i = 0; i < transport->count; i++) {
        struct curl_slot *slot = &transport->slots[i];

        if (slot->in_flight && slot->sent_turn != transport->turn &&
            curl_slot_add_time(slot, slot->extra_time + pause))
            return -1;
    }
    return 0;
}

/* Waits at most so many milliseconds for connections and descriptors. */
static CURLMcode poll_all(struct curl_transport *transport, struct pollfd *fds,
                          unsigned count, int milliseconds)
{
    struct curl_waitfd extra[TRANSPORT_MAX_FDS];
    CURLMcode code;

    assert(count <= TRANSPORT_MAX_FDS);
    for (unsigned i = 0; i < count; i++)
        extra[i] = (struct curl_waitfd){
            .fd = fds[i].fd,
            .events =
                (short)((fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
                        (fds[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0))};
    code = curl_multi_poll(transport->multi, extra, count, milliseconds, NULL);
    for (unsigned i = 0; i < count; i++)
        fds[i].revents =
            (short)((extra[i].revents & CURL_WAIT_POLLIN ? POLLIN : 0) |
                    (extra[i].revents & CURL_WAIT_POLLOUT ? POLLOUT : 0));
    return code;
}

static int wait_for_calls(struct transport *base, struct pollfd *fds,
                          unsigned count, int milliseconds, struct error *error)
{
    struct curl_transport *transport = of(base);
    const bool bounded = milliseconds >= 0 && milliseconds < MAX_WAIT;
    const int asked = bounded ? milliseconds : MAX_WAIT;
    const int64_t called = now_ms(transport);
    int64_t polled, pause;
    int running = 0;
    CURLMcode code;

    code = poll_all(transport, fds, count, asked);
    polled = now_ms(transport);
    pause = find_pause(transport, called, polled, asked);
    if (pause > 0 && add_time(transport, pause))
        return error_memory(error);
    transport->polled = polled;
    transport->turn++;
    if (!code)
        code = curl_multi_perform(transport->multi, &running);
    if (code)
        return error_set(error, ERROR_LOCAL, "libcurl failed: %s",
                         curl_multi_strerror(code));
    return 0;
}

/* ---- receiving ---------------------------------------------------------- */

/* Another program may have replaced the user that the proxy rejects. If it
 * cannot be read, the present one stays. */
static void read_proxy_user(struct curl_transport *transport)
{
    const struct token_source *source = &transport->setup.proxy_source;
    struct error ignored;
    char *user = source->read ? source->read(source->context, &ignored) : NULL;

    if (!user || !http_is_proxy_user(user) ||
        strcmp(user, transport->setup.proxy_user) == 0) {
        secret_file_free(user);
        return;
    }
    secret_file_free(transport->proxy_user);
    transport->setup.proxy_user = transport->proxy_user = user;
    transport->proxy_user_number++;
}

static void take_proxy_status(struct curl_transport *transport,
                              struct curl_slot *slot)
{
    struct http_response *response = &slot->transfer.response;

    if (response->proxy_status != 407)
        return;
    if (slot->proxy_user == transport->proxy_user_number)
        read_proxy_user(transport);
    response->proxy_user_renewed =
        slot->proxy_user != transport->proxy_user_number;
}

/* The call has ended: the slot can be used again. */
static struct transfer *finish(struct curl_transport *transport,
                               struct curl_slot *slot)
{
    curl_multi_remove_handle(transport->multi, slot->easy);
    slot->in_flight = false;
    curl_slot_set_headers(slot, pool_of(transport, slot)->headers);
    curl_slot_clear_request(slot);
    return &slot->transfer;
}

static struct transfer *next(struct transport *base)
{
    struct curl_transport *transport = of(base);
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(transport->multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct curl_slot *slot = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&slot);
        curl_response_take(slot, code);
        take_proxy_status(transport, slot);
        return finish(transport, slot);
    }
    return NULL;
}

static struct transfer *abandon(struct transport *base)
{
    struct curl_transport *transport = of(base);

    for (unsigned i = 0; i < transport->count; i++) {
        struct curl_slot *slot = &transport->slots[i];

        if (!slot->in_flight)
            continue;
        curl_response_abandon(slot);
        return finish(transport, slot);
    }
    return NULL;
}

/* ---- the interface ------------------------------------------------------ */

static const struct transport_functions functions = {
    .take = take,
    .take_token = take_token,
    .send = send_request,
    .release = release,
    .set_headers = set_headers,
    .wait = wait_for_calls,
    .next = next,
    .abandon = abandon,
    .free = free_transport,
};

struct transport *curl_transport_new(const struct transport_setup *setup,
                                     struct error *error)
{
    struct curl_transport *transport;

    /* Otherwise libcurl would write the keys of all connections to this file.
     */
    unsetenv("SSLKEYLOGFILE");
    if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
        error_set(error, ERROR_LOCAL,
                  "libcurl cannot be initialized; check its installation");
        return NULL;
    }
    transport = calloc(1, sizeof(*transport));
    if (!transport) {
        curl_global_cleanup();
        error_memory(error);
        return NULL;
    }
    transport->transport.functions = &functions;
    transport->setup = *setup;
    transport->count = setup->concurrency + (setup->token_url ? 1 : 0);
    if (init(transport, error)) {
        free_transport(&transport->transport);
        return NULL;
    }
    return &transport->transport;
}

static struct transport *open_transport(const struct network *network,
                                        const struct transport_setup *setup,
                                        struct error *error)
{
    (void)network;
    return curl_transport_new(setup, error);
}

const struct network network_curl = {.open = open_transport};

const char *curl_transport_version(void)
{
    return curl_version();
}
