/*
 * The one user of the benchmark's services, in the form of each service.
 *
 * The members are those of User in version 13, with the same content over REST
 * and SOAP, and those of a user of Partner Center. The requested Id is inserted
 * between the two halves. All Ids of the benchmark have CANNED_ID_LENGTH digits
 * or are GUIDs, so that the length of a response is constant.
 */
#ifndef CANNED_H
#define CANNED_H

#define CANNED_ID_LENGTH   19
#define CANNED_GUID_LENGTH 36

#define CANNED_USER_BEFORE_ID                                                  \
    "{\"ContactInfo\":{\"Address\":{\"City\":\"Redmond\","                     \
    "\"CountryCode\":\"US\",\"Id\":\"2281474976710657\","                      \
    "\"Line1\":\"1 Microsoft Way\",\"Line2\":\"Building 99\","                 \
    "\"Line3\":null,\"Line4\":null,\"PostalCode\":\"98052\","                  \
    "\"StateOrProvince\":\"WA\",\"TimeStamp\":\"AAAAADrYVvQ=\","               \
    "\"BusinessName\":null},\"ContactByPhone\":false,"                         \
    "\"ContactByPostalMail\":false,\"Email\":\"someone@example.com\","         \
    "\"EmailFormat\":\"Html\",\"Fax\":\"+1 425 555 0102\",\"HomePhone\":null," \
    "\"Id\":\"3381474976710659\",\"Mobile\":\"+1 425 555 0101\","              \
    "\"Phone1\":\"+1 425 555 0100\",\"Phone2\":\"+1 425 555 0103\"},"          \
    "\"CustomerId\":\"7781474976710661\",\"Id\":\""

#define CANNED_USER_AFTER_ID                                                   \
    "\",\"JobTitle\":\"Account Manager\","                                     \
    "\"LastModifiedByUserId\":\"9223372036854775801\","                        \
    "\"LastModifiedTime\":\"2026-01-02T03:04:05.678\","                        \
    "\"Lcid\":\"EnglishUS\",\"Name\":{\"FirstName\":\"Someone\","              \
    "\"LastName\":\"Example\",\"MiddleInitial\":\"Q\"},"                       \
    "\"Password\":null,\"SecretAnswer\":null,\"SecretQuestion\":\"None\","     \
    "\"UserLifeCycleStatus\":\"Active\",\"TimeStamp\":\"AAAAADrYVvU=\","       \
    "\"UserName\":\"someone@example.com\",\"ForwardCompatibilityMap\":"        \
    "[{\"key\":\"TimeZone\",\"value\":\"PacificTimeUSCanadaTijuana\"},"        \
    "{\"key\":\"Salutation\",\"value\":\"Account team\"}],"                    \
    "\"AuthenticationToken\":null}"

#define CANNED_ROLES                                                           \
    "[{\"RoleId\":41,\"CustomerId\":\"7781474976710661\","                     \
    "\"AccountIds\":null,\"LinkedAccountIds\":null,"                           \
    "\"CustomerLinkPermission\":null}]"

/* SOAP: the Envelope declares the namespaces, and all its descendants use their
 * prefixes, as in a WCF service. */
#define CANNED_SOAP_BEGIN                                                      \
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "       \
    "xmlns:h=\"https://bingads.microsoft.com/Customer/v13\" "                  \
    "xmlns:a=\"https://bingads.microsoft.com/Customer/v13/Entities\" "         \
    "xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><s:Header>"         \
    "<h:TrackingId>7d1f3c52-5d0e-4b6a-9f60-0c2b8f7a1e44</h:TrackingId>"        \
    "</s:Header><s:Body>"

#define CANNED_SOAP_END "</s:Body></s:Envelope>"

#define CANNED_SOAP_USER_BEFORE_ID                                             \
    "<GetUserResponse xmlns=\"https://bingads.microsoft.com/Customer/v13\">"   \
    "<User><a:ContactInfo><a:Address><a:City>Redmond</a:City>"                 \
    "<a:CountryCode>US</a:CountryCode><a:Id>2281474976710657</a:Id>"           \
    "<a:Line1>1 Microsoft Way</a:Line1><a:Line2>Building 99</a:Line2>"         \
    "<a:Line3 i:nil=\"true\"/><a:Line4 i:nil=\"true\"/>"                       \
    "<a:PostalCode>98052</a:PostalCode>"                                       \
    "<a:StateOrProvince>WA</a:StateOrProvince>"                                \
    "<a:TimeStamp>AAAAADrYVvQ=</a:TimeStamp><a:BusinessName "                  \
    "i:nil=\"true\"/></a:Address><a:ContactByPhone>false</a:ContactByPhone>"   \
    "<a:ContactByPostalMail>false</a:ContactByPostalMail>"                     \
    "<a:Email>someone@example.com</a:Email>"                                   \
    "<a:EmailFormat>Html</a:EmailFormat><a:Fax>+1 425 555 0102</a:Fax>"        \
    "<a:HomePhone i:nil=\"true\"/><a:Id>3381474976710659</a:Id>"               \
    "<a:Mobile>+1 425 555 0101</a:Mobile>"                                     \
    "<a:Phone1>+1 425 555 0100</a:Phone1>"                                     \
    "<a:Phone2>+1 425 555 0103</a:Phone2></a:ContactInfo>"                     \
    "<a:CustomerId>7781474976710661</a:CustomerId><a:Id>"

