/*
 * The members of a Partner Center customer user as columns. Source: the
 * service's CustomerUser and PasswordProfile resources; lengths are those of
 * the directory that holds the users, as its user resource states them.
 *
 * The Id and the tenant come first, then what an update may set, then what the
 * service alone sets; the etag, which is new after each update, as the last.
 * Members that no file may name (links, other attributes) have no entry.
 */
#ifndef SERVICE_PARTNER_COLUMNS_H
#define SERVICE_PARTNER_COLUMNS_H

#include "service/column.h"

#define PARTNER_COLUMN_COUNT 16

extern const struct column partner_columns[PARTNER_COLUMN_COUNT];

/* Index of the Id in it. */
#define PARTNER_COLUMN_ID 0

/* And of the tenant. */
#define PARTNER_COLUMN_TENANT 1

#endif
