/*
 * What REST and SOAP share: the members of a Microsoft Advertising user as
 * columns, the addresses, what tokens are for. Source: the service's User,
 * ContactInfo, Address and PersonName data objects and its LCID, EmailFormat,
 * SecretQuestion, UserLifeCycleStatus and ApplicationType value sets (Customer
 * Management, versions 11 to 13).
 *
 * The Id comes first, then the members in the order of the service's schema,
 * at the end those that only version 11 has. Members that no file may name and
 * that only travel back with the user (ForwardCompatibilityMap,
 * AuthenticationToken) have no entry.
 */
#ifndef BING_COLUMNS_H
#define BING_COLUMNS_H

#include "column.h"

#define BING_PRODUCTION "https://clientcenter.api.bingads.microsoft.com"
#define BING_SANDBOX    "https://clientcenter.api.sandbox.bingads.microsoft.com"
#define BING_SCOPE      "https://ads.microsoft.com/msads.manage offline_access"
#define BING_SANDBOX_SCOPE                                                     \
    "https://api.ads.microsoft.com/msads.manage offline_access"

#define BING_COLUMN_COUNT     36 /* of REST, and SOAP v12 and v13 */
#define BING_COLUMN_COUNT_V11 38

extern const struct column bing_columns[BING_COLUMN_COUNT_V11];

/* Index of the Id in it. */
#define BING_COLUMN_ID 0

/* And of the LastModifiedTime. */
#define BING_COLUMN_LAST_MODIFIED_TIME 25

#endif
