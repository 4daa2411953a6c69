#include "cli/budget_url.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define SCHEME "redis://"
#define TLS    "rediss://"

static int refuse(const char *why, struct error *error)
{
    return error_set(error, ERROR_USAGE, "--budget: %s", why);
}

/* The name of a user or key, without blanks or control characters. */
static int copy_name(char *name, const char *text, size_t len)
{
    if (len == 0 || len > BUDGET_URL_NAME || !utf8_is_printable(text, len) ||
        memchr(text, ' ', len))
        return -1;
    memcpy(name, text, len);
    name[len] = '\0';
    return 0;
}

int budget_url_parse(struct budget_url *url, const char *address,
                     struct error *error)
{
    const char *host, *key, *at;
    size_t len;

    *url = (struct budget_url){.port = BUDGET_URL_PORT};
    if (strncasecmp(address, TLS, strlen(TLS)) == 0)
        return refuse("TLS to Redis is not supported; connect through a tunnel "
                      "(stunnel, ssh -L), as in redis://127.0.0.1:6379/KEY",
                      error);
    if (strncasecmp(address, SCHEME, strlen(SCHEME)) != 0)
        return refuse("the address must begin with redis://, as in "
                      "redis://redis.example.com/contoso",
                      error);
    host = address + strlen(SCHEME);
    len = strcspn(host, "/");
    key = host + len + (host[len] == '/');
    if (copy_name(url->key, key, strlen(key)))
        return refuse("the address must end with the name of the budget, as in "
                      "redis://redis.example.com/contoso: 1 to 200 printable "
                      "characters, without spaces",
                      error);
    at = memchr(host, '@', len);
    if (at && memchr(host, ':', (size_t)(at - host)))
        return refuse("the address cannot contain a password, because other "
                      "users can see it; write it to a secret file, and set "
                      "BAUSER_BUDGET_PASSWORD_FILE to its name",
                      error);
    if (at) {
        if (copy_name(url->user, host, (size_t)(at - host)))
            return refuse("the user name before the '@' is invalid", error);
        len -= (size_t)(at + 1 - host);
        host = at + 1;
    }
    if (url_split_host(url->host, &url->port, host, len))
        return refuse("the address has no valid HOST or HOST:PORT after the "
                      "\"//\"",
                      error);
    return 0;
}
