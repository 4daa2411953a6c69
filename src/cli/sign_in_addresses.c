#include "cli/sign_in_addresses.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/percent.h"
#include "cli/option_value.h"
#include "cli/url.h"
#include "service/service.h"

#define ADDRESS_MAX 4096 /* bytes: more than --tenant's longest value */

#define GOOGLE_TOKEN     "https://oauth2.googleapis.com/token"
#define GOOGLE_AUTHORIZE "https://accounts.google.com/o/oauth2/v2/auth"

#define GOOGLE_SCOPE "openid email profile"

/* The last part of an address of Microsoft's. */
#define TOKEN     "token"
#define AUTHORIZE "authorize"
#define DEVICE    "devicecode"

const char *sign_in_token_scope(const struct options *options)
{
    if (options->google)
        return NULL;
    return options->sandbox ? options->service->sandbox_scope
                            : options->service->scope;
}

const char *sign_in_first_scope(const struct options *options)
{
    return options->google ? GOOGLE_SCOPE : sign_in_token_scope(options);
}

static char *build(const struct options *options, const char *last,
                   struct error *error)
{
    struct buffer url;

    buffer_init(&url, ADDRESS_MAX);
    if (buffer_puts(&url, "https://login.microsoftonline.com/") ||
        percent_encode(&url, options->tenant ? options->tenant : "common") ||
        buffer_puts(&url, "/oauth2/v2.0/") || buffer_puts(&url, last)) {
        buffer_free(&url);
        error_memory(error);
        return NULL;
    }
    return url.data;
}

static char *copy(const char *text, struct error *error)
{
    char *copied = strdup(text);

    if (!copied)
        error_memory(error);
    return copied;
}

/* Replaces the last part of the given token endpoint. */
static char *build_beside(const struct sign_in_given *given, const char *last,
                          struct error *error)
{
    char *url = url_parse(given->name, given->value, error);
    size_t len = url ? strlen(url) : 0;
    struct buffer beside;

    if (!url)
        return NULL;
    if (len < sizeof("/" TOKEN) ||
        strcmp(url + len - strlen("/" TOKEN), "/" TOKEN) != 0) {
        error_set(error, ERROR_USAGE,
                  "%s does not end in /" TOKEN ", so the address of the "
                  "sign-in, which ends in /%s, is not known; correct it",
                  given->name, last);
        free(url);
        return NULL;
    }
    buffer_init(&beside, ADDRESS_MAX);
    if (buffer_append(&beside, url, len - strlen(TOKEN)) ||
        buffer_puts(&beside, last)) {
        buffer_free(&beside);
        error_memory(error);
    }
    free(url);
    return beside.data;
}

char *sign_in_token_url(const struct options *options,
                        const struct sign_in_given *given, struct error *error)
{
    if (given->value)
        return url_parse(given->name, given->value, error);
    return options->google ? copy(GOOGLE_TOKEN, error)
                           : build(options, TOKEN, error);
}

char *sign_in_first_url(const struct options *options,
                        const struct sign_in_given *given, struct error *error)
{
    const char *last = options->device ? DEVICE : AUTHORIZE;

    if (given->value)
        return build_beside(given, last, error);
    return options->google ? copy(GOOGLE_AUTHORIZE, error)
                           : build(options, last, error);
}

/* ---- the file ----------------------------------------------------------- */

/* The host of the scope, such as ads.microsoft.com. */
static int put_name(struct buffer *path, const struct options *options)
{
    const struct service *service = options->service;
    const char *scope =
        options->sandbox ? service->sandbox_scope : service->scope;
    const char *host = strstr(scope, "://") + strlen("://");

    return buffer_puts(path, "refresh-token.") ||
                   (options->google ? buffer_puts(path, "google.") : 0) ||
                   buffer_append(path, host, strcspn(host, "/ "))
               ? -1
               : 0;
}

char *sign_in_default_file(const struct options *options, struct error *error)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    struct buffer path;

    error->kind = ERROR_NONE;
    /* A relative path is to be ignored: XDG Base Directory Specification. */
    if (!config || *config != '/')
        config = NULL;
    if (!config && (!home || *home != '/'))
        return NULL;
    buffer_init(&path, ADDRESS_MAX);
    if (buffer_puts(&path, config ? config : home) ||
        buffer_puts(&path,
                    config ? "/bauser-batch/" : "/.config/bauser-batch/") ||
        put_name(&path, options)) {
        buffer_free(&path);
        error_memory(error);
        return NULL;
    }
    return path.data;
}

int sign_in_make_directories(const char *path, struct error *error)
{
    char *copied = copy(path, error);
    int result = copied ? 0 : -1;

    for (char *at = copied ? strchr(copied + 1, '/') : NULL; at && result == 0;
         at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(copied, S_IRWXU) && errno != EEXIST)
            result = error_set(error, ERROR_USAGE,
                               "cannot make the directory %s for the refresh "
                               "token: %s; set BAUSER_REFRESH_TOKEN_FILE to "
                               "the name of another file",
                               copied, strerror(errno));
        *at = '/';
    }
    free(copied);
    return result;
}

/* ---- the redirect ------------------------------------------------------- */

int sign_in_parse_redirect(const char *name, const char *uri,
                           struct sign_in_redirect *redirect,
                           struct error *error)
{
    static const char *const hosts[] = {"http://localhost", "http://127.0.0.1"};
    char *checked = url_parse(name, uri, error);

    if (!checked)
        return -1;
    free(checked);
    *redirect = (struct sign_in_redirect){.path = ""};
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        const char *end = uri + strlen(hosts[i]);
        const char *port = end + 1;
        char number[8] = "";
        size_t len;

        if (strncmp(uri, hosts[i], strlen(hosts[i])) != 0 ||
            !strchr(":/", *end))
            continue;
        redirect->listens = true;
        redirect->numeric = i == 1;
        redirect->path = end + strcspn(end, "/");
        len = (size_t)(redirect->path - port);
        if (*end != ':' || len >= sizeof(number))
            continue;
        memcpy(number, port, len);
        (void)option_value_number(number, 1, 65535, &redirect->port);
    }
    return 0;
}
