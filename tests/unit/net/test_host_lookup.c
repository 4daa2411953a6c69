/*
 * Lookups with a resolver of this test, in place of the system's.
 */
#include <dirent.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <unistd.h>

#include "net/host_lookup.h"
#include "unit.h"

/* The resolver returns when it has read a byte of it. */
static int released[2];

static struct addrinfo *new_address(int family, void *address, socklen_t size)
{
    struct addrinfo *info = calloc(1, sizeof(*info) + size);

    if (!info)
        abort();
    info->ai_family = family;
    info->ai_addrlen = size;
    info->ai_addr = memcpy(info + 1, address, size);
    return info;
}

static struct addrinfo *address6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};

    return new_address(AF_INET6, &address, sizeof(address));
}

static struct addrinfo *address4(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(0x0A000007)};

    return new_address(AF_INET, &address, sizeof(address));
}

int getaddrinfo(const char *name, const char *service,
                const struct addrinfo *hints, struct addrinfo **list)
{
    char byte;

    (void)service;
    if (hints->ai_flags & AI_NUMERICHOST) {
        if (strcmp(name, "::1") != 0)
            return EAI_NONAME;
        *list = address6();
        return 0;
    }
    if (read(released[0], &byte, 1) != 1 || strcmp(name, "none.example") == 0)
        return EAI_NONAME;
    *list = address6();
    if (strcmp(name, "both.example") == 0)
        (*list)->ai_next = address4();
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    while (list) {
        struct addrinfo *next = list->ai_next;

        free(list);
        list = next;
    }
}

static void release(void)
{
    assert_int_equal(write(released[1], "x", 1), 1);
}

/* Waits for the end of the lookup. */
static void assert_ends(struct host_lookup *lookup,
                        enum host_lookup_state state, const char *expected)
{
    struct pollfd fd = {.fd = host_lookup_fd(lookup), .events = POLLIN};
    const char *text;

    assert_int_equal(poll(&fd, 1, -1), 1);
    assert_int_equal(host_lookup_take(lookup, &text), state);
    assert_string_equal(text, expected);
    assert_int_equal(host_lookup_fd(lookup), -1);
    assert_int_equal(host_lookup_take(lookup, &text), state);
    assert_string_equal(text, expected);
    host_lookup_free(lookup);
}

/* While the resolver waits, the lookup must not. */
static void test_waits(void **state)
{
    struct host_lookup *lookup = host_lookup_start("six.example");
    const char *text;

    (void)state;
    assert_non_null(lookup);
    assert_int_equal(host_lookup_take(lookup, &text), HOST_LOOKUP_WAITS);
    assert_true(host_lookup_fd(lookup) >= 0);
    release();
    assert_ends(lookup, HOST_LOOKUP_FOUND, "::1");
}

/* An address of IPv4 must be preferred. */
static void test_family(void **state)
{
    (void)state;
    release();
    assert_ends(host_lookup_start("both.example"), HOST_LOOKUP_FOUND,
                "10.0.0.7");
}

/* The reason must be that of the resolver. */
static void test_failure(void **state)
{
    (void)state;
    release();
    assert_ends(host_lookup_start("none.example"), HOST_LOOKUP_FAILED,
                gai_strerror(EAI_NONAME));
}

/* An address must need no resolver. */
static void test_address(void **state)
{
    struct host_lookup *lookup = host_lookup_start("::1");
    const char *text;

    (void)state;
    assert_int_equal(host_lookup_fd(lookup), -1);
    assert_int_equal(host_lookup_take(lookup, &text), HOST_LOOKUP_FOUND);
    assert_string_equal(text, "::1");
    host_lookup_free(lookup);
}

static unsigned count_threads(void)
{
    DIR *directory = opendir("/proc/self/task");
    unsigned count = 0;

    assert_non_null(directory);
    while (readdir(directory))
        count++;
    (void)closedir(directory);
    return count - 2; /* "." and ".." */
}

/* A thread may end a moment after its result is known. */
static void wait_for_threads(void)
{
    while (count_threads() > 1)
        (void)sched_yield();
}

/* The thread of a lookup that was freed must end without harm, although nobody
 * reads its result. */
static void test_freed(void **state)
{
    (void)state;
    wait_for_threads();
    host_lookup_free(host_lookup_start("six.example"));
    assert_int_equal(count_threads(), 2);
    release();
    wait_for_threads();
    host_lookup_free(NULL);
}

static int set_up(void **state)
{
    (void)state;
    return pipe(released);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits),   cmocka_unit_test(test_family),
        cmocka_unit_test(test_failure), cmocka_unit_test(test_address),
        cmocka_unit_test(test_freed),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
