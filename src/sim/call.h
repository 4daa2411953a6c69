/*
 * One call to a service, from its request to its response, and what the
 * services have in common.
 *
 * A service reads the call's request and sets its outcome and its response. It
 * knows neither sockets nor latency.
 */
#ifndef CALL_H
#define CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "faults.h"
#include "grants.h"
#include "json.h"
#include "limits.h"
#include "recent.h"
#include "record.h"
#include "refusal.h"
#include "settings.h"
#include "store.h"
#include "text.h"
#include "tokens.h"
#include "wire.h"
#include "xml.h"

#define CALL_BODY_MAX ((size_t)1024 * 1024)

/* The doubts that were printed. */
#define WARNINGS_MAX 64
struct warnings {
    char *texts[WARNINGS_MAX]; /* allocated */
    size_t count;
};

/* The state that all calls share. The simulator has one thread. */
struct sim {
    struct settings settings;
    struct store store;    /* users of Microsoft Advertising */
    struct store partners; /* users of Partner Center */
    struct record record;
    struct faults faults;
    struct tokens tokens;
    struct grants grants;
    struct limits limits;
    struct recent correlations; /* the ids of MS-CorrelationId */
    struct recent requests;     /* the ids of MS-RequestId */
    uint64_t calls;             /* calls so far; makes tracking ids unique */
    struct warnings warnings;
};

/* How a response is sent. */
enum delivery {
    DELIVER_WHOLE,
    DELIVER_CLOSE_AFTER, /* then the connection is closed without an
                            announcement */
    DELIVER_CLOSE,       /* closed without a response */
    DELIVER_RESET,       /* reset without a response */
    DELIVER_REFUSE, /* reset, and new connections are refused for some time */
    DELIVER_NOISE,  /* bytes that are not HTTP, then closed */
    DELIVER_STALL,  /* nothing is sent */
};

struct response {
    unsigned status;
    time_t date; /* the Date header */
    struct text body;
    const char *content_type; /* "": no header */
    /* The next four are NULL if there is no such header. */
    const char *retry_after; /* seconds, or "date+N": the date in N seconds */
    const char *location;
    const char *allow;
    const char *encoding; /* Content-Encoding */
    bool tracking_header;
    bool announce_close;
    enum delivery delivery;
    unsigned stall_ms;    /* 0: until the fault rules are removed */
    size_t fill_at, fill; /* number of filler bytes, inserted at fill_at */
    size_t cut;           /* bytes of the body that are sent; SIZE_MAX: all */
    bool cut_by_reset;    /* at the cut: reset, not closed */
    bool chunked;         /* chunks instead of Content-Length */
    unsigned refuse_ms;   /* DELIVER_REFUSE: how long */
    unsigned slow_bytes;  /* size of a piece; 0: the body is sent at once */
    unsigned slow_ms;     /* time between two pieces */
};

struct call {
    struct sim *sim;
    const struct service *service;
    struct store *store; /* the users of this service */
    void *connection;    /* the server's; for call_header() */

    /* The request. */
    uint64_t now; /* time of arrival, in microseconds since the start */
    const char *method, *path;
    struct text body;
    bool body_too_long;
    enum call_kind kind;
    char id[64];                 /* Id of the user as sent, or "" */
    char tenant[64];             /* of Partner Center, or "" */
    struct json_pool pool;       /* owns all trees of this call */
    struct json *document;       /* JSON: the body; NULL if it is not valid */
    struct xml *envelope;        /* SOAP: the body; NULL if it is not valid */
    const char *parse_error;     /* why the body is not valid */
    const char *parse_doubt;     /* what is unusual in a form, or NULL */
    char request[TRACKING_SIZE]; /* the client's request id, or "" */
    bool request_reused;         /* request is that of another request */
    const char *misuse; /* what is wrong with the client's ids; NULL: nothing */
    enum token_state sign_in; /* state of the access token */
    int64_t token;            /* its number; see struct record_call */

    /* The outcome. */
    uint64_t n;             /* number in the record; 0: not recorded */
    struct refusal refusal; /* the call is refused if it has errors */
    struct text user;       /* GetUser: the User as JSON; Token: the tokens */
    uint64_t user_id;       /* number of the user */
    char time[STORE_TIME];  /* UpdateUser: LastModifiedTime */
    bool applied, faulted;
    const struct limit *limit; /* the limit that refuses the call, or NULL */
    struct limits_held held;   /* the limits that count it */
    bool replayed; /* a repeated request; the response is the first one */
    char tracking[TRACKING_SIZE];
    bool tracking_in_body;

