#include "net/transport.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/number.h"
#include "service/service.h"

/* Longest time that a connection may have been idle to be used again: below
 * what servers and load balancers commonly allow, so that they don't close it
 * under a request. */
#define MAX_IDLE_SECONDS 55L

/* A buffer that one large body has made larger is given back. */
#define KEPT_BUFFER ((size_t)256 << 10)

/* From so many bytes on, libcurl may ask before it sends a body (1 MiB in
 * version 7.88). */
#define LARGE_BODY ((size_t)512 << 10)

/* Open files besides the connections. */
#define OTHER_DESCRIPTORS 64

/* Bytes of a token endpoint's answer. All of it is reserved at once: a buffer
 * that grows leaves its secrets behind in the memory that it gives back. */
#define MAX_TOKEN_ANSWER ((size_t)64 << 10)

/* Nothing is waited for longer, in milliseconds: libcurl notices a time-out
 * that was made longer only when it is called. */
#define MAX_WAIT 1000

/* From so many milliseconds on, a delay counts as a pause of this program. */
#define PAUSE 200

/* The longest that Retry-After can ask for: a year, in seconds. */
#define MAX_RETRY_AFTER ((int64_t)365 * 24 * 3600)

/* The headers of calls. They live while a handle points to them. */
struct headers {
    struct curl_slist *lines; /* the first is for large bodies only */
    unsigned references;
};

/* Whom calls go to, with the slots for them. */
struct peer {
    CURLU *address;     /* parsed once for all calls */
    const char *prefix; /* its own path, before each call's */
    bool tls;
    struct headers *headers; /* of the calls to come */
    struct slot *free;
};

struct slot {
    struct transfer transfer; /* first, so that it leads back to the slot */
    struct peer *peer;
    CURL *easy;
    struct headers *headers;                 /* those of the handle */
    struct curl_slist lines[HTTP_MAX_LINES]; /* this request's own, before
                                                them */
    struct buffer target;
    struct buffer body;
    bool secret;    /* its bodies hold tokens */
    bool too_large; /* the answer's body, beyond its bound */
    bool no_memory;
    bool replayed; /* libcurl wanted to send an update a second time */
    bool in_flight;
    unsigned turn; /* in which it was sent */
    int64_t pause; /* milliseconds that its time-outs were made longer by */
    char text[CURL_ERROR_SIZE];
    char proxy_text[CURL_ERROR_SIZE + 32];
    struct slot *next_free;
};

struct transport {
    const struct options *options;
    CURLM *multi;
    struct peer peers[HTTP_TARGETS];
    struct slot *slots; /* --concurrency, and one for tokens where wanted */
    unsigned count;
    unsigned in_flight;
    unsigned turn;  /* counts calls of transport_wait() */
    int64_t polled; /* when the last one had waited */
    const char *cacert;
};

/* ---- what libcurl calls ------------------------------------------------- */

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct slot *slot = context;

    (void)size; /* always 1 */
    if (buffer_append(&slot->body, data, count) == 0)
        return count;
    slot->too_large = errno == EFBIG;
    slot->no_memory = !slot->too_large;
    return 0;
}

/* Comes before each sending, also where libcurl sends again by itself because
 * a kept connection turned out to be closed. The first copy may have arrived,
 * so an update must not follow it. */
static int before_sending(void *context, char *remote, char *local,
                          int remote_port, int local_port)
{
    struct slot *slot = context;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (slot->transfer.request.once && slot->transfer.response.sends > 0) {
        slot->replayed = true;
        return CURL_PREREQFUNC_ABORT;
    }
    slot->transfer.response.sends++;
    return CURL_PREREQFUNC_OK;
}

/* ---- headers ------------------------------------------------------------ */

static void wipe_lines(struct curl_slist *lines)
{
    for (struct curl_slist *line = lines; line; line = line->next)
        memory_wipe(line->data, strlen(line->data));
    curl_slist_free_all(lines);
}

static void drop_headers(struct headers *headers)
{
    if (!headers || --headers->references > 0)
        return;
    wipe_lines(headers->lines);
    free(headers);
}

static int add_line(struct headers *headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(headers->lines, line);

    if (!longer)
        return -1;
    headers->lines = longer;
    return 0;
}

