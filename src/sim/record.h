/*
 * The record of all calls, in order of arrival, and of all applied updates.
 * Tests compare with it.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "text.h"

#define TRACKING_SIZE 37 /* a GUID and its NUL */

enum call_kind {
    CALL_GET_USER,
    CALL_UPDATE_USER,
    CALL_TOKEN,
    CALL_LIST, /* of customers, or of users */
    CALL_OTHER,
    CALL_KINDS
};

/* The names of the kinds, as in the record. */
extern const char *const call_names[CALL_KINDS];

struct record_call {
    uint64_t time_us;    /* time of arrival, since the start */
    uint64_t connection; /* number, from 1 */
    enum call_kind kind;
    bool reused; /* not the first request on its connection */
    bool applied;
    bool replayed;   /* the response is that of an earlier call */
    time_t date;     /* Date of the response */
    unsigned status; /* 0: no response (yet) */
    int code;        /* of the first error; -1: none */
    int64_t token; /* number of the access token that was sent, or that a Token
                      call issued. 0: the token of the settings; -1: unknown */
    size_t body_bytes;
    const char *service;
    const char *name;  /* of the first error; "" if it has none */
    const char *fault; /* kind of the fault, or NULL */
    char tracking[TRACKING_SIZE];
    char request[TRACKING_SIZE]; /* the client's request id, or "" */
    char id[64];                 /* "" if the request has none */
    const char *headers;         /* a JSON object from record_share() */
    const char *limit; /* that refused it, from record_share(); NULL: none */
    const char *doubt; /* from record_share(); NULL: none */
    char *body;        /* allocated; NULL if bodies are not recorded */
};

struct record_applied {
    uint64_t n;
    char id[64];
    char *user; /* JSON as sent */
};

struct record {
    uint64_t cleared; /* calls removed by record_clear(); n continues */
    struct record_call *calls;
    size_t count, size;
    struct record_applied *applied;
    size_t applied_count, applied_size;
    char **shared; /* texts that calls share */
    size_t shared_count;
};

void record_init(struct record *record);
void record_free(struct record *record);

/* Removes all calls and updates; the numbering continues. */
void record_clear(struct record *record);

/* The record's copy of a text. Calls share it, because nearly all have the
 * same headers. Valid until record_clear(). */
const char *record_share(struct record *record, const char *text);

/* Adds a call, takes ownership of its body, and returns its number, from 1. */
uint64_t record_add(struct record *record, const struct record_call *call);

/* The call with that number; NULL if it was removed. Valid until the next
 * record_add(). */
struct record_call *record_find(struct record *record, uint64_t n);

/* Adds an applied update; user is copied. */
void record_add_applied(struct record *record, uint64_t n, const char *id,
                        const char *user, size_t len);

/* Append JSON lines. */
void record_print(const struct record *record, struct text *out);
void record_print_applied(const struct record *record, struct text *out);

#endif
