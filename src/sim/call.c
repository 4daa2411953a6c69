#include "call.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "update.h"

void call_init(struct call *call, struct sim *sim,
               const struct service *service)
{
    call->sim = sim;
    call->service = service;
    call->store = &sim->store;
    text_init(&call->body);
    text_init(&call->user);
    text_init(&call->response.body);
    json_pool_init(&call->pool);
    refusal_init(&call->refusal);
    call->refusal.strict = sim->settings.strict;
    call->kind = CALL_OTHER;
    call->token = -1;
    call->tracking_in_body = true;
    call->response.content_type = "";
    call->response.tracking_header = true;
    call->response.cut = SIZE_MAX;
}

void call_clear(struct call *call)
{
    limits_end(&call->sim->limits, &call->held);
    text_free(&call->body);
    text_free(&call->user);
    text_free(&call->response.body);
    json_pool_clear(&call->pool);
}

void call_body(struct call *call, const char *data, size_t len)
{
    if (call->body.len + len > CALL_BODY_MAX)
        call->body_too_long = true;
    else
        text_put(&call->body, data, len);
}

void call_make_guid(const struct call *call, uint64_t number, char *out)
{
    world_guid(call->sim->store.world.seed, number, out);
}

void call_check_token(struct call *call, const char *token)
{
    const struct sim *sim = call->sim;
    const char *set = sim->settings.access_token;
    uint64_t number;

    if (*set != '\0' && strcmp(token, set) == 0) {
        call->sign_in = TOKEN_VALID;
        call->token = 0;
        return;
    }
    call->sign_in = tokens_check(&sim->tokens, token, call->now, &number);
    if (number > 0)
        call->token = (int64_t)number;
}

void call_refuse(struct call *call, int code, const char *message)
{
    refusal_add(&call->refusal, code, message, "");
}

/* Does the token belong to this identity provider? That of --access-token
 * belongs to any. */
static bool is_provider(const struct call *call, const char *provider)
{
    if (provider != NULL && strcmp(provider, "Google") != 0)
        return false;
    return call->token <= 0 ||
           tokens_is_google(&call->sim->tokens, (uint64_t)call->token) ==
               (provider != NULL);
}

int call_doubt(struct call *call, int code, const char *message)
{
    return refusal_doubt(&call->refusal, code, message, "");
}

int call_check_sign_in(struct call *call, const char *name, const char *token,
                       const char *developer, const char *provider)
{
    const char *expected = call->sim->settings.developer_token;
    char message[64];

    if (token == NULL || developer == NULL) {
        snprintf(message, sizeof message, "The header %s is missing.",
                 token == NULL ? name : "DeveloperToken");
        call_refuse(call, 116, message);
    } else if (call->sign_in == TOKEN_UNKNOWN || !is_provider(call, provider) ||
               strcmp(developer, expected) != 0) {
        call_refuse(call, 105, NULL);
    } else if (call->sign_in == TOKEN_EXPIRED) {
        call_refuse(call, 109, NULL);
    }
    return call->refusal.count == 0 ? 0 : -1;
}

int call_find_user(struct call *call)
{
    if (call->id[0] == '\0')
        call_refuse(call, 201, "The Id of the user is not valid.");
    else if (!world_find(&call->sim->store.world, call->id, &call->user_id))
        call_refuse(call, 210, NULL);
    return call->refusal.count == 0 ? 0 : -1;
}

void call_update(struct call *call, struct json *sent, bool apply)
{
    struct sim *sim = call->sim;
    struct text text;

    text_init(&text);
    json_print(sent, &text);
    update_user(&sim->store, &call->pool, call->user_id, sent, apply,
                call->time, &call->refusal);
    call->applied = apply && call->refusal.count == 0;
    if (call->applied)
        store_count(&sim->store, call->user_id);
    if (call->applied && sim->settings.record)
        record_add_applied(&sim->record, call->n, call->id, text.data,
                           text.len);
    text_free(&text);
}

void call_print_no_route(struct call *call, const char *allow)
{
    struct response *response = &call->response;

    response->status = allow == NULL ? 404 : 405;
    response->allow = allow;
    response->content_type = "text/html";
    text_puts(&response->body, allow == NULL ? "<h2>404 - Not found.</h2>\n"
                                             : "<h2>405 - Not allowed.</h2>\n");
}

