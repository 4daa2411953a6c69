/*
 * The kinds of faults and what each does. faults.c selects the rule.
 */
#include <string.h>
#include <zlib.h>

#include "call.h"
#include "faults.h"
#include "wire.h"

#define RULE const struct fault_rule *rule

/* --- helpers -------------------------------------------------------------- */

/* A copy that lives as long as the call: the rule can be removed before. */
static const char *copy_string(struct call *call, const char *string)
{
    return string != NULL ? json_new(&call->pool, JSON_STRING, string)->text
                          : NULL;
}

static void replace(struct call *call, unsigned status, const char *type,
                    const char *body)
{
    struct response *response = &call->response;

    response->status = status;
    response->content_type = copy_string(call, type);
    text_clear(&response->body);
    text_puts(&response->body, body);
}

static unsigned or_default(unsigned value, unsigned fallback)
{
    return value > 0 ? value : fallback;
}

/* --- faults that replace the response ------------------------------------- */

static void change_status(struct call *call, RULE)
{
    replace(call, or_default(rule->status, 503),
            rule->content_type != NULL ? rule->content_type : "text/plain",
            rule->body != NULL ? rule->body : "");
    call->response.retry_after = copy_string(call, rule->retry_after);
}

static void change_html(struct call *call, RULE)
{
    call->response.tracking_header = false;
    replace(call, or_default(rule->status, 200), "text/html; charset=utf-8",
            "<!DOCTYPE html>\n<html><head><title>Service</title></head>"
            "<body><h1>Our services aren't available right now</h1>"
            "</body></html>\n");
}

static void change_empty(struct call *call, RULE)
{
    replace(call, or_default(rule->status, 200), "", "");
}

static void change_redirect(struct call *call, RULE)
{
    call->response.tracking_header = false;
    replace(call, or_default(rule->status, 307), "text/plain", "");
    call->response.location = copy_string(
        call, rule->location != NULL ? rule->location : "http://127.0.0.1:9/");
}

static void alter_error(struct call *call, RULE)
{
    struct refusal *refusal = &call->refusal;
    int code = rule->code;

    if (code < 0 && rule->name == NULL && call->kind == CALL_TOKEN)
        code = refusal_code("temporarily_unavailable");
    if (code < 0)
        code = rule->name != NULL ? refusal_code(rule->name) : 0;
    refusal_init(refusal);
    refusal_add(refusal, code >= 0 ? code : 0, rule->message, "");
    if (rule->name != NULL)
        refusal->errors[0].name = copy_string(call, rule->name);
    if (rule->shape != NULL)
        refusal->shape = (enum refusal_shape)refusal_find_shape(rule->shape);
    refusal->status_forced = rule->status > 0;
    if (refusal->status_forced)
        refusal->status = rule->status;
}

static void change_error(struct call *call, RULE)
{
    call->response.retry_after = copy_string(call, rule->retry_after);
}

static void change_reset(struct call *call, RULE)
{
    (void)rule;
    call->response.delivery = DELIVER_RESET;
}

static void change_close(struct call *call, RULE)
{
    (void)rule;
    call->response.delivery = DELIVER_CLOSE;
}

static void change_refuse(struct call *call, RULE)
{
    call->response.delivery = DELIVER_REFUSE;
    call->response.refuse_ms = or_default(rule->ms, 200);
}

static void change_no_http(struct call *call, RULE)
{
    (void)rule;
    call->response.delivery = DELIVER_NOISE;
}

static void change_stall(struct call *call, RULE)
{
    call->response.delivery = DELIVER_STALL;
    call->response.stall_ms = rule->ms;
}

/* --- faults that damage the response in transit --------------------------- */

static void change_cut(struct call *call, RULE)
{
    call->response.cut = or_default(rule->bytes, 20);
}

static void change_cut_reset(struct call *call, RULE)
{
    change_cut(call, rule);
    call->response.cut_by_reset = true;
}

