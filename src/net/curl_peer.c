#include "net/curl_peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"

bool curl_peer_is_https(const char *url)
{
    return strncasecmp(url, "https:", 6) == 0;
}

int curl_peer_init(struct curl_peer *peer, const char *url, struct error *error)
{
    const char *host = strstr(url, "://");

    *peer = (struct curl_peer){.address = curl_url()};
    if (!peer->address)
        return error_memory(error);
    if (!host || curl_url_set(peer->address, CURLUPART_URL, url, 0))
        return error_set(error, ERROR_USAGE,
                         "libcurl cannot parse the address %s; correct it "
                         "(--show-config prints where it comes from)",
                         url);
    peer->tls = curl_peer_is_https(url);
    peer->prefix = strchr(host + 3, '/');
    if (!peer->prefix)
        peer->prefix = "";
    return 0;
}

void curl_peer_clear(struct curl_peer *peer)
{
    curl_url_cleanup(peer->address);
    peer->address = NULL;
}

/* ---- certificates ------------------------------------------------------- */

static bool has_certificate(FILE *file)
{
    char line[128];

    while (fgets(line, sizeof(line), file))
        if (strncmp(line, "-----BEGIN ", 11) == 0 &&
            strstr(line, "CERTIFICATE-----"))
            return true;
    return false;
}

/* Otherwise libcurl would report a bad file at each call, as a failure of the
 * service. */
static int check_cacert(const char *name, struct error *error)
{
    FILE *file = name ? fopen(name, "r") : NULL;
    bool usable;

    if (!file)
        return error_set(error, ERROR_USAGE,
                         "the file of CA certificates %s cannot be read: %s; "
                         "name another one with --cacert, or install the "
                         "package ca-certificates",
                         name ? name : "(none)",
                         name ? strerror(errno) : "not known");
    usable = has_certificate(file);
    (void)fclose(file);
    if (!usable)
        return error_set(error, ERROR_USAGE,
                         "the file of CA certificates %s contains none in PEM "
                         "form (-----BEGIN CERTIFICATE-----); name another one "
                         "with --cacert",
                         name);
    return 0;
}

const char *curl_peer_find_cacert(const char *cacert, struct error *error)
{
    const char *file = cacert;

    if (!file)
        file = getenv("SSL_CERT_FILE");
    if (!file || !*file)
        file = curl_version_info(CURLVERSION_NOW)->cainfo;
    return check_cacert(file, error) ? NULL : file;
}

/* ---- the handle --------------------------------------------------------- */

static int set_tls(CURL *easy, const char *cacert)
{
    /* With a CApath libcurl reads the whole bundle for each connection; without
     * one it reads the bundle once. */
    return curl_easy_setopt(easy, CURLOPT_CAPATH, NULL) ||
           curl_easy_setopt(easy, CURLOPT_CAINFO, cacert) ||
           curl_easy_setopt(easy, CURLOPT_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_2);
}

int curl_peer_check_proxy(const struct transport_setup *setup,
                          struct error *error)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);

    if (!setup->proxy_negotiate || info->features & CURL_VERSION_SPNEGO)
        return 0;
    return error_set(error, ERROR_USAGE,
                     "--proxy-negotiate: this libcurl (%s) was built without "
                     "GSS-API; use --proxy-user-file, or install a libcurl "
                     "with it",
                     info->version);
}

/* libcurl decodes both parts as those of a URL. From 8.8 on it does so only for
 * this option, not for those of a single part. */
int curl_peer_set_proxy_user(CURL *easy, const char *user)
{
    char *encoded = curl_easy_escape(easy, user, 0);
    size_t len = encoded ? strlen(encoded) : 0;
    char *colon = encoded ? strstr(encoded, "%3A") : NULL;
    int result = -1;

    if (colon) {
        *colon = ':';
        memmove(colon + 1, colon + 3, strlen(colon + 3) + 1);
        if (curl_easy_setopt(easy, CURLOPT_PROXYUSERPWD, encoded) == CURLE_OK)
            result = 0;
    }
    if (encoded)
        memory_wipe(encoded, len);
    curl_free(encoded);
    return result;
}

static int set_proxy_sign_in(CURL *easy, const struct transport_setup *setup)
{
    long methods = setup->proxy_negotiate ? (long)CURLAUTH_NEGOTIATE
                   : setup->proxy_user    ? (long)CURLAUTH_BASIC
                                          : (long)CURLAUTH_NONE;

    if (curl_easy_setopt(easy, CURLOPT_PROXYAUTH, methods))
        return -1;
    if (methods == (long)CURLAUTH_NONE)
        return 0;
    return curl_peer_set_proxy_user(easy, setup->proxy_user ? setup->proxy_user
                                                            : ":");
}

static int set_proxy(CURL *easy, const struct transport_setup *setup,
                     const char *cacert)
{
    /* With NULL libcurl would search the environment, for each call. */
    if (curl_easy_setopt(easy, CURLOPT_NOPROXY, ""))
        return -1;
    if (!setup->proxy)
        return curl_easy_setopt(easy, CURLOPT_PROXY, "") != CURLE_OK;
    /* A tunnel for plain http, too: the proxy then gets no header of ours, and
     * CURLOPT_REQUEST_TARGET means the same with and without a proxy. */
    return curl_easy_setopt(easy, CURLOPT_PROXY, setup->proxy) ||
           curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L) ||
           curl_easy_setopt(easy, CURLOPT_HEADEROPT,
                            (long)CURLHEADER_SEPARATE) ||
           set_proxy_sign_in(easy, setup) ||
           curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, NULL) ||
           curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, cacert) ||
           curl_easy_setopt(easy, CURLOPT_PROXY_SSLVERSION,
                            (long)CURL_SSLVERSION_TLSv1_2);
}

int curl_peer_set_route(const struct curl_peer *peer, CURL *easy,
                        const struct transport_setup *setup, const char *cacert)
{
    if (curl_easy_setopt(easy, CURLOPT_CURLU, peer->address) ||
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                         peer->tls ? "https" : "http") ||
        set_proxy(easy, setup, cacert) || (peer->tls && set_tls(easy, cacert)))
        return -1;
    return 0;
}
