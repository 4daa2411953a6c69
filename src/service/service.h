/*
 * The interface that every service implements: one constant table of facts and
 * functions. Only these functions know the service's wire format. They are
 * pure: they build requests and parse responses, and send nothing.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include <stddef.h>

#include "base/error.h"
#include "base/guid.h"
#include "base/http.h"
#include "base/random.h"
#include "service/api_error.h"
#include "service/column.h"
#include "service/identity.h"
#include "service/list.h"

/* One user as its service's document: everything that GetUser returned. */
struct user;

#define SERVICE_SECRETS 4  /* of a call besides the access token */
#define SERVICE_EARLIER 16 /* of these that were replaced */

/* The values that all calls of a run share; borrowed. */
struct call_context {
    const struct service *service;
    const struct random *random; /* for the ids of requests */
    const char *access_token;
    const char *earlier_token;     /* the access token before it: calls in
                                      flight may carry it; NULL: none */
    const char *developer_token;   /* this and all below: NULL if not sent */
    const char *customer_id;       /* --customer-id */
    const char *account_id;        /* --account-id */
    bool google;                   /* --identity-provider google */
    const char *application_token; /* this and the next two: legacy_sign_in */
    const char *user_name;
    const char *password;
    const char *earlier_secrets[SERVICE_EARLIER]; /* that were replaced last, as
                                                     earlier_token */
};

#define SERVICE_TIME_SIZE   64  /* bytes of a LastModifiedTime */
#define SERVICE_STAMPS_SIZE 128 /* bytes of a user's TimeStamps */

/* An update that was built; the same one if it is sent again. It is compared
 * with a later GetUser to find out whether it was applied. */
struct sent {
    char stamps[SERVICE_STAMPS_SIZE];      /* the user's, as fetched and sent */
    char last_modified[SERVICE_TIME_SIZE]; /* of the user before it */
    char request_id[GUID_SIZE]; /* by which an idempotent service recognizes a
                                   repeated update; else empty */
    uint64_t first;             /* of its group */
    uint64_t shared;            /* merge_hash_shared() before it; 0: unknown */
    uint64_t shared_after;      /* merge_hash_shared() of what was sent */
    column_mask changed;        /* the columns that it sets */
    column_mask telling;        /* of them, those in which the user had another
                                   value, not only one written differently */
};

/* What the response to an update says about the user after it. */
struct updated {
    char last_modified[SERVICE_TIME_SIZE]; /* "": not in the response */
    struct user *user; /* for user_value() only, owned by the caller; NULL if
                          the response does not contain the user */
};

/* The meaning of --customer-id for a service. */
enum service_customer {
    CUSTOMER_NONE,   /* the option is refused */
    CUSTOMER_NUMBER, /* a number for a header, like --account-id */
    CUSTOMER_TENANT  /* the GUID of the tenant that contains the users */
};

/* Bytes of a user's key with its NUL: two GUIDs at most. */
#define SERVICE_KEY_SIZE ((size_t)2 * GUID_SIZE)

/* The parts of a row's key: "tenant/id" if the file has a column for the
 * tenant, else the id alone. A number has no leading zeros, a GUID is in
 * lowercase. */
struct key_parts {
    const char *tenant; /* not terminated; NULL: the key has none */
    size_t tenant_len;
    const char *id;
};

/* Facts first, then functions. Optional members are NULL or false. key, tenant,
 * user_name, user_customer and last_modified are indices of columns; they must
 * be set, tenant and last_modified to COLUMN_MAX if there is no such column.
 * tests/unit/service/test_service.c checks all tables. */
struct service {
    const char *name;          /* as in --api */
    const char *title;         /* in messages and --help */
    const char *production;    /* base URL: https, without '/' at the end */
    const char *sandbox;       /* likewise; NULL: there is none */
    const char *scope;         /* that tokens are requested for */
    const char *sandbox_scope; /* likewise; NULL as sandbox is */
    const char *stale_error;   /* name of the error of an update that carries
                                  old TimeStamps */
    const char *missing_error; /* of a user that does not exist */
    const struct column *columns;
    unsigned column_count;  /* at most COLUMN_MAX */
    unsigned key;           /* names the user: COLUMN_LONG or COLUMN_GUID */
    unsigned tenant;        /* COLUMN_TENANT */
    unsigned user_name;     /* the sign-in name: COLUMN_GUARD or COLUMN_WRITE */
    unsigned user_customer; /* the customer of the user: the tenant, or a
                               COLUMN_GUARD of the key's type */
    unsigned last_modified; /* LastModifiedTime */
    enum service_customer customer;
    bool developer_token; /* requires one */
    bool legacy_sign_in;  /* accepts ApplicationToken, UserName and Password */
    bool google;          /* accepts users who sign in with Google */
    const char *end;      /* its end, for a warning; NULL: none is announced */
    bool idempotent;      /* recognizes a repeated update by its request id, and
                             applies it once */
    bool dated;           /* needs the Date header of responses */
    const char *tracking_header; /* the response header with the tracking id;
                                    NULL: there is none */
    const struct identity_service *identity; /* NULL: the service does not say
                                                who is signed in */
    const struct list_service *list;         /* how it lists users */
    const void *version; /* for the service's own functions: the differences
                            between its versions */

