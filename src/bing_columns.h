/*
 * The members of a Microsoft Advertising user as columns; shared by REST and
 * SOAP. Source: the service's User, ContactInfo, Address and PersonName data
 * objects and its LCID, EmailFormat, SecretQuestion and UserLifeCycleStatus
 * value sets (Customer Management, version 13).
 *
 * The Id comes first, then the members in the order of the service's schema.
 * Members that no file may name and that only travel back with the user
 * (ForwardCompatibilityMap, AuthenticationToken) have no entry.
 */
#ifndef BING_COLUMNS_H
#define BING_COLUMNS_H

#include "column.h"

#define BING_COLUMN_COUNT 36

extern const struct column bing_columns[BING_COLUMN_COUNT];

/* Index of the Id in it. */
#define BING_COLUMN_ID 0

/* And of the LastModifiedTime. */
#define BING_COLUMN_LAST_MODIFIED_TIME 25

#endif