void call_check_bearer(struct call *call)
{
    const char *value = call_header(call, "Authorization");

    /* RFC 9110, section 11.1: the letter case does not matter. */
    if (value != NULL && strncasecmp(value, "Bearer ", 7) == 0)
        call_check_token(call, value + 7);
}

bool call_has_mark(const struct call *call)
{
    return call->body.len >= 3 &&
           memcmp(call->body.data, "\xEF\xBB\xBF", 3) == 0;
}

void call_read_json(struct call *call)
{
    size_t start = call_has_mark(call) ? 3 : 0;

    call->document = json_parse(&call->pool, call->body.data + start,
                                call->body.len - start, &call->parse_error);
}

bool call_is_json(const char *value)
{
    static const char json[] = "application/json";
    size_t len = strlen(json);

    return value != NULL && strncasecmp(value, json, len) == 0 &&
           (value[len] == '\0' || strchr("; ,", value[len]) != NULL);
}

bool call_accepts_json(const char *value)
{
    static const char *const ranges[] = {"application/json", "application/*",
                                         "*/*"};

    if (value == NULL)
        return true;
    for (; *value != '\0'; value++)
        for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
            if (strncasecmp(value, ranges[i], strlen(ranges[i])) == 0)
                return true;
    return false;
}

void call_use_signed_in(struct call *call)
{
    snprintf(call->id, sizeof call->id, "%" PRIu64,
             call->sim->store.world.first);
}

/* The recorded headers as a JSON object; the record owns the text. */
static const char *format_headers(const struct call *call)
{
    static const char *const names[] = {"CustomerId", "CustomerAccountId",
                                        "IdentityProvider", "User-Agent"};
    struct text text;

    text_init(&text);
    text_char(&text, '{');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = call_header(call, names[i]);
        if (value == NULL)
            continue;
        if (text.len > 1)
            text_char(&text, ',');
        text_json(&text, names[i]);
        text_char(&text, ':');
        text_json(&text, value);
    }
    text_char(&text, '}');
    const char *entry = record_share(&call->sim->record, text.data);
    text_free(&text);
    return entry;
}

/* The body for the record: allocated, or NULL if it is not recorded. */
static char *copy_body(struct call *call)
{
    struct text body;

    if (!call->sim->settings.record_bodies || call->body.data == NULL)
        return NULL;
    if (call->service->print_body == NULL)
        return mem_copy(call->body.data, call->body.len);
    text_init(&body);
    call->service->print_body(call, &body);
    return body.data;
}

static void record_arrival(struct call *call, const struct record_call *arrival)
{
    struct record_call entry = *arrival;

    entry.kind = call->kind;
    entry.service = call->service->name;
    entry.token = call->token;
    entry.code = -1;
    entry.name = "";
    entry.body_bytes = call->body.len;
    snprintf(entry.tracking, sizeof entry.tracking, "%s", call->tracking);
    snprintf(entry.request, sizeof entry.request, "%s", call->request);
    snprintf(entry.id, sizeof entry.id, "%s", call->id);
    entry.headers = format_headers(call);
    entry.body = copy_body(call);
    call->n = record_add(&call->sim->record, &entry);
}

static void record_outcome(struct call *call, const struct fault_rule *rule)
{
    struct record_call *entry = record_find(&call->sim->record, call->n);

    if (entry == NULL)
        return;
    entry->applied = call->applied;
    entry->replayed = call->replayed;
    entry->date = call->response.date;
    entry->token = call->token;
    entry->fault = rule != NULL ? rule->kind->name : NULL;
    if (call->limit != NULL)
        entry->limit = record_share(&call->sim->record, call->limit->text);
    if (call->refusal.doubt[0] != '\0')
        entry->doubt = record_share(&call->sim->record, call->refusal.doubt);
    if (call->refusal.count > 0) {
        entry->code = call->refusal.errors[0].code;
        entry->name = refusal_name(entry->code);
    }
}

