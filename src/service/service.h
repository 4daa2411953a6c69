/*
 * The interface that every service implements, as one constant table of
 * functions; all knowledge of a wire format is behind it. The functions are
 * pure: they build requests and read answers, and send nothing.
 */
#ifndef SERVICE_SERVICE_H
#define SERVICE_SERVICE_H

#include <stddef.h>

#include "base/error.h"
#include "base/guid.h"
#include "base/http.h"
#include "service/api_error.h"
#include "service/column.h"

/* One user as its service's document: everything that GetUser returned. */
struct user;

struct own_writes;
struct circuit_breaker;

/* What is the same for all calls of a run; strings are borrowed. */
struct session {
    const struct service *service;
    struct own_writes *own_writes; /* what this run has done; NULL: not kept */
    struct circuit_breaker *breaker; /* how the service is as a whole */
    const char *access_token;
    const char *developer_token;   /* NULL as all below: not sent */
    const char *customer_id;       /* --customer-id */
    const char *account_id;        /* --account-id */
    const char *application_token; /* these three: legacy_sign_in */
    const char *user_name;
    const char *password;
};

#define SERVICE_TIME_SIZE   64  /* bytes of a LastModifiedTime */
#define SERVICE_STAMPS_SIZE 128 /* bytes of a user's TimeStamps */

/* An update as it was meant, also when it is sent again. From this, and from
 * what GetUser says later, it can be told whether it was applied. */
struct sent {
    char stamps[SERVICE_STAMPS_SIZE];      /* that it carried */
    char last_modified[SERVICE_TIME_SIZE]; /* of the user before it */
    char request_id[GUID_SIZE]; /* by which an idempotent service knows it
                                   again; else empty */
    uint64_t shared;            /* merge_hash_shared() before it */
    column_mask changed;        /* the columns that it sets */
};

/* What --customer-id is for a service. */
enum service_customer {
    CUSTOMER_NONE,   /* nothing: refused */
    CUSTOMER_NUMBER, /* a header, as --account-id is */
    CUSTOMER_TENANT  /* the GUID of the tenant that users are looked up in */
};

/* Constants first, then functions. What may be left out is NULL or false; key,
 * tenant and last_modified are indices, so they are given also where there is
 * no such column. tests/unit/test_service.c tells what is missing. */
struct service {
    const char *name;          /* as --api names it */
    const char *title;         /* as messages and the help name it */
    const char *production;    /* base address: https, no '/' at its end */
    const char *sandbox;       /* likewise; NULL: there is none */
    const char *scope;         /* what tokens are asked for */
    const char *sandbox_scope; /* likewise; NULL as sandbox is */
    const struct column *columns;
    unsigned column_count;  /* at most COLUMN_MAX */
    unsigned key;           /* index of the column that names the user:
                               COLUMN_LONG or COLUMN_GUID */
    unsigned tenant;        /* of the one that says where to look it up: where
                               a file has it, a row's key is "tenant/id" (both
                               GUIDs in small letters) */
    unsigned last_modified; /* and of LastModifiedTime; COLUMN_MAX, both: none
                             */
    enum service_customer customer;
    bool developer_token; /* needs one */
    bool legacy_sign_in;  /* takes ApplicationToken, UserName and Password */
    bool idempotent; /* knows an update by its request id when it is sent again,
                        and applies it once */
    bool dated;      /* needs the answers' Date */
    const char *tracking_header; /* the answers' header with the tracking id;
                                    NULL: they have none */
    const void *form; /* the service's own: what differs between its versions */

    /* Can requests carry a text? NULL: any. */
    bool (*can_carry)(const char *text);

    /* Appends the headers of every call, one "Name: value\n" each. Asked again
     * for each new access token. -1 as buffer_append(). */
    int (*build_headers)(const struct session *session, struct buffer *headers);

    /* Fill a cleared request: method, path, body and headers of its own; once,
     * for an update and for a call that has an id of its own; secret, where the
     * body holds a password. key is a row's key: the digits of a number without
     * leading zeros, or small GUIDs, so it can stand in a path or a body as it
     * is. Without "tenant/" before it the tenant is session->customer_id, which
     * is there then.
     *
     * build_update() is handed the user with the changes set, and in sent which
     * columns they are, for a service that takes changes alone. An update that
     * is sent again is built from the same sent, and from that user or, where
     * it was fetched again, from the one of then.
     *
     * -1 with the buffer's errno: EFBIG, which fails the rows, or ENOMEM. */
    int (*build_get)(const struct session *session, const char *key,
                     struct http_request *request);
    int (*build_update)(const struct session *session, const struct user *user,
                        const struct sent *sent, struct http_request *request);

    /* Read an answer, or find that none came. 0: it is what was asked for; the
     * fault holds its status and tracking id, and no more. -1: the fault, the
     * whole of it:
     *
     * No answer: api_error_of_transport(). One that is not the service's, such
     * as a proxy's page: api_error_of_foreign_answer(). Else api_error_init()
     * first. Errors of Customer Management's: api_error_add() for each. Those
     * of others: api_error_set_error(), which goes by the status; then action
     * and certain are set where the error says more. It must be API_ERROR_STALE
     * and certain where the user was written since it was fetched. What is the
     * service's, but can't be acted upon: api_error_refuse_user(). For JSON
     * json_user_read() does all but the last.
     *
     * The fault of an update is certain only where nothing was changed, for
     * sure; else GetUser is asked.
     *
     * parse_get() makes a user that is safe to send back, owned by the caller.
     * It refuses what can't be trusted: bounds, encoding, doubled members,
     * another user's Id, masked members, and, unless the service is idempotent,
     * a user without TimeStamps.
     *
     * parse_update() tells when the user was written, as its LastModifiedTime;
     * "" where the answer does not say. */
    int (*parse_get)(const struct session *session,
                     const struct http_response *response, const char *key,
                     struct user **user, struct api_error *api_error);
    int (*parse_update)(const struct session *session,
                        const struct http_response *response, const char *key,
                        char last_modified[SERVICE_TIME_SIZE],
                        struct api_error *api_error);

    /* The text of any column of the table; NULL where it is null, absent or
     * empty, and of what the service never returns. Valid until the column is
     * set. */
    const char *(*user_value)(const struct user *user, unsigned column);

    /* When the user was last written, as the service says it; "" where it does
     * not say. */
    void (*user_last_modified)(const struct user *user,
                               char last_modified[SERVICE_TIME_SIZE]);

    /* The TimeStamps, the etag or the version that an update of the user
     * carries: equal texts, equal stamps. Where they are still those that an
     * update carried, it is taken as not applied; so "" (the user has none) is
     * for idempotent services alone. */
    void (*user_stamps)(const struct user *user,
                        char stamps[SERVICE_STAMPS_SIZE]);

    /* Sets a column of COLUMN_WRITE to a text that was checked and has the
     * service's spelling, or clears it with NULL (what the column calls empty
     * is sent then). A parent that is null or absent is made for a value, and
     * left for NULL. -1 without memory. */
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

#endif
