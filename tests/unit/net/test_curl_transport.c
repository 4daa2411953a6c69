#include "net/curl_transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

/* The test is the server, too: it accepts and reads between two waits of the
 * transport, and responds when it wants to. */
struct world {
    struct transport_setup setup;
    struct transport *transport;
    int service; /* listening sockets */
    int token;
    char endpoint[64];
    char token_url[64];
    struct buffer request; /* the last one that was read */
};

#define MAX_REQUEST ((size_t)4 << 20)

static int listen_on_loopback(char url[64], const char *path)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    (void)snprintf(url, 64, "http://127.0.0.1:%d%s", ntohs(address.sin_port),
                   path);
    return fd;
}

static void open_world(struct world *world, unsigned concurrency)
{
    *world = (struct world){.setup = {.clock = &clock_system,
                                      .tracking_header = "Trace",
                                      .concurrency = concurrency,
                                      .timeout = 20,
                                      .connect_timeout = 10}};
    world->service = listen_on_loopback(world->endpoint, "/base");
    world->token = listen_on_loopback(world->token_url, "/tenant/token");
    world->setup.endpoint = world->endpoint;
    buffer_init(&world->request, MAX_REQUEST);
}

static void start(struct world *world, const char *token_url)
{
    struct error error;

    world->setup.token_url = token_url;
    world->transport = curl_transport_new(&world->setup, &error);
    assert_non_null(world->transport);
    assert_int_equal(transport_set_headers(world->transport, HTTP_SERVICE,
                                           "Authorization: Bearer one\n",
                                           &error),
                     0);
}

static void close_world(struct world *world)
{
    transport_free(world->transport);
    buffer_free(&world->request);
    close(world->service);
    close(world->token);
}

static void send_call(struct world *world, struct transfer *transfer,
                      const char *path, const char *body)
{
    struct error error;

    assert_non_null(transfer);
    transfer->request.method = HTTP_POST;
    transfer->request.once = false;
    assert_int_equal(buffer_puts(&transfer->request.path, path), 0);
    assert_int_equal(buffer_puts(&transfer->request.body, body), 0);
    assert_int_equal(transport_send(world->transport, transfer, &error), 0);
}

/* Waits until fd can be read. */
static void wait_for(struct world *world, int fd)
{
    struct pollfd fds = {.fd = fd, .events = POLLIN};
    struct error error;

    for (int turns = 0; turns < 1000; turns++) {
        assert_int_equal(transport_wait(world->transport, &fds, 1, 100, &error),
                         0);
        if (fds.revents)
            return;
    }
    fail_msg("nothing came");
}

/* A request without a body, or one whose body ends in "end". */
static bool is_whole(const struct buffer *request)
{
    if (request->len < 4)
        return false;
    return memcmp(request->data + request->len - 4, "\r\n\r\n", 4) == 0
               ? !strstr(request->data, "Content-Length:")
               : memcmp(request->data + request->len - 3, "end", 3) == 0;
}

static void read_request(struct world *world, int connection)
{
    char chunk[65536];

    buffer_clear(&world->request);
    do {
        ssize_t len;

        wait_for(world, connection);
        len = read(connection, chunk, sizeof(chunk));
        assert_true(len > 0);
        assert_int_equal(buffer_append(&world->request, chunk, (size_t)len), 0);
    } while (!is_whole(&world->request));
}

static int accept_request(struct world *world, int listener)
{
    int connection;

    wait_for(world, listener);
    connection = accept(listener, NULL, NULL);
    assert_true(connection >= 0);
    read_request(world, connection);
    return connection;
}

static void respond(int connection, const char *text)
{
    assert_int_equal(write(connection, text, strlen(text)), strlen(text));
}

static struct transfer *next(struct world *world)
{
    struct error error;

    for (int turns = 0; turns < 1000; turns++) {
        struct transfer *transfer = transport_next(world->transport);

        if (transfer)
            return transfer;
        assert_int_equal(transport_wait(world->transport, NULL, 0, 100, &error),
                         0);
    }
    fail_msg("no call came back");
    return NULL;
}

#define RESPONSE "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

static void assert_has(const struct world *world, const char *text)
{
    if (!strstr(world->request.data, text))
        fail_msg("no %s in %s", text, world->request.data);
}

static void assert_has_not(const struct world *world, const char *text)
{
    if (strstr(world->request.data, text))
        fail_msg("%s in %s", text, world->request.data);
}

/* Sends a call, to which the server responds with this text. */
static struct http_response *exchange(struct world *world, const char *text)
{
    struct transfer *transfer = transport_take(world->transport);
    int side;

