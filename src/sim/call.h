/*
 * One call to a service, from its request to its response, and what the
 * services have in common. A service reads the call's request and fills in
 * its outcome and its response; it knows neither sockets nor time.
 */
#ifndef CALL_H
#define CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "faults.h"
#include "json.h"
#include "recent.h"
#include "record.h"
#include "refusal.h"
#include "settings.h"
#include "store.h"
#include "text.h"
#include "throttle.h"
#include "tokens.h"
#include "wire.h"
#include "xml.h"

#define CALL_BODY_MAX ((size_t)1024 * 1024)

/* Everything that is shared by all calls. One thread runs it all. */
struct sim {
    struct settings settings;
    struct store store;    /* users of Microsoft Advertising */
    struct store partners; /* users of Partner Center */
    struct record record;
    struct faults faults;
    struct tokens tokens;
    struct throttle throttle;
    struct recent correlations; /* ids that came as MS-CorrelationId */
    struct recent requests;     /* and as MS-RequestId */
    uint64_t calls;             /* so far: makes tracking ids unique */
};

/* How an response leaves. */
enum delivery {
    DELIVER_WHOLE,
    DELIVER_CLOSE_AFTER, /* the connection is closed behind it, unannounced */
    DELIVER_CLOSE,       /* closed without an response */
    DELIVER_RESET,       /* reset without an response */
    DELIVER_REFUSE,      /* reset, and new connections are refused a while */
    DELIVER_NOISE,       /* bytes that are not HTTP, then closed */
    DELIVER_STALL,       /* never answered */
};

struct response {
    unsigned status;
    time_t date; /* when it was made */
    struct text body;
    const char *content_type; /* "" for none */
    const char *retry_after;  /* seconds, or "date+N": the date in N seconds;
                                 NULL for none, as the next ones */
    const char *location;
    const char *allow;
    bool tracking_header;
    bool announce_close;
    enum delivery delivery;
    unsigned stall_ms;    /* 0: as long as the fault rules stay */
    size_t fill_at, fill; /* fill letters are sent at that offset */
    size_t cut;           /* bytes of the body that leave; SIZE_MAX: all */
    bool cut_by_reset;    /* then the connection is reset, not closed */
    bool chunked;         /* no Content-Length: chunks */
    unsigned refuse_ms;   /* DELIVER_REFUSE: how long */
    unsigned slow_bytes;  /* in one piece; 0: all at once */
    unsigned slow_ms;     /* between two pieces */
};

struct call {
    struct sim *sim;
    const struct service *service;
    struct store *store; /* with the users of the service */
    void *connection;    /* for call_header(); the server's */

    /* The request. */
    uint64_t now; /* when it arrived: microseconds since the start */
    unsigned
        concurrent; /* calls of the service that are carried out meanwhile */
    const char *method, *path;
    struct text body;
    bool body_too_long;
    enum call_kind kind;
    char id[64];             /* of the user, as the caller wrote it; or "" */
    struct json_pool pool;   /* for all trees of this call */
    struct json *document;   /* the body; NULL where it is no JSON */
    struct xml *envelope;    /* SOAP: the body; NULL where it is no XML */
    const char *parse_error; /* why it is none */
    char request[TRACKING_SIZE]; /* the caller's id of the request, or "" */
    const char *misuse; /* what is wrong with the ids that the caller chose;
                           NULL: nothing */
    enum token_state sign_in; /* how the access token stands */
    int64_t token;            /* its number, as in struct record_call */

    /* The outcome. */
    uint64_t n;             /* its number in the record; 0: not recorded */
    struct refusal refusal; /* with errors: it is refused */
    struct text user;       /* GetUser: the User, JSON; Token: the tokens */
    uint64_t user_id;       /* whose it is */
    char time[STORE_TIME];  /* UpdateUser: LastModifiedTime */
    bool applied, faulted, throttled;
    bool replayed; /* its request was applied before: the response of then */
    char tracking[TRACKING_SIZE];
    bool tracking_in_body;

    struct response response;
    /* SOAP: the response before it was printed, what is in it for faults to
     * change, and where that begins in the body. */
    struct xml *response_xml, *payload;
    size_t payload_at;
};

/* A service: how its wire looks. */
struct service {
    const char *name;

    /* Headers of the responses: the tracking id's (NULL: TrackingId), and the
     * one of the caller's id of the request (NULL: none). */
    const char *tracking_header, *request_header;

    /* The error of a call beyond the limits; 0: 117, or 207 by name. */
    int throttle_code;

    /* A member of a user that fault "duplicate" doubles; NULL: the usual one.
     */
    const char *duplicated_member;

    /* True where the path belongs to this service. */
    bool (*owns)(const char *path);

    /* Sets kind, id and document of the call as far as they can be told; may
     * set store, tracking, request and misuse. */
    void (*identify)(struct call *call);

    /* Carries the call out: sets the refusal, or user, or time. Where apply
     * is false, nothing is changed in the store and no update recorded. */
    void (*perform)(struct call *call, bool apply);

    /* Makes the response of the outcome: status, body, content type. */
    void (*print)(struct call *call);

    /* Puts the body as the record may keep it, nothing for a body that is all
     * secrets. NULL: it is kept as it came. */
    void (*print_body)(struct call *call, struct text *out);

    const struct wire *wire; /* what faults do to its bodies; NULL: json_wire */
};

extern const struct service rest_service, soap_v11_service, soap_v12_service,
    soap_v13_service, partner_service, token_service;

/* A GUID that no other number of the simulator's makes: TRACKING_SIZE bytes. */
void call_make_guid(const struct call *call, uint64_t number, char *out);

/* The value of a header of the request, NULL where it was not sent. */
const char *call_header(const struct call *call, const char *name);

/* Sets sign_in and token of the call by the access token that it came with. */
void call_check_token(struct call *call, const char *token);

/* The same for the token of its header Authorization, if it has one. */
void call_check_bearer(struct call *call);

/* The media type named in a header is JSON, whatever its parameters. */
bool call_is_json(const char *value);

/* Refuses the call; message NULL: what the code means. */
void call_refuse(struct call *call, int code, const char *message);

/* Checks the access token, as call_check_token() has found it, and the
 * developer token; NULL where the call has none. name: where the access token
 * belongs. -1: the call is refused. */
int call_check_sign_in(struct call *call, const char *name, const char *token,
                       const char *developer);

/* Sets user_id by id. -1: there is no such user, and the call is refused. */
int call_find_user(struct call *call);

/* Replaces the user with sent, which is changed, as update_user() does it,
 * and records that. */
void call_update(struct call *call, struct json *sent, bool apply);

/* Answers as the web server in front of the service does for a path that there
 * is none of (allow is NULL), or a method other than the one allowed there. */
void call_print_no_route(struct call *call, const char *allow);

/* A call that has its method and path; the rest is empty. */
void call_init(struct call *call, struct sim *sim,
               const struct service *service);
void call_clear(struct call *call);

/* Takes a part of the body. What goes beyond CALL_BODY_MAX is thrown away,
 * and the call is refused. */
void call_body(struct call *call, const char *data, size_t len);

/* Runs a call whose request is complete, fault rules included, up to its
 * response, and records it. arrival: what the server knows for the record. */
void call_run(struct call *call, const struct record_call *arrival);

/* Says in the record that the response has left with its status. */
void call_response_sent(struct call *call);

#endif
