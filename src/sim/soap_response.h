/*
 * Builds the responses of the SOAP services, including SOAP faults.
 */
#ifndef SOAP_RESPONSE_H
#define SOAP_RESPONSE_H

#include <stdbool.h>

#include "call.h"
#include "soap_schema.h"

/* The faultcode of SOAP faults without detail. */
#define SOAP_UNREADABLE "DeserializationFailed"
#define SOAP_NO_ACTION  "ActionNotSupported"

/* Builds response_xml and payload of the call and sets the status. tracking:
 * the Header contains a TrackingId. */
void soap_response_build(struct call *call, const struct soap_version *version,
                         bool tracking);

/* Writes response_xml into the body, replacing it. The form is always the
 * same for one call. */
void soap_response_print(struct call *call);

#endif
