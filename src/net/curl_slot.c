#include "net/curl_slot.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

/* A connection that has been idle for longer is not used again. It is less than
 * what servers and load balancers commonly allow, so that they do not close it
 * while a request is sent. */
#define MAX_IDLE_SECONDS 55L

/* A larger buffer is not kept for the next call. */
#define KEPT_BUFFER ((size_t)256 << 10)

/* Bytes of a response from the token endpoint. All of it is reserved at once: a
 * buffer that grows leaves its secrets in the memory that it frees. */
#define MAX_TOKEN_RESPONSE ((size_t)64 << 10)

/* Bytes of all headers of a response, its interim responses (1xx) and trailers
 * included. libcurl keeps them in memory, and needs 30 times as much for small
 * ones. */
#define MAX_HEADERS ((size_t)64 << 10)

/* Bytes of a body as it is received, with the lengths of its chunks and the
 * extensions of these, which can be longer than the chunks. */
#define MAX_RECEIVED (2 * HTTP_MAX_RESPONSE)

/* ---- callbacks of libcurl ----------------------------------------------- */

/* What was removed from the body does not count for its maximum. */
static void drain_body(struct curl_slot *slot)
{
    const struct http_drain *drain = slot->transfer.request.drain;
    size_t len = slot->body.len;

    if (!drain)
        return;
    drain->take(drain->context, &slot->body);
    if (slot->body.len < len)
        slot->received = slot->body.len;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct curl_slot *slot = context;

    (void)size; /* always 1 */
    if (buffer_append(&slot->body, data, count) == 0) {
        drain_body(slot);
        return count;
    }
    slot->too_large = errno == EFBIG;
    slot->no_memory = !slot->too_large;
    return 0;
}

/* libcurl calls it for each event of a verbose call: also for the bytes of a
 * body before their chunks are joined. */
static int count_received(CURL *easy, curl_infotype type, char *data,
                          size_t size, void *context)
{
    struct curl_slot *slot = context;

    (void)easy;
    (void)data;
    if (type == CURLINFO_DATA_IN)
        slot->received += size;
    return 0;
}

/* libcurl calls it after it has received something. */
static int check_received(void *context, curl_off_t total, curl_off_t now,
                          curl_off_t upload_total, curl_off_t upload_now)
{
    struct curl_slot *slot = context;

    (void)total;
    (void)now;
    (void)upload_total;
    (void)upload_now;
    if (slot->received > MAX_RECEIVED)
        slot->too_large = true;
    return slot->too_large;
}

/* Both cost time, so only a body in chunks is counted. */
static int count_chunks(struct curl_slot *slot, bool on)
{
    return curl_easy_setopt(slot->easy, CURLOPT_VERBOSE, (long)on) ||
                   curl_easy_setopt(slot->easy, CURLOPT_NOPROGRESS, (long)!on)
               ? -1
               : 0;
}

static bool announces_chunks(const char *header, size_t len)
{
    static const char name[] = "Transfer-Encoding:";

    return len >= sizeof(name) - 1 &&
           strncasecmp(header, name, sizeof(name) - 1) == 0;
}

/* libcurl calls it for each line of headers and trailers, also those of interim
 * responses and of a proxy. */
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    struct curl_slot *slot = context;

    (void)size; /* always 1 */
    slot->headers_len += count;
    slot->too_large = slot->headers_len > MAX_HEADERS;
    if (announces_chunks(data, count) && count_chunks(slot, true))
        return 0;
    return slot->too_large ? 0 : count;
}

/* libcurl calls it each time before it sends the request, even if it repeats
 * the request by itself because a kept connection was closed. The first copy
 * may have arrived, so an update must not be sent again. */
static int before_sending(void *context, char *remote, char *local,
                          int remote_port, int local_port)
{
    struct curl_slot *slot = context;

    (void)remote;
    (void)local;
    (void)remote_port;
    (void)local_port;
    if (slot->transfer.request.once && slot->transfer.response.sends > 0) {
        slot->replayed = true;
        return CURL_PREREQFUNC_ABORT;
    }
    slot->transfer.response.sends++;
    slot->transfer.response.sent_at = clock_us(slot->setup->clock);
    return CURL_PREREQFUNC_OK;
}

/* ---- life --------------------------------------------------------------- */

static long timeout_of(unsigned seconds, int64_t extra_time)
{
    int64_t milliseconds = (int64_t)seconds * 1000 + extra_time;

    return milliseconds < INT_MAX ? (long)milliseconds : INT_MAX;
}

int curl_slot_add_time(struct curl_slot *slot, int64_t extra_time)
{
    const struct transport_setup *setup = slot->setup;

    slot->extra_time = extra_time;
    if (curl_easy_setopt(slot->easy, CURLOPT_CONNECTTIMEOUT_MS,
                         timeout_of(setup->connect_timeout, extra_time)) ||
        curl_easy_setopt(slot->easy, CURLOPT_TIMEOUT_MS,
                         timeout_of(setup->timeout, extra_time)))
        return -1;
    return 0;
}