    struct response response;
    /* SOAP: the response as a tree, the element in it that faults change,
     * and the offset of that element's content in the body. */
    struct xml *response_xml, *payload;
    size_t payload_at;
};

/* A service. All services share the address; the path selects one. */
struct service {
    const char *name;

    /* Names of response headers: for the tracking id (NULL: TrackingId) and
     * for the client's request id (NULL: no such header). */
    const char *tracking_header, *request_header;

    /* The default member of the fault "duplicate" for a user; NULL: as for
     * REST. */
    const char *duplicated_member;

    /* True if the path belongs to this service. */
    bool (*owns)(const char *path);

    /* Sets kind, id and document of the call, if the request contains them.
     * May set store, tracking, request and misuse. */
    void (*identify)(struct call *call);

    /* Executes the call: sets the refusal, or user, or time. If apply is
     * false, it changes no user and records no update. */
    void (*perform)(struct call *call, bool apply);

    /* Refuses a call that exceeds a limit; seconds: until it may be repeated.
     * NULL: with error 117, or 207 for calls in flight. */
    void (*throttle)(struct call *call, unsigned seconds);

    /* Builds the response from the outcome: status, body, content type. */
    void (*print)(struct call *call);

    /* Appends the body without its secrets, for the record. NULL: the body
     * is recorded as received. */
    void (*print_body)(struct call *call, struct text *out);

    const struct wire *wire; /* how faults change bodies; NULL: json_wire */
};

extern const struct service rest_service, soap_v11_service, soap_v12_service,
    soap_v13_service, partner_service, token_service, authorize_service;

/* Writes a GUID of TRACKING_SIZE bytes that depends on the seed and number
 * only. */
void call_make_guid(const struct call *call, uint64_t number, char *out);

/* Value of a request header; NULL if it was not sent. */
const char *call_header(const struct call *call, const char *name);

/* Value of a parameter of the URL; NULL if it was not sent. */
const char *call_argument(const struct call *call, const char *name);

/* Sets sign_in and token of the call from the access token that was sent. */
void call_check_token(struct call *call, const char *token);

/* The same for the token in the Authorization header, if there is one. */
void call_check_bearer(struct call *call);

/* Does the body begin with a byte-order mark? */
bool call_has_mark(const struct call *call);

/* Sets document and parse_error from the body after such a mark. */
void call_read_json(struct call *call);

/* True if the value of a header is application/json, with or without
 * parameters. */
bool call_is_json(const char *value);

/* True if the value of Accept includes application/json; NULL: not sent, which
 * includes everything (RFC 9110, 12.5.1). */
bool call_accepts_json(const char *value);

/* Sets id to that of the user who signs in: the first user of the range. */
void call_use_signed_in(struct call *call);

/* Adds an error; message NULL: the default message of the code. */
void call_refuse(struct call *call, int code, const char *message);

/* Validates the access token, whose state call_check_token() has set, the
 * developer token, and the identity provider; NULL: not sent. name: the header
 * of the access token. -1: refused. */
int call_check_sign_in(struct call *call, const char *name, const char *token,
                       const char *developer, const char *provider);

/* Adds a doubt; -1: it is an error. See refusal_doubt(). */
int call_doubt(struct call *call, int code, const char *message);

/* Sets user_id from id. -1: there is no such user, and the call is refused. */
int call_find_user(struct call *call);

/* Executes update_user(), which changes sent, and records the update. */
void call_update(struct call *call, struct json *sent, bool apply);

/* Builds the response of a web server to an unknown path (allow is NULL), or
 * to a method other than allow. */
void call_print_no_route(struct call *call, const char *allow);

/* Initializes a call that is all zero bytes. */
void call_init(struct call *call, struct sim *sim,
               const struct service *service);
void call_clear(struct call *call);

/* Adds a piece of the request's body. If the body exceeds CALL_BODY_MAX, the
 * rest is dropped and body_too_long is set. */
void call_body(struct call *call, const char *data, size_t len);

/* Executes a call whose request is complete, with the fault rules, and
 * records it. arrival: what the server knows about the request. */
void call_run(struct call *call, const struct record_call *arrival);

/* Frees the texts. */
void warnings_clear(struct warnings *warnings);

/* Records that the response is sent. */
void call_response_sent(struct call *call);

#endif
