#include "user_task.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "written.h"

/* The only place where a task changes its state. */
static void set_state(struct user_task *task, enum task_state state)
{
    static const unsigned allowed[] = {
        [TASK_QUEUED] = 1U << TASK_FETCHING | 1U << TASK_DONE,
        [TASK_FETCHING] = 1U << TASK_UPDATING | 1U << TASK_DONE,
        [TASK_UPDATING] = 1U << TASK_DONE,
        [TASK_DONE] = 0,
    };

    assert(allowed[task->state] & 1U << state);
    (void)allowed;
    task->state = state;
}

struct user_task *user_task_new(const struct options *options,
                                const struct session *session,
                                struct group *group)
{
    struct user_task *task = calloc(1, sizeof(*task));

    if (!task)
        return NULL;
    task->state = TASK_QUEUED;
    task->options = options;
    task->service = options->service;
    task->session = session;
    task->group = group;
    merge_init(&task->merge, group->rows);
    return task;
}

void user_task_free(struct user_task *task)
{
    if (!task)
        return;
    task->service->user_free(task->user);
    free(task);
}

/* ---- outcomes ----------------------------------------------------------- */

static enum task_step finish(struct user_task *task, enum status status)
{
    task->outcome.status = status;
    set_state(task, TASK_DONE);
    return TASK_FINISH;
}

/* A failure found on this machine, behind a good answer. */
static enum task_step fail(struct user_task *task, const char *name,
                           const char *text)
{
    fault_set_local(&task->outcome.last, name, text);
    task->outcome.changed = 0;
    return finish(task, STATUS_FAILED);
}

/* The run can't go on. The rows have an outcome for those who need one. */
static enum task_step stop(struct user_task *task)
{
    bool doubt = task->state == TASK_UPDATING && !task->outcome.last.certain;

    task->outcome.changed = 0;
    task->outcome.retryable = true;
    (void)finish(task, doubt ? STATUS_UNKNOWN : STATUS_FAILED);
    return TASK_STOP;
}

static enum task_step stop_memory(struct user_task *task)
{
    fault_set_memory(&task->outcome.last);
    return stop(task);
}

/* A request could not be built; errno is the buffer's. */
static enum task_step fail_build(struct user_task *task)
{
    if (errno == EFBIG)
        return fail(task, "RequestTooLarge",
                    "what would be sent is larger than a request may be");
    return stop_memory(task);
}

static int by_length(const void *a, const void *b)
{
    size_t x = strlen(*(const char *const *)a);
    size_t y = strlen(*(const char *const *)b);

    return (x < y) - (x > y);
}

/* A value of the user's, in its rows or as it is held, that may be repeated. */
static bool is_personal(const struct column *column)
{
    return column->use == COLUMN_WRITE || column->type == COLUMN_STRING;
}

/* Gathers the values that a message may repeat, and the tokens; answers their
 * number. values may be NULL: then they are only counted. */
static size_t gather_values(const struct user_task *task, const char **values)
{
    const struct service *service = task->service;
    size_t count = 2;

    if (values) {
        values[0] = task->session->access_token;
        values[1] = task->session->developer_token;
    }
    for (const struct row *row = task->group->rows; row; row = row->next) {
        for (unsigned i = 0; i < row->count; i++) {
            if (!row->cells[i].text)
                continue;
            if (values)
                values[count] = row->cells[i].text;
            count++;
        }
    }
    for (unsigned i = 0; task->user && i < service->column_count; i++) {
        const char *value = service->user_value(task->user, i);

        if (!value || !is_personal(&service->columns[i]))
            continue;
        if (values)
            values[count] = value;
        count++;
    }
    return count;
}

/* A message of the service's may repeat what it was sent. */
static void mask_values(struct user_task *task)
{
    struct fault *fault = &task->outcome.last;
    size_t count = gather_values(task, NULL);
    const char **values;

    if (!*fault->text)
        return;
    values = malloc(count * sizeof(*values));
    if (!values) {
        *fault->text = '\0'; /* rather nothing than a name */
        return;
    }
    count = gather_values(task, values);
    qsort(values, count, sizeof(*values), by_length);
    for (size_t i = 0; i < count; i++)
        fault_mask(fault, values[i]);
    free(values);
}

/* The call that was just answered failed; outcome.last is its fault. */
static enum task_step finish_fault(struct user_task *task)
{
    const struct fault *fault = &task->outcome.last;

    mask_values(task);
    task->outcome.changed = 0;
    if (fault->action == FAULT_SIGN_IN || fault->action == FAULT_STOP ||
        fault->action == FAULT_MEMORY)
        return stop(task);
    if (task->state == TASK_UPDATING && !fault->certain) {
        task->outcome.retryable = true;
        return finish(task, STATUS_UNKNOWN);
    }
    task->outcome.retryable =
        fault->action == FAULT_RETRY || fault->action == FAULT_THROTTLE;
    return finish(task, STATUS_FAILED);
}

/* ---- steps -------------------------------------------------------------- */

enum task_step user_task_start(struct user_task *task,
                               struct http_request *request)
{
    if (task->service->build_get(task->session, task->group->key, request))
        return fail_build(task);
    set_state(task, TASK_FETCHING);
    return TASK_SEND;
}

