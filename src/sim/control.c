#include "control.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define BODY_MAX ((size_t)16 * 1024 * 1024)

/* One request to the control address. */
struct task {
    struct control *control;
    struct MHD_Connection *connection;
    const char *path; /* the part after the route's path */
    struct text body, response;
    unsigned status;
};

static const char *argument(const struct task *task, const char *name)
{
    return MHD_lookup_connection_value(task->connection, MHD_GET_ARGUMENT_KIND,
                                       name);
}

static bool has_argument(const struct task *task, const char *name,
                         const char *value)
{
    const char *given = argument(task, name);

    return given != NULL && strcmp(given, value) == 0;
}

static void fail(struct task *task, unsigned status, const char *message,
                 const char *detail)
{
    task->status = status;
    text_clear(&task->response);
    text_puts(&task->response, "{\"error\":");
    text_json(&task->response, message);
    if (detail != NULL) {
        text_puts(&task->response, ",\"detail\":");
        text_json(&task->response, detail);
    }
    text_puts(&task->response, "}\n");
}

static void succeed(struct task *task)
{
    text_puts(&task->response, "{\"ok\":true}\n");
}

/* The body as JSON. NULL: it is not valid, and the response is an error. */
static struct json *read_body(struct task *task, struct json_pool *pool)
{
    const char *reason;
    struct json *value =
        json_parse(pool, task->body.data, task->body.len, &reason);

    if (value == NULL)
        fail(task, 400, "the body is not valid JSON", reason);
    return value;
}

/* --- users -------------------------------------------------------------- */

/* The store that has a user with that Id; NULL if none has. */
static struct store *store_of(const struct task *task, const char *text,
                              uint64_t *id)
{
    struct sim *sim = task->control->sim;

    if (store_find(&sim->store, text, id))
        return &sim->store;
    return store_find(&sim->partners, text, id) ? &sim->partners : NULL;
}

/* The store and the number of the user in the path. NULL: there is none, and
 * the response is an error. */
static struct store *find_user(struct task *task, uint64_t *id)
{
    struct store *store = store_of(task, task->path, id);

    if (store == NULL)
        fail(task, 404, "there is no user with that Id", task->path);
    return store;
}

static void print_secret(const struct store *store, uint64_t id,
                         struct text *out)
{
    uint64_t times;
    const char *secret = store_secret(store, id, &times);

    text_printf(out, "{\"passwordProfile\":%s,\"times_set\":%" PRIu64 "}\n",
                secret != NULL ? secret : "null", times);
}

static void get_user(struct task *task)
{
    uint64_t id;
    const struct store *store = find_user(task, &id);

    if (store == NULL)
        return;
    if (has_argument(task, "secret", "1"))
        print_secret(store, id, &task->response);
    else
        store_read(store, id, &task->response);
}

static void get_users(struct task *task)
{
    const char *first = argument(task, "first");
    const char *count = argument(task, "count");
    uint64_t id;
    const struct store *store =
        first != NULL ? store_of(task, first, &id) : NULL;

    if (store == NULL) {
        fail(task, 404, "first is not the Id of a user", first);
        return;
    }
    uint64_t end = store->world.first + store->world.users;
    uint64_t left = count != NULL ? strtoull(count, NULL, 10) : 1;
    for (; left > 0 && id < end; left--, id++) {
        store_read(store, id, &task->response);
        text_char(&task->response, '\n');
    }
}

static void change_user(struct task *task, bool whole)
{
    const char *quiet = argument(task, "quiet");
    char time[STORE_TIME];
    struct json_pool pool;
    uint64_t id;
    struct store *store = find_user(task, &id);

    if (store == NULL)
        return;
    json_pool_init(&pool);
    struct json *body = read_body(task, &pool);
    if (body != NULL && body->type != JSON_OBJECT) {
        fail(task, 400, "the body is not an object", NULL);
    } else if (body != NULL && whole) {
        store_put(store, id, body);
        succeed(task);
    } else if (body != NULL) {
        struct json *user = store_parse(store, &pool, id);
        store_next_time(user, time);
        user = json_merge_patch(&pool, user, body);
        if (quiet != NULL && strcmp(quiet, "1") == 0)
            store_put(store, id, user);
        else
            store_write(store, &pool, id, user, time);
        succeed(task);
    }
    json_pool_clear(&pool);
}

static void patch_user(struct task *task)
{
    change_user(task, false);
}

static void put_user(struct task *task)
{
    change_user(task, true);
}

static void reset_users(struct task *task)
{
    struct sim *sim = task->control->sim;

    store_reset(&sim->store);
    store_reset(&sim->partners);
    recent_clear(&sim->requests);
    succeed(task);
}

/* --- the record --------------------------------------------------------- */

static void get_record(struct task *task)
{
    record_print(&task->control->sim->record, &task->response);
}

