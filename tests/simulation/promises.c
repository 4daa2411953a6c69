/*
 * The promises of the program, checked against what the service recorded.
 *
 * A value of a row contains the row's label, so a write shows whose it is. A
 * write moves a column to a row if it puts that row's value there and another
 * one was there before.
 */
#include <stdlib.h>
#include <string.h>

#include "simulation.h"

#define MINUTE INT64_C(60000000)
#define DAY    (1440 * MINUTE)

static const char columns[] = {'c', 't'};

#define COLUMNS 2

static const char *value_of(const struct model_fields *fields, unsigned column)
{
    return column == 0 ? fields->city : fields->title;
}

static bool has_column(const struct row_plan *row, unsigned column)
{
    return column == 0 ? row->city : row->title;
}

/* The row whose value it is, by position; -1: none. */
static int row_of(const struct schedule *schedule, const char *value,
                  unsigned column)
{
    unsigned label = model_label(value, columns[column]);

    for (unsigned i = 0; label > 0 && i < schedule->row_count; i++)
        if (schedule->rows[i].label == label)
            return (int)i;
    return -1;
}

static bool is_in_run(const struct model_write *write,
                      const struct sim_run *run)
{
    return write->ours && write->part >= run->first_part &&
           write->part <= run->last_part;
}

/* The row to which the write moves the column; -1: none. */
static int moves_to(const struct schedule *schedule,
                    const struct model_write *write, unsigned column)
{
    int row = row_of(schedule, value_of(&write->sent, column), column);

    return row >= 0 && row != row_of(schedule, value_of(&write->before, column),
                                     column)
               ? row
               : -1;
}

/* With --sync second, a power cut may have lost every trace of the write. */
static bool is_lost(const struct simulation *simulation,
                    const struct model_write *write)
{
    return write->ours && write->at > simulation->lost_since[write->part];
}

/* Coarse stamps: the service has accepted another update of the same version.
 * The later one has reverted the earlier one, and nothing shows it. */
static bool is_hidden(const struct simulation *simulation,
                      const struct model_write *write)
{
    const struct model *model = &simulation->model;
    unsigned per_person = simulation->schedule->per_person;
    const struct model_write *end = model->writes + model->write_count;

    if (!simulation->schedule->coarse)
        return false;
    for (const struct model_write *other = model->writes; other < end; other++)
        if (other != write &&
            other->user / per_person == write->user / per_person &&
            other->stamp_before == write->stamp_before)
            return true;
    return false;
}

/* How often did the run move the column to the row? A service that normalizes
 * shows another value than it was sent, so there each time counts at which the
 * value was sent anew. all: count also writes of which no evidence is left. */
static unsigned count_moves(const struct simulation *simulation,
                            const struct sim_run *run, unsigned row,
                            unsigned column, bool all)
{
    const struct model *model = &simulation->model;
    unsigned count = 0;

    for (unsigned i = 0; i < model->write_count; i++) {
        const struct model_write *write = &model->writes[i];
        const char *sent = value_of(&write->sent, column);

        if (is_in_run(write, run) &&
            row_of(simulation->schedule, sent, column) == (int)row &&
            strcmp(sent, value_of(&write->before, column)) != 0 &&
            (all ||
             (!is_lost(simulation, write) && !is_hidden(simulation, write))))
            count++;
    }
    return count;
}

/* The user's last row that has a value in the column; -1: none. */
static int last_row(const struct schedule *schedule, unsigned user,
                    unsigned column)
{
    for (unsigned i = schedule->row_count; i-- > 0;)
        if (schedule->rows[i].user == user &&
            schedule->rows[i].kind < ROW_NOBODY &&
            has_column(&schedule->rows[i], column))
            return (int)i;
    return -1;
}

/* Does a later row of the user have a value in this column? Both may be in one
 * group, whose update has the later value only. */
static bool is_superseded(const struct schedule *schedule, unsigned row,
                          unsigned column)
{
    return last_row(schedule, schedule->rows[row].user, column) > (int)row;
}

/* What the service stores for the row's value. */
static void store_value(const struct simulation *simulation, unsigned row,
                        unsigned column, char stored[MODEL_VALUE])
{
    const struct row_plan *plan = &simulation->schedule->rows[row];
    const struct model *model = &simulation->model;
    char value[MODEL_VALUE];

    if (plan->kind == ROW_SAME)
        (void)snprintf(
            value, sizeof(value), "%s",
            value_of(&model->users[plan->user].versions[0].fields, column));
    else
        model_format_value(value, columns[column], plan->label);
    model_normalize(model, value, stored);
}

