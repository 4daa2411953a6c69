#include "listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_CONNECTIONS 8192U
#define MAX_BACKLOG     1024U

static void log_error(void *context, const char *format, va_list values)
    __attribute__((format(printf, 2, 0)));

static void log_error(void *context, const char *format, va_list values)
{
    const struct listener *listener = context;

    if (listener->running)
        return;
    fputs("bauser-sim: ", stderr);
    vfprintf(stderr, format, values);
}

int listener_start(struct listener *listener,
                   const struct listener_config *config)
{
    unsigned flags =
        MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)config->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    if (config->cert != NULL) {
        flags |= MHD_USE_TLS;
        /* libmicrohttpd takes them as void * and only reads them. */
        memcpy(&tls[0].ptr_value, &config->cert, sizeof config->cert);
        memcpy(&tls[1].ptr_value, &config->key, sizeof config->key);
    } else {
        tls[0].option = MHD_OPTION_END;
    }
    listener->running = false;
    listener->daemon = MHD_start_daemon(
        flags, (uint16_t)config->port, NULL, NULL, config->handle,
        config->context, MHD_OPTION_EXTERNAL_LOGGER, log_error, listener,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_NOTIFY_COMPLETED, config->completed, config->context,
        MHD_OPTION_NOTIFY_CONNECTION, config->connected, config->context,
        MHD_OPTION_CONNECTION_LIMIT, MAX_CONNECTIONS,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, MAX_BACKLOG,
        MHD_OPTION_CONNECTION_TIMEOUT, config->idle_timeout, MHD_OPTION_ARRAY,
        tls, MHD_OPTION_END);
    listener->running = true;
    if (listener->daemon != NULL)
        return 0;
    fprintf(stderr, "bauser-sim: cannot listen on 127.0.0.1:%u%s\n",
            config->port,
            config->cert != NULL ? " with that certificate and key" : "");
    return -1;
}

void listener_stop(struct listener *listener)
{
    MHD_stop_daemon(listener->daemon);
}

unsigned listener_port(const struct listener *listener)
{
    return MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT)
        ->port;
}

int listener_fd(const struct listener *listener)
{
    return MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)
        ->epoll_fd;
}

uint64_t listener_timeout(const struct listener *listener)
{
    MHD_UNSIGNED_LONG_LONG ms;

    if (MHD_get_timeout(listener->daemon, &ms) != MHD_YES)
        return UINT64_MAX;
    return (uint64_t)ms * 1000000U;
}

void listener_run(const struct listener *listener)
{
    MHD_run(listener->daemon);
}
