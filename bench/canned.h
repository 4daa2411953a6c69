/*
 * The one user that the bench's service knows, as GetUser answers it.
 *
 * The members are those of the REST service's User in version 13; the Id that
 * stands between the two halves is the one that was asked for. All Ids of the
 * bench have CANNED_ID_LENGTH digits, so that every answer has one length.
 */
#ifndef CANNED_H
#define CANNED_H

#define CANNED_ID_LENGTH 19

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

#endif
