#include "report/waiting.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/duration.h"

enum waiting_change waiting_note(struct waiting *waiting,
                                 enum waiting_reason reason,
                                 const struct waiting_fact *fact, int64_t now)
{
    bool reported = waiting->states[reason].reported;
    int64_t since =
        waiting->states[reason].holds ? waiting->states[reason].since : now;

    waiting->states[reason].since = since;
    waiting->states[reason].holds = fact->holds;
    if (!fact->holds) {
        waiting->states[reason].reported = false;
        return reported ? WAITING_ENDS : WAITING_UNCHANGED;
    }
    if (reported || (!fact->at_once && now - since < WAITING_AFTER &&
                     fact->until - since < WAITING_AFTER))
        return WAITING_UNCHANGED;
    waiting->states[reason].reported = true;
    return WAITING_BEGINS;
}

enum waiting_reason waiting_reported(const struct waiting *waiting)
{
    unsigned reason = 0;

    while (reason < WAITING_REASONS && !waiting->states[reason].reported)
        reason++;
    return (enum waiting_reason)reason;
}

const char *waiting_name(enum waiting_reason reason)
{
    static const char *const names[WAITING_REASONS] = {
        [WAITING_TOKEN_LOCK] = "token-lock",
        [WAITING_TOKEN_FILE] = "token-file",
        [WAITING_TOKEN] = "token-endpoint",
        [WAITING_CONNECTION] = "no-connection",
        [WAITING_SUCCESS] = "no-success",
        [WAITING_PAUSE] = "paused",
        [WAITING_THROTTLE] = "throttled",
        [WAITING_STORE] = "budget-store",
        [WAITING_BUDGET] = "budget",
        [WAITING_READ] = "read-again",
    };

    return names[reason];
}

const char *waiting_title(enum waiting_reason reason)
{
    static const char *const titles[WAITING_REASONS] = {
        [WAITING_TOKEN_LOCK] = "Waiting for the lock on the refresh token",
        [WAITING_TOKEN_FILE] = "Waiting for a new access token",
        [WAITING_TOKEN] = "Waiting for the token endpoint",
        [WAITING_CONNECTION] = "No connection to the service",
        [WAITING_SUCCESS] = "The service failed",
        [WAITING_PAUSE] = "Pause that the service requested",
        [WAITING_THROTTLE] = "Throttled: no call was accepted",
        [WAITING_STORE] = "No connection to the store of the budget",
        [WAITING_BUDGET] = "Waiting for the budget",
        [WAITING_READ] = "Waiting before users are read again",
    };

    return titles[reason];
}

/* ---- texts -------------------------------------------------------------- */

static void add(char text[WAITING_TEXT_SIZE], const char *before,
                const char *part, int len)
{
    size_t end = strlen(text);

    (void)snprintf(text + end, WAITING_TEXT_SIZE - end, "%s%.*s", before, len,
                   part);
}

static void add_text(char text[WAITING_TEXT_SIZE], const char *before,
                     const char *part)
{
    if (part && *part)
        add(text, before, part, WAITING_TEXT_SIZE);
}

static void add_duration(char text[WAITING_TEXT_SIZE], const char *before,
                         int64_t milliseconds)
{
    char duration[DURATION_SIZE];

    duration_format(duration, milliseconds);
    add_text(text, before, duration);
}

static void add_rate(char text[WAITING_TEXT_SIZE], const char *before,
                     double per_minute)
{
    char rate[40];

    if (per_minute <= 0)
        return;
    (void)snprintf(rate, sizeof(rate), "%.7g calls/min", per_minute);
    add_text(text, before, rate);
}

/* Host and port of a URL. */
static void add_host(char text[WAITING_TEXT_SIZE], const char *url)
{
    const char *host = url ? strstr(url, "://") : NULL;

    if (host)
        add(text, " ", host + 3, (int)strcspn(host + 3, "/"));
}

static void add_time(char text[WAITING_TEXT_SIZE], const char *before,
                     int64_t wall)
{
    time_t seconds = (time_t)wall;
    char utc[24];
    struct tm tm;

    if (wall > 0 && gmtime_r(&seconds, &tm) &&
        strftime(utc, sizeof(utc), "%H:%M:%S UTC", &tm) > 0)
        add_text(text, before, utc);
}

