/*
 * The settings that can change while the simulator runs.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>

#include "json.h"

struct settings {
    unsigned latency_ms;     /* delay of each response */
    unsigned jitter_ms;      /* maximum of an additional random delay */
    unsigned clock_ahead_s;  /* by which the service's clock is wrong */
    char access_token[4096]; /* "": only issued tokens are valid */
    char developer_token[256];
    char customer_id[24]; /* "": any CustomerId header is valid */
    /* Required in the header of SOAP v11. "": any value, or none. */
    char application_token[256];
    char username[128];
    char password[128];
    char client_id[128];
    char client_secret[256]; /* "": a public client */
    unsigned token_lifetime_ms;
    bool rotate_refresh_tokens;
    char redirect_uri[256];      /* registered, besides http://localhost and
                                    Microsoft's for native clients */
    unsigned code_lifetime_ms;   /* of an authorization code */
    unsigned device_lifetime_ms; /* of a device code */
    unsigned device_interval_ms; /* between two polls */
    bool refuse_connections;     /* new ones only */
    unsigned read_lag_ms; /* GetUser returns the version before the last write
                             for so long after it */
    bool uppercase;       /* names, title and city are stored in uppercase */
    bool coarse_stamps;   /* a write does not change TimeStamps and etags */
    bool null_keeps;     /* Partner Center: a null leaves the member as it is */
    unsigned page_size;  /* Partner Center: the largest page of a list */
    unsigned page_epoch; /* the same: tokens of pages that were issued with
                            another value have expired */
    bool strict; /* what the service is not known to refuse is refused */
    bool record;
    bool record_bodies;
};

void settings_init(struct settings *settings);

/* Changes the settings that object contains. -1: one is unknown or not
 * valid. Then *invalid is its name and nothing is changed. */
int settings_change(struct settings *settings, const struct json *object,
                    const char **invalid);

void settings_print(const struct settings *settings, struct text *out);

#endif