static bool was_there(const struct simulation *simulation, unsigned row,
                      unsigned column)
{
    const struct model_user *user =
        &simulation->model.users[simulation->schedule->rows[row].user];
    char stored[MODEL_VALUE];

    store_value(simulation, row, column, stored);
    for (unsigned i = 0; i < user->count; i++)
        if (strcmp(value_of(&user->versions[i].fields, column), stored) == 0)
            return true;
    return false;
}

/* ---- the result of a row ------------------------------------------------- */

static bool is_applied(const struct simulation *simulation,
                       const struct sim_run *run, unsigned row, unsigned column)
{
    const struct row_plan *plan = &simulation->schedule->rows[row];

    /* An earlier run, or one that was discarded, may have applied it before. */
    if ((run->retries || run->restarted) && was_there(simulation, row, column))
        return true;
    return plan->kind == ROW_SAME ||
           count_moves(simulation, run, row, column, true) > 0 ||
           is_superseded(simulation->schedule, row, column);
}

/* Were updates of other users of a person lost? Then nobody knows which of them
 * came first. */
static bool has_lost_person(const struct simulation *simulation)
{
    return simulation->schedule->per_person > 1 &&
           simulation->events[EVENT_SECOND_LOST];
}

static void check_status(struct simulation *simulation,
                         const struct sim_run *run, unsigned row,
                         unsigned column)
{
    const struct row_plan *plan = &simulation->schedule->rows[row];
    unsigned label = plan->label;
    unsigned moves = count_moves(simulation, run, row, column, false);

    switch (run->results[row].status) {
    case STATUS_UPDATED:
        if (!is_applied(simulation, run, row, column))
            simulation_break(simulation, "Updated rows are applied",
                             "label %u, user %u is Updated, but was not "
                             "applied",
                             label, plan->user + 1);
        break;
    case STATUS_UNCHANGED:
        if (moves > 0)
            simulation_break(simulation, "Unchanged rows were not changed",
                             "label %u, user %u is Unchanged, but this run "
                             "applied it",
                             label, plan->user + 1);
        else if (!is_superseded(simulation->schedule, row, column) &&
                 !was_there(simulation, row, column))
            simulation_break(simulation, "Unchanged rows have their values",
                             "label %u, user %u is Unchanged, but its values "
                             "never were there",
                             label, plan->user + 1);
        break;
    case STATUS_UNKNOWN:
        /* A row that is not retried, because a later one was applied, keeps
         * this status. */
        if (!run->update_sent[plan->user] && !run->retries)
            simulation_break(simulation, "only sent rows are Unknown",
                             "label %u, user %u is Unknown, but no update was "
                             "sent",
                             label, plan->user + 1);
        break;
    default:
        if (moves > 0)
            simulation_break(simulation, "Failed rows were not applied",
                             "label %u, user %u is %s (%s), but was applied",
                             label, plan->user + 1,
                             status_name(run->results[row].status),
                             run->results[row].error);
        break;
    }
    if (moves > 1 && !simulation->schedule->coarse &&
        !has_lost_person(simulation))
        simulation_break(simulation, "no update is applied twice",
                         "label %u, user %u was applied %u times", label,
                         plan->user + 1, moves);
}

static int64_t give_up_of(const struct schedule *schedule)
{
    return schedule->give_up * MINUTE;
}

/* Are there updates that fail for as long as --give-up, with the longest pause
 * between two of them, while users can be read? If no other user is left then,
 * the updates of these users are given up. */
static bool is_read_only_for_long(const struct schedule *schedule,
                                  const struct part_plan *part)
{
    return part->updates_fail && !part->gets_fail &&
           part->outage_end - part->outage_start + MINUTE >=
               give_up_of(schedule);
}

/* Can the process end between the refusal of an update and the next one? The
 * next process does not know of the refusal. This matters if another user of
 * the person was written meanwhile. */
static bool can_forget(const struct schedule *schedule,
                       const struct part_plan *part)
{
    return schedule->per_person > 1 &&
           (part->die_at || part->full_at || part->write_fails ||
            part->sync_fails || part->signal_at || part->revoked_at ||
            schedule->seconds);
}

/* An update that was on its way when an outage of updates began counts as a
 * proof that others pass, until the circuit breaker opens. Without retries, the
 * failure before may have been the limit's. */
static bool can_mistake(const struct schedule *schedule,
                        const struct part_plan *part)
{
    return part->outage_end &&
           (schedule->retries == 0 ||
            (schedule->concurrency > 1 && !part->gets_fail));
}

/* With --sync second, a power cut may lose the intent of a later update of a
 * user, so that it looks like one of others. */
