#include "transport.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Longest time that a connection may have been idle to be used again: below
 * what servers and load balancers commonly allow, so that they don't close it
 * under a request. */
#define MAX_IDLE_SECONDS 55L

/* A buffer that one large body has made larger is given back. */
#define KEPT_BUFFER ((size_t)256 << 10)

/* Open files besides the connections. */
#define OTHER_DESCRIPTORS 64

struct slot {
    struct transfer transfer; /* first, so that it leads back to the slot */
    CURL *easy;
    struct buffer target;
    struct buffer body;
    bool too_large; /* the answer's body, beyond its bound */
    bool no_memory;
    bool replayed; /* libcurl wanted to send an update a second time */
    bool in_flight;
    char text[CURL_ERROR_SIZE];
    struct slot *next_free;
};

struct transport {
    const struct options *options;
    CURLM *multi;
    CURLU *address;     /* of the endpoint, parsed once for all calls */
    const char *prefix; /* the endpoint's own path, before each call's */
    struct curl_slist *headers;
    struct slot *slots;
    unsigned count;
    unsigned in_flight;
    struct slot *free;
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

/* ---- life --------------------------------------------------------------- */

static int set_tls(const struct transport *transport, CURL *easy)
{
    /* With a CApath libcurl reads the whole bundle for each connection: without
     * one it is read once. */
    return curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) ||
           curl_easy_setopt(easy, CURLOPT_CAINFO, transport->cacert) ||
           curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_2);
}

static int set_constants(const struct transport *transport, struct slot *slot)
{
    const struct options *options = transport->options;
    bool tls = strncmp(options->endpoint, "https:", 6) == 0;
    CURL *easy = slot->easy;

    return curl_easy_setopt(easy, CURLOPT_PRIVATE, slot) ||
           curl_easy_setopt(easy, CURLOPT_CURLU, transport->address) ||
           curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transport->headers) ||
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) ||
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending) ||
           curl_easy_setopt(easy, CURLOPT_PREREQDATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->text) ||
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) ||
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) ||
           curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                            tls ? "https" : "http") ||
           curl_easy_setopt(easy, CURLOPT_PROXY, "") ||
           curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) ||
           curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, MAX_IDLE_SECONDS) ||
           curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT,
                            (long)options->connect_timeout) ||
           curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)options->timeout) ||
           (tls && set_tls(transport, easy));
}

static int init_slot(struct transport *transport, struct slot *slot,
                     struct error *error)
{
    buffer_init(&slot->transfer.request.path, HTTP_MAX_REQUEST);
    buffer_init(&slot->transfer.request.body, HTTP_MAX_REQUEST);
    buffer_init(&slot->target, HTTP_MAX_REQUEST);
    buffer_init(&slot->body, HTTP_MAX_RESPONSE);
    slot->easy = curl_easy_init();
    if (!slot->easy)
        return error_memory(error);
    if (set_constants(transport, slot))
        return error_set(error, ERROR_LOCAL,
                         "this libcurl (%s) lacks an option that is needed",
                         transport_version());
    slot->next_free = transport->free;
    transport->free = slot;
    return 0;
}

static int add_header(struct transport *transport, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transport->headers, line);

    if (!longer)
        return -1;
    transport->headers = longer;
    return 0;
}

static int copy_headers(struct transport *transport, const char *headers,
                        struct error *error)
{
    struct buffer line;
    int result = 0;

    buffer_init(&line, HTTP_MAX_REQUEST);
    while (*headers && result == 0) {
        size_t len = strcspn(headers, "\n");

        buffer_clear(&line);
        if (buffer_append(&line, headers, len) ||
            add_header(transport, line.data))
            result = error_memory(error);
        headers += len + (headers[len] == '\n');
    }
    buffer_wipe(&line);
    return result;
}

static int parse_address(struct transport *transport, struct error *error)
{
    const char *endpoint = transport->options->endpoint;
    const char *host = strstr(endpoint, "://");

    transport->address = curl_url();
    if (!transport->address)
        return error_memory(error);
    if (!host || curl_url_set(transport->address, CURLUPART_URL, endpoint, 0))
        return error_set(error, ERROR_USAGE, "%s is no address for libcurl",
                         endpoint);
    transport->prefix = strchr(host + 3, '/');
    if (!transport->prefix)
        transport->prefix = "";
    return 0;
}

/* --cacert, else SSL_CERT_FILE, else what libcurl was built with. */
static int find_cacert(struct transport *transport, struct error *error)
{
    const char *file = transport->options->cacert;

    if (strncmp(transport->options->endpoint, "https:", 6) != 0)
        return 0;
    if (!file)
        file = getenv("SSL_CERT_FILE");
    if (!file || !*file)
        file = curl_version_info(CURLVERSION_NOW)->cainfo;
    if (!file || access(file, R_OK) != 0)
        return error_set(error, ERROR_USAGE,
                         "the file of CA certificates %s can't be read: %s; "
                         "name one with --cacert, or install the package "
                         "ca-certificates",
                         file ? file : "(none)",
                         file ? strerror(errno) : "not known");
    transport->cacert = file;
    return 0;
}

/* Each call has a connection; the rest is for files and name look-ups. */
static int allow_descriptors(unsigned connections, struct error *error)
{
    const rlim_t need = (rlim_t)connections + OTHER_DESCRIPTORS;
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
                     connections, (unsigned long)need,
                     (unsigned long)limit.rlim_max);
}

