#include "soap_schema.h"

#include <string.h>

#define V11 1U
#define V12 2U
#define V13 4U

#define CUSTOMER(version) "https://bingads.microsoft.com/Customer/" version
#define PATH(version)                                                          \
    "/Api/CustomerManagement/" version "/CustomerManagementService.svc"

const struct soap_version soap_v11 = {
    .bit = V11,
    .path = PATH("v11"),
    .ns = CUSTOMER("v11"),
    .entities = CUSTOMER("v11") "/Entities",
    .faults = CUSTOMER("v11") "/Exception",
};

const struct soap_version soap_v12 = {
    .bit = V12,
    .path = PATH("v12"),
    .ns = CUSTOMER("v12"),
    .entities = CUSTOMER("v12") "/Entities",
    .faults = CUSTOMER("v12") "/Exception",
};

const struct soap_version soap_v13 = {
    .bit = V13,
    .path = PATH("v13"),
    .ns = CUSTOMER("v13"),
    .entities = CUSTOMER("v13") "/Entities",
    .faults = CUSTOMER("v13") "/Exception",
};

#define ALL     (V11 | V12 | V13)
#define SINCE12 (V12 | V13)

static const struct soap_part address[] = {
    {.name = "City", .versions = ALL},
    {.name = "CountryCode", .versions = ALL},
    {.name = "Id", .type = SOAP_LONG, .versions = ALL},
    {.name = "Line1", .versions = ALL},
    {.name = "Line2", .versions = ALL},
    {.name = "Line3", .versions = ALL},
    {.name = "Line4", .versions = ALL},
    {.name = "PostalCode", .versions = ALL},
    {.name = "StateOrProvince", .versions = ALL},
    {.name = "TimeStamp", .type = SOAP_BYTES, .versions = ALL},
    {.name = "BusinessName", .versions = SINCE12},
    {.name = NULL},
};

static const struct soap_part contact_info[] = {
    {.name = "Address", .type = SOAP_OBJECT, .versions = ALL, .parts = address},
    {.name = "ContactByPhone", .type = SOAP_BOOLEAN, .versions = ALL},
    {.name = "ContactByPostalMail", .type = SOAP_BOOLEAN, .versions = ALL},
    {.name = "Email", .versions = ALL},
    {.name = "EmailFormat", .type = SOAP_CHOICE, .versions = ALL},
    {.name = "Fax", .versions = ALL},
    {.name = "HomePhone", .versions = ALL},
    {.name = "Id", .type = SOAP_LONG, .versions = ALL},
    {.name = "Mobile", .versions = ALL},
    {.name = "Phone1", .versions = ALL},
    {.name = "Phone2", .versions = ALL},
    {.name = NULL},
};

static const struct soap_part person_name[] = {
    {.name = "FirstName", .versions = ALL},
    {.name = "LastName", .versions = ALL},
    {.name = "MiddleInitial", .versions = ALL},
    {.name = NULL},
};

const struct soap_part soap_user[] = {
    {.name = "ContactInfo",
     .type = SOAP_OBJECT,
     .versions = ALL,
     .parts = contact_info},
    {.name = "CustomerAppScope",
     .type = SOAP_CHOICE,
     .versions = V11,
     .generated = true},
    {.name = "CustomerId", .type = SOAP_LONG, .versions = ALL},
    {.name = "Id", .type = SOAP_LONG, .versions = ALL},
    {.name = "JobTitle", .versions = ALL},
    {.name = "LastModifiedByUserId", .type = SOAP_LONG, .versions = ALL},
    {.name = "LastModifiedTime", .type = SOAP_TIME, .versions = ALL},
    {.name = "Lcid", .type = SOAP_CHOICE, .versions = ALL},
    {.name = "Name",
     .type = SOAP_OBJECT,
     .versions = ALL,
     .parts = person_name},
    {.name = "Password", .versions = ALL},
    {.name = "SecretAnswer", .versions = ALL},
    {.name = "SecretQuestion",
     .type = SOAP_CHOICE,
     .versions = ALL,
     .not_nillable = true},
    {.name = "UserLifeCycleStatus", .type = SOAP_CHOICE, .versions = ALL},
    {.name = "TimeStamp", .type = SOAP_BYTES, .versions = ALL},
    {.name = "UserName", .versions = ALL},
    {.name = "ForwardCompatibilityMap",
     .type = SOAP_PAIRS,
     .versions = SINCE12},
    {.name = "AuthenticationToken", .versions = V13},
    {.name = "IsMigratedToMicrosoftAccount",
     .type = SOAP_BOOLEAN,
     .versions = V11,
     .not_nillable = true,
     .generated = true},
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
