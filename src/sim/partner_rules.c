#include "partner_rules.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "rules.h"
#include "user_field.h"

/* All errors have this code. */
#define INVALID 400

/* Reasons that the service is not known to have. */
static const char too_long[] = "is too long";
static const char empty[] = "is empty";
static const char no_address[] = "is not like name@domain";
static const char bad_password[] =
    "has a password that does not have 8 to 256 characters";
static const char no_attributes[] = "does not contain the objectType "
                                    "CustomerUser";
static const char unknown[] = "is unknown";
static const char unknown_inside[] = "has an unknown member";
static const char read_only[] = "is read-only";
static const char not_clearable[] = "is null, but cannot be cleared";

static bool is_doubt(const char *reason)
{
    return reason == too_long || reason == empty || reason == no_address ||
           reason == bad_password || reason == no_attributes ||
           reason == unknown || reason == unknown_inside ||
           reason == read_only || reason == not_clearable;
}

/* --- values ------------------------------------------------------------- */

/* These functions return why the value is not valid, or NULL. */

static const char *check_text(const struct json *value, size_t max)
{
    if (value->type != JSON_STRING)
        return "is not a string";
    if (value->text[0] == '\0')
        return empty;
    return rules_units(value->text) > max ? too_long : NULL;
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
    return whole && strpbrk(value->text, " \t\r\n") == NULL ? NULL : no_address;
}

static const char *check_location(const struct json *value)
{
    const char *problem = check_text(value, 2);

    if (problem != NULL && problem != too_long)
        return problem;
    return user_field_is_country(value->text)
               ? NULL
               : "is not a country or region code";
}

static const char *check_attributes(const struct json *value)
{
    const char *type = json_string(value, "objectType");

    if (value->type != JSON_OBJECT)
        return "is not an object";
    return type != NULL && strcmp(type, "CustomerUser") == 0 ? NULL
                                                             : no_attributes;
}

static const char *check_profile(const struct json *value)
{
    if (value->type != JSON_OBJECT || value->first == NULL)
        return "is not an object with members";
    for (const struct json *at = value->first; at != NULL; at = at->next) {
        if (strcmp(at->name, "password") == 0) {
            if (at->type != JSON_STRING)
                return "has a password that is not a string";
            size_t units = rules_units(at->text);
            if (units < 8 || units > 256)
                return bad_password;
        } else if (strcmp(at->name, "forceChangePassword") == 0) {
            if (at->type != JSON_TRUE && at->type != JSON_FALSE)
                return "has a forceChangePassword that is not true or false";
        } else {
            return unknown_inside;
        }
    }
    return NULL;
}

/* Restores a deleted user. */
static const char *check_state(const struct json *value)
{
    return value->type == JSON_STRING && strcmp(value->text, "active") == 0
               ? NULL
               : read_only;
}

/* The .NET SDK sends this value with each update. */
static const char *check_domain_type(const struct json *value)
{
    return value->type == JSON_STRING && strcmp(value->text, "none") == 0
               ? NULL
               : read_only;
}

static const char *check_read_only(const struct json *value)
{
    (void)value;
    return read_only;
}

/* --- members ------------------------------------------------------------ */

static const struct member {
    const char *name;
    const char *(*check)(const struct json *value);
    bool clearable; /* null clears it */
    bool stored;    /* the value becomes the user's */
} members[] = {
    {"usageLocation", check_location, false, true},
    {"userPrincipalName", check_principal, false, true},
    {"firstName", check_short, true, true},
    {"lastName", check_short, true, true},
    {"displayName", check_long, false, true},
    {"phoneNumber", check_short, true, true},
    {"immutableId", check_long, true, true},
    {"state", check_state, false, true},
    {"passwordProfile", check_profile, false, false},
    {"attributes", check_attributes, false, false},
    {"userDomainType", check_domain_type, false, false},
    {"id", check_read_only, false, false},
    {"lastDirectorySyncTime", check_read_only, false, false},
    {"softDeletionTime", check_read_only, false, false},
    {"links", check_read_only, false, false},
};