struct transport *transport_new(const struct options *options,
                                const char *headers, struct error *error)
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
        error_memory(error);
        goto err0;
    }
    transport->options = options;
    transport->multi = curl_multi_init();
    transport->slots = calloc(options->concurrency, sizeof(struct slot));
    if (!transport->multi || !transport->slots) {
        error_memory(error);
        goto err1;
    }
    if (allow_descriptors(options->concurrency, error) ||
        parse_address(transport, error) || find_cacert(transport, error) ||
        copy_headers(transport, headers, error))
        goto err1;
    for (; transport->count < options->concurrency; transport->count++)
        if (init_slot(transport, &transport->slots[transport->count], error))
            goto err1;
    /* Fewer, and libcurl closes connections that are about to be used. */
    curl_multi_setopt(transport->multi, CURLMOPT_MAXCONNECTS,
                      (long)options->concurrency);
    return transport;

err1:
    transport_free(transport);
    return NULL;
err0:
    curl_global_cleanup();
    return NULL;
}

static void wipe_headers(struct curl_slist *headers)
{
    for (struct curl_slist *line = headers; line; line = line->next)
        memory_wipe(line->data, strlen(line->data));
    curl_slist_free_all(headers);
}

void transport_free(struct transport *transport)
{
    if (!transport)
        return;
    for (unsigned i = 0;
         transport->slots && i < transport->options->concurrency; i++) {
        struct slot *slot = &transport->slots[i];

        if (slot->easy)
            curl_multi_remove_handle(transport->multi, slot->easy);
        curl_easy_cleanup(slot->easy);
        buffer_free(&slot->transfer.request.path);
        buffer_free(&slot->transfer.request.body);
        buffer_free(&slot->target);
        buffer_free(&slot->body);
    }
    free(transport->slots);
    curl_multi_cleanup(transport->multi);
    curl_url_cleanup(transport->address);
    wipe_headers(transport->headers);
    free(transport);
    curl_global_cleanup();
}

/* ---- sending ------------------------------------------------------------ */

static void reuse(struct buffer *buffer)
{
    if (buffer->size > KEPT_BUFFER)
        buffer_free(buffer);
    else
        buffer_clear(buffer);
}

struct transfer *transport_take(struct transport *transport)
{
    struct slot *slot = transport->free;

    if (!slot)
        return NULL;
    transport->free = slot->next_free;
    buffer_clear(&slot->transfer.request.path);
    reuse(&slot->transfer.request.body);
    return &slot->transfer;
}

void transport_release(struct transport *transport, struct transfer *transfer)
{
    struct slot *slot = (struct slot *)transfer;

    slot->next_free = transport->free;
    transport->free = slot;
}

/* Sets what differs from one request to the next. */
static int set_request(const struct transport *transport, struct slot *slot)
{
    static const char *const verbs[] = {[HTTP_GET] = NULL,
                                        [HTTP_POST] = NULL,
                                        [HTTP_PUT] = "PUT",
                                        [HTTP_PATCH] = "PATCH"};
    const struct http_request *request = &slot->transfer.request;
    CURL *easy = slot->easy;

    buffer_clear(&slot->target);
    if (buffer_puts(&slot->target, transport->prefix) ||
        buffer_puts(&slot->target, request->path.data) ||
        curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, slot->target.data) ||
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

int transport_send(struct transport *transport, struct transfer *transfer,
                   struct error *error)
{
    struct slot *slot = (struct slot *)transfer;

    transfer->response = (struct http_response){.failure = HTTP_OK};
    reuse(&slot->body);
    slot->too_large = slot->no_memory = slot->replayed = false;
    slot->text[0] = '\0';
    if (set_request(transport, slot) ||
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

/* ---- receiving ---------------------------------------------------------- */

int transport_wait(struct transport *transport, int fd, int milliseconds,
                   struct error *error)
{
    struct curl_waitfd extra = {.fd = fd, .events = CURL_WAIT_POLLIN};
    int running = 0;
    CURLMcode code;

    code = curl_multi_poll(transport->multi, fd >= 0 ? &extra : NULL, fd >= 0,
                           milliseconds < 0 ? 1000 : milliseconds, NULL);
    if (!code)
        code = curl_multi_perform(transport->multi, &running);
    if (code)
        return error_set(error, ERROR_LOCAL, "libcurl failed: %s",
                         curl_multi_strerror(code));
    return fd >= 0 && extra.revents;
}

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
    if (code == CURLE_PEER_FAILED_VERIFICATION ||
        code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CACERT_BADFILE ||
        code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CIPHER)
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

static const char *explain(const struct slot *slot, CURLcode code)
{
    if (slot->replayed)
        return "the server closed the connection; whether the update arrived "
               "is not known";
    if (slot->too_large)
        return "the answer is larger than any user can be";
    return *slot->text ? slot->text : curl_easy_strerror(code);
}

static void take_response(struct slot *slot, CURLcode code)
{
    struct http_response *response = &slot->transfer.response;

    response->failure = failure_of(slot, code);
    response->sent = response->sends > 0;
    response->text = explain(slot, code);
    response->body = slot->body.data ? slot->body.data : "";
    response->len = slot->body.len;
    /* The type only helps to explain an answer that is not the service's. */
    response->content_type =
        *response->body == '{' ? "" : header(slot->easy, "Content-Type");
    response->tracking_id = header(slot->easy, "TrackingId");
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &response->status);
}

static void land(struct transport *transport, struct slot *slot)
{
    curl_multi_remove_handle(transport->multi, slot->easy);
    slot->in_flight = false;
    transport->in_flight--;
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
        take_response(slot, code);
        land(transport, slot);
        buffer_clear(&slot->transfer.request.path);
        buffer_clear(&slot->transfer.request.body);
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
        land(transport, slot);
        return &slot->transfer;
    }
    return NULL;
}

const char *transport_version(void)
{
    return curl_version();
}
