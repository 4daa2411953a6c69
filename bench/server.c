/*
 * server [-l MILLISECONDS] [-c CERTIFICATE -k KEY] [-p PORT]
 *
 * A canned service for the benchmark. It responds to GetUser and UpdateUser of
 * version 13 over REST and SOAP, and to GET and PATCH of Partner Center's
 * users. It uses a loopback port, HTTP/1.1 with kept connections, and one
 * thread with epoll. Every Id of 19 digits and every GUID is a user; no update
 * changes anything. The server must be cheap, so that the client is measured.
 * Therefore it allocates nothing for a request, and a response is a copy of a
 * prepared one with the Id inserted.
 *
 * Prints its address on standard output when it listens. On SIGTERM it prints
 * its counts, one line of NAME=VALUE, and ends.
 *
 * -l  the delay of responses in milliseconds (fractions are allowed)
 * -c -k  TLS with this certificate and key (PEM)
 * -p  the port; the default is any free port
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "canned.h"

#define REQUEST_MAX  65536 /* bytes of one request, its body included */
#define RESPONSE_MAX 4096
#define EVENTS_MAX   512

enum kind {
    REST_QUERY,
    REST_UPDATE,
    SOAP_QUERY,
    SOAP_UPDATE,
    PARTNER_QUERY,
    PARTNER_UPDATE,
    REJECTION,
    KINDS
};

/* A response that is prepared once and copied for each request. */
struct response {
    char data[RESPONSE_MAX];
    size_t len;
    size_t id_at; /* offset of the Id; 0 if there is none */
};

struct connection {
    struct connection *due_before, *due_after; /* the delayed responses */
    int64_t due; /* nanoseconds; 0: the response is not delayed */
    SSL *tls;    /* NULL without TLS */
    int fd;
    uint32_t interest; /* the events that epoll watches */
    size_t in_len;
    size_t out_len, out_sent; /* out_len 0: no response is being sent */
    char out[RESPONSE_MAX];
    char in[REQUEST_MAX];
};

struct server {
    int listener, epoll;
    SSL_CTX *tls; /* NULL without TLS */
    int64_t latency;
    struct connection *due_first, *due_last; /* in order of time */
    struct response responses[KINDS];
    uint64_t connections, open, queries, updates, rejected, reads, bytes_in;
};

struct request {
    const char *head;
    const char *body;
    size_t body_len;
    size_t len; /* head and body */
};

static volatile sig_atomic_t stop_asked;

