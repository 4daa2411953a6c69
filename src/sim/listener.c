#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_CONNECTIONS 8192U
#define MAX_BACKLOG     1024

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

static int bind_port(unsigned port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;

    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static unsigned port_of(int fd)
{
    struct sockaddr_in address = {.sin_port = 0};
    socklen_t len = sizeof address;

    (void)getsockname(fd, (struct sockaddr *)&address, &len);
    return ntohs(address.sin_port);
}

/* Listens on the port; 0: the system chooses one. A chosen port is bound
 * again by its number, because Linux keeps only such a port while it does
 * not listen. */
static int open_port(struct listener *listener, unsigned port)
{
    int chosen = port == 0 ? bind_port(0) : -1;

    listener->port = chosen >= 0 ? port_of(chosen) : port;
    listener->listen_fd = bind_port(listener->port);
    if (chosen >= 0)
        close(chosen);
    listener->open = true;
    if (listener->listen_fd >= 0 &&
        listen(listener->listen_fd, MAX_BACKLOG) == 0)
        return 0;
    fprintf(stderr, "bauser-sim: cannot listen on 127.0.0.1:%u: %s\n",
            listener->port, strerror(errno));
    if (listener->listen_fd >= 0)
        close(listener->listen_fd);
    return -1;
}

int listener_start(struct listener *listener,
                   const struct listener_config *config)
{
    unsigned flags = MHD_USE_EPOLL | MHD_USE_ERROR_LOG |
                     MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, NULL},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, NULL},
        {MHD_OPTION_END, 0, NULL},
    };

    if (config->cert != NULL) {
        flags |= MHD_USE_TLS;
        /* The options have type void *, but libmicrohttpd only reads them. */
        memcpy(&tls[0].ptr_value, &config->cert, sizeof config->cert);
        memcpy(&tls[1].ptr_value, &config->key, sizeof config->key);
    } else {
        tls[0].option = MHD_OPTION_END;
    }
    if (open_port(listener, config->port) != 0)
        return -1;
    listener->running = false;
    listener->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, config->handle, config->context,
        MHD_OPTION_EXTERNAL_LOGGER, log_error, listener,
        MHD_OPTION_NOTIFY_COMPLETED, config->completed, config->context,
        MHD_OPTION_NOTIFY_CONNECTION, config->connected, config->context,
        MHD_OPTION_CONNECTION_LIMIT, MAX_CONNECTIONS,
        MHD_OPTION_CONNECTION_TIMEOUT, config->idle_timeout, MHD_OPTION_ARRAY,
        tls, MHD_OPTION_END);
    listener->running = true;
    if (listener->daemon != NULL)
        return 0;
    close(listener->listen_fd);
    fprintf(stderr, "bauser-sim: cannot start the server%s\n",
            config->cert != NULL ? " with this certificate and key" : "");
    return -1;
}

void listener_stop(struct listener *listener)
{
    MHD_stop_daemon(listener->daemon);
    close(listener->listen_fd);
}

void listener_open(struct listener *listener, bool open)
{
    if (open == listener->open)
        return;
    /* On Linux, a listening socket keeps its port after a shutdown. */
    if (open)
        (void)listen(listener->listen_fd, MAX_BACKLOG);
    else
        shutdown(listener->listen_fd, SHUT_RDWR);
    listener->open = open;
}

static int daemon_fd(const struct listener *listener)
{
    return MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)
        ->epoll_fd;
}

int listener_watch(const struct listener *listener, fd_set *set)
{
    int fd = daemon_fd(listener);

    FD_SET(fd, set);
    if (!listener->open)
        return fd;
    FD_SET(listener->listen_fd, set);
    return fd > listener->listen_fd ? fd : listener->listen_fd;
}

void listener_accept(struct listener *listener, const fd_set *set)
{
    struct sockaddr_in from;
    socklen_t len = sizeof from;
    int fd;

    if (!listener->open || !FD_ISSET(listener->listen_fd, set))
        return;
    while ((fd = accept(listener->listen_fd, (struct sockaddr *)&from, &len)) >=
           0) {
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        /* libmicrohttpd closes the connection if it has too many. */
        (void)MHD_add_connection(listener->daemon, fd, (struct sockaddr *)&from,
                                 len);
        len = sizeof from;
    }
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
