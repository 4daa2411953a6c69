#include "rules.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user_field.h"

#define VALIDATION 201

/* --- values ------------------------------------------------------------ */

size_t rules_units(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        count += (c & 0xC0) != 0x80;
        count += c >= 0xF0;
    }
    return count;
}

static const char *check_length(const struct user_field *field,
                                const char *text)
{
    size_t length = rules_units(text);

    if (field->max > 0 && length > field->max)
        return "is too long";
    if (length < field->min && length > 0)
        return "is too short";
    return NULL;
}

static const char *check_long(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len < 20 && strspn(text, "0123456789") == len
               ? NULL
               : "is not a whole number";
}

static const char *check_base64(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t run = strspn(text, digits);
    size_t pad = strspn(text + run, "=");

    return run > 0 && text[run + pad] == '\0' && pad < 3 && (run + pad) % 4 == 0
               ? NULL
               : "is not base64";
}

static const char other_case[] = "is in another letter case";

static const char *check_choice(const struct user_field *field,
                                const char *text)
{
    for (const char *const *word = field->set; *word != NULL; word++)
        if (strcasecmp(*word, text) == 0)
            return strcmp(*word, text) == 0 ? NULL : other_case;
    return "is not an allowed value";
}

/* --- longs sent as numbers ------------------------------------------------ */

const char *rules_long(const struct json *value)
{
    if (value == NULL)
        return NULL;
    if (value->type == JSON_STRING)
        return value->text;
    if (value->type != JSON_NUMBER)
        return NULL;

    size_t len = strlen(value->text);
    return strspn(value->text, "0123456789") == len ? value->text : NULL;
}

bool rules_is_inexact(const struct json *value)
{
    return value->type == JSON_NUMBER &&
           (strlen(value->text) > 16 ||
            strtoull(value->text, NULL, 10) > UINT64_C(1) << 53);
}

static void quote_longs(const struct user_field *fields, struct json *sent)
{
    for (struct json *at = sent->first; at != NULL; at = at->next) {
        const struct user_field *field = user_field_find(fields, at->name);
        if (field == NULL)
            continue;
        if (field->kind == FIELD_LONG && rules_long(at) != NULL)
            at->type = JSON_STRING;
        else if (field->kind == FIELD_OBJECT && at->type == JSON_OBJECT)
            quote_longs(field->fields, at);
    }
}

void rules_quote_longs(struct json *sent)
{
    quote_longs(user_field_root, sent);
}

/* --- single values -------------------------------------------------------- */

static const char *check_country(const char *text)
{
    char upper[3] = "";

    if (user_field_is_country(text))
        return NULL;
    for (size_t i = 0; i < 2 && text[i] != '\0'; i++)
        upper[i] = (char)toupper((unsigned char)text[i]);
    return strlen(text) == 2 && user_field_is_country(upper)
               ? other_case
               : "is not a country or region code";
}

static const char *check_text(const struct user_field *field, const char *text)
{
    switch (field->kind) {
    case FIELD_LONG:
        return check_long(text);
    case FIELD_STAMP:
        return check_base64(text);
    case FIELD_CHOICE:
        return check_choice(field, text);
    case FIELD_COUNTRY:
        return *text == '\0' ? NULL : check_country(text);
    default:
        return check_length(field, text);
    }
}

/* The names can begin with either case, and both members can be null: the
 * Python SDK sends so what it did not understand. */
static bool is_entry(const struct json *entry)
{
    const char *names[] = {"key", "value"};

    if (json_member(entry, "Key") != NULL) {
        names[0] = "Key";
        names[1] = "Value";
    }
    for (size_t i = 0; i < 2; i++) {
        const struct json *part = json_member(entry, names[i]);
        if (part == NULL ||
            (part->type != JSON_STRING && part->type != JSON_NULL))
            return false;
    }
    return entry->first->next == entry->last;
}