static void ask_stop(int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- responses --------------------------------------------------------- */

#define TRACKING_ID "7d1f3c52-5d0e-4b6a-9f60-0c2b8f7a1e44"
#define JSON_HEADERS                                                           \
    "Cache-Control: private\r\n"                                               \
    "Content-Type: application/json; charset=utf-8\r\n"                        \
    "TrackingId: " TRACKING_ID "\r\n"
#define XML_HEADERS                                                            \
    "Cache-Control: private\r\n"                                               \
    "Content-Type: text/xml; charset=utf-8\r\n"
#define PARTNER_HEADERS                                                        \
    "Content-Type: application/json; charset=utf-8\r\n"                        \
    "MS-CorrelationId: " TRACKING_ID "\r\n"                                    \
    "MS-RequestId: " TRACKING_ID "\r\n"                                        \
    "Date: Fri, 02 Jan 2026 03:04:05 GMT\r\n"

#define ZERO_ID   "0000000000000000000"
#define ZERO_GUID "00000000-0000-0000-0000-000000000000"

static const struct {
    const char *status, *headers, *body;
    const char *before_id; /* NULL: no Id in the response */
} prepared[KINDS] = {
    [REST_QUERY] = {"200 OK", JSON_HEADERS,
                    "{\"User\":" CANNED_USER_BEFORE_ID ZERO_ID
                        CANNED_USER_AFTER_ID ",\"CustomerRoles\":" CANNED_ROLES
                    "}",
                    "{\"User\":" CANNED_USER_BEFORE_ID},
    [REST_UPDATE] = {"200 OK", JSON_HEADERS,
                     "{\"LastModifiedTime\":\"2026-01-02T03:04:05.678\"}",
                     NULL},
    [SOAP_QUERY] = {"200 OK", XML_HEADERS,
                    CANNED_SOAP_BEGIN CANNED_SOAP_USER_BEFORE_ID ZERO_ID
                        CANNED_SOAP_USER_AFTER_ID CANNED_SOAP_END,
                    CANNED_SOAP_BEGIN CANNED_SOAP_USER_BEFORE_ID},
    [SOAP_UPDATE] = {"200 OK", XML_HEADERS,
                     CANNED_SOAP_BEGIN CANNED_SOAP_UPDATED CANNED_SOAP_END,
                     NULL},
    [PARTNER_QUERY] = {"200 OK", PARTNER_HEADERS,
                       CANNED_PARTNER_BEFORE_ID ZERO_GUID
                           CANNED_PARTNER_AFTER_ID,
                       CANNED_PARTNER_BEFORE_ID},
    [PARTNER_UPDATE] = {"200 OK", PARTNER_HEADERS, "", NULL},
    [REJECTION] = {"400 Bad Request", JSON_HEADERS,
                   "{\"TrackingId\":\"7d1f3c52-5d0e-4b6a-9f60-0c2b8f7a1e44\","
                   "\"Type\":\"ApiFault\",\"OperationErrors\":[{\"Code\":1001,"
                   "\"Message\":\"The benchmark's service supports GetUser and "
                   "UpdateUser of version 13 over REST and SOAP for Ids of 19 "
                   "digits, and Partner Center's users\",\"Details\":null}]}",
                   NULL},
};

static void responses_prepare(struct server *server)
{
    for (size_t i = 0; i < KINDS; i++) {
        struct response *response = &server->responses[i];
        size_t body_len = strlen(prepared[i].body);
        int len = snprintf(response->data, sizeof response->data,
                           "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s",
                           prepared[i].status, prepared[i].headers, body_len,
                           prepared[i].body);

        if (len < 0 || (size_t)len >= sizeof response->data)
            errx(1, "a canned response is longer than %d bytes", RESPONSE_MAX);
        response->len = (size_t)len;
        if (prepared[i].before_id != NULL)
            response->id_at =
                response->len - body_len + strlen(prepared[i].before_id);
    }
}

/* ---- requests ---------------------------------------------------------- */

/* The value of Content-Length in a head; 0 if there is none. */
static size_t content_length(const char *head, const char *end)
{
    static const char name[] = "content-length:";
    const size_t name_len = sizeof name - 1;
    const char *line = head;

    while ((line = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        line++;
        if ((size_t)(end - line) > name_len &&
            strncasecmp(line, name, name_len) == 0)
            return strtoul(line + name_len, NULL, 10);
    }
    return 0;
}

/* True if data contains a whole request. */
static bool parse_request(const char *data, size_t len, struct request *request)
{
    const char *end = memmem(data, len, "\r\n\r\n", 4);

    if (end == NULL)
        return false;
    request->head = data;
    request->body = end + 4;
    request->body_len = content_length(data, end);
    if (request->body_len > REQUEST_MAX)
        request->body_len =
            REQUEST_MAX; /* never complete, so the connection is closed */
    request->len = (size_t)(request->body - data) + request->body_len;
    return request->len <= len;
}

static bool starts_with(const struct request *request, const char *prefix)
{
    size_t len = strlen(prefix);

    return request->len >= len && memcmp(request->head, prefix, len) == 0;
}

static bool has(const struct request *request, const char *word)
{
    return memmem(request->body, request->body_len, word, strlen(word)) != NULL;
}

/* The first 19 consecutive digits after "UserId"; NULL if there are none. */
static const char *find_id(const struct request *request)
{
    const char *end = request->body + request->body_len;
    const char *at = memmem(request->body, request->body_len, "UserId", 6);
    size_t digits = 0;

    while (at != NULL && at < end && digits < CANNED_ID_LENGTH)
        digits = isdigit((unsigned char)*at++) ? digits + 1 : 0;
    return digits == CANNED_ID_LENGTH ? at - CANNED_ID_LENGTH : NULL;
}

/* The GUID after "/users/" in a path; NULL if there is none. */
static const char *find_guid(const struct request *request)
{
    static const char before[] = "/users/";
    const char *end = memchr(request->head, '\r', request->len);
    const char *at = memmem(request->head, (size_t)(end - request->head),
                            before, sizeof before - 1);

    if (at == NULL)
        return NULL;
    at += sizeof before - 1;
    return end - at > CANNED_GUID_LENGTH && at[CANNED_GUID_LENGTH] == ' '
               ? at
               : NULL;
}

/* The kind of a request, and the Id for its response. */
static enum kind classify(const struct request *request, const char **id)
{
    if (starts_with(request, "POST /CustomerManagement/v13/User/Query "))
        return (*id = find_id(request)) != NULL ? REST_QUERY : REJECTION;
    if (starts_with(request, "PUT /CustomerManagement/v13/User "))
        return REST_UPDATE;
    if (starts_with(request, "POST /Api/CustomerManagement/v13/"
                             "CustomerManagementService.svc ")) {
        if (has(request, "UpdateUserRequest"))
            return SOAP_UPDATE;
        return (*id = find_id(request)) != NULL ? SOAP_QUERY : REJECTION;
    }
    if (starts_with(request, "GET /v1/customers/"))
        return (*id = find_guid(request)) != NULL ? PARTNER_QUERY : REJECTION;
    if (starts_with(request, "PATCH /v1/customers/") && request->body_len > 0)
        return (*id = find_guid(request)) != NULL ? PARTNER_UPDATE : REJECTION;
    return REJECTION;
}

static void count_request(struct server *server, enum kind kind)
{
    switch (kind) {
    case REST_QUERY:
    case SOAP_QUERY:
    case PARTNER_QUERY:
        server->queries++;
        break;
    case REST_UPDATE:
    case SOAP_UPDATE:
    case PARTNER_UPDATE:
        server->updates++;
        break;
    case REJECTION:
    case KINDS:
        server->rejected++;
    }
}

/* The response to a PATCH: the user with the values that were sent. */
static void put_patched(struct connection *connection,
                        const struct request *request, const char *id)
{
    static const char before[] = "{\"id\":\"";
    int len = snprintf(
        connection->out, sizeof connection->out,
        "HTTP/1.1 200 OK\r\n" PARTNER_HEADERS "Content-Length: %zu\r\n\r\n"
        "%s%.*s" CANNED_PARTNER_PATCHED "%.*s",
        sizeof before - 1 + CANNED_GUID_LENGTH + sizeof CANNED_PARTNER_PATCHED -
            1 + request->body_len - 1,
        before, CANNED_GUID_LENGTH, id, (int)request->body_len - 1,
        request->body + 1);

    if (len < 0 || (size_t)len >= sizeof connection->out)
        errx(1, "a PATCH response is longer than %d bytes", RESPONSE_MAX);
    connection->out_len = (size_t)len;
}

/* Writes the response to a request to the connection's out. */
static void respond(struct server *server, struct connection *connection,
                    const struct request *request)
{
    const char *id = NULL;
    enum kind kind = classify(request, &id);
    const struct response *response = &server->responses[kind];

    count_request(server, kind);
    connection->out_sent = 0;
    if (kind == PARTNER_UPDATE) {
        put_patched(connection, request, id);
        return;
    }
    memcpy(connection->out, response->data, response->len);
    if (id != NULL)
        memcpy(connection->out + response->id_at, id,
               kind == PARTNER_QUERY ? CANNED_GUID_LENGTH : CANNED_ID_LENGTH);
    connection->out_len = response->len;
}

/* ---- connections ------------------------------------------------------- */

/* Both return the number of bytes, 0 if the socket is not ready, and -1 if the
 * connection has ended. */
static ssize_t tls_outcome(SSL *tls, int result)
{
    int reason;

    if (result > 0)
        return result;
    reason = SSL_get_error(tls, result);
    ERR_clear_error();
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE ? 0
                                                                           : -1;
}

static ssize_t plain_outcome(ssize_t result)
{
    if (result > 0)
        return result;
    return result == -1 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static ssize_t connection_receive(struct connection *connection)
{
    char *to = connection->in + connection->in_len;
    size_t space = sizeof connection->in - connection->in_len;

    if (space == 0)
        return -1;
    if (connection->tls != NULL)
        return tls_outcome(connection->tls,
                           SSL_read(connection->tls, to, (int)space));
    return plain_outcome(recv(connection->fd, to, space, 0));
}

static ssize_t connection_send(struct connection *connection)
{
    const char *from = connection->out + connection->out_sent;
    size_t len = connection->out_len - connection->out_sent;

    if (connection->tls != NULL)
        return tls_outcome(connection->tls,
                           SSL_write(connection->tls, from, (int)len));
    return plain_outcome(send(connection->fd, from, len, MSG_NOSIGNAL));
}

static void due_append(struct server *server, struct connection *connection)
{
    connection->due = now_ns() + server->latency;
    connection->due_after = NULL;
    connection->due_before = server->due_last;
    if (server->due_last != NULL)
        server->due_last->due_after = connection;
    else
        server->due_first = connection;
    server->due_last = connection;
}

static void due_remove(struct server *server, struct connection *connection)
{
    if (connection->due_before != NULL)
        connection->due_before->due_after = connection->due_after;
    else
        server->due_first = connection->due_after;
    if (connection->due_after != NULL)
        connection->due_after->due_before = connection->due_before;
    else
        server->due_last = connection->due_before;
    connection->due = 0;
}

static void connection_close(struct server *server,
                             struct connection *connection)
{
    if (connection->due != 0)
        due_remove(server, connection);
    SSL_free(connection->tls);
    close(connection->fd);
    free(connection);
    server->open--;
}

static void connection_watch(struct server *server,
                             struct connection *connection)
{
    bool blocked = (connection->out_len > 0 && connection->due == 0) ||
                   (connection->tls != NULL && SSL_want_write(connection->tls));
    uint32_t interest = blocked ? EPOLLIN | EPOLLOUT : EPOLLIN;
    struct epoll_event event = {.events = interest, .data.ptr = connection};

    if (interest == connection->interest)
        return;
    if (epoll_ctl(server->epoll, EPOLL_CTL_MOD, connection->fd, &event) == -1)
        err(1, "epoll_ctl");
    connection->interest = interest;
}

/* Sends as much of the current response as the socket accepts; -1 if the
 * connection has ended. */
static int connection_flush(struct connection *connection)
{
    while (connection->out_len > 0 && connection->due == 0) {
        ssize_t sent = connection_send(connection);

        if (sent <= 0)
            return (int)sent;
        connection->out_sent += (size_t)sent;
        if (connection->out_sent == connection->out_len)
            connection->out_len = 0;
    }
    return 0;
}

/* Responds to all requests that have arrived completely, one after another. */
static int connection_respond(struct server *server,
                              struct connection *connection)
{
    struct request request;

    while (connection->out_len == 0 &&
           parse_request(connection->in, connection->in_len, &request)) {
        respond(server, connection, &request);
        connection->in_len -= request.len;
        memmove(connection->in, connection->in + request.len,
                connection->in_len);
        if (server->latency > 0)
            due_append(server, connection);
        if (connection_flush(connection) == -1)
            return -1;
    }
    return 0;
}

static int connection_read(struct server *server, struct connection *connection)
{
    do {
        ssize_t len = connection_receive(connection);

        if (len <= 0)
            return (int)len;
        server->reads++;
        server->bytes_in += (uint64_t)len;
        connection->in_len += (size_t)len;
        if (connection_respond(server, connection) == -1)
            return -1;
        /* epoll does not report what OpenSSL has already read. */
    } while (connection->tls != NULL && SSL_has_pending(connection->tls));
    return 0;
}

static void connection_event(struct server *server,
                             struct connection *connection)
{
    if (connection_flush(connection) == -1 ||
        connection_respond(server, connection) == -1 ||
        connection_read(server, connection) == -1)
        connection_close(server, connection);
    else
        connection_watch(server, connection);
}

static void connection_accept(struct server *server)
{
    struct connection *connection;
    struct epoll_event event = {.events = EPOLLIN};
    int fd =
        accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    int on = 1;

    if (fd == -1)
        return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        err(1, "a connection");
    connection->fd = fd;
    connection->interest = EPOLLIN;
    if (server->tls != NULL) {
        connection->tls = SSL_new(server->tls);
        if (connection->tls == NULL || SSL_set_fd(connection->tls, fd) != 1)
            errx(1, "OpenSSL could not create a connection");
        SSL_set_accept_state(connection->tls);
    }
    event.data.ptr = connection;
    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) == -1)
        err(1, "epoll_ctl");
    server->connections++;
    server->open++;
}

/* ---- the loop ---------------------------------------------------------- */

static void send_due(struct server *server)
{
    int64_t now;

    if (server->due_first == NULL)
        return;
    now = now_ns();
    while (server->due_first != NULL && server->due_first->due <= now) {
        struct connection *connection = server->due_first;

        due_remove(server, connection);
        connection_event(server, connection);
    }
}

/* Waits like epoll_wait, but with a resolution of nanoseconds. With whole
 * milliseconds, a latency of 5 ms would be 10 % too long. */
static int wait_events(struct server *server, struct epoll_event *events,
                       const sigset_t *signals)
{
    struct timespec timeout = {0, 0};
    int64_t left;

    if (server->due_first == NULL)
        return epoll_pwait2(server->epoll, events, EVENTS_MAX, NULL, signals);
    left = server->due_first->due - now_ns();
    if (left > 0) {
        timeout.tv_sec = (time_t)(left / 1000000000);
        timeout.tv_nsec = (long)(left % 1000000000);
    }
    return epoll_pwait2(server->epoll, events, EVENTS_MAX, &timeout, signals);
}

static void serve(struct server *server, const sigset_t *signals)
{
    struct epoll_event events[EVENTS_MAX];

    while (!stop_asked) {
        int n = wait_events(server, events, signals);

        if (n == -1 && errno != EINTR)
            err(1, "epoll_pwait2");
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr == NULL)
                connection_accept(server);
            else
                connection_event(server, events[i].data.ptr);
        }
        send_due(server);
    }
}