static int add_lines(struct headers *headers, const char *text)
{
    struct buffer line;
    int result = 0;

    buffer_init(&line, HTTP_MAX_REQUEST);
    /* So that libcurl doesn't ask. */
    result = add_line(headers, "Expect:");
    while (*text && result == 0) {
        size_t len = strcspn(text, "\n");

        buffer_clear(&line);
        if (buffer_append(&line, text, len) || add_line(headers, line.data))
            result = -1;
        text += len + (text[len] == '\n');
    }
    buffer_wipe(&line);
    return result;
}

static struct headers *new_headers(const char *text)
{
    struct headers *headers = calloc(1, sizeof(*headers));

    if (!headers)
        return NULL;
    headers->references = 1;
    if (add_lines(headers, text)) {
        drop_headers(headers);
        return NULL;
    }
    return headers;
}

/* Every handle that is not in flight has the headers of the calls to come. */
static void update_headers(struct slot *slot)
{
    struct headers *headers = slot->peer->headers;

    if (slot->headers == headers)
        return;
    headers->references++;
    drop_headers(slot->headers);
    slot->headers = headers;
}

int transport_set_headers(struct transport *transport, enum http_target target,
                          const char *headers, struct error *error)
{
    struct peer *peer = &transport->peers[target];
    struct headers *replacement = new_headers(headers);

    if (!replacement)
        return error_memory(error);
    drop_headers(peer->headers);
    peer->headers = replacement;
    for (unsigned i = 0; i < transport->count; i++) {
        struct slot *slot = &transport->slots[i];

        if (slot->peer == peer && !slot->in_flight)
            update_headers(slot);
    }
    return 0;
}

/* ---- life --------------------------------------------------------------- */

static bool is_https(const char *address)
{
    return strncasecmp(address, "https:", 6) == 0;
}

static int set_tls(const struct transport *transport, CURL *easy)
{
    /* With a CApath libcurl reads the whole bundle for each connection: without
     * one it is read once. */
    return curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) ||
           curl_easy_setopt(easy, CURLOPT_CAINFO, transport->cacert) ||
           curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_2);
}

/* "" and not NULL: libcurl would look for proxies in the environment. */
static int set_proxy(const struct transport *transport, CURL *easy)
{
    const char *proxy = transport->options->proxy;

    if (!proxy)
        return curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK;
    /* A tunnel also for plain http: the proxy then sees no header of ours, and
     * CURLOPT_REQUEST_TARGET means the same with and without it. */
    return curl_easy_setopt(easy, CURLOPT_PROXY, proxy) ||
           curl_easy_setopt(easy, CURLOPT_NOPROXY, "") ||
           curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L) ||
           curl_easy_setopt(easy, CURLOPT_HEADEROPT,
                            (long)CURLHEADER_SEPARATE) ||
           curl_easy_setopt(easy, CURLOPT_PROXYAUTH, (long)CURLAUTH_NONE) ||
           curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL) ||
           curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, transport->cacert) ||
           curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_2);
}

static long time_out(unsigned seconds, int64_t pause)
{
    int64_t milliseconds = (int64_t)seconds * 1000 + pause;

    return milliseconds < INT_MAX ? (long)milliseconds : INT_MAX;
}

/* Makes the time-outs of a call longer by so many milliseconds. */
static int set_time_outs(const struct transport *transport, struct slot *slot,
                         int64_t pause)
{
    const struct options *options = transport->options;

    slot->pause = pause;
    return curl_easy_setopt(slot->easy, CURLOPT_CONNECTTIMEOUT_MS,
                            time_out(options->connect_timeout, pause)) ||
           curl_easy_setopt(slot->easy, CURLOPT_TIMEOUT_MS,
                            time_out(options->timeout, pause));
}

static int set_constants(const struct transport *transport, struct slot *slot)
{
    const struct peer *peer = slot->peer;
    CURL *easy = slot->easy;

    return curl_easy_setopt(easy, CURLOPT_PRIVATE, slot) ||
           curl_easy_setopt(easy, CURLOPT_CURLU, peer->address) ||
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) ||
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending) ||
           curl_easy_setopt(easy, CURLOPT_PREREQDATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->text) ||
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) ||
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) ||
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                            peer->tls ? "https" : "http") ||
           curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) ||
           curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, MAX_IDLE_SECONDS) ||
           set_time_outs(transport, slot, 0) || set_proxy(transport, easy) ||
           (peer->tls && set_tls(transport, easy));
}

