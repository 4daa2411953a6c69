/*
 * Responses and faults of Bing Ads SOAP: SOAP 1.1 envelopes. Sources: the
 * service's reference, "Response SOAP"; SOAP 1.1 (W3C Note), section 4.
 */
#ifndef SERVICE_BING_SOAP_RESPONSE_H
#define SERVICE_BING_SOAP_RESPONSE_H

#include "base/xml.h"
#include "service/service.h"

/* Parses a response, and sets *found to the element of that name in the
 * envelope's Body. The caller frees the document. NULL with api_error. A
 * response to a call whose name begins with Get would be the same again; the
 * response to an update is different each time. */
struct xml *soap_parse_response(const struct call_context *context,
                                const struct http_response *response,
                                const char *name, struct xml_node **found,
                                struct api_error *api_error);

#endif
