#include "cli/url.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define HTTPS "https://"
#define HTTP  "http://"
#define SOCKS "socks5h://"

#define DIGITS    "0123456789"
#define HEX       DIGITS "abcdefABCDEF"
#define LETTERS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define PORT_MAX  65535
#define HOST_SIZE URL_HOST_SIZE

static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if (*text <= ' ' || *text > '~' || strchr("\\\"<>^`{|}", *text))
            return false;
    }
    return true;
}

static bool is_port(const char *text, size_t len)
{
    long port = 0;

    if (len == 0 || len > 5 || strspn(text, DIGITS) < len)
        return false;
    for (size_t i = 0; i < len; i++)
        port = port * 10 + (text[i] - '0');
    return port >= 1 && port <= PORT_MAX;
}

/* Splits HOST[:PORT] and copies the host, an IPv6 address without brackets. */
static int parse_host(char host[HOST_SIZE], bool *ipv6, const char *text,
                      size_t len)
{
    const char *allowed = LETTERS DIGITS ".-_";
    size_t host_len, rest;

    *ipv6 = len > 0 && text[0] == '[';
    if (*ipv6) {
        allowed = HEX ":.";
        text++;
        len--;
    }
    host_len = strspn(text, allowed);
    if (host_len == 0 || host_len > len || host_len >= HOST_SIZE)
        return -1;
    memcpy(host, text, host_len);
    host[host_len] = '\0';
    rest = host_len;
    if (*ipv6) {
        if (text[rest] != ']') /* a NUL or '/' ends text */
            return -1;
        rest++;
    }
    if (rest == len)
        return 0;
    if (text[rest] != ':' || !is_port(text + rest + 1, len - rest - 1))
        return -1;
    return 0;
}

static bool parse_address6(const char *host, struct in6_addr *address)
{
    return inet_pton(AF_INET6, host, address) == 1;
}

/* inet_pton() accepts an IPv4 address only in full. Different programs read
 * "127.1" or "0177.0.0.1" as different hosts. */
static bool is_loopback(const char *host, bool ipv6)
{
    struct in6_addr address6;
    struct in_addr address;

    if (ipv6)
        return parse_address6(host, &address6) &&
               memcmp(&address6, &in6addr_loopback, sizeof(address6)) == 0;
    if (inet_pton(AF_INET, host, &address) == 1)
        return ntohl(address.s_addr) >> 24 == 127;
    return strcasecmp(host, "localhost") == 0;
}

/* The checks that apply to every address. */
static int check_text(const char *name, const char *address,
                      struct error *error)
{
    if (strlen(address) > URL_MAX || !is_plain(address))
        return error_set(error, ERROR_USAGE,
                         "%s: the address is too long, or contains a space or "
                         "another byte that is invalid in an address",
                         name);
    if (strpbrk(address, "?#"))
        return error_set(error, ERROR_USAGE,
                         "%s: the address cannot have a query or a fragment; "
                         "leave out everything from '?' or '#' on",
                         name);
    return 0;
}

static int check_authority(const char *name, const char *text, size_t len,
                           struct error *error)
{
    struct in6_addr address6;
    char host[HOST_SIZE];
    bool ipv6;

    if (memchr(text, '@', len))
        return error_set(
            error, ERROR_USAGE,
            "%s: the address cannot contain a user name or password, "
            "because other users can see it; leave out everything before the "
            "'@'",
            name);
    if (parse_host(host, &ipv6, text, len) ||
        (ipv6 && !parse_address6(host, &address6)))
        return error_set(error, ERROR_USAGE,
                         "%s: the address has no valid HOST or HOST:PORT "
                         "after the \"//\"",
                         name);
    return 0;
}

static char *join(const char *scheme, const char *rest)
{
    size_t scheme_len = strlen(scheme);
    size_t rest_len = strlen(rest);
    char *base;

    while (rest_len > 0 && rest[rest_len - 1] == '/')
        rest_len--;
    base = malloc(scheme_len + rest_len + 1);
    if (base) {
        memcpy(base, scheme, scheme_len);
        memcpy(base + scheme_len, rest, rest_len);
        base[scheme_len + rest_len] = '\0';
    }
    return base;
}

static bool has_scheme(const char *address, const char *scheme)
{
    return strncasecmp(address, scheme, strlen(scheme)) == 0;
}

char *url_parse(const char *name, const char *address, struct error *error)
{
    const char *scheme = url_is_plain(address) ? HTTP : HTTPS;
    const char *rest;
    char *base;

    if (check_text(name, address, error))
        return NULL;
    if (!has_scheme(address, scheme)) {
        error_set(error, ERROR_USAGE,
                  "%s: the address must begin with https://, as in "
                  "https://api.example.com",
                  name);
        return NULL;
    }
    rest = address + strlen(scheme);
    if (check_authority(name, rest, strcspn(rest, "/"), error))
        return NULL;
    if (url_is_plain(address) && !url_is_local(address)) {
        error_set(error, ERROR_USAGE,
                  "%s: plain http would send the tokens unencrypted; use "
                  "https (http is for this machine only: localhost, "
                  "127.0.0.1, [::1])",
                  name);
        return NULL;
    }
    base = join(scheme, rest);
    if (!base)
        error_memory(error);
    return base;
}

int url_check_proxy(const char *name, const char *address, struct error *error)
{
    const char *rest = strstr(address, "//");
    size_t len;

    if (check_text(name, address, error))
        return -1;
    if (!has_scheme(address, HTTP) && !has_scheme(address, HTTPS) &&
        !has_scheme(address, SOCKS))
        return error_set(
            error, ERROR_USAGE,
            "%s: the address of a proxy must begin with http://, https:// or "
            "socks5h://, as in http://proxy.example.com:3128",
            name);
    assert(rest);
    rest += strlen("//");
    len = strcspn(rest, "/");
    if (check_authority(name, rest, len, error))
        return -1;
    if (rest[len] && rest[len + 1])
        return error_set(error, ERROR_USAGE,
                         "%s: the address of a proxy has no path; leave out "
                         "everything after "
                         "HOST:PORT",
                         name);
    return 0;
}

int url_split_host(char host[URL_HOST_SIZE], unsigned *port, const char *text,
                   size_t len)
{
    struct in6_addr address6;
    size_t digits = len;
    bool ipv6;

    if (parse_host(host, &ipv6, text, len) ||
        (ipv6 && !parse_address6(host, &address6)))
        return -1;
    while (digits > 0 && strchr(DIGITS, text[digits - 1]))
        digits--;
    if (digits > 0 && text[digits - 1] == ':')
        *port = (unsigned)strtoul(text + digits, NULL, 10);
    return 0;
}

bool url_is_plain(const char *address)
{
    return has_scheme(address, HTTP);
}

bool url_is_local(const char *address)
{
    const char *rest = strstr(address, "//");
    char host[HOST_SIZE];
    bool ipv6;

    if (!rest)
        return false;
    rest += strlen("//");
    return parse_host(host, &ipv6, rest, strcspn(rest, "/")) == 0 &&
           is_loopback(host, ipv6);
}