static const char *check_map(const struct json *value)
{
    if (value->type != JSON_ARRAY)
        return "is not an array";
    for (const struct json *at = value->first; at != NULL; at = at->next)
        if (!is_entry(at))
            return "contains an entry that is not a pair of key and value";
    return NULL;
}

static const char no_question[] = "is null";
static const char inexact[] = "is a number beyond 2^53";

/* Returns why value is not valid, or NULL. */
static const char *check_value(const struct user_field *field,
                               const struct json *value)
{
    const char *text;

    if (value->type == JSON_NULL)
        return field->not_null ? no_question : NULL;
    if (field->kind == FIELD_LONG && rules_is_inexact(value))
        return inexact;
    text = rules_long(value);
    if (field->kind == FIELD_LONG)
        return text != NULL ? check_long(text) : "is not a string";
    if (field->kind == FIELD_MAP)
        return check_map(value);
    if (field->kind == FIELD_OBJECT)
        return value->type == JSON_OBJECT ? NULL : "is not an object";
    if (field->kind == FIELD_BOOLEAN)
        return value->type == JSON_TRUE || value->type == JSON_FALSE
                   ? NULL
                   : "is not true or false";
    if (value->type != JSON_STRING)
        return "is not a string";
    return check_text(field, value->text);
}

/* True for what the service is not known to refuse. */
static bool is_doubt(const char *reason)
{
    return reason == other_case || reason == no_question || reason == inexact;
}

static void add_invalid(struct refusal *refusal, int code, const char *path,
                        const char *name, const char *reason)
{
    char message[128], details[64];

    snprintf(message, sizeof message, "%s%s %s.", path, name, reason);
    snprintf(details, sizeof details, "%s%s", path, name);
    refusal_add(refusal, code > 0 ? code : VALIDATION, message, details);
}

static void add_doubt(struct refusal *refusal, const char *path,
                      const char *name, const char *reason)
{
    char message[128], details[64];

    snprintf(message, sizeof message, "%s%.60s %s.", path, name, reason);
    snprintf(details, sizeof details, "%s%s", path, name);
    refusal_doubt(refusal, VALIDATION, message, details);
}

static void check_values(const struct user_field *fields,
                         const struct json *sent, const struct json *stored,
                         const char *path, struct refusal *refusal)
{
    for (const struct json *at = sent->first; at != NULL; at = at->next) {
        const struct user_field *field = user_field_find(fields, at->name);
        const struct json *had = json_member(stored, at->name);
        if (field == NULL || json_equal(at, had))
            continue;
        const char *reason = check_value(field, at);
        if (reason != NULL && is_doubt(reason)) {
            add_doubt(refusal, path, field->name, reason);
        } else if (reason != NULL) {
            add_invalid(refusal, field->code, path, field->name, reason);
        } else if (field->kind == FIELD_OBJECT && at->type == JSON_OBJECT) {
            char inner[64];
            snprintf(inner, sizeof inner, "%s%s.", path, field->name);
            check_values(field->fields, at, had, inner, refusal);
        }
    }
}

void rules_check_values(const struct json *sent, const struct json *stored,
                        struct refusal *refusal)
{
    check_values(user_field_root, sent, stored, "", refusal);
}

/* --- comparison with the stored user -------------------------------------- */

void rules_check_stamps(const struct json *sent, const struct json *stored,
                        struct refusal *refusal)
{
    const struct json *stored_value = json_object(stored, "ContactInfo");
    const struct json *given = json_object(sent, "ContactInfo");
    const struct json *home = json_object(stored_value, "Address");
    const char *stamp = json_string(stored, "TimeStamp");
    const char *sent_value = json_string(sent, "TimeStamp");
    bool same =
        stamp != NULL && sent_value != NULL && strcmp(stamp, sent_value) == 0;