    send_call(world, transfer, "/a", "end");
    side = accept_request(world, world->service);
    respond(side, text);
    close(side);
    assert_ptr_equal(next(world), transfer);
    transport_release(world->transport, transfer);
    return &transfer->response;
}

/* A call for a token must go out while all slots are in use, to its own
 * address with its own headers, and there must be one at a time. */
static void test_token(void **unused)
{
    struct world world;
    struct transfer *users, *token;
    struct error error;
    int service_side, token_side;

    (void)unused;
    open_world(&world, 1);
    start(&world, world.token_url);
    assert_int_equal(transport_set_headers(world.transport, HTTP_TOKEN,
                                           "Accept: text/token\n", &error),
                     0);
    users = transport_take(world.transport);
    send_call(&world, users, "/users", "end");
    assert_null(transport_take(world.transport));
    token = transport_take_token(world.transport);
    send_call(&world, token, "", "refresh_token=secret&end");
    assert_int_equal(token->request.target, HTTP_TOKEN);
    assert_null(transport_take_token(world.transport));

    service_side = accept_request(&world, world.service);
    assert_has(&world, "POST /base/users HTTP/1.1\r\n");
    assert_has(&world, "Authorization: Bearer one\r\n");
    token_side = accept_request(&world, world.token);
    assert_has(&world, "POST /tenant/token HTTP/1.1\r\n");
    assert_has(&world, "Accept: text/token\r\n");
    assert_has_not(&world, "Authorization");
    respond(token_side, RESPONSE);
    assert_ptr_equal(next(&world), token);
    assert_int_equal(token->response.status, 200);
    assert_string_equal(token->response.body, "{}");

    /* The secrets are gone, and the slot can be had again. */
    assert_null(token->request.body.data);
    transport_release(world.transport, token);
    assert_ptr_equal(transport_take_token(world.transport), token);
    transport_release(world.transport, token);
    close(service_side);
    close(token_side);
    close_world(&world);
}

/* Without a token endpoint there must be no slot for it. */
static void test_no_token(void **unused)
{
    struct world world;

    (void)unused;
    open_world(&world, 1);
    start(&world, NULL);
    assert_null(transport_take_token(world.transport));
    close_world(&world);
}

/* New headers must go with each call that is sent after them, on a used handle
 * as well; a call that was sent before keeps the old ones to its end. */
static void test_headers(void **unused)
{
    struct world world;
    struct transfer *first, *second;
    struct error error;
    int sides[2];

    (void)unused;
    open_world(&world, 2);
    start(&world, NULL);
    first = transport_take(world.transport);
    send_call(&world, first, "/a", "end");
    assert_int_equal(transport_set_headers(world.transport, HTTP_SERVICE,
                                           "Authorization: Bearer two\n",
                                           &error),
                     0);
    sides[0] = accept_request(&world, world.service);
    assert_has(&world, "Bearer one");
    second = transport_take(world.transport);
    send_call(&world, second, "/b", "end");
    sides[1] = accept_request(&world, world.service);
    assert_has(&world, "Bearer two");

    respond(sides[0], RESPONSE);
    assert_ptr_equal(next(&world), first);
    send_call(&world, first, "/c", "end");
    read_request(&world, sides[0]);
    assert_has(&world, "POST /base/c ");
    assert_has(&world, "Bearer two");
    assert_has_not(&world, "Bearer one");
    close(sides[0]);
    close(sides[1]);
    close_world(&world);
}

/* A request's own headers must go with it, before those of all calls, and not
 * with the next one; each method must be sent by its name. */
