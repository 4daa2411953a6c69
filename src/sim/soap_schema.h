/*
 * The schemas of the Customer Management service over SOAP: the elements of a
 * User in each version, in their order.
 *
 * Source: the Request SOAP of UpdateUser, v11 and v13; the User data object,
 * v12.
 */
#ifndef SOAP_SCHEMA_H
#define SOAP_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#define SOAP_NS_ENVELOPE "http://schemas.xmlsoap.org/soap/envelope/"
#define SOAP_NS_PAIRS                                                          \
    "http://schemas.datacontract.org/2004/07/System.Collections.Generic"
#define SOAP_NS_ARRAYS                                                         \
    "http://schemas.microsoft.com/2003/10/Serialization/Arrays"
#define SOAP_NS_FAULT "https://adapi.microsoft.com"

struct soap_version {
    unsigned bit; /* the version's bit in soap_part.versions */
    const char *path;
    const char *ns;       /* of header, request and response */
    const char *entities; /* of the elements in a User */
    const char *faults;   /* of ApiFault */
};

extern const struct soap_version soap_v11, soap_v12, soap_v13;

enum soap_type {
    SOAP_TEXT,
    SOAP_LONG,
    SOAP_BOOLEAN,
    SOAP_CHOICE, /* one of an enumeration */
    SOAP_BYTES,  /* base64Binary */
    SOAP_TIME,
    SOAP_PAIRS,  /* ForwardCompatibilityMap */
    SOAP_OBJECT, /* has parts */
};

struct soap_part {
    const char *name; /* name of the element and of the stored member */
    enum soap_type type;
    unsigned versions; /* the versions with this element */
    bool not_nillable;
    bool generated; /* not stored: generated from the user's Id */
    const struct soap_part *parts;
};

/* The parts of a User in their order; the last one has no name. */
extern const struct soap_part soap_user[];

/* The part with that name in any version, or NULL. */
const struct soap_part *soap_find_part(const struct soap_part *parts,
                                       const char *name);

/* True if the version has the part. */
bool soap_has(const struct soap_version *version, const struct soap_part *part);

#endif