static bool can_lose(const struct schedule *schedule,
                     const struct part_plan *part)
{
    return schedule->sync_second && part->die_at && part->death == DEATH_POWER;
}

/* A service that normalizes shows an update of another user of the person in
 * another spelling than it was sent, so that it looks like one of others. */
static bool can_confuse(const struct schedule *schedule,
                        const struct part_plan *part)
{
    return schedule->per_person > 1 && schedule->normalization &&
           part->outage_end;
}

/* If a row was applied and discarded, a service that normalizes shows no
 * difference between the user before its update and after it. (Partner Center
 * does show it in some responses, and has no content in others.) */
static bool can_hide(const struct schedule *schedule)
{
    return schedule->restarts && schedule->normalization;
}

/* Without faults of single calls, only invalid rows may fail, whatever the
 * outages, limits and crashes were. */
static bool is_calm(const struct schedule *schedule)
{
    for (unsigned p = 0; p < schedule->part_count; p++) {
        const struct part_plan *part = &schedule->parts[p];

        if (can_forget(schedule, part) || can_mistake(schedule, part) ||
            is_read_only_for_long(schedule, part) || can_lose(schedule, part) ||
            can_confuse(schedule, part))
            return false;
        for (unsigned i = 0; i < FAULT_COUNT; i++)
            if (part->chances[i])
                return false;
    }
    return schedule->bad == BAD_NONE && !schedule->others_between &&
           !schedule->coarse && !can_hide(schedule);
}

static void check_row(struct simulation *simulation, const struct sim_run *run,
                      unsigned row, bool calm)
{
    const struct row_plan *plan = &simulation->schedule->rows[row];
    const struct sim_result *result = &run->results[row];

    if (plan->kind == ROW_INVALID || plan->kind == ROW_NOBODY) {
        if (result->status != STATUS_FAILED)
            simulation_break(simulation, "invalid rows fail", "label %u is %s",
                             plan->label, status_name(result->status));
        return;
    }
    for (unsigned i = 0; i < COLUMNS; i++)
        if (has_column(plan, i))
            check_status(simulation, run, row, i);
    if (calm && !status_is_success(result->status))
        simulation_break(simulation, "no row fails because of an outage",
                         "label %u, user %u is %s (%s)", plan->label,
                         plan->user + 1, status_name(result->status),
                         result->error);
}

/* A day for each part. If each call of one user fails, each of his rows may be
 * in a window of its own, and wait for --give-up. */
static int64_t longest_run(const struct simulation *simulation,
                           const struct sim_run *run)
{
    const struct schedule *schedule = simulation->schedule;
    int64_t longest = DAY * (1 + run->last_part - run->first_part);

    if (schedule->bad != BAD_NONE)
        longest += schedule->row_count * give_up_of(schedule);
    return longest;
}

void promises_check_run(struct simulation *simulation, unsigned number)
{
    const struct sim_run *run = &simulation->runs[number];
    bool calm = is_calm(simulation->schedule);

    for (unsigned i = 0; i < simulation->schedule->row_count; i++)
        if (run->attempted[i])
            check_row(simulation, run, i, calm);
    for (unsigned i = 0; number > 0 && i < simulation->schedule->row_count; i++)
        if (!run->attempted[i] &&
            run->results[i].status != run[-1].results[i].status)
            simulation_break(simulation,
                             "rows that are not retried keep their "
                             "result",
                             "label %u", simulation->schedule->rows[i].label);
    if (simulation->host.now - run->started > longest_run(simulation, run))
        simulation_break(simulation, "every process ends",
                         "the run took %.0f s",
                         (double)(simulation->host.now - run->started) / 1e6);
}

/* ---- all writes ---------------------------------------------------------- */

/* What a write sends for a column must be what was there, or a row's value. */
static bool is_requested(const struct simulation *simulation,
                         const struct model_write *write, unsigned column)
{
    const struct schedule *schedule = simulation->schedule;
    const char *sent = value_of(&write->sent, column);
    const char *first = value_of(
        &simulation->model.users[write->user].versions[0].fields, column);
    int row = row_of(schedule, sent, column);

    if (strcmp(sent, value_of(&write->before, column)) == 0)
        return true;
    if (row >= 0)
        return schedule->rows[row].user == write->user;
    for (unsigned i = 0; i < schedule->row_count; i++)
        if (schedule->rows[i].kind == ROW_SAME &&
            schedule->rows[i].user == write->user &&
            has_column(&schedule->rows[i], column) && strcmp(sent, first) == 0)
            return true;
    return false;
}

