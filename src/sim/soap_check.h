/*
 * Validation of a call to the SOAP services: HTTP, the envelope, its header and
 * the request. Source: SOAP 1.1.
 *
 * Functions that validate return 0, or -1 after they have added an error to the
 * refusal of the call.
 */
#ifndef SOAP_CHECK_H
#define SOAP_CHECK_H

#include <stdbool.h>

#include "call.h"
#include "soap_schema.h"
#include "xml.h"

/* The version whose service was called. */
const struct soap_version *soap_check_version(const struct call *call);

/* Does SOAPAction name this operation? Quotes are optional (section 6.1.1). */
bool soap_check_is_action(const struct call *call, const char *action);

/* The element in the Body, or NULL. */
struct xml *soap_check_request_of(const struct call *call);

/* The text of a header; NULL if it is missing or nil. */
const char *soap_check_read_header(const struct call *call, const char *name);

/* Everything except the contents of the request, also the sign-in. */
int soap_check(struct call *call);

/* After soap_check(): the Body must contain the request only, and the request
 * the named element only. */
int soap_check_request(struct call *call, const char *name);

/* Adds an error of the parser of the envelope; the message is both texts. */
int soap_check_refuse(struct call *call, const char *what, const char *reason);

/* Makes the error that was added a SOAP fault without detail, as of that
 * parser. */
int soap_check_omit_detail(struct call *call, const char *code);

#endif