static int init_slot(struct transport *transport, struct slot *slot,
                     enum http_target target, struct error *error)
{
    slot->peer = &transport->peers[target];
    slot->secret = target == HTTP_TOKEN;
    slot->transfer.request.target = target;
    buffer_init(&slot->transfer.request.path, HTTP_MAX_REQUEST);
    buffer_init(&slot->transfer.request.headers, HTTP_MAX_REQUEST);
    buffer_init(&slot->transfer.request.body, HTTP_MAX_REQUEST);
    buffer_init(&slot->target, HTTP_MAX_REQUEST);
    buffer_init(&slot->body,
                slot->secret ? MAX_TOKEN_ANSWER : HTTP_MAX_RESPONSE);
    slot->easy = curl_easy_init();
    if (!slot->easy)
        return error_memory(error);
    if (set_constants(transport, slot))
        return error_set(error, ERROR_LOCAL,
                         "libcurl %s lacks an option that is needed, or there "
                         "is no memory left",
                         curl_version_info(CURLVERSION_NOW)->version);
    slot->next_free = slot->peer->free;
    slot->peer->free = slot;
    return 0;
}

static int init_slots(struct transport *transport, struct error *error)
{
    for (unsigned i = 0; i < transport->count; i++) {
        bool service = i < transport->options->concurrency;

        if (init_slot(transport, &transport->slots[i],
                      service ? HTTP_SERVICE : HTTP_TOKEN, error))
            return -1;
    }
    return 0;
}

static int parse_address(struct peer *peer, const char *address,
                         struct error *error)
{
    const char *host = strstr(address, "://");

    peer->address = curl_url();
    if (!peer->address)
        return error_memory(error);
    if (!host || curl_url_set(peer->address, CURLUPART_URL, address, 0))
        return error_set(error, ERROR_USAGE, "%s is no address for libcurl",
                         address);
    peer->tls = is_https(address);
    peer->prefix = strchr(host + 3, '/');
    if (!peer->prefix)
        peer->prefix = "";
    return 0;
}

/* libcurl would tell it only call by call, as if the service were at fault. */
static bool holds_certificates(FILE *file)
{
    char line[128];

    while (fgets(line, sizeof(line), file))
        if (strncmp(line, "-----BEGIN ", 11) == 0 &&
            strstr(line, "CERTIFICATE-----"))
            return true;
    return false;
}

static int check_cacert(const char *name, struct error *error)
{
    FILE *file = name ? fopen(name, "r") : NULL;
    bool sound;

    if (!file)
        return error_set(error, ERROR_USAGE,
                         "the file of CA certificates %s can't be read: %s; "
                         "name one with --cacert, or install the package "
                         "ca-certificates",
                         name ? name : "(none)",
                         name ? strerror(errno) : "not known");
    sound = holds_certificates(file);
    (void)fclose(file);
    if (!sound)
        return error_set(error, ERROR_USAGE,
                         "the file of CA certificates %s has none in PEM form "
                         "(-----BEGIN CERTIFICATE-----); name another one with "
                         "--cacert",
                         name);
    return 0;
}

/* --cacert, else SSL_CERT_FILE, else what libcurl was built with. */
static int find_cacert(struct transport *transport, struct error *error)
{
    const struct options *options = transport->options;
    const char *file = options->cacert;

    if (!transport->peers[HTTP_SERVICE].tls &&
        !transport->peers[HTTP_TOKEN].tls &&
        !(options->proxy && is_https(options->proxy)))
        return 0;
    if (!file)
        file = getenv("SSL_CERT_FILE");
    if (!file || !*file)
        file = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (check_cacert(file, error))
        return -1;
    transport->cacert = file;
    return 0;
}

/* Each call has a connection; the rest is for files and name look-ups. */
static int allow_descriptors(const struct transport *transport,
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
                     "--concurrency %u needs %lu open files, and %lu are "
                     "allowed; lower it, or raise the limit (ulimit -n)",
                     transport->options->concurrency, (unsigned long)need,
                     (unsigned long)limit.rlim_max);
}

