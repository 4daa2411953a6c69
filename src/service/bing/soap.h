/*
 * What the files of Bing Ads SOAP share.
 */
#ifndef SERVICE_BING_SOAP_H
#define SERVICE_BING_SOAP_H

#include "base/xml.h"
#include "service/service.h"

/* Parses a response, and sets *found to the element of that name in the
 * envelope's Body. Returns the document, which the caller frees with
 * xml_free(); NULL with api_error. */
struct xml *soap_parse_response(const struct call_context *context,
                                const struct http_response *response,
                                const char *name, struct xml_node **found,
                                struct api_error *api_error);

#endif
