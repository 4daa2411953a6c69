/*
 * For both REST and SOAP: the members of a Microsoft Advertising user as
 * columns, the base URLs and the scopes. Source: the service's User,
 * ContactInfo, Address and PersonName data objects and its LCID, EmailFormat,
 * SecretQuestion, UserLifeCycleStatus and ApplicationType value sets (Customer
 * Management, versions 11 to 13).
 *
 * The Id comes first, then the members in the order of the service's schema,
 * and at the end those that only version 11 has. ForwardCompatibilityMap and
 * AuthenticationToken have no entry: they are not allowed in a file, and are
 * only sent back with the user.
 */
#ifndef SERVICE_BING_COLUMNS_H
#define SERVICE_BING_COLUMNS_H

#include "service/column.h"

#define BING_PRODUCTION "https://clientcenter.api.bingads.microsoft.com"
#define BING_SANDBOX    "https://clientcenter.api.sandbox.bingads.microsoft.com"
#define BING_SCOPE      "https://ads.microsoft.com/msads.manage offline_access"
#define BING_SANDBOX_SCOPE                                                     \
    "https://si.ads.microsoft.com/msads.manage offline_access"

/* Indices in the table. */
enum bing_column {
    BING_COLUMN_ID,
    BING_COLUMN_CITY,
    BING_COLUMN_COUNTRY_CODE,
    BING_COLUMN_ADDRESS_ID,
    BING_COLUMN_LINE1,
    BING_COLUMN_LINE2,
    BING_COLUMN_LINE3,
    BING_COLUMN_LINE4,
    BING_COLUMN_POSTAL_CODE,
    BING_COLUMN_STATE_OR_PROVINCE,
    BING_COLUMN_ADDRESS_TIME_STAMP,
    BING_COLUMN_BUSINESS_NAME,
    BING_COLUMN_CONTACT_BY_PHONE,
    BING_COLUMN_CONTACT_BY_POSTAL_MAIL,
    BING_COLUMN_EMAIL,
    BING_COLUMN_EMAIL_FORMAT,
    BING_COLUMN_FAX,
    BING_COLUMN_HOME_PHONE,
    BING_COLUMN_CONTACT_INFO_ID,
    BING_COLUMN_MOBILE,
    BING_COLUMN_PHONE1,
    BING_COLUMN_PHONE2,
    BING_COLUMN_CUSTOMER_ID,
    BING_COLUMN_JOB_TITLE,
    BING_COLUMN_LAST_MODIFIED_BY_USER_ID,
    BING_COLUMN_LAST_MODIFIED_TIME,
    BING_COLUMN_LCID,
    BING_COLUMN_FIRST_NAME,
    BING_COLUMN_LAST_NAME,
    BING_COLUMN_MIDDLE_INITIAL,
    BING_COLUMN_PASSWORD,
    BING_COLUMN_SECRET_ANSWER,
    BING_COLUMN_SECRET_QUESTION,
    BING_COLUMN_USER_LIFE_CYCLE_STATUS,
    BING_COLUMN_TIME_STAMP,
    BING_COLUMN_USER_NAME,
    BING_COLUMN_COUNT, /* of REST, and SOAP v12 and v13 */
    BING_COLUMN_CUSTOMER_APP_SCOPE = BING_COLUMN_COUNT,
    BING_COLUMN_IS_MIGRATED_TO_MICROSOFT_ACCOUNT,
    BING_COLUMN_COUNT_V11
};

/* In the order of the enum. */
extern const struct column bing_columns[BING_COLUMN_COUNT_V11];

#endif