static int open_transport(struct transport *transport, const char *token_url,
                          struct error *error)
{
    transport->multi = curl_multi_init();
    transport->slots = calloc(transport->count, sizeof(struct slot));
    if (!transport->multi || !transport->slots)
        return error_memory(error);
    /* Fewer, and libcurl closes connections that are about to be used. */
    curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS,
                      (long)transport->count);
    if (allow_descriptors(transport, error) ||
        parse_address(&transport->peers[HTTP_SERVICE],
                      transport->options->endpoint, error) ||
        (token_url &&
         parse_address(&transport->peers[HTTP_TOKEN], token_url, error)) ||
        find_cacert(transport, error) || init_slots(transport, error))
        return -1;
    for (unsigned i = 0; i < HTTP_TARGETS; i++)
        if (transport_set_headers(transport, (enum http_target)i, "", error))
            return -1;
    return 0;
}

struct transport *transport_new(const struct options *options,
                                const char *token_url, struct error *error)
{
    struct transport *transport;

    /* Before libcurl looks: it would write the keys of every connection. */
    unsetenv("SSLKEYLOGFILE");
    if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
        error_set(error, ERROR_LOCAL, "libcurl can't be initialised");
        return NULL;
    }
    transport = calloc(1, sizeof(*transport));
    if (!transport) {
        curl_global_cleanup();
        error_memory(error);
        return NULL;
    }
    transport->options = options;
    transport->count = options->concurrency + (token_url ? 1 : 0);
    if (open_transport(transport, token_url, error)) {
        transport_free(transport);
        return NULL;
    }
    return transport;
}

static void clear_slot(struct transport *transport, struct slot *slot)
{
    if (slot->easy)
        curl_multi_remove_handle(transport->multi, slot->easy);
    curl_easy_cleanup(slot->easy);
    drop_headers(slot->headers);
    buffer_free(&slot->transfer.request.path);
    buffer_free(&slot->transfer.request.headers);
    buffer_wipe(&slot->transfer.request.body);
    buffer_free(&slot->target);
    buffer_wipe(&slot->body);
}

void transport_free(struct transport *transport)
{
    if (!transport)
        return;
    for (unsigned i = 0; transport->slots && i < transport->count; i++)
        clear_slot(transport, &transport->slots[i]);
    free(transport->slots);
    curl_multi_cleanup(transport->multi);
    for (unsigned i = 0; i < HTTP_TARGETS; i++) {
        curl_url_cleanup(transport->peers[i].address);
        drop_headers(transport->peers[i].headers);
    }
    free(transport);
    curl_global_cleanup();
}

/* ---- sending ------------------------------------------------------------ */

static void empty(const struct slot *slot, struct buffer *buffer)
{
    if (slot->secret)
        buffer_wipe(buffer);
    else if (buffer->size > KEPT_BUFFER)
        buffer_free(buffer);
    else
        buffer_clear(buffer);
}

/* A body with a password is not left in a slot that may be idle for long. */
static void wipe_secret(struct slot *slot)
{
    struct http_request *request = &slot->transfer.request;

    if (request->secret)
        buffer_wipe(&request->body);
    request->secret = false;
}

static void clear_request(struct slot *slot)
{
    buffer_clear(&slot->transfer.request.path);
    buffer_clear(&slot->transfer.request.headers);
    wipe_secret(slot);
    empty(slot, &slot->transfer.request.body);
}

static struct transfer *take(struct peer *peer)
{
    struct slot *slot = peer->free;

    if (!slot)
        return NULL;
    peer->free = slot->next_free;
    clear_request(slot);
    return &slot->transfer;
}

struct transfer *transport_take(struct transport *transport)
{
    return take(&transport->peers[HTTP_SERVICE]);
}

struct transfer *transport_take_token(struct transport *transport)
{
    return take(&transport->peers[HTTP_TOKEN]);
}

void transport_release(struct transport *transport, struct transfer *transfer)
{
    struct slot *slot = (struct slot *)transfer;

    (void)transport;
    wipe_secret(slot);
    if (slot->secret) {
        buffer_wipe(&slot->transfer.request.body);
        buffer_wipe(&slot->body);
    }
    slot->next_free = slot->peer->free;
    slot->peer->free = slot;
}

/* Puts the request's own headers before those of all calls. The list borrows
 * the text, and needs no memory of its own. libcurl compares each line with all
 * names that mean something to it: none is given that is not needed. */
static struct curl_slist *chain_headers(struct slot *slot)
{
    const struct http_request *request = &slot->transfer.request;
    struct curl_slist *lines = slot->headers->lines;
    char *text = request->headers.data;
    unsigned count = 0;