/* The names of the members of attributes and passwordProfile. */
static const char *const inner_names[] = {"objectType", "etag", "password",
                                          "forceChangePassword"};

static const struct member *find_member(const char *name)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    return NULL;
}

bool partner_rules_is_stored(const char *name)
{
    const struct member *member = find_member(name);

    return member != NULL && member->stored;
}

/* --- the body ----------------------------------------------------------- */

/* The names can begin with an upper-case letter: the .NET SDK and an example of
 * the documentation send them so. */
static const char *usual_name(const char *name)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strcasecmp(members[i].name, name) == 0)
            return members[i].name;
    for (size_t i = 0; i < sizeof inner_names / sizeof *inner_names; i++)
        if (strcasecmp(inner_names[i], name) == 0)
            return inner_names[i];
    return name;
}

static void use_usual_names(struct json *object)
{
    for (struct json *at = object->first; at != NULL; at = at->next) {
        at->name = usual_name(at->name);
        if (at->type == JSON_OBJECT)
            use_usual_names(at);
    }
}

/* Adds an error or a doubt. */
static void add_problem(struct refusal *refusal, const char *name,
                        const char *problem)
{
    char message[128], details[64];

    snprintf(details, sizeof details, "%s", name);
    snprintf(message, sizeof message, "%s %s.", details, problem);
    if (is_doubt(problem))
        refusal_doubt(refusal, INVALID, message, details);
    else
        refusal_add(refusal, INVALID, message, details);
}

/* Why a member is not valid, or NULL. */
static const char *check_member(const struct json *value, bool null_keeps)
{
    const struct member *member = find_member(value->name);

    if (member == NULL)
        return unknown;
    if (value->type != JSON_NULL)
        return member->check(value);
    return null_keeps || member->clearable ? NULL : not_clearable;
}

/* Checks the members, and removes those without an effect. Returns true if one
 * of these is a null that keeps a value. */
static bool read_members(struct json *body, bool null_keeps,
                         struct refusal *refusal)
{
    const struct json *next;
    bool kept = false;

    for (const struct json *at = body->first; at != NULL; at = next) {
        const char *problem = check_member(at, null_keeps);
        next = at->next;
        kept = kept || (null_keeps && at->type == JSON_NULL);
        if (problem != NULL)
            add_problem(refusal, at->name, problem);
        if (problem == unknown || problem == read_only ||
            problem == not_clearable || (null_keeps && at->type == JSON_NULL))
            json_remove(body, at->name);
    }
    return kept;
}

int partner_rules_read_body(struct json *body, const char *parse_error,
                            bool null_keeps, struct refusal *refusal)
{
    char message[128];

    if (body == NULL || body->type != JSON_OBJECT) {
        snprintf(message, sizeof message, "The body is not valid: %s.",
                 body == NULL ? parse_error : "it is not an object");
        refusal_add(refusal, INVALID, message, "");
        return -1;
    }
    use_usual_names(body);
    bool has_attributes = json_member(body, "attributes") != NULL;
    bool kept = read_members(body, null_keeps, refusal);
    if (!has_attributes)
        refusal_doubt(refusal, INVALID, "attributes is missing.", "attributes");
    else if (body->first == body->last && !kept)
        refusal_doubt(refusal, INVALID, "The body changes nothing.", "");
    return refusal->count == 0 ? 0 : -1;
}

/* Null, absent and empty are the same. */
static bool is_same(const struct json *value, const struct json *stored)
{
    bool none = stored != NULL && stored->type == JSON_STRING &&
                stored->text[0] == '\0';

    return json_equal(value, none ? NULL : stored);
}

int partner_rules_check_changes(const struct json *body,
                                const struct json *stored,
                                struct refusal *refusal)
{
    char message[128];

    for (const struct json *at = body->first; at != NULL; at = at->next) {
        if (!partner_rules_is_stored(at->name) ||
            !is_same(at, json_member(stored, at->name)))
            continue;
        snprintf(message, sizeof message, "%s does not change the user.",
                 at->name);
        refusal_doubt(refusal, INVALID, message, at->name);
    }
    return refusal->count == 0 ? 0 : -1;
}
