/*
 * Requests of Bing Ads SOAP: SOAP 1.1 envelopes with GetUser and UpdateUser.
 * Sources: the service's reference of the two operations, "Request SOAP"; SOAP
 * 1.1 (W3C Note), section 4.
 */
#ifndef SERVICE_BING_SOAP_ENVELOPE_H
#define SERVICE_BING_SOAP_ENVELOPE_H

#include "service/service.h"

/* The namespace of SOAP 1.1. */
#define SOAP_ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"

/* The differences between the versions of Customer Management; the `version` of
 * a service. The first three members are namespaces. */
struct soap_version {
    const char *space;     /* of the elements in the header and the body */
    const char *entities;  /* of the elements in User */
    const char *exception; /* of an ApiFault */
    const char *path;      /* of the URL */
};

/* Write a request up to the content of the action's element, and what follows
 * the content. -1 as buffer_reserve(). */
int soap_put_start(const struct call_context *context, const char *action,
                   struct http_request *request);
int soap_put_end(const char *action, struct http_request *request);

/* As build_headers(), build_get() and build_update() of a service. Without a
 * key, the user who signs in is fetched. */
int soap_build_headers(const struct call_context *context,
                       struct buffer *headers);
int soap_build_get(const struct call_context *context, const char *key,
                   struct http_request *request);
int soap_build_update(const struct call_context *context,
                      const struct user *user, const struct sent *sent,
                      struct http_request *request);

#endif