static void test_own_headers(void **unused)
{
    struct world world;
    struct transfer *transfer;
    struct error error;
    int side;

    (void)unused;
    open_world(&world, 1);
    start(&world, NULL);
    transfer = transport_take(world.transport);
    transfer->request.method = HTTP_GET;
    assert_int_equal(buffer_puts(&transfer->request.path, "/user"), 0);
    assert_int_equal(
        buffer_puts(&transfer->request.headers, "One: 1\nTwo: 2\n"), 0);
    assert_int_equal(transport_send(world.transport, transfer, &error), 0);
    side = accept_request(&world, world.service);
    assert_has(&world, "GET /base/user HTTP/1.1\r\n");
    assert_has(&world, "\r\nOne: 1\r\n");
    assert_has(&world, "\r\nTwo: 2\r\n");
    assert_has(&world, "\r\nAuthorization: Bearer one\r\n");
    respond(side, RESPONSE);
    assert_ptr_equal(next(&world), transfer);

    transfer->request.method = HTTP_PATCH;
    assert_int_equal(buffer_puts(&transfer->request.headers, "One: 3\n"), 0);
    assert_int_equal(buffer_puts(&transfer->request.body, "end"), 0);
    assert_int_equal(transport_send(world.transport, transfer, &error), 0);
    read_request(&world, side);
    assert_has(&world, "PATCH /base HTTP/1.1\r\n");
    assert_has(&world, "\r\nOne: 3\r\n");
    assert_has_not(&world, "Two");
    respond(side, RESPONSE);
    assert_ptr_equal(next(&world), transfer);

    send_call(&world, transfer, "", "end");
    read_request(&world, side);
    assert_has(&world, "POST /base HTTP/1.1\r\n");
    assert_has_not(&world, "One");
    assert_has(&world, "\r\nAuthorization: Bearer one\r\n");
    close(side);
    close_world(&world);
}

/* A body with a secret must be wiped when the response has come, or when the
 * request is not sent after all; the next request's body has no secret. */
static void test_secret_body(void **unused)
{
    struct world world;
    struct transfer *transfer;
    int side;

    (void)unused;
    open_world(&world, 1);
    start(&world, NULL);
    transfer = transport_take(world.transport);
    transfer->request.secret = true;
    send_call(&world, transfer, "", "password&end");
    side = accept_request(&world, world.service);
    assert_has(&world, "password&end");
    respond(side, RESPONSE);
    assert_ptr_equal(next(&world), transfer);
    assert_null(transfer->request.body.data);
    assert_false(transfer->request.secret);

    transfer->request.secret = true;
    assert_int_equal(buffer_puts(&transfer->request.body, "password"), 0);
    transport_release(world.transport, transfer);
    assert_null(transfer->request.body.data);
    assert_ptr_equal(transport_take(world.transport), transfer);
    assert_false(transfer->request.secret);
    close(side);
    close_world(&world);
}

/* The tracking id must come from the header that the setup names, and the date
 * be parsed only if it is needed. */
static void test_response_headers(void **unused)
{
    (void)unused;
    for (int needs_date = 0; needs_date < 2; needs_date++) {
        struct world world;
        const struct http_response *response;

        open_world(&world, 1);
        world.setup.needs_date = needs_date;
        start(&world, NULL);
        response =
            exchange(&world, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                             "Date: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
                             "TrackingId: other\r\nTrace: this\r\n\r\n{}");
        assert_string_equal(response->tracking_id, "this");
        assert_int_equal(response->date, needs_date ? 1767323045 : -1);
        close_world(&world);
    }
}

/* Without a tracking header there must be no tracking id. */
static void test_no_tracking_header(void **unused)
{
    struct world world;

    (void)unused;
    open_world(&world, 1);
    world.setup.tracking_header = NULL;
    start(&world, NULL);
    assert_string_equal(exchange(&world, RESPONSE)->tracking_id, "");
    close_world(&world);
}

/* The state of each descriptor must be reported: readable, hung up, writable,
 * idle. */
static void test_descriptors(void **unused)
{
    struct world world;
    struct error error;
    int full[2], ended[2], idle[2];
    struct pollfd fds[5];

    (void)unused;
    open_world(&world, 1);
    start(&world, NULL);
    assert_int_equal(pipe(full) | pipe(ended) | pipe(idle), 0);
    respond(full[1], "x");
    close(ended[1]);
    fds[0] = (struct pollfd){.fd = -1, .events = POLLIN, .revents = POLLIN};
    fds[1] = (struct pollfd){.fd = idle[0], .events = POLLIN, .revents = 99};
    fds[2] = (struct pollfd){.fd = full[0], .events = POLLIN};
    fds[3] = (struct pollfd){.fd = ended[0], .events = POLLIN};
    fds[4] = (struct pollfd){.fd = idle[1], .events = POLLOUT};
    assert_int_equal(transport_wait(world.transport, fds, 5, 100, &error), 0);
    assert_int_equal(fds[0].revents, 0);
    assert_int_equal(fds[1].revents, 0);
    assert_int_equal(fds[2].revents, POLLIN);
    assert_int_equal(fds[3].revents, POLLIN);
    assert_int_equal(fds[4].revents, POLLOUT);
    assert_int_equal(transport_wait(world.transport, fds, 2, 0, &error), 0);
    assert_int_equal(fds[1].revents, 0);
    close(full[0]);
    close(full[1]);
    close(ended[0]);
    close(idle[0]);
    close(idle[1]);
    close_world(&world);
}

