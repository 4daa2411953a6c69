/*
 * The calls by which a service lists users: the customers that the sign-in may
 * see, then the users of each customer, in pages.
 *
 * A response may contain many users, so it is parsed while it arrives. Until
 * the call has succeeded, what it found does not count: a retry begins again.
 */
#ifndef SERVICE_LIST_H
#define SERVICE_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/http.h"
#include "base/json_split.h"
#include "service/api_error.h"

struct call_context;
struct cJSON;
struct list_call;

enum list_kind {
    LIST_CUSTOMERS, /* that the signed-in user may see */
    LIST_USERS      /* of one customer */
};

#define LIST_COLUMNS 8 /* maximum */

/* Bytes of a token with its NUL. */
#define LIST_TOKEN_SIZE ((size_t)8192)

/* How a service lists users; struct service has a pointer to it. */
struct list_service {
    /* The columns of a user, as in the header of a list; those that begin with
     * '_' are no columns of INPUT. The next three are indices in it. */
    const char *columns[LIST_COLUMNS];
    unsigned column_count;
    unsigned customer;
    unsigned id;
    unsigned name; /* with which the user signs in */

    /* The users of a customer are the union of so many parts, each of which has
     * pages: the service needs a call for each status. Deleted users are one
     * part. */
    unsigned parts;
    bool paged; /* responses have pages, and tokens for them */

    /* As build_get() and parse_get() of a service. parse() adds what it finds
     * with list_call_add(), and sets call->next. */
    int (*build)(const struct call_context *context, struct list_call *call,
                 struct http_request *request);
    int (*parse)(const struct call_context *context,
                 const struct http_response *response, struct list_call *call,
                 struct api_error *api_error);
};

/* A page that is to be fetched, and what was found. Filled with zeros except
 * for the request, then list_call_init(). */
struct list_call {
    /* The request; borrowed. */
    enum list_kind kind;
    const char *customer; /* of LIST_USERS: its number or GUID */
    unsigned part;        /* less than list_service.parts */
    bool deleted;         /* only deleted users */
    const char *token;    /* of the page; NULL: the first one */

    /* The response. */
    struct buffer found; /* see list_call_add() */
    uint64_t count;      /* of customers or users */
    struct buffer next;  /* token of the next page; empty: there is none */

    /* For json_list.c. */
    struct http_drain drain;
    struct json_split split;
    const char *(*take)(struct list_call *call, const struct cJSON *document);
    struct buffer document;
    const char *why; /* what is wrong with the response; NULL: nothing */
    bool no_memory;
};

void list_call_init(struct list_call *call);

/* Frees what was found. */
void list_call_clear(struct list_call *call);

/* Discards what was found. */
void list_call_reset(struct list_call *call);

/* Adds a customer (one value, its id) or a user (a value for each column; NULL
 * means ""): each value with its NUL. -1 without memory. */
int list_call_add(struct list_call *call, const char *const *values,
                  unsigned count);

/* Splits the values of the next customer or user off, and returns what follows
 * them. NULL: there is none before end. */
const char *list_next(const char *at, const char *end, const char **values,
                      unsigned count);

#endif
