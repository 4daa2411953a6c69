#include "net/redirect_listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Bounds for whoever connects. A browser sends its cookies for this host. */
#define MAX_CONNECTIONS 16
#define MAX_HEADERS     ((size_t)64 * 1024)
#define IDLE_SECONDS    20U

#define HOST_SIZE 32

struct redirect_listener {
    struct MHD_Daemon *daemon;
    const struct redirect_expectation *expected;
    unsigned port;
    char host[HOST_SIZE]; /* the Host header of the redirect */
    enum redirect_progress progress;
    enum redirect_verdict verdict;
    struct redirect redirect;
};

/* A request, in libmicrohttpd's hands from its first line to its end. */
struct request {
    char *address; /* with the query, not decoded */
    bool begun;    /* its headers are complete */
    bool accepted; /* it is the redirect */
};

/* ---- the pages ---------------------------------------------------------- */

/* No page repeats anything of the request. */
static const struct page {
    unsigned status;
    const char *title;
    const char *text;
} pages[] = {
    {MHD_HTTP_OK, "The sign-in was received",
     "The program continues in its terminal. You can close this window."},
    {MHD_HTTP_OK, "The sign-in did not succeed",
     "The program shows the reason in its terminal. You can close this "
     "window."},
    {MHD_HTTP_BAD_REQUEST, "This page belongs to another sign-in",
     "The program waits for a sign-in that it has started itself. Use the "
     "address that it shows in its terminal. You can close this window."},
    {MHD_HTTP_BAD_REQUEST, "The sign-in cannot be read",
     "The address of this page contains no sign-in. Use the address that the "
     "program shows in its terminal. You can close this window."},
    {MHD_HTTP_INTERNAL_SERVER_ERROR, "The program is out of memory",
     "Start the sign-in again. You can close this window."},
};

static const struct page done_page = {
    MHD_HTTP_GONE, "The sign-in was received before",
    "The program accepts one sign-in only. You can close this window."};

static const struct page unknown_page = {
    MHD_HTTP_NOT_FOUND, "There is no such page",
    "This address is only for the end of a sign-in. You can close this "
    "window."};

