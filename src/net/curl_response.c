#include "net/curl_response.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "net/content_encoding.h"
#include "net/http_date.h"

/* CURLE_TOO_LARGE of libcurl 8.6 and newer: more headers than it takes. */
#define TOO_LARGE ((CURLcode)100)

static enum http_failure failure_of(const struct curl_slot *slot, CURLcode code)
{
    bool sent = slot->transfer.response.sends > 0;

    if (code == CURLE_OK)
        return HTTP_OK;
    if (slot->too_large)
        return HTTP_TOO_LARGE;
    if (slot->no_memory || code == CURLE_OUT_OF_MEMORY)
        return HTTP_NO_MEMORY;
    if (sent)
        return code == CURLE_OPERATION_TIMEDOUT ? HTTP_TIMED_OUT : HTTP_BROKEN;
    /* CURLE_SSL_CONNECT_ERROR is not one of these: a connection that breaks
     * during its handshake looks the same. */
    if (code == CURLE_PEER_FAILED_VERIFICATION ||
        code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR)
        return HTTP_TLS_FAILED;
    return HTTP_CONNECT_FAILED;
}

/* libcurl's own text does not say why there is no connection. */
static const char *reason_of(const struct curl_slot *slot, CURLcode code)
{
    long number = 0;

    if (code == CURLE_COULDNT_CONNECT &&
        curl_easy_getinfo(slot->easy, CURLINFO_OS_ERRNO, &number) == CURLE_OK &&
        number > 0)
        return strerror((int)number);
    return *slot->text ? slot->text : curl_easy_strerror(code);
}

static const char *explain(struct curl_slot *slot, CURLcode code)
{
    const char *text = reason_of(slot, code);

    if (slot->replayed)
        return "the server closed the connection; it is unknown whether the "
               "update arrived";
    if (slot->too_large)
        return "the response is larger than any response of the service";
    if (!slot->setup->proxy ||
        slot->transfer.response.failure != HTTP_CONNECT_FAILED)
        return text;
    /* libcurl's text does not mention the proxy. */
    (void)snprintf(slot->proxy_text, sizeof(slot->proxy_text),
                   "no connection through the proxy: %s", text);
    return slot->proxy_text;
}

static void add_scheme(char schemes[], size_t size, const char *name)
{
    size_t end = strlen(schemes);

    (void)snprintf(schemes + end, size - end, "%s%s", end > 0 ? ", " : "",
                   name);
}

/* How a client may sign in to the proxy that has responded with 407. */
static const char *schemes_of(struct curl_slot *slot)
{
    static const struct {
        unsigned long bit;
        const char *name;
    } schemes[] = {
        {CURLAUTH_BASIC, "Basic"},         {CURLAUTH_DIGEST, "Digest"},
        {CURLAUTH_NEGOTIATE, "Negotiate"}, {CURLAUTH_NTLM, "NTLM"},
        {CURLAUTH_BEARER, "Bearer"},
    };
    long bits = 0;

    slot->proxy_schemes[0] = '\0';
    curl_easy_getinfo(slot->easy, CURLINFO_PROXYAUTH_AVAIL, &bits);
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if ((unsigned long)bits & schemes[i].bit)
            add_scheme(slot->proxy_schemes, sizeof(slot->proxy_schemes),
                       schemes[i].name);
    return slot->proxy_schemes;
}

static void take_proxy_refusal(struct curl_slot *slot)
{
    struct http_response *response = &slot->transfer.response;
    long reason = CURLPX_OK;

    curl_easy_getinfo(slot->easy, CURLINFO_HTTP_CONNECTCODE,
                      &response->proxy_status);
    curl_easy_getinfo(slot->easy, CURLINFO_PROXY_ERROR, &reason);
    if (reason == CURLPX_NO_AUTH || reason == CURLPX_USER_REJECTED)
        response->proxy_status = 407;
    else if (response->proxy_status == 407)
        response->proxy_schemes = schemes_of(slot);
}

/* The header's value; "" if there is none. */
static const char *header(const struct curl_slot *slot, const char *name)
{
    struct curl_header *found = NULL;

    if (curl_easy_header(slot->easy, name, 0, CURLH_HEADER, -1, &found) !=
        CURLHE_OK)
        return "";
    return found->value;
}

/* Seconds since 1970-01-01. */
static int64_t wall_seconds(const struct curl_slot *slot)
{
    const struct clock *clock = slot->setup->clock;

    return clock->wall_us(clock) / 1000000;
}

/* Does the body begin as JSON or XML does? Then it is not compressed, whatever
 * its headers say: a proxy that decompresses may leave them as they are. */
static bool is_plain(const struct buffer *body)
{
    return body->len == 0 ||
           (*body->data && strchr("{[<\xEF \t\r\n", *body->data));
}

