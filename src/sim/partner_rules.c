#include "partner_rules.h"

#include <stdio.h>
#include <string.h>

#include "rules.h"

/* All errors have this code. */
#define INVALID 400

/* Returns why the value is not valid, or NULL. */
static const char *check_text(const struct json *value, size_t max)
{
    if (value->type != JSON_STRING)
        return "is not a string";
    if (value->text[0] == '\0')
        return "is empty";
    return rules_units(value->text) > max ? "is too long" : NULL;
}

static const char *check_short(const struct json *value)
{
    return check_text(value, 64);
}

static const char *check_long(const struct json *value)
{
    return check_text(value, 256);
}

static const char *check_principal(const struct json *value)
{
    const char *problem = check_text(value, 113);

    if (problem != NULL)
        return problem;
    const char *at = strchr(value->text, '@');
    bool whole = at != NULL && at != value->text && at[1] != '\0';
    return whole && strpbrk(value->text, " \t\r\n") == NULL
               ? NULL
               : "is not like name@domain";
}

static const char *check_location(const struct json *value)
{
    const char *problem = check_text(value, 2);

    if (problem != NULL)
        return problem;
    return rules_is_country(value->text) ? NULL
                                         : "is not a country or region code";
}

static const char *check_attributes(const struct json *value)
{
    const char *type = json_string(value, "objectType");

    return type != NULL && strcmp(type, "CustomerUser") == 0 &&
                   value->first == value->last
               ? NULL
               : "must contain only the objectType CustomerUser";
}

static const char *check_profile(const struct json *value)
{
    if (value->type != JSON_OBJECT || value->first == NULL)
        return "is not an object with members";
    for (const struct json *at = value->first; at != NULL; at = at->next) {
        size_t units = at->text != NULL ? rules_units(at->text) : 0;
        if (strcmp(at->name, "password") == 0) {
            if (at->type != JSON_STRING || units < 8 || units > 256)
                return "has a password that does not have 8 to 256 characters";
        } else if (strcmp(at->name, "forceChangePassword") == 0) {
            if (at->type != JSON_TRUE && at->type != JSON_FALSE)
                return "has a forceChangePassword that is not true or false";
        } else {
            return "has an unknown member";
        }
    }
    return NULL;
}

/* Only a deleted user can be restored; another call deletes users. */
static const char *check_state(const struct json *value)
{
    return value->type == JSON_STRING && strcmp(value->text, "active") == 0
               ? NULL
               : "can only be set to active";
}

static const char *check_read_only(const struct json *value)
{
    (void)value;
    return "is read-only";
}

static const struct member {
    const char *name;
    const char *(*check)(const struct json *value);
    bool clearable; /* may be null */
} members[] = {
    {"usageLocation", check_location, false},
    {"userPrincipalName", check_principal, false},
    {"firstName", check_short, true},
    {"lastName", check_short, true},
    {"displayName", check_long, false},
    {"phoneNumber", check_short, true},
    {"immutableId", check_long, true},
    {"passwordProfile", check_profile, false},
    {"attributes", check_attributes, false},
    {"id", check_read_only, false},
    {"userDomainType", check_read_only, false},
    {"state", check_state, false},
    {"lastDirectorySyncTime", check_read_only, false},
    {"softDeletionTime", check_read_only, false},
    {"links", check_read_only, false},
};

static const struct member *find_member(const char *name)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    return NULL;
}

static const char *check_value(const struct json *value)
{
    const struct member *member = find_member(value->name);

    if (member == NULL)
        return "is unknown";
    if (value->type == JSON_NULL && member->check != check_read_only)
        return member->clearable ? NULL : "must not be null";
    return member->check(value);
}

static void add_invalid(struct refusal *refusal, const char *name,
                        const char *problem)
{
    char message[128], details[64];

    snprintf(details, sizeof details, "%s", name);
    snprintf(message, sizeof message, "%s %s.", details, problem);
    refusal_add(refusal, INVALID, message, details);
}

int partner_rules_check_body(const struct json *body, const char *parse_error,
                             struct refusal *refusal)
{
    char message[128];

    if (body == NULL || body->type != JSON_OBJECT) {
        snprintf(message, sizeof message, "The body is not valid: %s.",
                 body == NULL ? parse_error : "it is not an object");
        refusal_add(refusal, INVALID, message, "");
        return -1;
    }
    for (const struct json *at = body->first; at != NULL; at = at->next) {
        const char *problem = check_value(at);
        if (problem != NULL)
            add_invalid(refusal, at->name, problem);
    }
    if (json_member(body, "attributes") == NULL)
        add_invalid(refusal, "attributes", "is missing");
    else if (body->first == body->last)
        refusal_add(refusal, INVALID, "The body changes nothing.", "");
    return refusal->count == 0 ? 0 : -1;
}

bool partner_rules_is_stored(const char *name)
{
    return strcmp(name, "attributes") != 0 &&
           strcmp(name, "passwordProfile") != 0;
}

/* Null, absent and empty are the same. */
static bool is_same(const struct json *value, const struct json *stored)
{
    bool empty = stored != NULL && stored->type == JSON_STRING &&
                 stored->text[0] == '\0';

    return json_equal(value, empty ? NULL : stored);
}

int partner_rules_check_changes(const struct json *body,
                                const struct json *stored,
                                struct refusal *refusal)
{
    for (const struct json *at = body->first; at != NULL; at = at->next)
        if (partner_rules_is_stored(at->name) &&
            is_same(at, json_member(stored, at->name)))
            add_invalid(refusal, at->name, "does not change the user");
    return refusal->count == 0 ? 0 : -1;
}
