/*
 * Partner Center: GET and PATCH of a customer's user.
 *
 * Source: "Update user accounts for a customer" and "Partner Center REST
 * headers" of the Partner Center documentation.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "call.h"
#include "lists.h"
#include "mem.h"
#include "partner_path.h"
#include "partner_rules.h"
#include "partner_users.h"

_Static_assert(sizeof((struct call *)NULL)->id == PARTNER_PATH_ID &&
                   sizeof((struct call *)NULL)->tenant == PARTNER_PATH_ID,
               "an id of a path fits into a call");

static bool partner_owns(const char *path)
{
    return strncmp(path, PARTNER_PATH_BASE, strlen(PARTNER_PATH_BASE)) == 0;
}

/* --- the request ---------------------------------------------------------- */

static bool is_guid(const char *text)
{
    static const char form[] = "########-####-####-####-############";

    if (text == NULL || strlen(text) != sizeof form - 1)
        return false;
    for (size_t i = 0; form[i] != '\0'; i++)
        if (form[i] == '#' ? !isxdigit((unsigned char)text[i])
                           : text[i] != form[i])
            return false;
    return true;
}

/* MS-CorrelationId must be unique; it is the tracking id of the response. */
static void remember_correlation(struct call *call)
{
    const char *given = call_header(call, "MS-CorrelationId");
    struct recent *recent = &call->sim->correlations;

    if (!is_guid(given))
        return;
    snprintf(call->tracking, sizeof call->tracking, "%s", given);
    if (recent_find(recent, given) != NULL)
        call->misuse = "MS-CorrelationId is that of another call.";
    else
        recent_add(recent, given);
}

/* FNV-1a, 64 bits. */
static uint64_t hash(const struct text *body)
{
    uint64_t hash = 14695981039346656037U;

    for (size_t i = 0; i < body->len; i++)
        hash = (hash ^ (unsigned char)body->data[i]) * 1099511628211U;
    return hash;
}

/* MS-RequestId identifies a request: a repeated id requires the same
 * request, even if the first call was not applied. */
static void remember_request(struct call *call)
{
    const char *given = call_header(call, "MS-RequestId");
    struct recent *recent = &call->sim->requests;
    bool update = call->kind == CALL_UPDATE_USER;
    uint64_t body = hash(&call->body), user = 0;

    if (!is_guid(given))
        return;
    snprintf(call->request, sizeof call->request, "%s", given);
    store_find(call->store, call->id, &user);
    struct recent_entry *entry = recent_find(recent, given);
    if (entry == NULL) {
        entry = recent_add(recent, given);
        entry->update = update;
        entry->user = user;
        entry->body = body;
    } else if (entry->update != update || entry->user != user ||
               entry->body != body) {
        call->request_reused = true;
        call->misuse = "MS-RequestId is that of another request.";
    }
}

static void partner_identify(struct call *call)
{
    char user[PARTNER_PATH_ID];

    call->store = &call->sim->partners;
    call_check_bearer(call);
    remember_correlation(call);
    if (strcmp(call->method, "GET") == 0 &&
        partner_path_is_list(call->path, call->tenant)) {
        call->kind = CALL_LIST;
        snprintf(call->id, sizeof call->id, "%s", call->tenant);
        remember_request(call);
        return;
    }
    if (!partner_path_split(call->path, call->tenant, user))
        return;
    if (strcmp(call->method, "GET") == 0)
        call->kind = CALL_GET_USER;
    else if (strcmp(call->method, "PATCH") == 0)
        call->kind = CALL_UPDATE_USER;
    else
        return;
    for (size_t i = 0; i == 0 || user[i - 1] != '\0'; i++)
        call->id[i] = (char)tolower((unsigned char)user[i]);
    if (call->kind == CALL_UPDATE_USER)
        call_read_json(call);
    remember_request(call);
}

/* --- validation of the request -------------------------------------------- */

static int refuse(struct call *call, unsigned status, const char *message)
{
    refusal_add(&call->refusal, 400, message, "");
    call->refusal.status = status;
    return -1;
}

static int doubt(struct call *call, unsigned status, const char *message)
{
    if (call_doubt(call, 400, message) == 0)
        return 0;
    call->refusal.status = status;
    return -1;
}

/* The SDKs do not send MS-Contract-Version, and the examples of the
 * documentation also omit X-Locale and Content-Type. */
static bool has_other_value(const struct call *call, const char *name,
                            const char *value)
{
    const char *given = call_header(call, name);

    return given != NULL && strcmp(given, value) != 0;
}

/* Headers of Microsoft Advertising, which must not be sent to this service. */
static int check_foreign_headers(struct call *call)
{
    static const char *const names[] = {
        "DeveloperToken", "CustomerId", "CustomerAccountId",
        "UserName",       "Password",   "SOAPAction",
    };
    char message[128];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (call_header(call, names[i]) == NULL)
            continue;
        snprintf(message, sizeof message,
                 "The header %s belongs to another service.", names[i]);
        if (doubt(call, 400, message) != 0)
            return -1;
    }
    return 0;
}