/* Sets what is the same for all calls of a slot. */
static int set_constants(struct curl_slot *slot, const char *cacert)
{
    CURL *easy = slot->easy;

    return curl_easy_setopt(easy, CURLOPT_PRIVATE, slot) ||
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) ||
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) ||
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, count_received) ||
           curl_easy_setopt(easy, CURLOPT_DEBUGDATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, check_received) ||
           curl_easy_setopt(easy, CURLOPT_XFERINFODATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending) ||
           curl_easy_setopt(easy, CURLOPT_PREREQDATA, slot) ||
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->text) ||
           curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) ||
           curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) ||
           curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
           curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
                            (long)CURL_HTTP_VERSION_1_1) ||
           curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, MAX_IDLE_SECONDS) ||
           curl_slot_add_time(slot, 0) ||
           curl_peer_set_route(slot->peer, easy, slot->setup, cacert);
}

int curl_slot_init(struct curl_slot *slot, const struct transport_setup *setup,
                   struct curl_peer *peer, enum http_target target,
                   const char *cacert, struct error *error)
{
    struct http_request *request = &slot->transfer.request;

    slot->setup = setup;
    slot->peer = peer;
    slot->secret = target == HTTP_TOKEN;
    request->target = target;
    buffer_init(&request->path, HTTP_MAX_REQUEST);
    buffer_init(&request->headers, HTTP_MAX_REQUEST);
    buffer_init(&request->body, HTTP_MAX_REQUEST);
    buffer_init(&slot->target, HTTP_MAX_REQUEST);
    buffer_init(&slot->body,
                slot->secret ? MAX_TOKEN_RESPONSE : HTTP_MAX_RESPONSE);
    slot->easy = curl_easy_init();
    if (!slot->easy)
        return error_memory(error);
    if (set_constants(slot, cacert))
        return error_set(error, ERROR_LOCAL,
                         "libcurl %s lacks a required option, or memory is "
                         "exhausted; libcurl 7.85 or newer is required",
                         curl_version_info(CURLVERSION_NOW)->version);
    return 0;
}

void curl_slot_clear(struct curl_slot *slot)
{
    curl_easy_cleanup(slot->easy);
    curl_headers_release(slot->headers);
    buffer_free(&slot->transfer.request.path);
    buffer_free(&slot->transfer.request.headers);
    buffer_wipe(&slot->transfer.request.body);
    buffer_free(&slot->target);
    buffer_wipe(&slot->body);
}

void curl_slot_set_headers(struct curl_slot *slot, struct curl_headers *headers)
{
    if (slot->headers == headers)
        return;
    curl_headers_release(slot->headers);
    slot->headers = curl_headers_share(headers);
}

/* ---- the request -------------------------------------------------------- */

static void empty(const struct curl_slot *slot, struct buffer *buffer)
{
    if (slot->secret)
        buffer_wipe(buffer);
    else if (buffer->size > KEPT_BUFFER)
        buffer_free(buffer);
    else
        buffer_clear(buffer);
}

/* A body that contains a password. */
static void wipe_secret_body(struct http_request *request)
{
    if (request->secret)
        buffer_wipe(&request->body);
    request->secret = false;
}

void curl_slot_clear_request(struct curl_slot *slot)
{
    struct http_request *request = &slot->transfer.request;

    buffer_clear(&request->path);
    buffer_clear(&request->headers);
    request->drain = NULL;
    wipe_secret_body(request);
    empty(slot, &request->body);
}

void curl_slot_wipe(struct curl_slot *slot)
{
    wipe_secret_body(&slot->transfer.request);
    if (slot->secret) {
        buffer_wipe(&slot->transfer.request.body);
        buffer_wipe(&slot->body);
    }
}

/* Sets what differs from one request to the next. */
static int set_request(struct curl_slot *slot)
{
    static const char *const methods[] = {[HTTP_GET] = NULL,
                                          [HTTP_POST] = NULL,
                                          [HTTP_PUT] = "PUT",
                                          [HTTP_PATCH] = "PATCH"};
    struct http_request *request = &slot->transfer.request;
    CURL *easy = slot->easy;

    buffer_clear(&slot->target);
    if (buffer_puts(&slot->target, slot->peer->prefix) ||
        buffer_append(&slot->target, request->path.data, request->path.len) ||
        (slot->target.len == 0 && buffer_puts(&slot->target, "/")) ||
        curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, slot->target.data) ||
        curl_easy_setopt(
            easy, CURLOPT_HTTPHEADER,
            curl_headers_chain(slot->headers, request, slot->nodes)) ||
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, methods[request->method]))
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

int curl_slot_prepare(struct curl_slot *slot)
{
    slot->transfer.response = (struct http_response){
        .failure = HTTP_OK, .date = -1, .retry_after = -1};
    slot->headers_len = slot->received = 0;
    slot->too_large = slot->no_memory = slot->replayed = false;
    slot->text[0] = '\0';
    empty(slot, &slot->body);
    if (slot->secret && buffer_reserve(&slot->body, MAX_TOKEN_RESPONSE))
        return -1;
    if ((slot->extra_time > 0 && curl_slot_add_time(slot, 0)) ||
        count_chunks(slot, false))
        return -1;
    return set_request(slot);
}