static void check_write(struct simulation *simulation,
                        const struct model_write *write)
{
    const struct schedule *schedule = simulation->schedule;
    const char *first =
        simulation->model.users[write->user].versions[0].fields.name;

    if (strcmp(write->sent.name, write->before.name) != 0)
        simulation_break(simulation, "an update keeps what others wrote",
                         "user %u: UserName %s became %s", write->user + 1,
                         write->before.name, write->sent.name);
    for (unsigned i = 0; i < COLUMNS; i++) {
        int row = moves_to(schedule, write, i);

        if (!is_requested(simulation, write, i))
            simulation_break(simulation, "an update keeps what others wrote",
                             "user %u: %s became %s", write->user + 1,
                             value_of(&write->before, i),
                             value_of(&write->sent, i));
        if (row >= 0 && schedule->rows[row].kind == ROW_GUARDED &&
            !model_had(&simulation->model, write, write->before.name, first))
            simulation_break(simulation, "guards hold when an update is sent",
                             "label %u, user %u: UserName was %s",
                             schedule->rows[row].label, write->user + 1,
                             write->before.name);
    }
}

/* A run applies the rows of a user in the order of the file. */
static void check_order(struct simulation *simulation,
                        const struct sim_run *run, unsigned user,
                        unsigned column)
{
    const struct model *model = &simulation->model;
    int last = -1;

    if (simulation->schedule->coarse)
        return;

    for (unsigned i = 0; i < model->write_count; i++) {
        int row = moves_to(simulation->schedule, &model->writes[i], column);

        if (model->writes[i].user != user || row < 0 ||
            !is_in_run(&model->writes[i], run) ||
            is_lost(simulation, &model->writes[i]))
            continue;
        if (row < last)
            simulation_break(simulation, "rows of a user are applied in order",
                             "user %u: label %u after label %u", user + 1,
                             simulation->schedule->rows[row].label,
                             simulation->schedule->rows[last].label);
        last = row;
    }
}

/* The first row of the row's group. A row that is rejected is in a group, too.
 */
static int group_of(const struct schedule *schedule, int row)
{
    int first = -1;

    for (int i = 0; i <= row; i++)
        if (schedule->rows[i].user == schedule->rows[row].user &&
            schedule->rows[i].kind != ROW_NOBODY &&
            (first < 0 || i - first > (int)schedule->window))
            first = i;
    return first;
}

/* Does the write move a column to a row of that group? */
static bool moves_group(const struct schedule *schedule,
                        const struct model_write *write, int group)
{
    for (unsigned i = 0; i < COLUMNS; i++) {
        int row = moves_to(schedule, write, i);

        if (row >= 0 && group_of(schedule, row) == group)
            return true;
    }
    return false;
}

/* The write moves a column to the row. Another write of the run with rows of
 * its group, or a row of another group in this one: then groups differ from
 * those of INPUT. */
static void check_group(struct simulation *simulation,
                        const struct sim_run *run,
                        const struct model_write *write, int row,
                        unsigned column)
{
    const struct schedule *schedule = simulation->schedule;
    const struct model *model = &simulation->model;
    int group = group_of(schedule, row);

    for (unsigned i = 0; i < COLUMNS; i++) {
        int other = moves_to(schedule, write, i);

        if (other >= 0 && group_of(schedule, other) != group)
            simulation_break(simulation, "a group is one update",
                             "labels %u and %u are in one update",
                             schedule->rows[row].label,
                             schedule->rows[other].label);
    }
    for (unsigned i = 0; i < model->write_count; i++) {
        const struct model_write *other = &model->writes[i];

        if (is_in_run(other, run) && !is_lost(simulation, other) &&
            row_of(schedule, value_of(&other->sent, column), column) != row &&
            moves_group(schedule, other, group))
            simulation_break(simulation, "a group is one update",
                             "user %u: label %u is not in the update of its "
                             "group",
                             write->user + 1, schedule->rows[row].label);
    }
}

/* A run that was killed and resumed makes the groups of an undisturbed one. */
static void check_groups(struct simulation *simulation,
                         const struct sim_run *run)
{
    const struct model *model = &simulation->model;

    if (run->retries || *simulation->approved || simulation->schedule->coarse)
        return;
    for (unsigned i = 0; i < model->write_count; i++) {
        const struct model_write *write = &model->writes[i];

        for (unsigned column = 0; column < COLUMNS; column++) {
            int row = moves_to(simulation->schedule, write, column);

            if (row >= 0 && is_in_run(write, run) &&
                !is_lost(simulation, write))
                check_group(simulation, run, write, row, column);
        }
    }
}