/* ---- start and end ----------------------------------------------------- */

static void open_listener(struct server *server, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    struct epoll_event event = {.events = EPOLLIN};
    int on = 1;

    server->listener =
        socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server->listener == -1 || server->epoll == -1)
        err(1, "a socket");
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(server->listener, (struct sockaddr *)&address, len) == -1 ||
        listen(server->listener, SOMAXCONN) == -1 ||
        getsockname(server->listener, (struct sockaddr *)&address, &len) == -1)
        err(1, "port %u", port);
    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, server->listener, &event) == -1)
        err(1, "epoll_ctl");
    printf("http%s://127.0.0.1:%u\n", server->tls != NULL ? "s" : "",
           ntohs(address.sin_port));
    fflush(stdout);
}

static SSL_CTX *make_tls(const char *certificate, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    if (tls == NULL ||
        SSL_CTX_use_certificate_chain_file(tls, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        errx(1, "%s and %s are not a certificate and its key", certificate,
             key);
    }
    /* Reads head and body of a record with one read(2). */
    SSL_CTX_set_read_ahead(tls, 1);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return tls;
}

/* SIGTERM and SIGINT are delivered only while the server waits. Sets waiting to
 * the signal mask for that time. */
static void catch_signals(sigset_t *waiting)
{
    struct sigaction action = {.sa_handler = ask_stop};
    sigset_t stops;

    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigprocmask(SIG_BLOCK, &stops, waiting);
    sigdelset(waiting, SIGTERM);
    sigdelset(waiting, SIGINT);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void print_counts(const struct server *server)
{
    printf("connections=%" PRIu64 " open=%" PRIu64 " requests=%" PRIu64
           " queries=%" PRIu64 " updates=%" PRIu64 " rejected=%" PRIu64
           " reads=%" PRIu64 " bytes_in=%" PRIu64 "\n",
           server->connections, server->open,
           server->queries + server->updates + server->rejected,
           server->queries, server->updates, server->rejected, server->reads,
           server->bytes_in);
}

int main(int argc, char **argv)
{
    static struct server server;
    const char *certificate = NULL, *key = NULL;
    uint16_t port = 0;
    sigset_t signals;
    int option;

    while ((option = getopt(argc, argv, "l:c:k:p:")) != -1) {
        switch (option) {
        case 'l':
            server.latency = (int64_t)(strtod(optarg, NULL) * 1e6);
            break;
        case 'c':
            certificate = optarg;
            break;
        case 'k':
            key = optarg;
            break;
        case 'p':
            port = (uint16_t)strtoul(optarg, NULL, 10);
            break;
        default:
            return 2;
        }
    }
    if ((certificate == NULL) != (key == NULL) || optind != argc)
        errx(2, "usage: server [-l MILLISECONDS] [-c CERTIFICATE -k KEY] "
                "[-p PORT]");
    if (certificate != NULL)
        server.tls = make_tls(certificate, key);
    responses_prepare(&server);
    catch_signals(&signals);
    open_listener(&server, port);
    serve(&server, &signals);
    print_counts(&server);
    return 0;
}