    if (request->body.len < LARGE_BODY)
        lines = lines->next;
    for (char *end; text && (end = strchr(text, '\n')); text = end + 1) {
        assert(count < HTTP_MAX_LINES);
        *end = '\0';
        slot->lines[count] = (struct curl_slist){text, lines};
        lines = &slot->lines[count++];
    }
    return lines;
}

/* Sets what differs from one request to the next. */
static int set_request(struct slot *slot)
{
    static const char *const verbs[] = {[HTTP_GET] = NULL,
                                        [HTTP_POST] = NULL,
                                        [HTTP_PUT] = "PUT",
                                        [HTTP_PATCH] = "PATCH"};
    const struct http_request *request = &slot->transfer.request;
    CURL *easy = slot->easy;

    buffer_clear(&slot->target);
    if (buffer_puts(&slot->target, slot->peer->prefix) ||
        buffer_append(&slot->target, request->path.data, request->path.len) ||
        (slot->target.len == 0 && buffer_puts(&slot->target, "/")) ||
        curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, slot->target.data) ||
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, chain_headers(slot)) ||
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, verbs[request->method]))
        return -1;
    if (request->method == HTTP_GET)
        return curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L) ? -1 : 0;
    /* POSTFIELDS borrows the body. */
    if (curl_easy_setopt(easy, CURLOPT_POST, 1L) ||
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.data) ||
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)request->body.len))
        return -1;
    return 0;
}

/* Gives it a clean start. */
static int reset_slot(const struct transport *transport, struct slot *slot)
{
    slot->transfer.response = (struct http_response){
        .failure = HTTP_OK, .date = -1, .retry_after = -1};
    slot->too_large = slot->no_memory = slot->replayed = false;
    slot->text[0] = '\0';
    slot->turn = transport->turn;
    empty(slot, &slot->body);
    if (slot->secret && buffer_reserve(&slot->body, MAX_TOKEN_ANSWER))
        return -1;
    return slot->pause > 0 ? set_time_outs(transport, slot, 0) : 0;
}

int transport_send(struct transport *transport, struct transfer *transfer,
                   struct error *error)
{
    struct slot *slot = (struct slot *)transfer;

    assert(slot->peer == &transport->peers[transfer->request.target]);
    if (reset_slot(transport, slot) || set_request(slot) ||
        curl_multi_add_handle(transport->multi, slot->easy))
        return error_memory(error);
    slot->in_flight = true;
    transport->in_flight++;
    return 0;
}

unsigned transport_in_flight(const struct transport *transport)
{
    return transport->in_flight;
}

/* ---- waiting ------------------------------------------------------------ */

/* How long this program kept its calls waiting, in milliseconds: it did
 * something else, or was stopped. Where the stop began within a poll can't be
 * known, so all of that time is taken. */
static int64_t find_pause(const struct transport *transport, int64_t called,
                          int64_t polled, int asked)
{
    int64_t pause = 0;

    if (called - transport->polled > PAUSE)
        pause += called - transport->polled - PAUSE;
    if (polled - called > asked + PAUSE)
        pause += polled - called;
    return pause;
}

/* libcurl looks at its clock before it looks for answers. What the program
 * itself has taken is given back to the calls, but those whose time has not
 * begun: it does in the first turn after they were sent. */
static int give_back(struct transport *transport, int64_t pause)
{
    for (unsigned i = 0; i < transport->count; i++) {
        struct slot *slot = &transport->slots[i];

        if (slot->in_flight && slot->turn != transport->turn &&
            set_time_outs(transport, slot, slot->pause + pause))
            return -1;
    }
    return 0;
}