/* A cell that holds the clear token would clear when it is fed back. */
static enum task_step export_user(struct user_task *task)
{
    for (unsigned i = 0; i < task->service->column_count; i++) {
        const char *value = task->service->user_value(task->user, i);

        if (value && column_is_exported(&task->service->columns[i]) &&
            strcmp(value, task->options->clear_token) == 0) {
            task->outcome.field = task->service->columns[i].name;
            return fail(task, "ClearTokenInValue",
                        "a value of the user is the word that clears; choose "
                        "another one with --clear-token");
        }
    }
    return finish(task, STATUS_EXPORTED);
}

static enum task_step reconcile(struct user_task *task)
{
    struct outcome *outcome = &task->outcome;

    outcome->changed =
        merge_differences(&task->merge, task->service, task->user, true);
    return finish(task, outcome->changed ? STATUS_DRIFT : STATUS_MATCH);
}

/* Does a row's guard on LastModifiedTime differ only because this very run has
 * updated another user of the same person? */
static bool is_own_write(const struct user_task *task, const struct row *row)
{
    const struct service *service = task->service;
    struct state held = {task->outcome.last_modified, task->shared};

    for (unsigned i = 0; i < row->count; i++) {
        const struct cell *cell = &row->cells[i];

        if (cell->column == service->last_modified &&
            !merge_is_same(&service->columns[cell->column],
                           service->user_value(task->user, cell->column),
                           cell->text))
            return cell->text &&
                   written_explains(task->session->written, cell->text, held);
    }
    return true;
}

static bool are_own_writes(const struct user_task *task)
{
    if (!task->session->written)
        return false;
    for (const struct row *row = task->group->rows; row; row = row->next)
        if (!is_own_write(task, row))
            return false;
    return true;
}

/* Do all guards hold? Sets outcome.field to one that doesn't. */
static bool guards_hold(struct user_task *task)
{
    const struct service *service = task->service;
    column_mask failed =
        merge_failed_guards(service, task->user, task->group->rows);

    if (service->last_modified < COLUMN_MAX &&
        (failed & column_bit(service->last_modified)) && are_own_writes(task)) {
        task->outcome.own_write = true;
        failed &= ~column_bit(service->last_modified);
    }
    for (unsigned i = 0; failed && i < service->column_count; i++) {
        if (failed & column_bit(i)) {
            task->outcome.field = service->columns[i].name;
            return false;
        }
    }
    return true;
}

static enum task_step conflict(struct user_task *task)
{
    fault_set_local(&task->outcome.last, "GuardMismatch",
                    "the service holds another value than the file: the user "
                    "was changed since, or it is not the one that is meant; "
                    "nothing was sent");
    return finish(task, STATUS_CONFLICT);
}

static enum task_step update(struct user_task *task,
                             struct http_request *request)
{
    const struct service *service = task->service;

    if (merge_apply(&task->merge, service, task->user, task->outcome.changed))
        return stop_memory(task);
    if (service->build_update(task->session, task->user, request))
        return fail_build(task);
    set_state(task, TASK_UPDATING);
    return TASK_SEND;
}

static enum task_step take_user(struct user_task *task,
                                const struct http_response *response,
                                struct http_request *request)
{
    const struct service *service = task->service;

    if (service->parse_get(response, task->group->key, &task->user,
                           &task->outcome.last))
        return finish_fault(task);
    fault_init(&task->outcome.last, response);
    service->user_last_modified(task->user, task->outcome.last_modified);
    if (task->session->written)
        task->shared = merge_hash_shared(service, task->user);
    if (task->options->mode == MODE_EXPORT)
        return export_user(task);
    if (task->options->mode == MODE_RECONCILE)
        return reconcile(task);
    if (!guards_hold(task))
        return conflict(task);
    task->outcome.changed =
        merge_differences(&task->merge, service, task->user, false);
    if (!task->outcome.changed)
        return finish(task, STATUS_UNCHANGED);
    if (task->options->mode == MODE_DRY_RUN)
        return finish(task, STATUS_WOULD_UPDATE);
    return update(task, request);
}

static enum task_step take_update(struct user_task *task,
                                  const struct http_response *response)
{
    struct outcome *outcome = &task->outcome;
    char time[SERVICE_TIME_SIZE];

    if (task->service->parse_update(response, time, &outcome->last))
        return finish_fault(task);
    fault_init(&outcome->last, response);
    if (task->session->written) {
        struct state before = {outcome->last_modified, task->shared};
        struct state after = {time,
                              merge_hash_shared(task->service, task->user)};

        written_add(task->session->written, before, after);
    }
    memcpy(outcome->last_modified, time, sizeof(time));
    return finish(task, STATUS_UPDATED);
}

enum task_step user_task_answer(struct user_task *task,
                                const struct http_response *response,
                                struct http_request *request)
{
    task->outcome.attempts += response->sends ? response->sends : 1;
    if (task->state == TASK_FETCHING)
        return take_user(task, response, request);
    assert(task->state == TASK_UPDATING);
    return take_update(task, response);
}
