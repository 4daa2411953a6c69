#include "model.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "partner.h"

#define SECOND INT64_C(1000000)

static _Noreturn void overflow(const char *what)
{
    (void)fprintf(stderr, "simulation: too many %s\n", what);
    abort();
}

/* ---- values -------------------------------------------------------------- */

/* With a blank and lowercase letters, for services that normalize, and with a
 * mark. */
void model_format_value(char value[MODEL_VALUE], char column, unsigned label)
{
    (void)snprintf(value, MODEL_VALUE, "%c%u " MODEL_MARK, column, label);
}

unsigned model_label(const char *value, char column)
{
    return tolower((unsigned char)value[0]) == column
               ? (unsigned)strtoul(value + 1, NULL, 10)
               : 0;
}

void model_normalize(const struct model *model, const char *value,
                     char stored[MODEL_VALUE])
{
    enum normalization how = model->schedule->normalization;
    size_t len = 0;

    for (; *value; value++) {
        if (*value == ' ' && how == NORMALIZE_BLANKS)
            continue;
        stored[len++] = how == NORMALIZE_UPPER_CASE
                            ? (char)toupper((unsigned char)*value)
                            : *value;
    }
    stored[len] = '\0';
}

static void normalize(const struct model *model, struct model_fields *fields)
{
    const struct model_fields sent = *fields;

    model_normalize(model, sent.city, fields->city);
    model_normalize(model, sent.title, fields->title);
}

/* ---- users --------------------------------------------------------------- */

static struct model_version *add_version(struct model *model, unsigned user)
{
    struct model_user *of = &model->users[user];

    if (of->count == MODEL_VERSIONS)
        overflow("versions");
    of->count++;
    if (of->count > 1)
        of->versions[of->count - 1] = of->versions[of->count - 2];
    return &of->versions[of->count - 1];
}

/* Times and stamps of a write. */
static void stamp(struct model *model, struct model_version *version,
                  int64_t now)
{
    version->at = now;
    if (model->schedule->coarse) {
        version->modified = now / SECOND * SECOND;
        version->stamp = now / SECOND;
    } else {
        version->modified = now / 1000 * 1000;
        version->stamp = ++model->last_stamp;
    }
}

void model_init(struct model *model, const struct schedule *schedule,
                int64_t now)
{
    model->schedule = schedule;
    model->write_count = model->recent_count = 0;
    model->tokens = model->others = 0;
    model->last_stamp = 0;
    for (unsigned i = 0; i < schedule->user_count; i++) {
        struct model_version *version;
        unsigned person = i / schedule->per_person;

        model->users[i].count = 0;
        version = add_version(model, i);

        /* The users of a person have one time, and stamps of their own. */
        stamp(model, version, now - (int64_t)(person + 10) * SECOND);
        (void)snprintf(version->fields.city, MODEL_VALUE, "i%u", person);
        (void)snprintf(version->fields.title, MODEL_VALUE, "j%u", person);
        (void)snprintf(version->fields.name, MODEL_VALUE, "n%u", i);
        normalize(model, &version->fields);
    }
}

const struct model_version *model_current(const struct model *model,
                                          unsigned user)
{
    const struct model_user *of = &model->users[user];

    return &of->versions[of->count - 1];
}

/* City and title belong to the person, and change for all of its users. */
static void apply(struct model *model, const struct model_write *write,
                  int64_t now)
{
    unsigned first = write->user - write->user % model->schedule->per_person;
    struct model_version *written = NULL;

    if (model->write_count == MODEL_WRITES)
        overflow("writes");
    model->writes[model->write_count++] = *write;
    for (unsigned i = first; i < first + model->schedule->per_person &&
                             i < model->schedule->user_count;
         i++) {
        struct model_version *version = add_version(model, i);
        char name[MODEL_VALUE];

        memcpy(name, version->fields.name, sizeof(name));
        version->fields = write->sent;
        if (i != write->user)
            memcpy(version->fields.name, name, sizeof(name));
        normalize(model, &version->fields);
        stamp(model, version, now);
        if (written)
            version->modified = written->modified;
        written = version;
    }
}

/* ---- calls --------------------------------------------------------------- */

/* An error in the format of both services. */
static void fail_with(struct model_response *response, long status,
                      unsigned code, const char *name, const char *text)
{
    response->status = status;
    (void)snprintf(response->body, MODEL_BODY,
                   "{\"Errors\":[{\"Code\":%u,\"ErrorCode\":\"%s\","
                   "\"Message\":\"%s\"}],\"TrackingId\":\"t\","
                   "\"code\":\"%u\",\"description\":\"%s\"}",
                   code, name, text, code, text);
}

void model_fail(struct model_response *response, long status, unsigned code,
                const char *name)
{
    fail_with(response, status, code, name, "It fails.");
}