static int check_ids(struct call *call)
{
    if (!is_guid(call_header(call, "MS-RequestId")) &&
        doubt(call, 400, "MS-RequestId is not a GUID.") != 0)
        return -1;
    if (!is_guid(call_header(call, "MS-CorrelationId")) &&
        doubt(call, 400, "MS-CorrelationId is not a GUID.") != 0)
        return -1;
    return call->misuse == NULL ? 0 : doubt(call, 400, call->misuse);
}

static int check_headers(struct call *call)
{
    const char *type = call_header(call, "Content-Type");

    if (call->body_too_long)
        return refuse(call, 413, "The body is too long.");
    if (call->kind == CALL_UPDATE_USER && type != NULL && !call_is_json(type) &&
        doubt(call, 415, "Content-Type is not application/json.") != 0)
        return -1;
    if (!call_accepts_json(call_header(call, "Accept")) &&
        doubt(call, 406, "Accept does not include application/json.") != 0)
        return -1;
    if (has_other_value(call, "MS-Contract-Version", "v1") &&
        doubt(call, 400, "MS-Contract-Version is not v1.") != 0)
        return -1;
    if (has_other_value(call, "X-Locale", "en-US") &&
        doubt(call, 400, "X-Locale is not en-US.") != 0)
        return -1;
    if (strcmp(call->method, "GET") == 0 && call->body.len > 0 &&
        doubt(call, 400, "A GET has a body.") != 0)
        return -1;
    if (call_has_mark(call) &&
        doubt(call, 400, "The body begins with a byte-order mark.") != 0)
        return -1;
    return check_ids(call) == 0 ? check_foreign_headers(call) : -1;
}

static int check_sign_in(struct call *call)
{
    if (call->sign_in == TOKEN_VALID)
        return 0;
    refusal_add(&call->refusal, 401, NULL, "");
    return -1;
}

static int find_user(struct call *call)
{
    char owner[WORLD_GUID];

    if (!is_guid(call->tenant) || !is_guid(call->id))
        return refuse(call, 400, "The path contains an id that is not a GUID.");
    if (store_find(call->store, call->id, &call->user_id)) {
        partner_users_tenant(&call->store->world, call->user_id, owner);
        if (strcasecmp(call->tenant, owner) == 0)
            return 0;
    }
    refusal_add(&call->refusal, 60002, NULL, "");
    return -1;
}

/* True if given is the etag, or the etag in double quotes (RFC 9110, 8.8.3). */
static bool is_etag(const char *given, const char *etag)
{
    size_t len = strlen(etag);

    if (strcmp(given, etag) == 0)
        return true;
    return given[0] == '"' && strncmp(given + 1, etag, len) == 0 &&
           strcmp(given + 1 + len, "\"") == 0;
}

/* The .NET SDK updates users without If-Match. */
static int check_etag(struct call *call, const struct json *stored)
{
    const char *etag = partner_users_etag(stored);
    const char *given = call_header(call, "If-Match");

    if (etag != NULL && given == NULL)
        return doubt(call, 400, "If-Match is missing: the user has an etag.");
    if (given == NULL || (etag != NULL && is_etag(given, etag)))
        return 0;
    if (etag == NULL)
        return call_doubt(call, 2055,
                          "If-Match is sent, but the user has no etag.");
    refusal_add(&call->refusal, 2055, NULL, "");
    return -1;
}

/* --- GET and PATCH -------------------------------------------------------- */

/* Replaces every password with asterisks. */
static void redact(struct json_pool *pool, struct json *value)
{
    for (struct json *at = value->first; at != NULL; at = at->next) {
        if (at->name != NULL && strcasecmp(at->name, "password") == 0)
            *at = (struct json){
                .type = JSON_STRING,
                .name = at->name,
                .text = json_new(pool, JSON_STRING, "*****")->text,
                .next = at->next,
            };
        redact(pool, at);
    }
}

static void partner_print_body(struct call *call, struct text *out)
{
    if (call->document == NULL)
        return;
    struct json *redacted = json_copy(&call->pool, call->document);
    redact(&call->pool, redacted);
    json_print(redacted, out);
}

static void merge(struct call *call, struct json *user)
{
    const char *state = json_string(call->document, "state");

    for (const struct json *at = call->document->first; at != NULL;
         at = at->next)
        if (partner_rules_is_stored(at->name))
            json_set(&call->pool, user, at->name, json_copy(&call->pool, at));
    /* A deleted user is restored. */
    if (state != NULL && json_is_set(json_member(user, "softDeletionTime")))
        json_remove(user, "softDeletionTime");
}

/* Merges the sent passwordProfile into the stored one. */
static void store_password(struct call *call)
{
    const struct json *sent = json_member(call->document, "passwordProfile");
    struct json *profile = NULL;
    struct text text;
    const char *reason;
    uint64_t times;

    if (sent == NULL)
        return;
    const char *stored = store_secret(call->store, call->user_id, &times);
    if (stored != NULL)
        profile = json_parse(&call->pool, stored, strlen(stored), &reason);
    profile = json_merge_patch(&call->pool, profile, sent);
    text_init(&text);
    json_print(profile, &text);
    store_put_secret(call->store, call->user_id, text.data);
    text_free(&text);
}

