#include "service/partner/columns.h"

/* Abbreviations of the table. */
#define TEXT(max)                                                              \
    .use = COLUMN_WRITE, .type = COLUMN_STRING, .max_length = (max)
#define GUARD(kind)   .use = COLUMN_GUARD, .type = (kind)
#define VERSION(kind) GUARD(kind), .version = true
#define WRITE_ONLY    .use = COLUMN_WRITE, .write_only = true

/* A user is restored, but not deleted, by an update. */
static const char *const states[] = {"active", NULL};

#define PROFILE "passwordProfile."

/* clang-format off */
const struct column partner_columns[PARTNER_COLUMN_COUNT] = {
    [PARTNER_COLUMN_ID] =
    {"Id", "id", .use = COLUMN_KEY, .type = COLUMN_GUID},
    [PARTNER_COLUMN_TENANT] =
    {"CustomerTenantId", "customerTenantId", .use = COLUMN_TENANT,
     .type = COLUMN_GUID},
    {"displayName", "displayName", TEXT(256), .content = CONTENT_NAME},
    {"firstName", "firstName", TEXT(64), .clearable = true,
     .content = CONTENT_NAME},
    {"lastName", "lastName", TEXT(64), .clearable = true,
     .content = CONTENT_NAME},
    [PARTNER_COLUMN_USER_NAME] =
    {"userPrincipalName", "userPrincipalName", TEXT(113),
     .content = CONTENT_ADDRESS},
    {"usageLocation", "usageLocation", TEXT(2), .letters2 = true},
    {"phoneNumber", "phoneNumber", TEXT(64), .clearable = true,
     .content = CONTENT_PHONE},
    {"immutableId", "immutableId", TEXT(256), .clearable = true},
    {"Password", PROFILE "password", WRITE_ONLY, .type = COLUMN_STRING,
     .min_length = 8, .max_length = 256, .secret = true},
    {"ForceChangePassword", PROFILE "forceChangePassword", WRITE_ONLY,
     .type = COLUMN_BOOLEAN},
    {"userDomainType", "userDomainType", GUARD(COLUMN_STRING)},
    {"state", "state", .use = COLUMN_WRITE, .type = COLUMN_ENUM,
     .set = states, .set_name = "states that an update can set"},
    {"lastDirectorySyncTime", "lastDirectorySyncTime", GUARD(COLUMN_TIME)},
    {"softDeletionTime", "softDeletionTime", GUARD(COLUMN_TIME)},
    {"etag", "attributes.etag", VERSION(COLUMN_STRING)},
};
