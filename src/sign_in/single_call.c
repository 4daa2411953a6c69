#include "sign_in/single_call.h"

#include "net/auth.h"
#include "service/service.h"

#define MAX_HEADERS ((size_t)4096)
#define SIGNAL_WAIT 200 /* a signal may come just before a wait */

static int set_token_headers(struct transport *transport, struct error *error)
{
    struct buffer headers;
    int result;

    buffer_init(&headers, MAX_HEADERS);
    result =
        auth_build_headers(&headers)
            ? error_memory(error)
            : transport_set_headers(transport, HTTP_TOKEN, headers.data, error);
    buffer_free(&headers);
    return result;
}

int single_calls_open(struct single_calls *calls,
                      const struct platform *platform,
                      const struct options *options,
                      const struct credentials *credentials,
                      const char *token_url, const volatile sig_atomic_t *stop,
                      struct error *error)
{
    const struct transport_setup setup = {
        .clock = platform->clock,
        .endpoint = options->endpoint,
        .token_url = token_url,
        .proxy = options->proxy,
        .proxy_user = credentials->proxy_user,
        .proxy_negotiate = options->proxy_negotiate,
        .cacert = options->cacert,
        .tracking_header = options->service->tracking_header,
        .concurrency = 1,
        .timeout = options->timeout,
        .connect_timeout = options->connect_timeout,
    };

    *calls = (struct single_calls){.platform = platform, .stop = stop};
    calls->transport =
        platform->network->open(platform->network, &setup, error);
    if (!calls->transport)
        return -1;
    return token_url ? set_token_headers(calls->transport, error) : 0;
}

void single_calls_close(struct single_calls *calls)
{
    transport_free(calls->transport);
    calls->transport = NULL;
}

int64_t single_calls_now(const struct single_calls *calls)
{
    return clock_ms(calls->platform->clock);
}

static int check_stop(const struct single_calls *calls, struct error *error)
{
    return *calls->stop ? error_set(error, ERROR_STOPPED, "stopped by a signal")
                        : 0;
}

int single_calls_send(struct single_calls *calls, struct transfer *transfer,
                      struct error *error)
{
    struct transport *transport = calls->transport;

    if (check_stop(calls, error) || transport_send(transport, transfer, error))
        return -1;
    while (!transport_next(transport)) {
        if (check_stop(calls, error) == 0 &&
            transport_wait(transport, NULL, 0, SIGNAL_WAIT, error) == 0)
            continue;
        (void)transport_abandon(transport);
        return -1;
    }
    return 0;
}

int single_calls_wait(struct single_calls *calls, struct pollfd *fds,
                      unsigned count, int64_t until, struct error *error)
{
    int64_t left = until - single_calls_now(calls);

    if (check_stop(calls, error))
        return -1;
    if (left < 0)
        left = 0;
    return transport_wait(calls->transport, fds, count,
                          left < SIGNAL_WAIT ? (int)left : SIGNAL_WAIT, error);
}

int single_calls_pause(struct single_calls *calls, int64_t until,
                       struct error *error)
{
    while (single_calls_now(calls) < until)
        if (single_calls_wait(calls, NULL, 0, until, error))
            return -1;
    return 0;
}
