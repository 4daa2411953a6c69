#include "deliver.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static void add_header(struct MHD_Response *mhd, const char *name,
                       const char *value)
{
    if (value != NULL && *value != '\0')
        MHD_add_response_header(mhd, name, value);
}

static void add_date(struct MHD_Response *mhd, const char *name, time_t when)
{
    struct text date;

    text_init(&date);
    text_http_date(&date, when);
    add_header(mhd, name, date.data);
    text_free(&date);
}

/* An HTTP date has no fractions (RFC 9110, 5.6.7), so the current second,
 * which has begun, must not count. */
static void add_retry_after(struct MHD_Response *mhd, time_t date,
                            const char *value)
{
    static const char form[] = "date+";

    if (value != NULL && strncmp(value, form, strlen(form)) == 0)
        add_date(mhd, "Retry-After",
                 date + 1 + (time_t)strtoul(value + strlen(form), NULL, 10));
    else
        add_header(mhd, "Retry-After", value);
}

static bool is_plain(const struct response *response)
{
    return response->fill == 0 && response->cut == SIZE_MAX &&
           response->slow_bytes == 0 && !response->chunked;
}

static struct MHD_Response *create(const struct response *response,
                                   MHD_ContentReaderCallback read,
                                   void *context)
{
    if (is_plain(response))
        return MHD_create_response_from_buffer(
            response->body.len, response->body.data, MHD_RESPMEM_PERSISTENT);
    return MHD_create_response_from_callback(
        response->chunked ? MHD_SIZE_UNKNOWN
                          : response->body.len + response->fill,
        65536, read, context, NULL);
}

int deliver_response(struct MHD_Connection *connection, const struct call *call,
                     MHD_ContentReaderCallback read, void *context)
{
    const struct response *response = &call->response;
    const struct service *service = call->service;
    struct MHD_Response *mhd = create(response, read, context);

    if (mhd == NULL)
        return -1;
    add_header(mhd, "Content-Type", response->content_type);
    add_retry_after(mhd, response->date, response->retry_after);
    add_header(mhd, "Location", response->location);
    add_header(mhd, "Allow", response->allow);
    add_header(mhd, "Content-Encoding", response->encoding);
    add_date(mhd, "Date", response->date);
    if (response->tracking_header)
        add_header(mhd,
                   service->tracking_header != NULL ? service->tracking_header
                                                    : "TrackingId",
                   call->tracking);
    if (service->request_header != NULL)
        add_header(mhd, service->request_header, call->request);
    if (response->announce_close)
        add_header(mhd, "Connection", "close");
    enum MHD_Result queued =
        MHD_queue_response(connection, response->status, mhd);
    MHD_destroy_response(mhd);
    return queued == MHD_YES ? 0 : -1;
}

/* Copies up to max bytes from position of the body. run is the part of the
 * body that begins at start; NULL: filler bytes. Returns the number of
 * bytes; 0 if position is not in this part. */
static size_t copy_run(const char *run, size_t start, size_t len,
                       uint64_t position, char *out, size_t max)
{
    if (position < start || position >= start + len)
        return 0;
    size_t left = (size_t)(start + len - position);
    size_t count = left < max ? left : max;
    if (run != NULL)
        memcpy(out, run + (position - start), count);
    else
        memset(out, 'x', count);
    return count;
}

ssize_t deliver_read(const struct response *response, uint64_t position,
                     char *out, size_t max)
{
    const char *data = response->body.data;
    size_t split = response->fill > 0 ? response->fill_at : response->body.len;
    size_t tail = split + response->fill;
    size_t count;

    if (position >= response->cut)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (max > response->cut - position)
        max = (size_t)(response->cut - position);
    count = copy_run(data, 0, split, position, out, max);
    if (count == 0)
        count = copy_run(NULL, split, response->fill, position, out, max);
    if (count == 0)
        count = copy_run(data + split, tail, response->body.len - split,
                         position, out, max);
    return count > 0 ? (ssize_t)count : MHD_CONTENT_READER_END_OF_STREAM;
}

static int socket_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection,
                                   MHD_CONNECTION_INFO_CONNECTION_FD)
        ->connect_fd;
}

void deliver_reset(struct MHD_Connection *connection)
{
    struct sockaddr none = {.sa_family = AF_UNSPEC};

    /* Dissolving the association sends the RST immediately. A close with
     * SO_LINGER would be too late: libmicrohttpd sends a FIN first. */
    (void)connect(socket_of(connection), &none, sizeof none);
}

void deliver_noise(struct MHD_Connection *connection)
{
    static const char noise[] = "SSH-2.0-OpenSSH_9.2\r\n";

    (void)send(socket_of(connection), noise, sizeof noise - 1, MSG_NOSIGNAL);
}

void deliver_shutdown(struct MHD_Connection *connection)
{
    shutdown(socket_of(connection), SHUT_RDWR);
}

bool deliver_is_disconnected(struct MHD_Connection *connection)
{
    char byte;
    ssize_t got =
        recv(socket_of(connection), &byte, 1, MSG_PEEK | MSG_DONTWAIT);

    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK &&
                        errno != EINTR);
}