    stored_value = json_member(home, "TimeStamp");
    given = json_member(json_object(given, "Address"), "TimeStamp");
    /* A user whose stored address has no TimeStamp cannot be updated. */
    if (home != NULL && !json_is_set(stored_value))
        same = false;
    if (!same || !json_equal(stored_value, given))
        refusal_add(refusal, 209, NULL, "");
}

/* Removes the members that are neither known nor stored. */
static void remove_unknown(const struct user_field *fields, struct json *sent,
                           const struct json *stored, const char *path,
                           struct refusal *refusal)
{
    const struct json *next;

    for (const struct json *at = sent->first; at != NULL; at = next) {
        next = at->next;
        if (user_field_find(fields, at->name) != NULL ||
            json_member(stored, at->name) != NULL)
            continue;
        add_doubt(refusal, path, at->name, "is unknown");
        json_remove(sent, at->name);
    }
}

/* Splits a time into date and time of day, the digits of its fraction without
 * zeros at the end, and the zone. */
static bool split_time(const char *text, size_t *fraction, const char **zone)
{
    static const size_t whole = 19; /* 2026-01-02T03:04:05 */

    *fraction = 0;
    if (strlen(text) < whole)
        return false;
    *zone = text + whole;
    if (**zone != '.')
        return true;
    size_t digits = strspn(text + whole + 1, "0123456789");
    *zone += 1 + digits;
    while (digits > 0 && text[whole + digits] == '0')
        digits--;
    *fraction = digits;
    return true;
}

static bool is_utc(const char *zone)
{
    return *zone == '\0' || strcmp(zone, "Z") == 0 ||
           strcmp(zone, "+00:00") == 0;
}

/* True for the same instant. Without a zone, times are in UTC. The SDKs change
 * the number of digits, and can add a zone. */
static bool is_same_time(const struct json *a, const struct json *b)
{
    const char *zones[2];
    size_t fractions[2];

    if (a == NULL || b == NULL || a->type != JSON_STRING ||
        b->type != JSON_STRING ||
        !split_time(a->text, &fractions[0], &zones[0]) ||
        !split_time(b->text, &fractions[1], &zones[1]))
        return false;
    return strncmp(a->text, b->text, 19) == 0 && fractions[0] == fractions[1] &&
           (fractions[0] == 0 ||
            strncmp(a->text + 20, b->text + 20, fractions[0]) == 0) &&
           is_utc(zones[0]) && is_utc(zones[1]);
}

/* Sets the member to the stored one, or removes it. */
static void restore(struct json_pool *pool, struct json *sent, const char *name,
                    const struct json *stored)
{
    if (stored != NULL)
        json_set(pool, sent, name, json_copy(pool, stored));
    else
        json_remove(sent, name);
}

static void keep_read_only(struct json_pool *pool,
                           const struct user_field *fields, struct json *sent,
                           const struct json *stored, const char *path,
                           struct refusal *refusal)
{
    remove_unknown(fields, sent, stored, path, refusal);
    for (const struct user_field *at = fields; at->name != NULL; at++) {
        struct json *given = json_member(sent, at->name);
        const struct json *had = json_member(stored, at->name);
        if (at->owner != FIELD_OF_CLIENT && !json_equal(given, had)) {
            if (at->owner == FIELD_LINK)
                add_invalid(refusal, VALIDATION, path, at->name,
                            "was changed, but selects what is updated");
            else if (at->kind != FIELD_TIME || !is_same_time(given, had))
                add_doubt(refusal, path, at->name,
                          "is read-only and was changed");
            restore(pool, sent, at->name, had);
        }
        if (at->kind != FIELD_OBJECT || !json_is_set(given))
            continue;
        char inner[64];
        snprintf(inner, sizeof inner, "%s%s.", path, at->name);
        keep_read_only(pool, at->fields, given, had, inner, refusal);
    }
}

void rules_keep_read_only(struct json_pool *pool, struct json *sent,
                          const struct json *stored, struct refusal *refusal)
{
    keep_read_only(pool, user_field_root, sent, stored, "", refusal);
}
