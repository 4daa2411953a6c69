#include "user/failure_summary.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "service/api_error.h"

#define KIND_SIZE sizeof(((struct failure_summary *)0)->kinds[0].name)

void failure_summary_init(struct failure_summary *failures)
{
    *failures = (struct failure_summary){.kind_count = 0};
}

/* This program's own error names (service/api_error.h) become words; those of
 * the service stay as they are. */
static void name_kind(char name[KIND_SIZE], const struct api_error *api_error)
{
    static const char *const words[][2] = {
        {"ConnectionFailed", "no connection"},
        {"TlsFailed", "TLS failure"},
        {"Timeout", "time-out"},
        {"ConnectionLost", "connection lost"},
        {"ResponseTooLarge", "response too large"},
        {"UnexpectedResponse", "unexpected response"},
    };
    const char *from = api_error->name;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(from, words[i][0]) == 0)
            from = words[i][1];
    }
    if (*from && strcmp(from, "HttpError") != 0)
        (void)utf8_clean(name, KIND_SIZE, from);
    else if (api_error->numbered)
        (void)snprintf(name, KIND_SIZE, "error %ld", api_error->code);
    else
        (void)snprintf(name, KIND_SIZE, "HTTP %ld", api_error->http_status);
}

void failure_summary_add(struct failure_summary *failures,
                         const struct api_error *api_error, int64_t now)
{
    char name[KIND_SIZE];
    unsigned i = 0;

    if (failure_summary_count(failures) == 0)
        failures->first_ms = now;
    name_kind(name, api_error);
    while (i < failures->kind_count &&
           strcmp(failures->kinds[i].name, name) != 0)
        i++;
    if (i == FAILURES_KINDS) {
        failures->others++;
        return;
    }
    if (i == failures->kind_count) {
        memcpy(failures->kinds[i].name, name, sizeof(name));
        failures->kind_count++;
    }
    failures->kinds[i].count++;
}

unsigned failure_summary_count(const struct failure_summary *failures)
{
    unsigned count = failures->others;

    for (unsigned i = 0; i < failures->kind_count; i++)
        count += failures->kinds[i].count;
    return count;
}

struct line {
    char *data;
    size_t len;
    size_t size;
};

static void add(struct line *line, const char *part)
{
    size_t room = line->size - line->len;

    (void)utf8_clean(line->data + line->len, room, part);
    line->len += strlen(line->data + line->len);
}

static void add_kind(struct line *line, const char *name, unsigned count)
{
    static const char *const words[] = {
        "",           "once",      "twice",       "three times", "four times",
        "five times", "six times", "seven times", "eight times", "nine times",
        "ten times",
    };
    char times[24];

    add(line, name);
    add(line, " ");
    if (count < sizeof(words) / sizeof(words[0])) {
        add(line, words[count]);
    } else {
        (void)snprintf(times, sizeof(times), "%u times", count);
        add(line, times);
    }
    add(line, ", ");
}

static void add_duration(struct line *line, int64_t ms)
{
    char duration[40];

    if (ms < 100)
        (void)snprintf(duration, sizeof(duration), "in %" PRId64 " ms",
                       ms > 0 ? ms : 0);
    else if (ms < 10 * 1000)
        (void)snprintf(duration, sizeof(duration),
                       "in %" PRId64 ".%" PRId64 " s", ms / 1000,
                       ms / 100 % 10);
    else if (ms < 120 * 1000)
        (void)snprintf(duration, sizeof(duration), "in %" PRId64 " s",
                       ms / 1000);
    else if (ms < 120 * 60 * 1000)
        (void)snprintf(duration, sizeof(duration), "in %" PRId64 " min",
                       ms / 60000);
    else
        (void)snprintf(duration, sizeof(duration), "in %" PRId64 " h",
                       ms / 3600000);
    add(line, duration);
}

void failure_summary_describe(const struct failure_summary *failures,
                              int64_t now, char *text, size_t size)
{
    struct line line = {text, 0, size};

    add(&line, "");
    if (failure_summary_count(failures) < 2)
        return;
    for (unsigned i = 0; i < failures->kind_count; i++)
        add_kind(&line, failures->kinds[i].name, failures->kinds[i].count);
    if (failures->others > 0)
        add_kind(&line, "others", failures->others);
    add_duration(&line, now - failures->first_ms);
}