#define CANNED_SOAP_USER_AFTER_ID                                              \
    "</a:Id><a:JobTitle>Account Manager</a:JobTitle>"                          \
    "<a:LastModifiedByUserId>9223372036854775801</a:LastModifiedByUserId>"     \
    "<a:LastModifiedTime>2026-01-02T03:04:05.678</a:LastModifiedTime>"         \
    "<a:Lcid>EnglishUS</a:Lcid><a:Name><a:FirstName>Someone</a:FirstName>"     \
    "<a:LastName>Example</a:LastName><a:MiddleInitial>Q</a:MiddleInitial>"     \
    "</a:Name><a:Password i:nil=\"true\"/><a:SecretAnswer i:nil=\"true\"/>"    \
    "<a:SecretQuestion>None</a:SecretQuestion>"                                \
    "<a:UserLifeCycleStatus>Active</a:UserLifeCycleStatus>"                    \
    "<a:TimeStamp>AAAAADrYVvU=</a:TimeStamp>"                                  \
    "<a:UserName>someone@example.com</a:UserName>"                             \
    "<a:ForwardCompatibilityMap "                                              \
    "xmlns:b=\"http://schemas.datacontract.org/2004/07/"                       \
    "System.Collections.Generic\">"                                            \
    "<b:KeyValuePairOfstringstring><b:key>TimeZone</b:key>"                    \
    "<b:value>PacificTimeUSCanadaTijuana</b:value>"                            \
    "</b:KeyValuePairOfstringstring><b:KeyValuePairOfstringstring>"            \
    "<b:key>Salutation</b:key><b:value>Account team</b:value>"                 \
    "</b:KeyValuePairOfstringstring></a:ForwardCompatibilityMap>"              \
    "<a:AuthenticationToken i:nil=\"true\"/></User><CustomerRoles>"            \
    "<a:CustomerRole><a:RoleId>41</a:RoleId>"                                  \
    "<a:CustomerId>7781474976710661</a:CustomerId><a:AccountIds "              \
    "i:nil=\"true\"/><a:LinkedAccountIds i:nil=\"true\"/>"                     \
    "<a:CustomerLinkPermission i:nil=\"true\"/>"                               \
    "</a:CustomerRole></CustomerRoles></GetUserResponse>"

#define CANNED_SOAP_UPDATED                                                    \
    "<UpdateUserResponse "                                                     \
    "xmlns=\"https://bingads.microsoft.com/Customer/v13\">"                    \
    "<LastModifiedTime>2026-01-02T03:04:05.678</LastModifiedTime>"             \
    "</UpdateUserResponse>"

/* Partner Center. */
#define CANNED_PARTNER_BEFORE_ID "{\"usageLocation\":\"US\",\"id\":\""

#define CANNED_PARTNER_AFTER_ID                                                \
    "\",\"userPrincipalName\":\"someone@example.com\","                        \
    "\"firstName\":\"Someone\",\"lastName\":\"Example\","                      \
    "\"displayName\":\"Someone Example\","                                     \
    "\"immutableId\":\"3381474976710659\","                                    \
    "\"phoneNumber\":\"+1 425 555 0100\",\"passwordProfile\":null,"            \
    "\"lastDirectorySyncTime\":null,\"userDomainType\":\"none\","              \
    "\"state\":\"active\",\"softDeletionTime\":null,"                          \
    "\"links\":{\"self\":{\"uri\":\"/customers/"                               \
    "eebd1b55-5360-4438-a11d-5c06918c3014/users\","                            \
    "\"method\":\"GET\",\"headers\":[]}},"                                     \
    "\"attributes\":{\"etag\":\"W/\\\"AAAAADrYVvU=\\\"\","                     \
    "\"objectType\":\"CustomerUser\"}}"

/* The members that a PATCH does not send, after the Id. */
#define CANNED_PARTNER_PATCHED                                                 \
    "\",\"lastDirectorySyncTime\":null,\"userDomainType\":\"none\","           \
    "\"state\":\"active\",\"softDeletionTime\":null,"                          \
    "\"links\":{\"self\":{\"uri\":\"/customers/"                               \
    "eebd1b55-5360-4438-a11d-5c06918c3014/users\","                            \
    "\"method\":\"GET\",\"headers\":[]}},"

#endif