/* A clock that runs, and by which it is always Fri, 02 Jan 2026 03:04:05. */
static int64_t running_us(const struct clock *clock)
{
    (void)clock;
    return clock_us(&clock_system);
}

static int64_t fixed_us(const struct clock *clock)
{
    (void)clock;
    return INT64_C(1767323045000000);
}

/* Retry-After must be parsed as seconds, and as a date that is compared with
 * the Date of the response or of an earlier one, and never with the local
 * clock; the past means now. */
static void test_retry_after(void **unused)
{
    static const int64_t year = (int64_t)365 * 24 * 3600 * 1000;
    static const struct {
        const char *response;
        int64_t least, most;
    } cases[] = {
        {"429 X\r\nRetry-After: 7", 7000, 7000},
        {"503 X\r\nretry-after:   120  ", 120000, 120000},
        {"429 X\r\nRetry-After: 0", 0, 0},
        {"429 X\r\nRetry-After: -5", 0, 0},
        {"429 X\r\nRetry-After: 99999999999", year, year},
        {"429 X\r\nRetry-After: 99999999999999999999999999", year, year},
        {"429 X\r\nRetry-After: soon", -1, -1},
        {"429 X\r\nRetry-After: 1.5", -1, -1},
        {"429 X\r\nRetry-After: 5 s", -1, -1},
        {"429 X\r\nRetry-After: -", -1, -1},
        {"429 X\r\nRetry-After:", -1, -1},
        {"429 X", -1, -1},
        /* No Date is known. */
        {"429 X\r\nRetry-After: Fri, 02 Jan 2026 03:04:35 GMT", -1, -1},
        {"200 OK\r\nRetry-After: 7", -1, -1},
        {"429 X\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
         "Retry-After: Fri, 02 Jan 2026 03:05:35 GMT",
         90000, 90000},
        {"429 X\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
         "Retry-After: Fri, 02 Jan 2026 03:04:00 GMT",
         0, 0},
        /* The service's clock is an hour behind from here on. */
        {"200 OK\r\nDate: Fri, 02 Jan 2026 02:04:05 GMT", -1, -1},
        {"404 X\r\nDate: Fri, 02 Jan 2026 02:04:05 GMT", -1, -1},
        {"429 X\r\nDate: today\r\nRetry-After: Fri, 02 Jan 2099 03:04:05 GMT",
         year, year},
        {"429 X\r\nRetry-After: Fri, 02 Jan 2015 03:04:05 GMT", 0, 0},
        {"429 X\r\nRetry-After: Fri, 02 Jan 2026 02:05:05 GMT", 50000, 60000},
        {"429 X\r\nDate: today\r\nRetry-After: Fri, 02 Jan 2026 02:05:05 GMT",
         50000, 60000},
    };
    const struct clock clock = {.steady_us = running_us, .wall_us = fixed_us};
    struct world world;

    (void)unused;
    open_world(&world, 1);
    world.setup.clock = &clock;
    start(&world, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct http_response *response;
        char text[300];

        (void)snprintf(text, sizeof(text),
                       "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n",
                       cases[i].response);
        response = exchange(&world, text);
        assert_int_equal(response->failure, HTTP_OK);
        if (response->retry_after < cases[i].least ||
            response->retry_after > cases[i].most)
            fail_msg("%s: %lld", cases[i].response,
                     (long long)response->retry_after);
    }
    close_world(&world);
}

/* A response that is incomplete, empty or not HTTP must be a failure, and the
 * request count as sent; one that follows "100 Continue" must be accepted. */
static void test_odd_responses(void **unused)
{
    static const struct {
        const char *response;
        enum http_failure failure;
    } cases[] = {
        {RESPONSE, HTTP_OK},
        {"HTTP/1.1 100 Continue\r\n\r\n" RESPONSE, HTTP_OK},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", HTTP_BROKEN},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
         HTTP_BROKEN},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n",
         HTTP_BROKEN},
        {"HTTP/1.1 100 Continue\r\n\r\n", HTTP_BROKEN},
        {"", HTTP_BROKEN},
        {"{}", HTTP_BROKEN},
    };
    struct world world;

    (void)unused;
    open_world(&world, 1);
    start(&world, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct http_response *response =
            exchange(&world, cases[i].response);

        if (response->failure != cases[i].failure || !response->sent)
            fail_msg("%s: %d %s", cases[i].response, response->failure,
                     response->text);
        if (response->failure == HTTP_OK)
            assert_string_equal(response->body, "{}");
    }
    close_world(&world);
}