/* If nobody else writes the column, the last row decides what it ends with. */
static void check_end(struct simulation *simulation, unsigned user,
                      unsigned column)
{
    const struct schedule *schedule = simulation->schedule;
    const struct model *model = &simulation->model;
    const struct sim_run *run = simulation->runs + simulation->run_count - 1;
    int row = last_row(schedule, user, column);
    const char *end = value_of(&model_current(model, user)->fields, column);
    bool has_stale_reads = simulation->network.met[FAULT_STALE_READ] > 0;
    bool restarted = false;
    char stored[MODEL_VALUE];

    for (unsigned i = 0; i < simulation->run_count; i++)
        restarted |= simulation->runs[i].restarted;
    /* A stale read may show what was there before a discarded update, or one
     * whose intent was lost; without etags, before any. Without etags, such an
     * update may also arrive after the later ones. */
    if (((restarted || schedule->no_etags) && has_stale_reads) ||
        (restarted && schedule->no_etags))
        return;
    if (row < 0 || simulation->run_count == 0 || schedule->per_person > 1 ||
        !status_is_success(run->results[row].status))
        return;
    for (unsigned i = 0; i < model->write_count; i++)
        if (model->writes[i].user == user &&
            (!model->writes[i].ours ||
             is_hidden(simulation, &model->writes[i]) ||
             ((has_stale_reads || schedule->no_etags) &&
              is_lost(simulation, &model->writes[i]))))
            return;
    store_value(simulation, (unsigned)row, column, stored);
    if (strcmp(end, stored) != 0)
        simulation_break(simulation, "the last row of a user decides",
                         "label %u, user %u is %s, but the user ends with %s",
                         schedule->rows[row].label, user + 1,
                         status_name(run->results[row].status), end);
}

void promises_check_all(struct simulation *simulation)
{
    const struct schedule *schedule = simulation->schedule;
    const struct buffer *refresh = disk_find(&simulation->disk, "refresh");

    /* Where several writes have one stamp, nobody can tell them apart. */
    for (unsigned i = 0; i < simulation->model.write_count; i++)
        if (simulation->model.writes[i].ours && !schedule->coarse)
            check_write(simulation, &simulation->model.writes[i]);
    for (unsigned i = 0; i < simulation->run_count; i++)
        check_groups(simulation, &simulation->runs[i]);
    for (unsigned i = 0; i < schedule->user_count; i++)
        for (unsigned column = 0; column < COLUMNS; column++) {
            for (unsigned run = 0; run < simulation->run_count; run++)
                check_order(simulation, &simulation->runs[run], i, column);
            check_end(simulation, i, column);
        }
    if (!refresh || refresh->len <= strlen("refresh") ||
        strtoul(refresh->data + strlen("refresh"), NULL, 10) <
            simulation->network.token_used)
        simulation_break(simulation,
                         "a refresh token is saved before its "
                         "access token is used",
                         "after access%u, the file contains: %s",
                         simulation->network.token_used,
                         refresh && refresh->len ? refresh->data : "");
}

void promises_check_rate(struct simulation *simulation)
{
    const struct sim_network *network = &simulation->network;
    unsigned rate = simulation->schedule->rate;

    for (unsigned i = rate; rate > 0 && i < network->calls && i < NETWORK_SENT;
         i++)
        if (network->sent_at[i] - network->sent_at[i - rate] < 1000000) {
            simulation_break(
                simulation, "--rate is respected", "%u calls in %.3f s",
                rate + 1,
                (double)(network->sent_at[i] - network->sent_at[i - rate]) /
                    1e6);
            return;
        }
}

/* Nothing but 207 slows these calls down, and no user waits for another. */
static bool is_slowed_by_207_only(const struct simulation *simulation)
{
    const struct schedule *schedule = simulation->schedule;
    const struct part_plan *part = simulation->network.part;

    for (unsigned i = 0; i < FAULT_COUNT; i++)
        if (i != FAULT_AT_ONCE && part->chances[i])
            return false;
    return schedule->user_count >= SCHEDULE_MAX_USERS / 2 &&
           schedule->concurrency > 2 && !schedule->limit && !schedule->rate &&
           !schedule->bad && !part->outage_end && !schedule->renews;
}

void promises_check_at_once(struct simulation *simulation)
{
    const struct sim_network *network = &simulation->network;

    if (network->since_at_once > 20 &&
        network->most_since < simulation->schedule->concurrency &&
        is_slowed_by_207_only(simulation))
        simulation_break(simulation, "calls at once grow again after a 207",
                         "%u calls later, at most %u were in flight",
                         network->since_at_once, network->most_since);
}
