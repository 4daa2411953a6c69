#include "faults.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "refusal.h"
#include "world.h"

void faults_init(struct faults *faults)
{
    *faults = (struct faults){.rules = NULL};
}

static void rule_free(struct fault_rule *rule)
{
    json_pool_clear(&rule->pool);
    free(rule);
}

void faults_clear(struct faults *faults)
{
    while (faults->rules != NULL) {
        struct fault_rule *rule = faults->rules;
        faults->rules = rule->next;
        rule_free(rule);
    }
}

/* --- reading a rule ---------------------------------------------------- */

enum member_type { COUNT, CODE, STRING, FLAG, VALUE };

static const struct rule_member {
    const char *name;
    enum member_type type;
    size_t offset;
} members[] = {
    {"id", STRING, offsetof(struct fault_rule, id)},
    {"reused", FLAG, offsetof(struct fault_rule, reused)},
    {"skip", COUNT, offsetof(struct fault_rule, skip)},
    {"times", COUNT, offsetof(struct fault_rule, times)},
    {"percent", COUNT, offsetof(struct fault_rule, percent)},
    {"status", COUNT, offsetof(struct fault_rule, status)},
    {"bytes", COUNT, offsetof(struct fault_rule, bytes)},
    {"ms", COUNT, offsetof(struct fault_rule, ms)},
    {"depth", COUNT, offsetof(struct fault_rule, depth)},
    {"code", CODE, offsetof(struct fault_rule, code)},
    {"name", STRING, offsetof(struct fault_rule, name)},
    {"message", STRING, offsetof(struct fault_rule, message)},
    {"shape", STRING, offsetof(struct fault_rule, shape)},
    {"body", STRING, offsetof(struct fault_rule, body)},
    {"content_type", STRING, offsetof(struct fault_rule, content_type)},
    {"retry_after", STRING, offsetof(struct fault_rule, retry_after)},
    {"location", STRING, offsetof(struct fault_rule, location)},
    {"where", STRING, offsetof(struct fault_rule, where)},
    {"patch", VALUE, offsetof(struct fault_rule, patch)},
    {"value", VALUE, offsetof(struct fault_rule, value)},
};

static const char *set_member(struct fault_rule *rule,
                              const struct rule_member *member,
                              const struct json *value)
{
    char *place = (char *)rule + member->offset;

    if (member->type == VALUE) {
        memcpy(place, &value, sizeof value);
        return NULL;
    }
    if (member->type == STRING) {
        if (value->type != JSON_STRING)
            return "a rule's member must be a string";
        memcpy(place, &value->text, sizeof value->text);
        return NULL;
    }
    if (member->type == FLAG) {
        bool flag = value->type == JSON_TRUE;
        if (!flag && value->type != JSON_FALSE)
            return "a rule's member must be true or false";
        memcpy(place, &flag, sizeof flag);
        return NULL;
    }
    if (value->type != JSON_NUMBER || strlen(value->text) > 9 ||
        strspn(value->text, "0123456789") != strlen(value->text))
        return "a rule's member must be a whole number";
    unsigned number = (unsigned)strtoul(value->text, NULL, 10);
    /* code is an int: a number of nine digits fits either type. */
    memcpy(place, &number, sizeof number);
    return NULL;
}

static const char *set_call(struct fault_rule *rule, const char *name)
{
    if (name == NULL)
        return "call must be GetUser, UpdateUser, Token, other or any";
    rule->call = ANY_CALL;
    if (strcmp(name, "any") == 0)
        return NULL;
    for (int i = 0; i < CALL_KINDS; i++)
        if (strcmp(name, call_names[i]) == 0)
            rule->call = i;
    return rule->call >= 0
               ? NULL
               : "call must be GetUser, UpdateUser, Token, other or any";
}

static const char *set_when(struct fault_rule *rule, const char *when)
{
    if (when == NULL ||
        (strcmp(when, "before") != 0 && strcmp(when, "after") != 0))
        return "when must be before or after";
    rule->after = strcmp(when, "after") == 0;
    return NULL;
}

static const char *set(struct fault_rule *rule, const struct json *value)
{
    if (strcmp(value->name, "kind") == 0)
        return NULL;
    if (strcmp(value->name, "call") == 0)
        return set_call(rule, json_string(rule->source, "call"));
    if (strcmp(value->name, "when") == 0)
        return set_when(rule, json_string(rule->source, "when"));
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strcmp(value->name, members[i].name) == 0)
            return set_member(rule, &members[i], value);
    return "a rule has an unknown member";
}

