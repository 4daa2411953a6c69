/*
 * What can be changed while the simulator runs.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>

#include "json.h"

/* The largest throttle_calls: so many times are remembered. */
#define SETTINGS_CALLS_MAX 1000000

struct settings {
    unsigned latency_ms;     /* before each response */
    unsigned jitter_ms;      /* up to so much more, by chance */
    char access_token[4096]; /* "": only issued ones are good */
    char developer_token[256];
    char customer_id[24]; /* "": a CustomerId header may say anything */
    /* What SOAP v11 takes beside the token; "": anything, or nothing. */
    char application_token[256];
    char username[128];
    char password[128];
    char client_id[128];
    char client_secret[256]; /* "": the client is a public one */
    unsigned token_lifetime_ms;
    bool rotate_refresh_tokens;
    unsigned throttle_calls; /* in the window; 0: as many as you like */
    unsigned throttle_window_ms;
    unsigned throttle_concurrent;  /* at once; 0: as many as you like */
    char throttle_retry_after[16]; /* "", a number, "seconds" or "date" */
    bool refuse_connections;       /* new ones; those there are stay */
    bool record;
    bool record_bodies;
};

void settings_init(struct settings *settings);

/* The name of a setting whose value makes no sense; NULL: all are well. */
const char *settings_check(const struct settings *settings);

/* Changes what the members of object name. -1 where a member is unknown or of
 * a wrong type or value: *invalid is its name then, and nothing is changed. */
int settings_change(struct settings *settings, const struct json *object,
                    const char **invalid);

void settings_print(const struct settings *settings, struct text *out);

#endif
