#include "net/curl_ping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "net/curl_peer.h"

#define CONNECT_MS 3000L
#define TOTAL_MS   5000L

static size_t ignore_body(char *data, size_t size, size_t count, void *context)
{
    (void)data;
    (void)context;
    return size * count;
}

static int set_options(CURL *easy, const struct curl_peer *peer,
                       const struct ping *ping, struct error *error)
{
    const struct transport_setup setup = {.proxy = ping->proxy};
    const char *cacert = NULL;

    if (peer->tls || (ping->proxy && curl_peer_is_https(ping->proxy))) {
        cacert = curl_peer_find_cacert(ping->cacert, error);
        if (!cacert)
            return -1;
    }
    if (curl_peer_set_route(peer, easy, &setup, cacert) ||
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore_body) ||
        curl_easy_setopt(easy, CURLOPT_USERAGENT,
                         "bauser-batch/" BAUSER_VERSION) ||
        curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) ||
        curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L) ||
        curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) ||
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) ||
        curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, TOTAL_MS))
        return error_memory(error);
    return 0;
}

static int perform(CURL *easy, struct error *error)
{
    CURLcode code = curl_easy_perform(easy);
    long status = 0;

    if (code != CURLE_OK)
        return error_set(error, ERROR_LOCAL, "no response: %s",
                         curl_easy_strerror(code));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200 || status > 299)
        return error_set(error, ERROR_LOCAL, "the response has HTTP status %ld",
                         status);
    return 0;
}

static int send_to(const char *url, const struct ping *ping,
                   struct error *error)
{
    struct curl_peer peer;
    CURL *easy = curl_easy_init();
    int result;

    if (!easy)
        return error_memory(error);
    result = curl_peer_init(&peer, url, error) ||
                     set_options(easy, &peer, ping, error) ||
                     perform(easy, error)
                 ? -1
                 : 0;
    curl_easy_cleanup(easy);
    curl_peer_clear(&peer);
    return result;
}

int curl_ping_send(const struct ping *ping, struct error *error)
{
    size_t size = strlen(ping->url) + strlen(ping->path) + 1;
    char *url = malloc(size);
    int result;

    if (!url)
        return error_memory(error);
    (void)snprintf(url, size, "%s%s", ping->url, ping->path);
    unsetenv("SSLKEYLOGFILE"); /* it would receive the keys of TLS */
    if (curl_global_init(CURL_GLOBAL_DEFAULT)) {
        free(url);
        return error_memory(error);
    }
    result = send_to(url, ping, error);
    curl_global_cleanup();
    free(url);
    return result;
}