/* Copies the value of the member, which is a string without escapes. Returns
 * what follows; NULL: there is no such member. */
static const char *find_member(const char *text, const char *name, char *value,
                               size_t size)
{
    char member[40];
    size_t len;

    (void)snprintf(member, sizeof(member), "\"%s\":\"", name);
    *value = '\0';
    text = text ? strstr(text, member) : NULL;
    if (!text)
        return NULL;
    text += strlen(member);
    len = strcspn(text, "\"");
    if (len >= size)
        overflow("characters");
    memcpy(value, text, len);
    value[len] = '\0';
    return text + len;
}

int model_find_user(const struct model *model, const char *request)
{
    char id[24];
    unsigned long number;

    if (!find_member(request, "UserId", id, sizeof(id)))
        (void)find_member(request, "Id", id, sizeof(id));
    number = model->schedule->partner ? partner_find_id(request)
                                      : strtoul(id, NULL, 10);
    if (number < MODEL_FIRST_ID ||
        number >= MODEL_FIRST_ID + model->schedule->user_count)
        return -1;
    return (int)(number - MODEL_FIRST_ID);
}

/* Refuses, and shows the values in its message. */
static void refuse(struct model_response *response,
                   const struct model_fields *sent)
{
    char text[3 * MODEL_VALUE];

    (void)snprintf(text, sizeof(text), "Not %s and %s.", sent->city,
                   sent->title);
    fail_with(response, 400, 106, "UserIsNotAuthorized", text);
}

static void format_time(char text[40], int64_t microseconds, bool coarse)
{
    time_t seconds = (time_t)(microseconds / SECOND);
    struct tm parts;
    size_t len;

    (void)gmtime_r(&seconds, &parts);
    len = strftime(text, 40, "%Y-%m-%dT%H:%M:%S", &parts);
    if (!coarse)
        (void)snprintf(text + len, 40 - len, ".%03d",
                       (int)(microseconds % SECOND / 1000));
}

static void fail_nobody(const struct model *model,
                        struct model_response *response)
{
    if (model->schedule->partner)
        model_fail(response, 404, 60002, "UserNotFound");
    else
        model_fail(response, 400, 210, "EntityNotExistent");
}

void model_get(struct model *model, int user, unsigned part, int64_t now,
               int64_t lag, struct model_response *response)
{
    const struct model_version *version;
    char modified[40];

    if (user < 0) {
        fail_nobody(model, response);
        return;
    }
    if (model->users[user].read_in != part)
        model->users[user].reads = 0;
    model->users[user].read_in = part;
    model->users[user].reads++;
    version = model_current(model, (unsigned)user);
    while (version > model->users[user].versions && version->at > now - lag)
        version--;
    if (model->schedule->partner) {
        partner_get(model, (unsigned)user, version, response);
        return;
    }
    format_time(modified, version->modified, model->schedule->coarse);
    response->status = 200;
    (void)snprintf(response->body, MODEL_BODY,
                   "{\"User\":{\"ContactInfo\":{\"Address\":{\"City\":\"%s\","
                   "\"Line1\":\"l\",\"TimeStamp\":\"A%" PRId64 "\"}},"
                   "\"CustomerId\":\"5\",\"Id\":\"%u\",\"JobTitle\":\"%s\","
                   "\"LastModifiedByUserId\":\"7\","
                   "\"LastModifiedTime\":\"%s\",\"TimeStamp\":\"S%" PRId64
                   "\",\"UserName\":\"%s\"}}",
                   version->fields.city, version->stamp,
                   MODEL_FIRST_ID + (unsigned)user, version->fields.title,
                   modified, version->stamp, version->fields.name);
}

/* What an update over REST sends, as a write that is not applied yet. False:
 * its stamps are old. */
static bool take_update(const struct model *model, const char *body,
                        struct model_write *write)
{
    char address_stamp[40], user_stamp[40], expected[40];
    const char *rest;

    (void)find_member(body, "City", write->sent.city, MODEL_VALUE);
    (void)find_member(body, "JobTitle", write->sent.title, MODEL_VALUE);
    (void)find_member(body, "UserName", write->sent.name, MODEL_VALUE);
    rest = find_member(body, "TimeStamp", address_stamp, sizeof(address_stamp));
    (void)find_member(rest, "TimeStamp", user_stamp, sizeof(user_stamp));
    (void)snprintf(expected, sizeof(expected), "%" PRId64,
                   model_current(model, write->user)->stamp);
    return strcmp(address_stamp + 1, expected) == 0 &&
           strcmp(user_stamp + 1, expected) == 0;
}

static void put_updated(const struct model *model, unsigned user,
                        struct model_response *response)
{
    char modified[40];

