/*
 * The members of a Partner Center customer user as columns. Source: the
 * service's CustomerUser and PasswordProfile resources; the lengths are from
 * the user resource of the directory service that stores the users.
 *
 * The Id and the tenant come first, then the columns that an update may set,
 * then those that only the service sets, and at the end the etag. Members that
 * are not allowed in a file (links, other attributes) have no entry.
 */
#ifndef SERVICE_PARTNER_COLUMNS_H
#define SERVICE_PARTNER_COLUMNS_H

#include "service/column.h"

#define PARTNER_COLUMN_COUNT 16

extern const struct column partner_columns[PARTNER_COLUMN_COUNT];

/* Indices in the table. */
#define PARTNER_COLUMN_ID        0
#define PARTNER_COLUMN_TENANT    1
#define PARTNER_COLUMN_USER_NAME 5

#endif