/* Every request must ask for a response without compression. A compressed one
 * must be decompressed all the same, also that of the token endpoint, and
 * without a header that says it, and 203 must be 200; if it can't be, the
 * status stays, and the type names the encoding. */
static void test_compressed(void **unused)
{
    /* {"a":1} as gzip has it */
    static const char gzip[] =
        "\x1F\x8B\x08\0\0\0\0\0\x02\x03\xAB\x56\x4A\x54\xB2\x32\xAC\x05\0"
        "\xAF\xAC\x1B\x56\x07\0\0\0";
    static const char *const heads[] = {
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n",
        "HTTP/1.1 503 X\r\nContent-Encoding: br\r\n",
        "HTTP/1.1 203 Changed by a proxy\r\n",
    };
    struct world world;

    (void)unused;
    open_world(&world, 1);
    start(&world, world.token_url);
    for (size_t i = 0; i < 2 * COUNT(heads); i++) {
        bool token = i % 2;
        struct transfer *transfer = token
                                        ? transport_take_token(world.transport)
                                        : transport_take(world.transport);
        const struct http_response *response = &transfer->response;
        char head[200];
        int side;

        send_call(&world, transfer, "", "end");
        side = accept_request(&world, token ? world.token : world.service);
        assert_has(&world, "\r\nAccept-Encoding: identity\r\n");
        (void)snprintf(head, sizeof(head),
                       "%sContent-Type: a/b\r\nContent-Length: %zu\r\n\r\n",
                       heads[i / 2], sizeof(gzip) - 1);
        respond(side, head);
        assert_int_equal(write(side, gzip, sizeof(gzip) - 1), sizeof(gzip) - 1);
        close(side);
        assert_ptr_equal(next(&world), transfer);
        assert_int_equal(response->failure, HTTP_OK);
        assert_int_equal(response->status, i / 2 == 1 ? 503 : 200);
        assert_string_equal(response->content_type,
                            i / 2 == 1 ? "a/b with Content-Encoding br"
                                       : "a/b");
        if (i / 2 == 1)
            assert_int_equal(response->len, sizeof(gzip) - 1);
        else
            assert_string_equal(response->body, "{\"a\":1}");
        transport_release(world.transport, transfer);
    }
    close_world(&world);
}

/* Headers, interim responses and trailers without end must end the call. */
static void test_endless_headers(void **unused)
{
    static const char *const starts[] = {
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
        "",
    };
    static const char *const lines[] = {"X: y\r\n", "X: y\r\n",
                                        "HTTP/1.1 100 X\r\n\r\n"};
    struct world world;

    (void)unused;
    open_world(&world, 1);
    start(&world, NULL);
    for (size_t i = 0; i < COUNT(starts); i++) {
        struct buffer text;
        const struct http_response *response;

        buffer_init(&text, 1 << 20);
        assert_int_equal(buffer_puts(&text, starts[i]), 0);
        while (text.len < 70000)
            assert_int_equal(buffer_puts(&text, lines[i]), 0);
        response = exchange(&world, text.data);
        assert_int_equal(response->failure, HTTP_TOO_LARGE);
        assert_true(response->sent);
        buffer_free(&text);
    }
    close_world(&world);
}

/* Sends chunks of one byte whose extensions have 8,000 bytes, until the client
 * closes the connection. Returns the number of bytes. */
static size_t send_extensions(struct world *world, int side)
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;";
    char chunk[8000];
    size_t sent = 0;
    struct error error;

    memset(chunk, 'x', sizeof(chunk));
    memcpy(chunk + sizeof(chunk) - 9, "\r\n \r\n1;x", 9);
    respond(side, head);
    while (sent < (size_t)64 << 20) {
        size_t begin = sent % sizeof(chunk);
        ssize_t count = send(side, chunk + begin, sizeof(chunk) - begin,
                             MSG_NOSIGNAL | MSG_DONTWAIT);

        if (count < 0 && errno != EAGAIN)
            break;
        sent += count < 0 ? 0 : (size_t)count;
        assert_int_equal(transport_wait(world->transport, NULL, 0, 0, &error),
                         0);
    }
    close(side);
    return sent;
}

