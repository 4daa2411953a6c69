/*
 * The simulator's own record: every call in order of arrival, and every
 * update that was applied. Tests compare with it.
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
    CALL_OTHER,
    CALL_KINDS
};

/* The names of the kinds, as in the record. */
extern const char *const call_names[CALL_KINDS];

struct record_call {
    uint64_t time_us;    /* of arrival, since the start */
    uint64_t connection; /* its number, from 1 */
    enum call_kind kind;
    bool reused; /* not the first request of its connection */
    bool applied;
    bool replayed;   /* the response is that of an earlier call */
    time_t date;     /* of the response */
    unsigned status; /* 0: not answered (yet) */
    int code;        /* of the first error; -1: none */
    int64_t token;   /* number of the access token that it came with, or that
                        a Token call gave out; 0: the one that was set; -1: none
                        that is known */
    size_t body_bytes;
    const char *service;
    const char *name;  /* of the first error; "" where it has none */
    const char *fault; /* the kind of the fault, NULL: none */
    char tracking[TRACKING_SIZE];
    char request[TRACKING_SIZE]; /* the caller's id of it, or "" */
    char id[64];                 /* "" where the call named none */
    const char *headers;         /* a JSON object; see record_headers() */
    char *body;                  /* allocated; NULL where bodies are not kept */
};

struct record_applied {
    uint64_t n;
    char id[64];
    char *user; /* JSON as sent */
};

struct record {
    uint64_t cleared; /* calls that were thrown away: n starts behind them */
    struct record_call *calls;
    size_t count, size;
    struct record_applied *applied;
    size_t applied_count, applied_size;
    char **headers; /* each different text once, as a rule */
    size_t headers_count;
};

void record_init(struct record *record);
void record_free(struct record *record);

/* Throws away what is recorded; numbering goes on. */
void record_clear(struct record *record);

/* The record's own copy of a text of headers: calls share it, since nearly all
 * have the same. Good till record_clear(). */
const char *record_headers(struct record *record, const char *text);

/* Adds a call (its body changes hands) and responses its number, from 1. */
uint64_t record_add(struct record *record, const struct record_call *call);

/* The call of that number, NULL where it was thrown away. The pointer is good
 * till the next record_add(). */
struct record_call *record_find(struct record *record, uint64_t n);

/* Adds an applied update; user is copied. */
void record_add_applied(struct record *record, uint64_t n, const char *id,
                        const char *user, size_t len);

/* JSON, one object a line. */
void record_print(const struct record *record, struct text *out);
void record_print_applied(const struct record *record, struct text *out);

#endif
