/*
 * Who is signed in, as far as a service says it: the user, and the customers
 * that the user may see.
 */
#ifndef SERVICE_IDENTITY_H
#define SERVICE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/guid.h"
#include "base/http.h"
#include "service/api_error.h"

struct call_context;

#define IDENTITY_TEXT_SIZE 320

struct identity_customer {
    char id[GUID_SIZE];            /* a number, or the GUID of the tenant */
    char name[IDENTITY_TEXT_SIZE]; /* "": not known */
    char role[IDENTITY_TEXT_SIZE]; /* of the user; "": not known */
    bool reads_only;               /* the role may not update users */
};

/* All texts were written by utf8_clean(). The customers are owned. */
struct identity {
    char user[IDENTITY_TEXT_SIZE]; /* the name that signs in; "": not known */
    char name[IDENTITY_TEXT_SIZE]; /* of the person; "": not known */
    char id[GUID_SIZE];            /* of the user; "": not known */
    struct identity_customer *customers;
    size_t count;   /* at most IDENTITY_CUSTOMERS */
    uint64_t total; /* of the customers that the user may see */
    bool updates;   /* may the user update users of one of them? */
};

/* The customers that are kept. */
#define IDENTITY_CUSTOMERS ((size_t)20)

/* How a service says who is signed in; struct service has a pointer to it. */
struct identity_service {
    const char *unknown; /* why the user is not known; NULL: they are */

    /* As build_get() and parse_get() of a service. After success,
     * identity_clear() is needed. */
    int (*build)(const struct call_context *context,
                 struct http_request *request);
    int (*parse)(const struct call_context *context,
                 const struct http_response *response,
                 struct identity *identity, struct api_error *api_error);
};

/* Adds a customer to the total, and returns a place for it that is all zeros;
 * NULL if there is no place. -1: out of memory. */
int identity_add(struct identity *identity, struct identity_customer **place);

void identity_clear(struct identity *identity);

#endif