/* Waits at most so many milliseconds for connections and descriptors. */
static CURLMcode poll_all(struct transport *transport, struct pollfd *fds,
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

int transport_wait(struct transport *transport, struct pollfd *fds,
                   unsigned count, int milliseconds, struct error *error)
{
    const bool bounded = milliseconds >= 0 && milliseconds < MAX_WAIT;
    const int asked = bounded ? milliseconds : MAX_WAIT;
    const int64_t called = clock_ms();
    int64_t polled, pause;
    int running = 0;
    CURLMcode code;

    code = poll_all(transport, fds, count, asked);
    polled = clock_ms();
    pause = find_pause(transport, called, polled, asked);
    if (pause > 0 && give_back(transport, pause))
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

static enum http_failure failure_of(const struct slot *slot, CURLcode code)
{
    bool sent = slot->transfer.response.sends > 0;

    if (code == CURLE_OK)
        return HTTP_OK;
    if (slot->too_large)
        return HTTP_TOO_LARGE;
    if (slot->no_memory || code == CURLE_OUT_OF_MEMORY)
        return HTTP_NO_MEMORY;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return HTTP_TIMED_OUT;
    if (sent)
        return HTTP_BROKEN;
    /* CURLE_SSL_CONNECT_ERROR is none of these: a connection that breaks in its
     * handshake looks the same. */
    if (code == CURLE_PEER_FAILED_VERIFICATION ||
        code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR)
        return HTTP_TLS_FAILED;
    return HTTP_CONNECT_FAILED;
}

static const char *header(CURL *easy, const char *name)
{
    struct curl_header *found = NULL;

    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return "";
    return found->value;
}

/* RFC 9110, section 10.2.3: seconds, or a date. A date is taken against the
 * answer's own: its clock and ours may differ. */
static int64_t parse_retry_after(const char *value, const char *date)
{
    const char *digits = value + (*value == '-');
    int64_t seconds;

    if (*digits && digits[strspn(digits, "0123456789")] == '\0') {
        if (number_parse_long(digits, &seconds))
            seconds = MAX_RETRY_AFTER;
        if (digits > value)
            seconds = 0;
    } else {
        time_t until = curl_getdate(value, NULL);
        time_t since = curl_getdate(date, NULL);

        if (until == -1)
            return -1;
        seconds = (int64_t)until - (since == -1 ? time(NULL) : since);
    }
    if (seconds < 0)
        return 0;
    return (seconds < MAX_RETRY_AFTER ? seconds : MAX_RETRY_AFTER) * 1000;
}

static const char *explain(const struct transport *transport, struct slot *slot,
                           CURLcode code)
{
    const char *text = *slot->text ? slot->text : curl_easy_strerror(code);

    if (slot->replayed)
        return "the server closed the connection; whether the update arrived "
               "is not known";
    if (slot->too_large)
        return "the answer is larger than any that the service gives";
    if (!transport->options->proxy ||
        slot->transfer.response.failure != HTTP_CONNECT_FAILED)
        return text;
    /* libcurl's text would read as if the service had failed. */
    (void)snprintf(slot->proxy_text, sizeof(slot->proxy_text),
                   "no way through the proxy: %s", text);
    return slot->proxy_text;
}

static void take_response(const struct transport *transport, struct slot *slot,
                          CURLcode code)
{
    struct http_response *response = &slot->transfer.response;

    response->failure = failure_of(slot, code);
    response->sent = response->sends > 0;
    response->text = explain(transport, slot, code);
    response->body = slot->body.data ? slot->body.data : "";
    response->len = slot->body.len;
    /* The type only helps to explain an answer that is not the service's. */
    response->content_type =
        *response->body == '{' ? "" : header(slot->easy, "Content-Type");
    response->tracking_id =
        header(slot->easy, transport->options->service->tracking_header);
    if (transport->options->service->dated)
        response->date = curl_getdate(header(slot->easy, "Date"), NULL);
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &response->status);
    if (response->status != 200)
        response->retry_after = parse_retry_after(
            header(slot->easy, "Retry-After"), header(slot->easy, "Date"));
}

static void land(struct transport *transport, struct slot *slot)
{
    curl_multi_remove_handle(transport->multi, slot->easy);
    slot->in_flight = false;
    transport->in_flight--;
    update_headers(slot);
    clear_request(slot);
}

struct transfer *transport_next(struct transport *transport)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(transport->multi, &left))) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct slot *slot = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&slot);
        take_response(transport, slot, code);
        land(transport, slot);
        return &slot->transfer;
    }
    return NULL;
}

struct transfer *transport_cut(struct transport *transport)
{
    for (unsigned i = 0; i < transport->count; i++) {
        struct slot *slot = &transport->slots[i];

        if (!slot->in_flight)
            continue;
        buffer_clear(&slot->body);
        take_response(transport, slot, CURLE_ABORTED_BY_CALLBACK);
        slot->transfer.response.text = "the call was cut off";
        land(transport, slot);
        return &slot->transfer;
    }
    return NULL;
}

const char *transport_version(void)
{
    return curl_version();
}
