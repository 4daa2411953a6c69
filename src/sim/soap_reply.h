/*
 * The answers of the SOAP services: responses and faults.
 */
#ifndef SOAP_REPLY_H
#define SOAP_REPLY_H

#include <stdbool.h>

#include "call.h"
#include "soap_schema.h"

/* Names of errors that stand in faultcode, of faults without detail. */
#define SOAP_UNREADABLE "DeserializationFailed"
#define SOAP_NO_ACTION  "ActionNotSupported"

/* Makes the reply and the payload of the call, and its answer's status.
 * tracking: the Header is to have a TrackingId. */
void soap_reply_make(struct call *call, const struct soap_version *version,
                     bool tracking);

/* Prints the reply anew, in the same form each time. */
void soap_reply_print(struct call *call);

#endif