/* A body whose chunks have extensions without end must end the call. */
static void test_endless_extensions(void **unused)
{
    struct world world;
    struct transfer *transfer;

    (void)unused;
    open_world(&world, 1);
    start(&world, NULL);
    transfer = transport_take(world.transport);
    send_call(&world, transfer, "", "end");
    assert_true(send_extensions(&world, accept_request(&world, world.service)) <
                (size_t)32 << 20);
    assert_ptr_equal(next(&world), transfer);
    assert_int_equal(transfer->response.failure, HTTP_TOO_LARGE);
    transport_release(world.transport, transfer);
    close_world(&world);
}

/* A Date that cannot be right must not be passed on. */
static void test_impossible_date(void **unused)
{
    static const struct {
        const char *date;
        bool right;
    } cases[] = {
        {"Fri, 02 Jan 2026 03:04:05 GMT", true},
        {"Thu, 01 Oct 2026 03:04:05 GMT", true},
        {"Sun, 06 Nov 1994 08:49:37 GMT", false},
        {"Thu, 01 Jan 1970 00:00:00 GMT", false},
        {"Sun, 01 Jan 2040 00:00:00 GMT", false},
    };
    const struct clock clock = {.steady_us = running_us, .wall_us = fixed_us};
    struct world world;

    (void)unused;
    open_world(&world, 1);
    world.setup.needs_date = true;
    world.setup.clock = &clock;
    start(&world, NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[200];

        (void)snprintf(text, sizeof(text),
                       "HTTP/1.1 200 OK\r\nDate: %s\r\nContent-Length: "
                       "2\r\n\r\n{}",
                       cases[i].date);
        if ((exchange(&world, text)->date >= 0) != cases[i].right)
            fail_msg("%s", cases[i].date);
    }
    close_world(&world);
}

/* A large body must be sent whole, without asking first. */
static void test_large_body(void **unused)
{
    struct world world;
    struct transfer *transfer;
    struct buffer body;
    int side;

    (void)unused;
    open_world(&world, 1);
    start(&world, NULL);
    buffer_init(&body, MAX_REQUEST);
    for (int i = 0; i < 200000; i++)
        assert_int_equal(buffer_puts(&body, "0123456789"), 0);
    assert_int_equal(buffer_puts(&body, "end"), 0);
    transfer = transport_take(world.transport);
    send_call(&world, transfer, "/a", body.data);
    side = accept_request(&world, world.service);
    assert_has_not(&world, "Expect");
    assert_has(&world, body.data);
    buffer_free(&body);
    close(side);
    close_world(&world);
}

/* Abandoned calls, a token call included, must report whether the request may
 * have arrived. */
static void test_abandon(void **unused)
{
    struct world world;
    struct transfer *sent, *unsent, *token, *call;
    int side, calls = 0;

    (void)unused;
    open_world(&world, 2);
    start(&world, world.token_url);
    sent = transport_take(world.transport);
    send_call(&world, sent, "/a", "end");
    side = accept_request(&world, world.service);
    unsent = transport_take(world.transport);
    send_call(&world, unsent, "/b", "end");
    token = transport_take_token(world.transport);
    send_call(&world, token, "", "end");
    while ((call = transport_abandon(world.transport))) {
        calls++;
        assert_true(call == sent || call == unsent || call == token);
        assert_int_equal(call->response.sent, call == sent);
        assert_int_not_equal(call->response.failure, HTTP_OK);
        assert_string_equal(call->response.body, "");
        transport_release(world.transport, call);
    }
    assert_int_equal(calls, 3);
    close(side);
    close_world(&world);
}

/* A response that came while this program was busy for longer than the timeout
 * must be accepted, and a call without a response must still time out. */
static void test_pause(void **unused)
{
    const struct timespec pause = {.tv_sec = 1, .tv_nsec = 500000000};
    struct world world;
    struct transfer *responded, *stalled;
    int sides[2];

    (void)unused;
    open_world(&world, 2);
    world.setup.timeout = world.setup.connect_timeout = 1;
    start(&world, NULL);
    responded = transport_take(world.transport);
    send_call(&world, responded, "/a", "end");
    sides[0] = accept_request(&world, world.service);
    stalled = transport_take(world.transport);
    send_call(&world, stalled, "/b", "end");
    sides[1] = accept_request(&world, world.service);
    respond(sides[0], RESPONSE);
    assert_int_equal(nanosleep(&pause, NULL), 0);
    assert_ptr_equal(next(&world), responded);
    assert_int_equal(responded->response.failure, HTTP_OK);
    assert_ptr_equal(next(&world), stalled);
    assert_int_equal(stalled->response.failure, HTTP_TIMED_OUT);
    assert_true(stalled->response.sent);
    close(sides[0]);
    close(sides[1]);
    close_world(&world);
}

