/*
 * The address of a host, found without waiting. The system's resolver may take
 * many seconds, if a name server does not respond; so a thread calls it.
 */
#ifndef NET_HOST_LOOKUP_H
#define NET_HOST_LOOKUP_H

struct host_lookup;

enum host_lookup_state {
    HOST_LOOKUP_WAITS,
    HOST_LOOKUP_FOUND,
    HOST_LOOKUP_FAILED
};

/* Starts a lookup; the host is copied. An address is found at once. NULL
 * without memory, a descriptor or a thread, with errno. */
struct host_lookup *host_lookup_start(const char *host);

/* A thread that still waits ends by itself, and its result is lost. NULL does
 * nothing. */
void host_lookup_free(struct host_lookup *lookup);

/* The descriptor becomes readable at the end; -1: it has ended. */
int host_lookup_fd(const struct host_lookup *lookup);

/* *text: the address, of IPv4 if the host has one; or why there is none. Valid
 * until the lookup is freed. */
enum host_lookup_state host_lookup_take(struct host_lookup *lookup,
                                        const char **text);

#endif
