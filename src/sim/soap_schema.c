#include "soap_schema.h"

#include <string.h>

#define V11 1U
#define V12 2U
#define V13 4U

#define CUSTOMER(version) "https://bingads.microsoft.com/Customer/" version
#define VERSION(number, which)                                                 \
    {                                                                          \
        .name = number, .bit = (which),                                        \
        .path = "/Api/CustomerManagement/" number                              \
                "/CustomerManagementService.svc",                              \
        .ns = CUSTOMER(number), .entities = CUSTOMER(number) "/Entities",      \
        .faults = CUSTOMER(number) "/Exception",                               \
    }

const struct soap_version soap_v11 = VERSION("v11", V11);
const struct soap_version soap_v12 = VERSION("v12", V12);
const struct soap_version soap_v13 = VERSION("v13", V13);

#define ALL     .versions = V11 | V12 | V13
#define SINCE12 .versions = V12 | V13

static const struct soap_part address[] = {
    {.name = "City", ALL},
    {.name = "CountryCode", ALL},
    {.name = "Id", .type = SOAP_LONG, ALL},
    {.name = "Line1", ALL},
    {.name = "Line2", ALL},
    {.name = "Line3", ALL},
    {.name = "Line4", ALL},
    {.name = "PostalCode", ALL},
    {.name = "StateOrProvince", ALL},
    {.name = "TimeStamp", .type = SOAP_BYTES, ALL},
    {.name = "BusinessName", SINCE12},
    {.name = NULL},
};

static const struct soap_part contact_info[] = {
    {.name = "Address", .type = SOAP_OBJECT, ALL, .parts = address},
    {.name = "ContactByPhone", .type = SOAP_BOOLEAN, ALL},
    {.name = "ContactByPostalMail", .type = SOAP_BOOLEAN, ALL},
    {.name = "Email", ALL},
    {.name = "EmailFormat", .type = SOAP_CHOICE, ALL},
    {.name = "Fax", ALL},
    {.name = "HomePhone", ALL},
    {.name = "Id", .type = SOAP_LONG, ALL},
    {.name = "Mobile", ALL},
    {.name = "Phone1", ALL},
    {.name = "Phone2", ALL},
    {.name = NULL},
};

static const struct soap_part person_name[] = {
    {.name = "FirstName", ALL},
    {.name = "LastName", ALL},
    {.name = "MiddleInitial", ALL},
    {.name = NULL},
};

const struct soap_part soap_user[] = {
    {.name = "ContactInfo", .type = SOAP_OBJECT, ALL, .parts = contact_info},
    {.name = "CustomerAppScope",
     .type = SOAP_CHOICE,
     .versions = V11,
     .made = true},
    {.name = "CustomerId", .type = SOAP_LONG, ALL},
    {.name = "Id", .type = SOAP_LONG, ALL},
    {.name = "JobTitle", ALL},
    {.name = "LastModifiedByUserId", .type = SOAP_LONG, ALL},
    {.name = "LastModifiedTime", .type = SOAP_TIME, ALL},
    {.name = "Lcid", .type = SOAP_CHOICE, ALL},
    {.name = "Name", .type = SOAP_OBJECT, ALL, .parts = person_name},
    {.name = "Password", ALL},
    {.name = "SecretAnswer", ALL},
    {.name = "SecretQuestion", .type = SOAP_CHOICE, ALL, .not_nillable = true},
    {.name = "UserLifeCycleStatus", .type = SOAP_CHOICE, ALL},
    {.name = "TimeStamp", .type = SOAP_BYTES, ALL},
    {.name = "UserName", ALL},
    {.name = "ForwardCompatibilityMap", .type = SOAP_PAIRS, SINCE12},
    {.name = "AuthenticationToken", .versions = V13},
    {.name = "IsMigratedToMicrosoftAccount",
     .type = SOAP_BOOLEAN,
     .versions = V11,
     .not_nillable = true,
     .made = true},
    {.name = NULL},
};

const struct soap_part *soap_find_part(const struct soap_part *parts,
                                       const char *name)
{
    for (; parts->name != NULL; parts++)
        if (strcmp(parts->name, name) == 0)
            return parts;
    return NULL;
}

bool soap_has(const struct soap_version *version, const struct soap_part *part)
{
    return (part->versions & version->bit) != 0;
}