static void change_short(struct call *call, RULE)
{
    struct text *body = &call->response.body;

    text_cut(body, or_default(rule->bytes, 20));
}

static void change_chunked(struct call *call, RULE)
{
    (void)rule;
    call->response.chunked = true;
}

static void change_slow(struct call *call, RULE)
{
    call->response.slow_bytes = or_default(rule->bytes, 16);
    call->response.slow_ms = or_default(rule->ms, 50);
}

static const struct wire *wire_of(const struct call *call)
{
    const struct wire *wire = call->service->wire;

    return wire != NULL ? wire : &json_wire;
}

static void change_garble(struct call *call, RULE)
{
    struct text *body = &call->response.body;

    (void)rule;
    for (size_t i = 0; i < body->len; i++)
        if (strchr(wire_of(call)->marks, body->data[i]) != NULL)
            body->data[i] = '~';
}

static void change_junk(struct call *call, RULE)
{
    (void)rule;
    text_puts(&call->response.body, wire_of(call)->junk);
}

/* A proxy that compresses, although nobody has asked for it. */
static void change_gzip(struct call *call, RULE)
{
    struct text *body = &call->response.body;
    z_stream stream = {.next_in = (unsigned char *)body->data,
                       .avail_in = (uInt)body->len};
    unsigned char chunk[4096];
    struct text packed;
    int status = Z_OK;

    call->response.encoding =
        copy_string(call, rule->name != NULL ? rule->name : "gzip");
    text_init(&packed);
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    while (status == Z_OK) {
        stream.next_out = chunk;
        stream.avail_out = sizeof chunk;
        status = deflate(&stream, Z_FINISH);
        text_put(&packed, (char *)chunk, sizeof chunk - stream.avail_out);
    }
    deflateEnd(&stream);
    text_clear(body);
    text_put(body, packed.data, packed.len);
    text_free(&packed);
}

static void change_content_type(struct call *call, RULE)
{
    call->response.content_type = copy_string(
        call, rule->content_type != NULL ? rule->content_type
                                         : "application/octet-stream");
}

static void change_close_after(struct call *call, RULE)
{
    (void)rule;
    call->response.delivery = DELIVER_CLOSE_AFTER;
}

static void change_announce(struct call *call, RULE)
{
    (void)rule;
    call->response.announce_close = true;
}

static void insert_member(struct call *call, const char *member)
{
    text_insert(&call->response.body, wire_of(call)->first_place(call), member,
                strlen(member));
}

static void change_bad_utf8(struct call *call, RULE)
{
    (void)rule;
    insert_member(call, wire_of(call)->bad_utf8);
}

static void change_nul(struct call *call, RULE)
{
    (void)rule;
    insert_member(call, wire_of(call)->nul);
}

static void change_insert(struct call *call, RULE)
{
    insert_member(call, rule->body != NULL ? rule->body : "");
}

static void change_deep(struct call *call, RULE)
{
    const struct wire *wire = wire_of(call);
    unsigned depth = or_default(rule->depth, 1000);
    struct text member;

    text_init(&member);
    text_puts(&member, wire->deep_head);
    for (unsigned i = 0; i < depth; i++)
        text_puts(&member, wire->deep_open);
    for (unsigned i = 0; i < depth; i++)
        text_puts(&member, wire->deep_close);
    text_puts(&member, wire->deep_tail);
    insert_member(call, member.data);
    text_free(&member);
}

static void change_huge(struct call *call, RULE)
{
    const struct wire *wire = wire_of(call);
    size_t at = wire->first_place(call);

    insert_member(call, wire->huge_tail);
    insert_member(call, wire->huge_head);
    call->response.fill_at = at + strlen(wire->huge_head);
    call->response.fill = or_default(rule->bytes, 100000000);
}

/* --- duplicate or changed members ----------------------------------------- */