/* Prints each doubt once, up to a number of them. */
static void warn(struct call *call)
{
    struct warnings *warnings = &call->sim->warnings;
    const char *doubt = call->refusal.doubt;

    if (*doubt == '\0' || warnings->count == WARNINGS_MAX)
        return;
    for (size_t i = 0; i < warnings->count; i++)
        if (strcmp(warnings->texts[i], doubt) == 0)
            return;
    char *text = mem_copy(doubt, strlen(doubt));
    warnings->texts[warnings->count++] = text;
    fprintf(stderr,
            "bauser-sim: call %" PRIu64
            " (%s, %s): %s The service is not known to refuse it.\n",
            call->sim->calls, call->service->name, call_names[call->kind],
            doubt);
}

void warnings_clear(struct warnings *warnings)
{
    for (size_t i = 0; i < warnings->count; i++)
        free(warnings->texts[i]);
    warnings->count = 0;
}

void call_response_sent(struct call *call)
{
    struct record_call *entry = record_find(&call->sim->record, call->n);

    if (entry != NULL)
        entry->status = call->response.status;
}

static void execute(struct call *call, const struct fault_rule *rule)
{
    const struct service *service = call->service;
    bool before = rule != NULL && !rule->after;

    if (rule != NULL && rule->kind->prepare != NULL)
        rule->kind->prepare(call, rule);
    /* A fault that replaces the response before the call is executed needs
     * no outcome. */
    if (!before || !rule->kind->replaces)
        service->perform(call, !before);
    if (rule != NULL && rule->kind->alter != NULL)
        rule->kind->alter(call, rule);
    service->print(call);
    if (rule != NULL && rule->kind->change != NULL)
        rule->kind->change(call, rule);
}

/* Sets Retry-After in the form of the limit, or in that of the service. */
static void set_retry_after(struct call *call, unsigned seconds)
{
    const struct limit *limit = call->limit;
    bool usual = limit->status == 0 && call->service->throttle != NULL;
    const char *form = limit->retry_after;
    char value[32];

    if (*form == '\0')
        form = usual ? "seconds" : "none";
    if (strcmp(form, "none") == 0)
        return;
    if (strcmp(form, "date") == 0)
        snprintf(value, sizeof value, "date+%u", seconds);
    else if (strcmp(form, "seconds") == 0)
        snprintf(value, sizeof value, "%u", seconds);
    else
        snprintf(value, sizeof value, "%s", form);
    call->response.retry_after =
        json_new(&call->pool, JSON_STRING, value)->text;
}

static void throttle_with_code(struct call *call)
{
    if (call->limit->model != LIMIT_AT_ONCE) {
        call_refuse(call, 117, NULL);
        return;
    }
    call_refuse(call, 207, "Too many concurrent requests.");
    /* As an operation error, 207 would mean that Line3 of the address is
     * invalid. */
    call->refusal.shape = REFUSAL_API;
}

/* The response to a call that a limit refuses, by the service or by a gateway
 * before it. */
static void throttle(struct call *call, uint64_t wait)
{
    struct response *response = &call->response;
    unsigned seconds = (unsigned)((wait + 999999) / 1000000);

    set_retry_after(call, seconds);
    if (call->limit->status > 0) {
        response->status = call->limit->status;
        response->content_type = "text/plain";
        response->tracking_header = false;
        return;
    }
    if (call->service->throttle != NULL)
        call->service->throttle(call, seconds);
    else
        throttle_with_code(call);
    call->service->print(call);
}

void call_run(struct call *call, const struct record_call *arrival)
{
    uint64_t wait;

    call->now = arrival->time_us;
    call->response.date =
        time(NULL) + (time_t)call->sim->settings.clock_ahead_s;
    call_make_guid(call, ++call->sim->calls, call->tracking);
    call->service->identify(call);
    if (call->sim->settings.record)
        record_arrival(call, arrival);
    const struct fault_rule *rule = NULL;
    call->limit = limits_call(&call->sim->limits, call->kind, call->id,
                              call->tenant, call->now, &wait, &call->held);
    if (call->limit != NULL) {
        throttle(call, wait);
    } else {
        rule = faults_pick(&call->sim->faults, call->kind, call->id,
                           arrival->reused);
        call->faulted = rule != NULL;
        execute(call, rule);
    }
    record_outcome(call, rule);
    warn(call);
}
