/*
 * A preloaded library that makes the monotonic clock run FAST_CLOCK times as
 * fast, and poll() wait for a correspondingly shorter time, so that a scenario
 * can wait for minutes. The time of day does not change.
 */
#define _GNU_SOURCE /* syscall() */

#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000) /* nanoseconds */

static int64_t speed(void)
{
    const char *text = getenv("FAST_CLOCK");
    long number = text ? strtol(text, NULL, 10) : 1;

    return number > 0 ? number : 1;
}

/* Returns the time at which both clocks are equal: that of the first call. */
static int64_t start_of(int64_t now)
{
    static int64_t start;

    if (start == 0)
        start = now;
    return start;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int64_t now, start;

    if (syscall(SYS_clock_gettime, clock, time))
        return -1;
    if (clock != CLOCK_MONOTONIC)
        return 0;
    now = time->tv_sec * SECOND + time->tv_nsec;
    start = start_of(now);
    now = start + (now - start) * speed();
    time->tv_sec = (time_t)(now / SECOND);
    time->tv_nsec = (long)(now % SECOND);
    return 0;
}

int poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
    int64_t divisor = speed();
    struct timespec wait;
    int64_t real;

    if (milliseconds < 0)
        return (int)syscall(SYS_ppoll, fds, count, NULL, NULL, 0);
    real = milliseconds * (SECOND / 1000) / divisor;
    wait = (struct timespec){.tv_sec = (time_t)(real / SECOND),
                             .tv_nsec = (long)(real % SECOND)};
    return (int)syscall(SYS_ppoll, fds, count, &wait, NULL, 0);
}