    /* Can requests contain this text? NULL: they can contain any. */
    bool (*can_carry)(const char *text);

    /* Appends the headers that all calls share, one "Name: value\n" each.
     * Called again for each new access token. -1 as buffer_append(). */
    int (*build_headers)(const struct call_context *context,
                         struct buffer *headers);

    /* Fill in an empty request: method, path, body and its own headers; `once`
     * for an update and for a call with an id of its own; `secret` if the body
     * contains a password. The key needs no escaping in a path or a body. If a
     * key of a service with tenants has none, context->customer_id is the
     * tenant, and is not NULL.
     *
     * The user of build_update() has the new values already. A service that
     * sends only changes finds their columns in sent->changed. A repeated
     * update is built from the same sent; its user may have been fetched again.
     *
     * -1 with the errno of buffer_append(): EFBIG fails the rows, ENOMEM stops
     * the run. */
    int (*build_get)(const struct call_context *context, const char *key,
                     struct http_request *request);
    int (*build_update)(const struct call_context *context,
                        const struct user *user, const struct sent *sent,
                        struct http_request *request);

    /* Parse the response to a call, or its failure. 0: the call succeeded;
     * api_error contains only the status and the tracking id. -1: api_error is
     * the whole error, filled in by
     *
     * - api_error_init_transport(), if there is no response;
     * - api_error_init_unexpected(), if the response is unexpected;
     * - api_error_init() and api_error_set(), for the service's own error. The
     *   status decides its action; a service with better knowledge (see
     *   bing/errors.h) sets action and not_applied. An update of a user that
     *   was modified after the fetch must be API_ERROR_STALE and not_applied;
     * - api_error_refuse_user(), if the user can't be used.
     *
     * json_user_parse() does the first three for JSON. not_applied must be set
     * only if the update certainly changed nothing; otherwise the task verifies
     * by reading back.
     *
     * On success, parse_get() sets *user to a user that can be sent back
     * safely; the caller owns it. It refuses invalid sizes and encodings,
     * duplicate members, another Id, masked members and, unless the service is
     * idempotent, a user without TimeStamps. Its error is never ambiguous.
     *
     * On success, parse_update() fills in *updated; on failure, updated->user
     * is NULL. The caller compares it with what was sent. So a service whose
     * response contains the user must return it, or a value that was not set
     * would go unnoticed. */
    int (*parse_get)(const struct call_context *context,
                     const struct http_response *response, const char *key,
                     struct user **user, struct api_error *api_error);
    int (*parse_update)(const struct call_context *context,
                        const struct http_response *response, const char *key,
                        const struct sent *sent, struct updated *updated,
                        struct api_error *api_error);

    /* The text of any column of the table; NULL if it is null, absent or empty,
     * or if the service never returns it. Valid until the column is set. */
    const char *(*user_value)(const struct user *user, unsigned column);

    /* The user's LastModifiedTime in the service's spelling; "" if the user has
     * none. */
    void (*user_last_modified)(const struct user *user,
                               char last_modified[SERVICE_TIME_SIZE]);

    /* The user's stamps as one text: TimeStamps, etag or version, which an
     * update sends and the service changes. If a fetched user still has the
     * stamps of an update, that update was not applied. Only an idempotent
     * service may return "" (no stamps). */
    void (*user_stamps)(const struct user *user,
                        char stamps[SERVICE_STAMPS_SIZE]);

    /* Sets a column of COLUMN_WRITE to a valid text in the service's spelling,
     * or clears it with NULL (the column's `empty` is sent then). For a value,
     * a parent that is null or absent is created; for NULL it is not. -1: out
     * of memory. */
    int (*user_set)(struct user *user, unsigned column, const char *value);

    /* NULL: does nothing. */
    void (*user_free)(struct user *user);
};

extern const struct service service_rest;
extern const struct service service_soap_v13;
extern const struct service service_soap_v12;
extern const struct service service_soap_v11;
extern const struct service service_partner;

/* All services, NULL at the end; the first is the default. */
extern const struct service *const services[];

/* The service of that name, or NULL. */
const struct service *service_find(const char *name);

/* Build the request of a page, after list_call_reset(), and parse its response;
 * as build_get() and parse_get(). */
int service_build_list(const struct call_context *context,
                       struct list_call *call, struct http_request *request);
int service_parse_list(const struct call_context *context,
                       const struct http_response *response,
                       struct list_call *call, struct api_error *api_error);

/* Splits a key, which must outlive the parts. */
struct key_parts service_split_key(const char *key);

#endif