static void get_applied(struct task *task)
{
    const struct sim *sim = task->control->sim;

    if (has_argument(task, "summary", "1")) {
        store_print_counts(&sim->store, &task->response);
        store_print_counts(&sim->partners, &task->response);
    } else {
        record_print_applied(&sim->record, &task->response);
    }
}

static void clear_record(struct task *task)
{
    struct sim *sim = task->control->sim;

    record_clear(&sim->record);
    store_clear_counts(&sim->store);
    store_clear_counts(&sim->partners);
    server_clear_counts(task->control->server);
    succeed(task);
}

static void get_counts(struct task *task)
{
    const struct counts *counts = &task->control->server->counts;
    const struct sim *sim = task->control->sim;
    uint64_t most = store_most(&sim->store);
    uint64_t most_partner = store_most(&sim->partners);
    struct text *out = &task->response;
    uint64_t calls = 0;
    const struct {
        const char *name;
        uint64_t value;
    } rest[] = {
        {"applied", counts->applied},
        {"refused", counts->refused},
        {"throttled", counts->throttled},
        {"faults", counts->faults},
        {"replayed", counts->replayed},
        {"doubtful", counts->doubtful},
        {"misused", counts->misused},
        {"connections_opened", counts->connections_opened},
        {"connections_open", counts->connections_open},
        {"in_flight", counts->in_flight},
        {"most_in_flight", counts->most_in_flight},
        {"update_overlaps", counts->update_overlaps},
        {"most_applied", most > most_partner ? most : most_partner},
        {"users_touched", sim->store.count + sim->partners.count},
    };

    for (size_t i = 0; i < CALL_KINDS; i++)
        calls += counts->calls[i];
    text_printf(out, "{\"calls\":%" PRIu64, calls);
    for (size_t i = 0; i < CALL_KINDS; i++)
        text_printf(out, ",\"%s\":%" PRIu64, call_names[i], counts->calls[i]);
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        text_printf(out, ",\"%s\":%" PRIu64, rest[i].name, rest[i].value);
    text_puts(out, "}\n");
}

/* --- tokens -------------------------------------------------------------- */

static void get_tokens(struct task *task)
{
    tokens_print(&task->control->sim->tokens,
                 server_time(task->control->server), &task->response);
    text_char(&task->response, '\n');
}

static void add_token(struct task *task)
{
    struct json_pool pool;

    json_pool_init(&pool);
    const struct json *body = read_body(task, &pool);
    const char *token = json_string(body, "refresh_token");
    if (token != NULL) {
        tokens_allow(&task->control->sim->tokens, token);
        succeed(task);
    } else if (body != NULL) {
        fail(task, 400, "the body must contain refresh_token, a string", NULL);
    }
    json_pool_clear(&pool);
}

static void revoke_tokens(struct task *task)
{
    struct tokens *tokens = &task->control->sim->tokens;

    tokens_revoke_access(tokens, has_argument(task, "code", "105"));
    if (has_argument(task, "refresh", "1"))
        tokens_revoke_refresh(tokens);
    succeed(task);
}

/* --- faults and settings ------------------------------------------------ */

static void get_faults(struct task *task)
{
    faults_print(&task->control->sim->faults, &task->response);
    text_char(&task->response, '\n');
}

static void add_faults(struct task *task)
{
    struct json_pool pool;
    const char *reason;

    json_pool_init(&pool);
    struct json *rules = read_body(task, &pool);
    if (rules != NULL) {
        int added = faults_add(&task->control->sim->faults, rules, &reason);
        if (added < 0)
            fail(task, 400, "a rule is not valid", reason);
        else
            text_printf(&task->response, "{\"added\":%d}\n", added);
    }
    json_pool_clear(&pool);
}

static void remove_faults(struct task *task)
{
    faults_clear(&task->control->sim->faults);
    server_release(task->control->server);
    succeed(task);
}

static void get_settings(struct task *task)
{
    settings_print(&task->control->sim->settings, &task->response);
    text_char(&task->response, '\n');
}

static void change_settings(struct task *task)
{
    struct json_pool pool;
    const char *invalid;

    json_pool_init(&pool);
    struct json *body = read_body(task, &pool);
    if (body != NULL) {
        if (body->type != JSON_OBJECT)
            fail(task, 400, "the body is not an object", NULL);
        else if (settings_change(&task->control->sim->settings, body,
                                 &invalid) != 0)
            fail(task, 400, "a setting is unknown or not valid", invalid);
        else {
            server_update_port(task->control->server);
            get_settings(task);
        }
    }
    json_pool_clear(&pool);
}

/* --- limits ------------------------------------------------------------- */

static void get_limits(struct task *task)
{
    limits_print(&task->control->sim->limits, &task->response);
    text_char(&task->response, '\n');
}