static enum MHD_Result send_page(struct MHD_Connection *connection,
                                 const struct page *page)
{
    static const char format[] =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width\">"
        "<title>%s</title><style>body{font:1.1rem/1.5 "
        "sans-serif;max-width:34em;"
        "margin:15vh auto;padding:0 1em;color-scheme:light dark}</style></head>"
        "<body><main><h1>%s</h1><p>%s</p><p>bauser-batch</p></main></body>"
        "</html>\n";
    static const char *const headers[][2] = {
        {"Content-Type", "text/html; charset=utf-8"},
        {"Content-Security-Policy",
         "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
         "form-action 'none'; frame-ancestors 'none'"},
        {"Cache-Control", "no-store"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Content-Type-Options", "nosniff"},
        {"Connection", "close"},
    };
    struct MHD_Response *response;
    enum MHD_Result result = MHD_YES;
    char text[2048];
    int len = snprintf(text, sizeof(text), format, page->title, page->title,
                       page->text);

    response = MHD_create_response_from_buffer((size_t)len, text,
                                               MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        if (MHD_add_response_header(response, headers[i][0], headers[i][1]) !=
            MHD_YES)
            result = MHD_NO;
    if (result == MHD_YES)
        result = MHD_queue_response(connection, page->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ---- requests ----------------------------------------------------------- */

/* A page whose name leads to this machine has another Host (DNS rebinding). */
static bool is_for_us(const struct redirect_listener *listener,
                      struct MHD_Connection *connection, const char *path,
                      const char *method)
{
    const char *host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND,
                                                   MHD_HTTP_HEADER_HOST);

    return host && strcasecmp(host, listener->host) == 0 &&
           strcmp(path, listener->expected->path) == 0 &&
           strcmp(method, MHD_HTTP_METHOD_GET) == 0;
}

static const struct page *judge(struct redirect_listener *listener,
                                struct request *request)
{
    struct redirect redirect;
    enum redirect_verdict verdict;

    if (listener->progress != REDIRECT_WAITING)
        return &done_page;
    verdict =
        redirect_parse(request->address, listener->expected->state, &redirect);
    if (verdict == REDIRECT_CODE || verdict == REDIRECT_ERROR ||
        verdict == REDIRECT_NO_MEMORY) {
        listener->redirect = redirect;
        listener->verdict = verdict;
        listener->progress = REDIRECT_ARRIVED;
        request->accepted = true;
    }
    return &pages[verdict];
}

/* Without memory the request has no address, and on_request() ends it. */
static void *on_address(void *context, const char *address,
                        struct MHD_Connection *connection)
{
    struct request *request = calloc(1, sizeof(*request));

    (void)context;
    (void)connection;
    if (request)
        request->address = strdup(address);
    return request;
}

static enum MHD_Result on_request(void *context,
                                  struct MHD_Connection *connection,
                                  const char *path, const char *method,
                                  const char *version, const char *data,
                                  size_t *len, void **state)
{
    struct redirect_listener *listener = context;
    struct request *request = *state;

    (void)version;
    (void)data;
    if (!request || !request->address || *len > 0)
        return MHD_NO; /* closes the connection */
    if (!request->begun) {
        request->begun = true;
        return MHD_YES;
    }
    if (!is_for_us(listener, connection, path, method))
        return send_page(connection, &unknown_page);
    return send_page(connection, judge(listener, request));
}

static void on_completed(void *context, struct MHD_Connection *connection,
                         void **state, enum MHD_RequestTerminationCode code)
{
    struct redirect_listener *listener = context;
    struct request *request = *state;

    (void)connection;
    (void)code;
    *state = NULL;
    if (!request)
        return;
    if (request->accepted)
        listener->progress = REDIRECT_SENT;
    if (request->address)
        memory_wipe(request->address, strlen(request->address));
    free(request->address);
    free(request);
}

/* Its messages would contain parts of requests. */
static void ignore_message(void *context, const char *format, va_list values)
{
    (void)context;
    (void)format;
    (void)values;
}

/* ---- life --------------------------------------------------------------- */

static struct MHD_Daemon *start(struct redirect_listener *listener,
                                unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};

    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, listener,
        MHD_OPTION_EXTERNAL_LOGGER, ignore_message, NULL, MHD_OPTION_SOCK_ADDR,
        (struct sockaddr *)&address, MHD_OPTION_CONNECTION_LIMIT,
        MAX_CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, MAX_HEADERS,
        MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
        MHD_OPTION_URI_LOG_CALLBACK, on_address, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, listener, MHD_OPTION_END);
}

struct redirect_listener *redirect_listener_new(
    unsigned port, const struct redirect_expectation *expected,
    struct error *error)
{
    struct redirect_listener *listener = calloc(1, sizeof(*listener));
    const union MHD_DaemonInfo *info;

    if (!listener) {
        error_memory(error);
        return NULL;
    }
    listener->expected = expected;
    listener->daemon = start(listener, port);
    if (!listener->daemon) {
        if (port > 0)
            error_set(error, ERROR_USAGE,
                      "cannot listen on port %u of this machine: %s; pass "
                      "another --redirect-uri",
                      port, strerror(errno));
        else
            error_set(error, ERROR_LOCAL,
                      "cannot listen on this machine (127.0.0.1): %s",
                      strerror(errno));
        redirect_listener_free(listener);
        return NULL;
    }
    info = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT);
    listener->port = info->port;
    (void)snprintf(listener->host, sizeof(listener->host), "%s:%u",
                   expected->host, listener->port);
    return listener;
}

void redirect_listener_free(struct redirect_listener *listener)
{
    if (!listener)
        return;
    if (listener->daemon)
        MHD_stop_daemon(listener->daemon);
    redirect_clear(&listener->redirect);
    free(listener);
}

unsigned redirect_listener_port(const struct redirect_listener *listener)
{
    return listener->port;
}

int redirect_listener_fd(const struct redirect_listener *listener)
{
    return MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)
        ->epoll_fd;
}

int redirect_listener_wait(const struct redirect_listener *listener)
{
    MHD_UNSIGNED_LONG_LONG ms;

    if (MHD_get_timeout(listener->daemon, &ms) != MHD_YES)
        return -1;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

enum redirect_progress redirect_listener_run(struct redirect_listener *listener)
{
    (void)MHD_run(listener->daemon);
    return listener->progress;
}

enum redirect_verdict redirect_listener_take(
    const struct redirect_listener *listener, const struct redirect **redirect)
{
    *redirect = &listener->redirect;
    return listener->verdict;
}