static void change_duplicate(struct call *call, RULE)
{
    static const char *const usual[] = {
        [CALL_GET_USER] = "JobTitle",  [CALL_UPDATE_USER] = "LastModifiedTime",
        [CALL_TOKEN] = "access_token", [CALL_LIST] = "UsersInfo",
        [CALL_OTHER] = "Duplicate",
    };
    const char *own = call->service->duplicated_member;
    const char *name = own != NULL ? own : usual[call->kind];

    if (rule->name != NULL)
        name = rule->name;
    wire_of(call)->duplicate_member(call, copy_string(call, name));
}

static void change_member(struct call *call, RULE)
{
    wire_of(call)->set_member(call, copy_string(call, rule->name), rule->value);
}

/* --- XML only ------------------------------------------------------------- */

/* A DOCTYPE must follow the XML declaration, if there is one. */
static void put_doctype(struct call *call, const char *doctype)
{
    struct text *body = &call->response.body;
    bool declared = body->len > 5 && memcmp(body->data, "<?xml", 5) == 0;
    const char *end = declared ? strstr(body->data, "?>") : NULL;
    size_t at = end != NULL ? (size_t)(end - body->data) + 2 : 0;

    text_insert(body, at, doctype, strlen(doctype));
}

static void change_doctype(struct call *call, RULE)
{
    (void)rule;
    if (wire_of(call)->doctype != NULL)
        put_doctype(call, wire_of(call)->doctype);
}

static void change_entity(struct call *call, RULE)
{
    const struct wire *wire = wire_of(call);

    (void)rule;
    if (wire->entity == NULL)
        return;
    insert_member(call, wire->entity);
    put_doctype(call, wire->entities);
}

/* --- another User, or an incomplete one ----------------------------------- */

static struct json *parse_user(struct call *call)
{
    const char *reason;

    return call->user.len > 0 ? json_parse(&call->pool, call->user.data,
                                           call->user.len, &reason)
                              : NULL;
}

static void print_user(struct call *call, const struct json *user)
{
    text_clear(&call->user);
    json_print(user, &call->user);
}

static void alter_wrong_user(struct call *call, RULE)
{
    const struct world *world = &call->store->world;
    uint64_t other = call->user_id - world->first;

    (void)rule;
    if (call->user.len == 0)
        return;
    text_clear(&call->user);
    store_read(call->store, world->first + (other + 1) % world->users,
               &call->user);
}

static void alter_no_timestamp(struct call *call, RULE)
{
    struct json *user = parse_user(call);

    (void)rule;
    if (user == NULL)
        return;
    call->store->kind->unstamp(user);
    print_user(call, user);
}

