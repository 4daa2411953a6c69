/*
 * The responses of the SOAP services: responses and faults.
 */
#ifndef SOAP_RESPONSE_H
#define SOAP_RESPONSE_H

#include <stdbool.h>

#include "call.h"
#include "soap_schema.h"

/* Names of errors that stand in faultcode, of faults without detail. */
#define SOAP_UNREADABLE "DeserializationFailed"
#define SOAP_NO_ACTION  "ActionNotSupported"

/* Makes the reply and the payload of the call, and its response's status.
 * tracking: the Header is to have a TrackingId. */
void soap_response_build(struct call *call, const struct soap_version *version,
                         bool tracking);

/* Prints the reply anew, in the same form each time. */
void soap_response_print(struct call *call);

#endif
