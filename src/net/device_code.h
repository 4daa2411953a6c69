/*
 * A sign-in on another device: the device code, and how long to wait between
 * two polls. A state machine without sockets; times are milliseconds of a
 * monotonic clock.
 *
 * Source: RFC 8628; Microsoft identity platform, "OAuth 2.0 device
 * authorization grant flow".
 */
#ifndef NET_DEVICE_CODE_H
#define NET_DEVICE_CODE_H

#include <stdint.h>

#include "base/http.h"
#include "net/oauth.h"

/* Bytes of a message to the user, and of the user's code and address. */
#define DEVICE_TEXT_SIZE 512

struct device_code {
    char *code; /* a secret, owned; NULL: none */
    char user_code[64];
    char address[DEVICE_TEXT_SIZE]; /* that the user opens */
    int64_t interval;               /* milliseconds between two polls */
    int64_t expires;                /* when the code does */
};

/* Parses the response to a request for a device code. -1 with the error;
 * device_code_clear() is needed in any case. */
int device_code_parse(struct device_code *device,
                      const struct http_response *response, int64_t now,
                      struct oauth_error *error);

/* Wipes and frees. */
void device_code_clear(struct device_code *device);

enum device_poll {
    DEVICE_WAIT,    /* poll again after the interval */
    DEVICE_EXPIRED, /* nobody signed in in time */
    DEVICE_REFUSED  /* declined, or the error says why */
};

/* What follows from the error of a poll. May lengthen the interval. */
enum device_poll device_code_judge(struct device_code *device,
                                   const struct oauth_error *error,
                                   int64_t now);

#endif