static bool is_identifying(const char *name)
{
    static const char *const names[] = {
        "Id", "CustomerId", "TimeStamp",  "LastModifiedTime",
        "id", "etag",       "objectType",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Replaces strings with asterisks: those in members with the name only, or,
 * if it is NULL, all that do not identify the user. */
static void mask(struct json_pool *pool, struct json *value, const char *only)
{
    for (struct json *at = value->first; at != NULL; at = at->next) {
        const char *name = at->name != NULL ? at->name : "";
        bool chosen =
            only != NULL ? strcmp(name, only) == 0 : !is_identifying(name);
        if (at->type == JSON_STRING && chosen)
            at->text = json_new(pool, JSON_STRING, "*****")->text;
        mask(pool, at, only);
    }
}

static void alter_masked(struct call *call, RULE)
{
    struct json *user = parse_user(call);

    if (user == NULL)
        return;
    mask(&call->pool, user, rule->name);
    print_user(call, user);
}

static void bare_ids(struct json *value)
{
    for (struct json *at = value->first; at != NULL; at = at->next) {
        size_t len = at->name != NULL ? strlen(at->name) : 0;
        bool is_id = len >= 2 && strcmp(at->name + len - 2, "Id") == 0;
        if (is_id && at->type == JSON_STRING &&
            strspn(at->text, "0123456789") == strlen(at->text))
            at->type = JSON_NUMBER;
        bare_ids(at);
    }
}

static void alter_bare_ids(struct call *call, RULE)
{
    struct json *user = parse_user(call);

    (void)rule;
    if (user == NULL)
        return;
    bare_ids(user);
    print_user(call, user);
}

/* Writes the user like another program, just before this update. */
static void prepare_interfere(struct call *call, RULE)
{
    struct store *store = call->store;
    char time[STORE_TIME];
    uint64_t id;

    if (!store_find(store, call->id, &id))
        return;
    struct json *user = store_parse(store, &call->pool, id);
    store_next_time(user, time);
    if (rule->patch != NULL)
        user = json_merge_patch(&call->pool, user, rule->patch);
    store_write(store, &call->pool, id, user, time);
}

static void alter_no_tracking(struct call *call, RULE)
{
    const char *where = rule->where != NULL ? rule->where : "both";

    if (strcmp(where, "header") != 0)
        call->tracking_in_body = false;
    if (strcmp(where, "body") != 0)
        call->response.tracking_header = false;
}

/* --- the table ---------------------------------------------------------- */

/* To add a kind, add a line here, its functions above, and a line in
 * README.md. */
static const struct fault_kind kinds[] = {
    {"status", true, ANY_CALL, NULL, NULL, change_status},
    {"error", true, ANY_CALL, NULL, alter_error, change_error},
    {"reset", true, ANY_CALL, NULL, NULL, change_reset},
    {"close", true, ANY_CALL, NULL, NULL, change_close},
    {"refuse", true, ANY_CALL, NULL, NULL, change_refuse},
    {"stall", true, ANY_CALL, NULL, NULL, change_stall},
    {"no-http", true, ANY_CALL, NULL, NULL, change_no_http},
    {"redirect", true, ANY_CALL, NULL, NULL, change_redirect},
    {"html", true, ANY_CALL, NULL, NULL, change_html},
    {"empty", true, ANY_CALL, NULL, NULL, change_empty},
    {"cut", false, ANY_CALL, NULL, NULL, change_cut},
    {"cut-reset", false, ANY_CALL, NULL, NULL, change_cut_reset},
    {"short", false, ANY_CALL, NULL, NULL, change_short},
    {"slow", false, ANY_CALL, NULL, NULL, change_slow},
    {"chunked", false, ANY_CALL, NULL, NULL, change_chunked},
    {"garble", false, ANY_CALL, NULL, NULL, change_garble},
    {"junk", false, ANY_CALL, NULL, NULL, change_junk},
    {"content-type", false, ANY_CALL, NULL, NULL, change_content_type},
    {"gzip", false, ANY_CALL, NULL, NULL, change_gzip},
    {"bad-utf8", false, ANY_CALL, NULL, NULL, change_bad_utf8},
    {"nul", false, ANY_CALL, NULL, NULL, change_nul},
    {"insert", false, ANY_CALL, NULL, NULL, change_insert},
    {"deep", false, ANY_CALL, NULL, NULL, change_deep},
    {"huge", false, ANY_CALL, NULL, NULL, change_huge},
    {"close-after", false, ANY_CALL, NULL, NULL, change_close_after},
    {"announced-close", false, ANY_CALL, NULL, NULL, change_announce},
    {"no-tracking", false, ANY_CALL, NULL, alter_no_tracking, NULL},
    {"duplicate", false, ANY_CALL, NULL, NULL, change_duplicate},
    {"member", false, ANY_CALL, NULL, NULL, change_member},
    {"wrong-user", false, CALL_GET_USER, NULL, alter_wrong_user, NULL},
    {"no-timestamp", false, CALL_GET_USER, NULL, alter_no_timestamp, NULL},
    {"masked", false, CALL_GET_USER, NULL, alter_masked, NULL},
    {"bare-ids", false, CALL_GET_USER, NULL, alter_bare_ids, NULL},
    {"doctype", false, ANY_CALL, NULL, NULL, change_doctype},
    {"entity", false, ANY_CALL, NULL, NULL, change_entity},
    {"interfere", false, CALL_UPDATE_USER, prepare_interfere, NULL, NULL},
};

const struct fault_kind *fault_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}