    format_time(modified, model_current(model, user)->modified,
                model->schedule->coarse);
    response->status = 200;
    (void)snprintf(response->body, MODEL_BODY, "{\"LastModifiedTime\":\"%s\"}",
                   modified);
}

void model_update(struct model *model, const char *request, unsigned part,
                  int64_t left, int64_t now, struct model_response *response)
{
    int user = model_find_user(model, request);
    bool partner = model->schedule->partner;
    struct model_write write = {
        .ours = true, .part = part, .left = left, .at = now};

    if (user < 0) {
        fail_nobody(model, response);
        return;
    }
    write.user = (unsigned)user;
    if (model->users[user].read_in == part)
        write.reads = model->users[user].reads;
    write.before = model_current(model, write.user)->fields;
    write.stamp_before = model_current(model, write.user)->stamp;
    if (partner ? !partner_take_update(model, request, &write, response)
                : !take_update(model, request, &write)) {
        if (!partner)
            model_fail(response, 400, 209, "TimestampNotMatch");
        return;
    }
    if (model->schedule->bad == BAD_REFUSED &&
        model->schedule->bad_user == write.user) {
        refuse(response, &write.sent);
        return;
    }
    apply(model, &write, now);
    if (partner)
        partner_put_updated(model, &write, response);
    else
        put_updated(model, write.user, response);
}

bool model_had(const struct model *model, const struct model_write *write,
               const char *before, const char *value)
{
    const struct model_user *user = &model->users[write->user];
    size_t member = (size_t)(before - (const char *)&write->before);
    int64_t age = MODEL_AGE;

    if (strcmp(before, value) == 0)
        return true;
    for (unsigned i = 3; i < write->reads && age < MODEL_AGE_MOST; i++)
        age *= 2;
    for (unsigned i = user->count - 1; model->schedule->no_etags && i > 0; i--)
        if (user->versions[i].at >= write->left - age &&
            strcmp((const char *)&user->versions[i - 1].fields + member,
                   value) == 0)
            return true;
    return false;
}

void model_write_as_other(struct model *model, unsigned user, int64_t now,
                          struct draw *draw)
{
    const struct model_version *current = model_current(model, user);
    struct model_write write = {.user = user,
                                .at = now,
                                .before = current->fields,
                                .sent = current->fields,
                                .stamp_before = current->stamp};
    unsigned number = ++model->others;

    if (model->users[user].count >= MODEL_OTHERS)
        return;
    switch (draw_below(draw, 4)) {
    case 0:
        (void)snprintf(write.sent.city, MODEL_VALUE, "o%u", number);
        break;
    case 1:
        (void)snprintf(write.sent.title, MODEL_VALUE, "p%u", number);
        break;
    case 2:
        (void)snprintf(write.sent.name, MODEL_VALUE, "m%u", number);
        break;
    default: /* only its stamps */
        break;
    }
    apply(model, &write, now);
}

/* ---- tokens and limits --------------------------------------------------- */

void model_grant(struct model *model, int64_t now,
                 struct model_response *response)
{
    model->tokens++;
    model->token_granted = now;
    response->status = 200;
    (void)snprintf(response->body, MODEL_BODY,
                   "{\"token_type\":\"Bearer\",\"access_token\":\"access%u\","
                   "\"expires_in\":%u,\"refresh_token\":\"refresh%u\"}",
                   model->tokens, model->schedule->token_life, model->tokens);
}

bool model_accepts_token(const struct model *model, const char *headers,
                         int64_t now)
{
    const char *token = strstr(headers, "Bearer access");
    unsigned long number;

    if (!model->schedule->renews)
        return token != NULL;
    number = token ? strtoul(token + strlen("Bearer access"), NULL, 10) : 0;
    /* Earlier ones are valid for as long; the last one decides here. */
    return number > 0 && number <= model->tokens &&
           now < model->token_granted + model->schedule->token_life * SECOND;
}

/* Of the calls that were admitted, how many were sent since then? */
static unsigned count_since(const struct model *model, int64_t since)
{
    unsigned count = 0;

    for (unsigned i = 0; i < MODEL_RECENT && i < model->recent_count; i++)
        count += model->recent[i] > since;
    return count;
}

bool model_admits(struct model *model, int64_t now, unsigned at_once)
{
    unsigned most = model->schedule->limit_calls;
    bool admitted = true;

    switch (model->schedule->limit) {
    case LIMIT_NONE:
        return true;
    case LIMIT_WINDOW:
        admitted = count_since(model, now - SECOND) < most;
        break;
    case LIMIT_LONG_WINDOW: /* of five seconds */
        admitted = count_since(model, now - 5 * SECOND) < most;
        break;
    case LIMIT_AT_ONCE:
        admitted = at_once <= 1 + most / 4;
        break;
    }
    if (admitted)
        model->recent[model->recent_count++ % MODEL_RECENT] = now;
    return admitted;
}
