/*
 * Request headers as lists of libcurl's: those that all calls to a target
 * share, and before them those of a single request.
 *
 * A shared list is replaced while calls in flight still use it, so it counts
 * its references. It contains the access token, so it is wiped before it is
 * freed.
 */
#ifndef NET_CURL_HEADERS_H
#define NET_CURL_HEADERS_H

#include <curl/curl.h>

#include "base/http.h"

struct curl_headers;

/* text: one "Name: value\n" for each header; copied. Every request also asks
 * for a response without a Content-Encoding. The caller has the only reference.
 * NULL if there is no memory. */
struct curl_headers *curl_headers_new(const char *text);

/* Adds a reference and returns the same list. */
struct curl_headers *curl_headers_share(struct curl_headers *headers);

/* Removes a reference; with the last one the list is wiped and freed. NULL:
 * does nothing. */
void curl_headers_release(struct curl_headers *headers);

/* Returns a list of the request's own headers followed by the shared ones. The
 * nodes are memory for the list. It borrows all three arguments, and splits the
 * request's headers into lines in place. */
struct curl_slist *curl_headers_chain(struct curl_headers *headers,
                                      struct http_request *request,
                                      struct curl_slist nodes[HTTP_MAX_LINES]);

#endif