void waiting_format(char text[WAITING_TEXT_SIZE], enum waiting_reason reason,
                    const struct waiting_fact *fact)
{
    static const char *const starts[WAITING_REASONS] = {
        [WAITING_TOKEN_LOCK] = "waiting for the lock on",
        [WAITING_TOKEN_FILE] = "waiting for a new access token from",
        [WAITING_TOKEN] = "waiting for the token endpoint",
        [WAITING_CONNECTION] = "no connection to",
        [WAITING_SUCCESS] = "no",
        [WAITING_PAUSE] = "paused by the service",
        [WAITING_THROTTLE] = "throttled by the service",
        [WAITING_STORE] = "no connection to the store of the budget",
        [WAITING_BUDGET] = "waiting for the budget",
        [WAITING_READ] = ("waiting before users are read again, because the "
                          "service may still show old versions"),
    };

    text[0] = '\0';
    add_text(text, "", starts[reason]);
    switch (reason) {
    case WAITING_TOKEN_LOCK:
        add_text(text, " ", fact->where);
        add_text(text, "", ", which another process holds");
        return;
    case WAITING_TOKEN_FILE:
        add_text(text, " ", fact->where);
        add_text(text, "", ", because the service rejects the present one");
        return;
    case WAITING_TOKEN:
    case WAITING_CONNECTION:
        add_host(text, fact->where);
        break;
    case WAITING_SUCCESS:
        add_text(text, " ", fact->call);
        add_text(text, "", " succeeds");
        break;
    case WAITING_PAUSE:
        add_time(text, " until ", fact->until_wall);
        break;
    case WAITING_STORE:
        add_text(text, " ", fact->where);
        break;
    case WAITING_BUDGET:
        add_rate(text, ": ", fact->per_minute);
        add_text(text, " shared by ", fact->where);
        return;
    case WAITING_READ:
        return;
    case WAITING_THROTTLE:
    case WAITING_REASONS:
        break;
    }
    add_text(text, ": ", fact->failure);
    if (reason == WAITING_STORE) {
        add_rate(text, "; without it, at most ", fact->per_minute);
        add_text(text, "", fact->per_minute > 0 ? ", after a pause" : NULL);
        return;
    }
    if (fact->unused_proxy) {
        add_text(text, "; ", fact->unused_proxy);
        add_text(text, "", " has no effect, use --proxy");
    }
}

void waiting_add_outlook(char text[WAITING_TEXT_SIZE],
                         const struct waiting_fact *fact, int64_t now)
{
    if (fact->gives_up > 0)
        add_duration(text, "; retrying, gives up in ", fact->gives_up - now);
    else if (fact->until > now)
        add_duration(text, "; next attempt in ", fact->until - now);
}

void waiting_format_end(char text[WAITING_TEXT_SIZE],
                        enum waiting_reason reason,
                        const struct waiting_fact *fact, int64_t since,
                        int64_t now)
{
    static const char *const starts[WAITING_REASONS] = {
        [WAITING_TOKEN_LOCK] = "no longer waiting for the lock on",
        [WAITING_TOKEN_FILE] = "no longer waiting for a new access token from",
        [WAITING_TOKEN] = "no longer waiting for the token endpoint",
        [WAITING_CONNECTION] = "connected again to",
        [WAITING_SUCCESS] = "calls succeed again",
        [WAITING_PAUSE] = "no longer paused by the service",
        [WAITING_THROTTLE] = "no longer throttled by the service",
        [WAITING_STORE] = "connected again to the store of the budget",
        [WAITING_BUDGET] = "no longer waiting for the budget",
        [WAITING_READ] = "users are read again",
    };

    text[0] = '\0';
    add_text(text, "", starts[reason]);
    if (reason == WAITING_TOKEN_LOCK || reason == WAITING_TOKEN_FILE ||
        reason == WAITING_STORE)
        add_text(text, " ", fact->where);
    else if (reason == WAITING_TOKEN || reason == WAITING_CONNECTION)
        add_host(text, fact->where);
    add_duration(text, ", after ", now - since);
}