static void put_limits(struct task *task)
{
    struct limits limits;
    struct json_pool pool;
    const char *reason = "the body is not an array";

    limits_init(&limits);
    json_pool_init(&pool);
    const struct json *body = read_body(task, &pool);
    if (body != NULL && body->type == JSON_ARRAY) {
        reason = NULL;
        for (const struct json *at = body->first; at != NULL && reason == NULL;
             at = at->next)
            reason = at->type == JSON_STRING ? limits_add(&limits, at->text)
                                             : "a limit is not a string";
    }
    if (body != NULL && reason != NULL) {
        fail(task, 400, "a limit is not valid", reason);
    } else if (body != NULL) {
        limits_replace(&task->control->sim->limits, &limits);
        get_limits(task);
    }
    limits_free(&limits);
    json_pool_clear(&pool);
}

/* --- HTTP --------------------------------------------------------------- */

static const struct route {
    const char *method, *path;
    const char *type;
    void (*run)(struct task *task);
} routes[] = {
    {"GET", "/users/", "application/json", get_user},
    {"GET", "/users", "application/x-ndjson", get_users},
    {"PATCH", "/users/", "application/json", patch_user},
    {"PUT", "/users/", "application/json", put_user},
    {"DELETE", "/users", "application/json", reset_users},
    {"GET", "/record", "application/x-ndjson", get_record},
    {"GET", "/applied", "application/x-ndjson", get_applied},
    {"DELETE", "/record", "application/json", clear_record},
    {"GET", "/counts", "application/json", get_counts},
    {"GET", "/faults", "application/json", get_faults},
    {"POST", "/faults", "application/json", add_faults},
    {"DELETE", "/faults", "application/json", remove_faults},
    {"GET", "/limits", "application/json", get_limits},
    {"PUT", "/limits", "application/json", put_limits},
    {"GET", "/tokens", "application/json", get_tokens},
    {"POST", "/tokens", "application/json", add_token},
    {"DELETE", "/tokens", "application/json", revoke_tokens},
    {"GET", "/settings", "application/json", get_settings},
    {"POST", "/settings", "application/json", change_settings},
};

/* If a route's path ends with a slash, an Id must follow. */
static bool matches(const struct route *route, const char *method,
                    const char *path)
{
    size_t len = strlen(route->path);

    if (strcmp(route->method, method) != 0 ||
        strncmp(route->path, path, len) != 0)
        return false;
    return route->path[len - 1] == '/' ? path[len] != '\0' : path[len] == '\0';
}

static const char *run(struct task *task, const char *method, const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (matches(&routes[i], method, path)) {
            task->path = path + strlen(routes[i].path);
            routes[i].run(task);
            return routes[i].type;
        }
    fail(task, 404, "there is no such control request", path);
    return "application/json";
}

static enum MHD_Result respond(struct task *task, const char *method,
                               const char *path)
{
    task->status = 200;
    const char *type = run(task, method, path);
    struct MHD_Response *mhd = MHD_create_response_from_buffer(
        task->response.len, task->response.data, MHD_RESPMEM_PERSISTENT);
    if (mhd == NULL)
        return MHD_NO;
    MHD_add_response_header(mhd, "Content-Type", type);
    enum MHD_Result queued =
        MHD_queue_response(task->connection, task->status, mhd);
    MHD_destroy_response(mhd);
    return queued;
}

static enum MHD_Result on_request(void *context,
                                  struct MHD_Connection *connection,
                                  const char *path, const char *method,
                                  const char *version, const char *data,
                                  size_t *len, void **state)
{
    struct task *task = *state;

    (void)version;
    if (task == NULL) {
        task = mem_new(sizeof *task);
        task->control = context;
        task->connection = connection;
        *state = task;
        return MHD_YES;
    }
    if (*len == 0)
        return respond(task, method, path);
    if (task->body.len + *len > BODY_MAX)
        return MHD_NO;
    text_put(&task->body, data, *len);
    *len = 0;
    return MHD_YES;
}

static void on_completed(void *context, struct MHD_Connection *connection,
                         void **state, enum MHD_RequestTerminationCode code)
{
    struct task *task = *state;

    (void)context;
    (void)connection;
    (void)code;
    if (task == NULL)
        return;
    text_free(&task->body);
    text_free(&task->response);
    free(task);
    *state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection,
                          void **info, enum MHD_ConnectionNotificationCode code)
{
    (void)context;
    (void)connection;
    (void)info;
    (void)code;
}

int control_start(struct control *control, struct sim *sim,
                  struct server *server, unsigned port)
{
    struct listener_config config = {
        .port = port,
        .handle = on_request,
        .completed = on_completed,
        .connected = on_connection,
        .context = control,
    };

    *control = (struct control){.sim = sim, .server = server};
    return listener_start(&control->listener, &config);
}

void control_stop(struct control *control)
{
    listener_stop(&control->listener);
}