static int check_update(struct call *call, const struct json *stored)
{
    struct refusal *refusal = &call->refusal;

    if (partner_rules_read_body(call->document, call->parse_error,
                                call->sim->settings.null_keeps, refusal) != 0 ||
        check_etag(call, stored) != 0)
        return -1;
    return partner_rules_check_changes(call->document, stored, refusal);
}

static void write_user(struct call *call, struct json *user)
{
    struct sim *sim = call->sim;
    struct text sent;

    store_write(call->store, &call->pool, call->user_id, user, "");
    store_password(call);
    store_count(call->store, call->user_id);
    call->applied = true;
    if (!sim->settings.record)
        return;
    text_init(&sent);
    partner_print_body(call, &sent);
    record_add_applied(&sim->record, call->n, call->id, sent.data, sent.len);
    text_free(&sent);
}

static void update(struct call *call, bool apply)
{
    struct recent_entry *request =
        recent_find(&call->sim->requests, call->request);

    if (request != NULL && request->response != NULL && !call->request_reused) {
        call->replayed = true;
        text_puts(&call->user, request->response);
        return;
    }
    struct json *user = store_parse(call->store, &call->pool, call->user_id);
    if (check_update(call, user) != 0)
        return;
    merge(call, user);
    if (apply)
        write_user(call, user);
    json_print(user, &call->user);
    if (apply && request != NULL && request->response == NULL)
        request->response = mem_copy(call->user.data, call->user.len);
}

static void partner_perform(struct call *call, bool apply)
{
    if (call->kind == CALL_OTHER || check_headers(call) != 0 ||
        check_sign_in(call) != 0)
        return;
    if (call->kind == CALL_LIST) {
        if (call->tenant[0] == '\0')
            lists_tenants(call);
        else
            lists_partner_users(call);
        return;
    }
    if (find_user(call) != 0)
        return;
    if (call->kind == CALL_GET_USER)
        store_show(call->store, call->user_id, &call->user);
    else
        update(call, apply);
}

/* --- responses ------------------------------------------------------------ */

static void print_error(const struct refusal *refusal, struct text *out)
{
    const struct refusal_error *first = &refusal->errors[0];

    text_printf(out, "{\"code\":%d", first->code);
    text_member_string(out, "description", first->message);
    text_member(out, "data");
    text_char(out, '[');
    for (unsigned i = 0; i < refusal->count; i++) {
        if (i > 0)
            text_char(out, ',');
        text_json(out, refusal->errors[i].details);
    }
    text_char(out, ']');
    text_member_string(out, "source", "PartnerUsers");
    text_char(out, '}');
}

/* Source: "API throttling guidance" of the Partner Center documentation. */
static void partner_throttle(struct call *call, unsigned seconds)
{
    char message[80];

    snprintf(message, sizeof message,
             "Rate limit is exceeded. Try again in %u seconds.", seconds);
    call_refuse(call, 429, message);
}

/* The gateway of the service, which counts the calls, has errors of its own. */
static void print_throttled(struct call *call, struct text *out)
{
    const struct refusal *refusal = &call->refusal;

    text_printf(out, "{ \"statusCode\": %u, \"message\": ", refusal->status);
    text_json(out, refusal->errors[0].message);
    text_puts(out, " }");
    call->response.status = refusal->status;
}

/* Some errors are nested one level deeper, as clients must expect. */
static void print_refusal(struct call *call, struct text *out)
{
    uint64_t chance = world_mix(call->sim->calls);
    bool inside = chance % 4 == 0;

    if (inside)
        text_puts(out, chance / 4 % 2 == 0 ? "{\"error\":" : "{\"fault\":");
    print_error(&call->refusal, out);
    if (inside)
        text_char(out, '}');
    call->response.status = call->refusal.status;
}

/* The service sends a byte-order mark before its JSON. */
static const char mark[] = "\xEF\xBB\xBF";

static void partner_print(struct call *call)
{
    struct response *response = &call->response;
    char tenant[PARTNER_PATH_ID], user[PARTNER_PATH_ID];

    response->content_type = "application/json; charset=utf-8";
    response->status = 200;
    if (call->limit == NULL && call->kind != CALL_OTHER)
        text_puts(&response->body, mark);
    if (call->limit != NULL)
        print_throttled(call, &response->body);
    else if (call->refusal.count > 0)
        print_refusal(call, &response->body);
    else if (call->kind == CALL_OTHER)
        call_print_no_route(call, partner_path_split(call->path, tenant, user)
                                      ? "GET, PATCH"
                                      : NULL);
    else
        text_put(&response->body, call->user.data, call->user.len);
}

const struct service partner_service = {
    .name = "partner-center",
    .tracking_header = "MS-CorrelationId",
    .request_header = "MS-RequestId",
    .throttle = partner_throttle,
    .duplicated_member = "displayName",
    .owns = partner_owns,
    .identify = partner_identify,
    .perform = partner_perform,
    .print = partner_print,
    .print_body = partner_print_body,
};
