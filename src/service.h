/*
 * The interface that every service implements, as one constant table of
 * functions; all knowledge of a wire format is behind it. The functions are
 * pure: they build requests and read answers, and send nothing.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stddef.h>

#include "column.h"
#include "error.h"
#include "fault.h"
#include "http.h"

/* One user as its service's document: everything that GetUser returned. */
struct user;

struct written;
struct outage;

/* What is the same for all calls of a run; strings are borrowed. */
struct session {
    struct written *written; /* what this run has done; NULL: not kept */
    struct outage *outage;   /* how the service is as a whole */
    const char *access_token;
    const char *developer_token;
    const char *customer_id; /* NULL: not sent */
    const char *account_id;  /* NULL: not sent */
};

#define SERVICE_TIME_SIZE   64  /* bytes of a LastModifiedTime */
#define SERVICE_STAMPS_SIZE 128 /* bytes of a user's TimeStamps */

struct service {
    const char *name; /* as --api names it */
    const char *production;
    const char *sandbox; /* base addresses */
    const struct column *columns;
    unsigned column_count;
    unsigned key;           /* index of the column that names the user */
    unsigned last_modified; /* and of LastModifiedTime; COLUMN_MAX: none */

    /* Appends the headers of every call, one "Name: value\n" each. */
    int (*build_headers)(const struct session *session, struct buffer *headers);

    /* Fills a cleared request; key is a row's key. -1 (errno of the buffer)
     * where it does not fit. */
    int (*build_get)(const struct session *session, const char *key,
                     struct http_request *request);
    int (*build_update)(const struct session *session, const struct user *user,
                        struct http_request *request);

    /* Reads an answer. 0: a user that is safe to send back, owned by the
     * caller. -1: the fault. Refuses what can't be trusted: bounds, encoding,
     * doubled members, another user's Id, masked or without TimeStamps. */
    int (*parse_get)(const struct http_response *response, const char *key,
                     struct user **user, struct fault *fault);
    int (*parse_update)(const struct http_response *response,
                        char last_modified[SERVICE_TIME_SIZE],
                        struct fault *fault);

    /* The text of a column; NULL where it is null, absent or empty. Valid
     * until the column is set. */
    const char *(*user_value)(const struct user *user, unsigned column);

    /* When the user was last written, as the service says it; "" where it does
     * not say. */
    void (*user_last_modified)(const struct user *user,
                               char last_modified[SERVICE_TIME_SIZE]);

    /* The TimeStamps that an update of the user carries: equal texts, equal
     * stamps. "" where the service has none. */
    void (*user_stamps)(const struct user *user,
                        char stamps[SERVICE_STAMPS_SIZE]);

    /* Sets a column, or clears it with NULL (what the column calls empty is
     * sent then). A parent that is null or absent is made for a value, and
     * left for NULL. -1 without memory. */
    int (*user_set)(struct user *user, unsigned column, const char *value);

    void (*user_free)(struct user *user);
};

extern const struct service service_rest;

/* All services, NULL at the end; the first is the default. */
extern const struct service *const services[];

/* The service of that name, or NULL. */
const struct service *service_find(const char *name);

#endif