/* Validates combinations of members. */
static const char *check(const struct fault_rule *rule)
{
    if (rule->kind->only == CALL_GET_USER && rule->call != CALL_GET_USER)
        return "this kind requires \"call\":\"GetUser\"";
    if (rule->kind->only == CALL_UPDATE_USER && rule->call != CALL_UPDATE_USER)
        return "this kind requires \"call\":\"UpdateUser\"";
    if (rule->patch != NULL && rule->patch->type != JSON_OBJECT)
        return "patch must be an object";
    if (strcmp(rule->kind->name, "member") == 0 && rule->name == NULL)
        return "this kind requires a name";
    if (rule->status != 0 && (rule->status < 200 || rule->status > 599))
        return "status must be 200 to 599";
    if (rule->percent > 100)
        return "percent must be at most 100";
    if (rule->shape != NULL && refusal_find_shape(rule->shape) < 0)
        return "shape must be AdApiFaultDetail, ApiFault, unknown or none";
    if (rule->where != NULL && strcmp(rule->where, "body") != 0 &&
        strcmp(rule->where, "header") != 0 && strcmp(rule->where, "both") != 0)
        return "where must be body, header or both";
    return NULL;
}

static const char *rule_read(struct fault_rule *rule)
{
    const char *name = json_string(rule->source, "kind");

    rule->kind = name != NULL ? fault_kind_find(name) : NULL;
    if (rule->kind == NULL)
        return "a rule's kind is missing or unknown";
    rule->call = ANY_CALL;
    rule->times = 1;
    rule->percent = 100;
    rule->code = -1;
    rule->after = !rule->kind->replaces;
    for (const struct json *at = rule->source->first; at != NULL;
         at = at->next) {
        const char *reason = set(rule, at);
        if (reason != NULL)
            return reason;
    }
    return check(rule);
}

static struct fault_rule *rule_new(const struct json *source,
                                   const char **reason)
{
    struct fault_rule *rule = mem_new(sizeof *rule);

    json_pool_init(&rule->pool);
    rule->source = json_copy(&rule->pool, source);
    *reason = rule_read(rule);
    if (*reason == NULL)
        return rule;
    rule_free(rule);
    return NULL;
}

int faults_add(struct faults *faults, const struct json *rules,
               const char **reason)
{
    struct faults added;
    struct fault_rule **end = &added.rules;
    bool array = rules->type == JSON_ARRAY;
    int count = 0;

    faults_init(&added);
    for (const struct json *at = array ? rules->first : rules; at != NULL;
         at = array ? at->next : NULL) {
        *end = rule_new(at, reason);
        if (*end == NULL) {
            faults_clear(&added);
            return -1;
        }
        end = &(*end)->next;
        count++;
    }
    for (end = &faults->rules; *end != NULL;)
        end = &(*end)->next;
    *end = added.rules;
    return count;
}

void faults_print(const struct faults *faults, struct text *out)
{
    text_char(out, '[');
    for (const struct fault_rule *rule = faults->rules; rule != NULL;
         rule = rule->next) {
        if (rule != faults->rules)
            text_char(out, ',');
        text_printf(out, "{\"hits\":%" PRIu64 ",\"rule\":", rule->hits);
        json_print(rule->source, out);
        text_char(out, '}');
    }
    text_char(out, ']');
}

/* --- selection ------------------------------------------------------------ */

static bool matches(const struct fault_rule *rule, enum call_kind kind,
                    const char *id, bool reused)
{
    bool any = rule->call == ANY_CALL && kind != CALL_TOKEN;

    return (any || rule->call == (int)kind) &&
           (rule->id == NULL || strcmp(rule->id, id) == 0) &&
           (!rule->reused || reused) &&
           (rule->times == 0 || rule->hits < rule->times);
}

const struct fault_rule *faults_pick(struct faults *faults, enum call_kind kind,
                                     const char *id, bool reused)
{
    for (struct fault_rule *rule = faults->rules; rule != NULL;
         rule = rule->next) {
        if (!matches(rule, kind, id, reused))
            continue;
        if (rule->skip > 0) {
            rule->skip--;
            continue;
        }
        if (rule->percent < 100 &&
            world_mix(++faults->draws) % 100 >= rule->percent)
            continue;
        rule->hits++;
        return rule;
    }
    return NULL;
}