/* Joins the headers Content-Encoding, of which each proxy may add one. */
static void join_encodings(struct curl_slot *slot)
{
    struct curl_header *found = NULL;
    size_t len = 0;

    slot->encodings[0] = '\0';
    for (size_t i = 0; curl_easy_header(slot->easy, "Content-Encoding", i,
                                        CURLH_HEADER, -1, &found) == CURLHE_OK;
         i++) {
        (void)utf8_clean(slot->encodings + len, sizeof(slot->encodings) - len,
                         found->value);
        len = strlen(slot->encodings);
        if (i + 1 < found->amount && len + 1 < sizeof(slot->encodings)) {
            slot->encodings[len++] = ',';
            slot->encodings[len] = '\0';
        }
    }
}

/* Decompresses the body. If that is not possible, the response is used as it
 * is: its status may say enough. */
static void decode(struct curl_slot *slot)
{
    struct http_response *response = &slot->transfer.response;
    const char *type = header(slot, "Content-Type");

    (void)snprintf(slot->content_type, sizeof(slot->content_type), "%s", type);
    response->content_type = slot->content_type;
    if (is_plain(&slot->body))
        return;
    join_encodings(slot);
    switch (content_decode(&slot->body, slot->encodings, slot->secret)) {
    case CONTENT_DECODED:
        break;
    case CONTENT_REFUSED:
        (void)snprintf(slot->content_type, sizeof(slot->content_type),
                       "%.60s with Content-Encoding %s", *type ? type : "data",
                       slot->encodings);
        break;
    case CONTENT_TOO_LARGE:
        slot->too_large = true;
        response->failure = HTTP_TOO_LARGE;
        break;
    case CONTENT_NO_MEMORY:
        response->failure = HTTP_NO_MEMORY;
        break;
    }
}

static int64_t date_of(const struct curl_slot *slot)
{
    int64_t seconds;

    if (http_date_parse(header(slot, "Date"), wall_seconds(slot), &seconds))
        return -1;
    return seconds;
}

/* When this program was written; no clock that is right shows less. */
#define FIRST_SECOND 1735689600 /* 2025-01-01 */
#define YEAR         (366 * 24 * 3600)

/* Can the Date be right? This machine's clock may be wrong as well, but both
 * are hardly ever wrong by the same time. */
static int64_t plausible(const struct curl_slot *slot, int64_t date)
{
    int64_t now = wall_seconds(slot);

    if (date < FIRST_SECOND || (now >= FIRST_SECOND && date > now + YEAR))
        return -1;
    return date;
}

static int64_t steady_seconds(const struct curl_slot *slot)
{
    return clock_us(slot->setup->clock) / 1000000;
}

/* Both clocks run at the same speed, so the Date is not read each time. */
#define DATE_INTERVAL 60 /* seconds */

static void note_date(struct curl_slot *slot, bool always)
{
    int64_t now = steady_seconds(slot);
    int64_t date;

    if (!always && slot->peer->date_at > 0 &&
        now - slot->peer->date_at < DATE_INTERVAL)
        return;
    date = date_of(slot);
    if (date < 0)
        return;
    slot->peer->date = date;
    slot->peer->date_at = now;
}

/* A date in Retry-After is relative to the Date of this or of an earlier
 * response, since the server's clock and ours may differ. -1: there was none.
 */
static int64_t retry_after_of(const struct curl_slot *slot)
{
    const char *value = header(slot, "Retry-After");
    const struct curl_peer *peer = slot->peer;
    int64_t now = peer->date + steady_seconds(slot) - peer->date_at;

    if (!*value || (peer->date_at == 0 && !http_date_is_seconds(value)))
        return -1;
    return http_date_parse_retry_after(value, now);
}

void curl_response_take(struct curl_slot *slot, CURLcode code)
{
    const struct transport_setup *setup = slot->setup;
    struct http_response *response = &slot->transfer.response;

    if (code == TOO_LARGE)
        slot->too_large = true;
    response->failure = failure_of(slot, code);
    response->sent = response->sends > 0;
    response->content_type = "";
    /* The type only helps to explain an unexpected response. */
    if (!slot->body.data || *slot->body.data != '{')
        decode(slot);
    response->text = explain(slot, code);
    response->body = slot->body.data ? slot->body.data : "";
    response->len = slot->body.len;
    response->tracking_id =
        setup->tracking_header ? header(slot, setup->tracking_header) : "";
    if (setup->needs_date)
        response->date = plausible(slot, date_of(slot));
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &response->status);
    /* A proxy that changes a response may say so (RFC 9110, 15.3.4). */
    if (response->status == 203)
        response->status = 200;
    note_date(slot, response->status != 200);
    if (response->status != 200)
        response->retry_after = retry_after_of(slot);
    if (response->failure == HTTP_CONNECT_FAILED && setup->proxy)
        take_proxy_refusal(slot);
}

void curl_response_abandon(struct curl_slot *slot)
{
    buffer_clear(&slot->body);
    curl_response_take(slot, CURLE_ABORTED_BY_CALLBACK);
    slot->transfer.response.text = "the call was abandoned";
}