/* With a proxy a call must go through a tunnel, whatever no_proxy says; the
 * proxy must get no header of ours, and no name and password. */
static void test_proxy(void **unused)
{
    struct world world;
    struct transfer *transfer;
    char proxy[64];
    int side;

    (void)unused;
    open_world(&world, 1);
    (void)snprintf(proxy, sizeof(proxy), "http://me:secret@%.30s",
                   world.token_url + strlen("http://"));
    *strchr(proxy + strlen("http://"), '/') = '\0';
    world.setup.proxy = proxy;
    assert_int_equal(setenv("no_proxy", "*", 1), 0);
    start(&world, NULL);
    transfer = transport_take(world.transport);
    send_call(&world, transfer, "/a", "end");
    side = accept_request(&world, world.token);
    assert_has(&world, "CONNECT 127.0.0.1:");
    assert_has_not(&world, "uthorization");
    assert_has_not(&world, "Content-Type");
    respond(side, "HTTP/1.1 200 Go on\r\n\r\n");
    read_request(&world, side);
    assert_has(&world, "POST /base/a HTTP/1.1\r\n");
    assert_has(&world, "Bearer one");
    respond(side, RESPONSE);
    assert_ptr_equal(next(&world), transfer);
    assert_int_equal(transfer->response.failure, HTTP_OK);
    assert_int_equal(transfer->response.status, 200);
    assert_int_equal(unsetenv("no_proxy"), 0);
    close(side);
    close_world(&world);
}

/* The listener of token calls becomes the proxy. */
static void set_proxy(struct world *world, const char *scheme, char proxy[64])
{
    (void)snprintf(proxy, 64, "%s%.40s", scheme,
                   world->token_url + strlen("http"));
    *strchr(strstr(proxy, "://") + 3, '/') = '\0';
    world->setup.proxy = proxy;
}

/* A proxy that refuses must be named, and nothing count as sent. */
static void test_proxy_refuses(void **unused)
{
    struct world world;
    struct transfer *transfer;
    char proxy[64];
    int side;

    (void)unused;
    open_world(&world, 1);
    set_proxy(&world, "http", proxy);
    start(&world, NULL);
    transfer = transport_take(world.transport);
    send_call(&world, transfer, "/a", "end");
    side = accept_request(&world, world.token);
    respond(side, "HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=x\r\n"
                  "Retry-After: 9\r\nContent-Length: 2\r\n\r\nno");
    assert_ptr_equal(next(&world), transfer);
    assert_int_equal(transfer->response.failure, HTTP_CONNECT_FAILED);
    assert_false(transfer->response.sent);
    assert_int_equal(transfer->response.status, 0);
    assert_int_equal(transfer->response.retry_after, -1);
    assert_string_equal(transfer->response.body, "");
    assert_non_null(strstr(transfer->response.text, "proxy"));
    assert_non_null(strstr(transfer->response.text, "407"));
    close(side);

    /* Nobody listens there. */
    close(world.token);
    send_call(&world, transfer, "/a", "end");
    assert_ptr_equal(next(&world), transfer);
    assert_int_equal(transfer->response.failure, HTTP_CONNECT_FAILED);
    assert_non_null(strstr(transfer->response.text, "the proxy"));
    world.token = -1;
    close_world(&world);
}

/* A firewall drops packets: if nothing could be sent in time, there was no
 * connection. */
static void test_connection_times_out(void **unused)
{
    struct world world;
    struct transfer *transfer;
    char proxy[64];
    int side;

    (void)unused;
    open_world(&world, 1);
    set_proxy(&world, "http", proxy);
    world.setup.connect_timeout = 1;
    start(&world, NULL);
    transfer = transport_take(world.transport);
    send_call(&world, transfer, "/a", "end");
    side = accept_request(&world, world.token);
    assert_ptr_equal(next(&world), transfer);
    assert_int_equal(transfer->response.failure, HTTP_CONNECT_FAILED);
    assert_false(transfer->response.sent);
    assert_int_equal(transfer->response.proxy_status, 0);
    close(side);
    close_world(&world);
}

/* The user name and the password must reach the proxy unchanged, and the
 * response must name the ways to sign in that a proxy accepts. */
