#include "net/host_lookup.h"

#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the thread writes to its pipe, in one piece. */
struct result {
    int failure; /* of getaddrinfo(); 0: none */
    char address[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
};

struct host_lookup {
    int fd; /* of the pipe; -1: the result is known */
    struct result result;
};

/* The thread's own. */
struct work {
    int fd;
    char host[];
};

/* ---- the resolver ------------------------------------------------------- */

static bool is_better(const struct addrinfo *one, const struct addrinfo *other)
{
    return one->ai_family == AF_INET && other->ai_family != AF_INET;
}

static void resolve(const char *host, int flags, struct result *result)
{
    const struct addrinfo hints = {.ai_flags = flags,
                                   .ai_socktype = SOCK_STREAM};
    const struct addrinfo *best = NULL;
    struct addrinfo *list;

    result->failure = getaddrinfo(host, NULL, &hints, &list);
    if (result->failure)
        return;
    for (const struct addrinfo *item = list; item; item = item->ai_next)
        if (!best || is_better(item, best))
            best = item;
    result->failure =
        best ? getnameinfo(best->ai_addr, best->ai_addrlen, result->address,
                           sizeof(result->address), NULL, 0, NI_NUMERICHOST)
             : EAI_NONAME;
    freeaddrinfo(list);
}

/* Nobody reads the pipe any more if the lookup was freed; all signals of the
 * thread are blocked. */
static void *run_thread(void *context)
{
    struct work *work = context;
    struct result result = {.failure = 0};

    resolve(work->host, 0, &result);
    if (write(work->fd, &result, sizeof(result)) < 0)
        result.failure = EAI_SYSTEM;
    (void)close(work->fd);
    free(work);
    return NULL;
}

/* ---- its thread --------------------------------------------------------- */

static int start_thread(struct work *work)
{
    sigset_t all, before;
    pthread_t thread;
    int failure;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    failure = pthread_create(&thread, NULL, run_thread, work);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure || pthread_detach(thread) ? -1 : 0;
}

static int start_work(struct host_lookup *lookup, const char *host)
{
    size_t size = strlen(host) + 1;
    struct work *work = malloc(sizeof(*work) + size);
    int fds[2];

    if (!work || pipe(fds)) {
        free(work);
        return -1;
    }
    (void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
    (void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
    lookup->fd = fds[0];
    work->fd = fds[1];
    memcpy(work->host, host, size);
    if (start_thread(work) == 0)
        return 0;
    (void)close(fds[1]);
    free(work);
    return -1;
}

/* ---- the lookup --------------------------------------------------------- */

struct host_lookup *host_lookup_start(const char *host)
{
    struct host_lookup *lookup = calloc(1, sizeof(*lookup));

    if (!lookup)
        return NULL;
    lookup->fd = -1;
    resolve(host, AI_NUMERICHOST, &lookup->result);
    if (lookup->result.failure && start_work(lookup, host)) {
        host_lookup_free(lookup);
        return NULL;
    }
    return lookup;
}

void host_lookup_free(struct host_lookup *lookup)
{
    if (!lookup)
        return;
    if (lookup->fd >= 0)
        (void)close(lookup->fd);
    free(lookup);
}

int host_lookup_fd(const struct host_lookup *lookup)
{
    return lookup->fd;
}

enum host_lookup_state host_lookup_take(struct host_lookup *lookup,
                                        const char **text)
{
    struct result *result = &lookup->result;

    if (lookup->fd >= 0) {
        if (read(lookup->fd, result, sizeof(*result)) != sizeof(*result))
            return HOST_LOOKUP_WAITS;
        (void)close(lookup->fd);
        lookup->fd = -1;
    }
    *text = result->failure ? gai_strerror(result->failure) : result->address;
    return result->failure ? HOST_LOOKUP_FAILED : HOST_LOOKUP_FOUND;
}