static void test_proxy_sign_in(void **unused)
{
    struct world world;
    struct transfer *transfer;
    char proxy[64];
    int side;

    (void)unused;
    open_world(&world, 1);
    set_proxy(&world, "http", proxy);
    world.setup.proxy_user = "m%65:p:%+ \xC3\xA4";
    start(&world, NULL);
    transfer = transport_take(world.transport);
    send_call(&world, transfer, "/a", "end");
    side = accept_request(&world, world.token);
    assert_has(&world, "Proxy-Authorization: Basic bSU2NTpwOiUrIMOk\r\n");
    respond(side, "HTTP/1.1 407 Who?\r\nProxy-Authenticate: NTLM\r\n"
                  "Proxy-Authenticate: Basic realm=x\r\n"
                  "Content-Length: 0\r\n\r\n");
    assert_ptr_equal(next(&world), transfer);
    assert_int_equal(transfer->response.failure, HTTP_CONNECT_FAILED);
    assert_int_equal(transfer->response.proxy_status, 407);
    assert_string_equal(transfer->response.proxy_schemes, "Basic, NTLM");
    close(side);
    close_world(&world);
}

/* A SOCKS proxy that accepts none of our ways to sign in must count like one
 * that responds with 407. */
static void test_socks_sign_in(void **unused)
{
    struct world world;
    struct transfer *transfer;
    char proxy[64], greeting[16];
    int side;

    (void)unused;
    open_world(&world, 1);
    set_proxy(&world, "socks5h", proxy);
    start(&world, NULL);
    transfer = transport_take(world.transport);
    send_call(&world, transfer, "/a", "end");
    wait_for(&world, world.token);
    side = accept(world.token, NULL, NULL);
    wait_for(&world, side);
    assert_true(read(side, greeting, sizeof(greeting)) > 2);
    assert_int_equal(write(side, "\x05\xFF", 2), 2);
    assert_ptr_equal(next(&world), transfer);
    assert_int_equal(transfer->response.failure, HTTP_CONNECT_FAILED);
    assert_int_equal(transfer->response.proxy_status, 407);
    close(side);
    close_world(&world);
}

static void assert_not_opened(const struct transport_setup *setup,
                              const char *text)
{
    struct error error;

    if (curl_transport_new(setup, &error))
        fail_msg("opened, in spite of %s", text);
    assert_int_equal(error.kind, ERROR_USAGE);
    if (!strstr(error.text, text))
        fail_msg("no %s in: %s", text, error.text);
}

/* A setup that cannot be used must be refused before the first call, with a
 * message that names the value. */
static void test_setup_refused(void **unused)
{
    struct world world;
    struct transport_setup setup;
    char cacert[] = "/tmp/bauser-unit.XXXXXX";
    int file = mkstemp(cacert);

    (void)unused;
    assert_true(file >= 0);
    respond(file, "-----BEGIN RSA PRIVATE KEY-----\n");
    open_world(&world, 1);
    world.setup.cacert = cacert;
    setup = world.setup;
    setup.endpoint = "127.0.0.1";
    assert_not_opened(&setup, "the address 127.0.0.1");
    setup = world.setup;
    setup.token_url = "http://a b/";
    assert_not_opened(&setup, "the address http://a b/");
    setup = world.setup;
    setup.concurrency = 1U << 30;
    assert_not_opened(&setup, "--concurrency 1073741824");
    setup = world.setup;
    setup.endpoint = "https://127.0.0.1";
    assert_not_opened(&setup, cacert);
    setup = world.setup;
    setup.token_url = "HTTPS://127.0.0.1";
    assert_not_opened(&setup, "--cacert");
    setup = world.setup;
    setup.proxy = "https://127.0.0.1";
    assert_not_opened(&setup, "contains none in PEM form");
    assert_int_equal(unlink(cacert), 0);
    assert_not_opened(&setup, "cannot be read: No such file");
    close(file);

    /* Without TLS the file is not needed. */
    start(&world, NULL);
    close_world(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_token),
        cmocka_unit_test(test_no_token),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_own_headers),
        cmocka_unit_test(test_secret_body),
        cmocka_unit_test(test_response_headers),
        cmocka_unit_test(test_no_tracking_header),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_odd_responses),
        cmocka_unit_test(test_compressed),
        cmocka_unit_test(test_endless_headers),
        cmocka_unit_test(test_endless_extensions),
        cmocka_unit_test(test_impossible_date),
        cmocka_unit_test(test_large_body),
        cmocka_unit_test(test_abandon),
        cmocka_unit_test(test_pause),
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_proxy_refuses),
        cmocka_unit_test(test_connection_times_out),
        cmocka_unit_test(test_proxy_sign_in),
        cmocka_unit_test(test_socks_sign_in),
        cmocka_unit_test(test_setup_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
