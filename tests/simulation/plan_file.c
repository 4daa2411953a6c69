#define _DEFAULT_SOURCE /* strsep() */
#include "plan_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "files.h"
#include "partner.h"
#include "report/run_summary.h"

#define COLUMNS 2
#define CELLS   8 /* of a line */

static const char kept[] = "no planned column is overwritten that others have "
                           "changed since";

static const char *value_of(const struct model_fields *fields, unsigned column)
{
    return column == 0 ? fields->city : fields->title;
}

/* ---- reading the plan ---------------------------------------------------- */

/* What the plan has of a user. */
struct planned {
    bool found;
    unsigned row;                      /* from 0 */
    char values[COLUMNS][MODEL_VALUE]; /* "": none is planned */
    char expected[COLUMNS][MODEL_VALUE];
};

/* Splits a line without quotes into its cells. */
static unsigned split(char *line, char *cells[CELLS])
{
    unsigned count = 0;
    char *cell;

    while (count < CELLS && (cell = strsep(&line, ",")))
        cells[count++] = cell;
    return count;
}

static unsigned find_cell(char *cells[CELLS], unsigned count, const char *name)
{
    unsigned at = 0;

    while (at < count && strcmp(cells[at], name) != 0)
        at++;
    return at;
}

static bool is_of(const struct simulation *simulation, const char *id,
                  unsigned user)
{
    unsigned number = simulation->schedule->partner
                          ? partner_id_number(id)
                          : (unsigned)strtoul(id, NULL, 10);

    return number == MODEL_FIRST_ID + user;
}

/* A user who has two rows breaks a promise. */
static void find_planned(struct simulation *simulation, unsigned user,
                         struct planned *planned)
{
    static const char *const names[2][COLUMNS] = {{"City", "JobTitle"},
                                                  {"firstName", "lastName"}};
    const struct buffer *file = disk_find(&simulation->disk, PLAN);
    char *copy = strdup(file && file->len ? file->data : "\n"), *rest = copy;
    char *line = copy ? strsep(&rest, "\n") : NULL;
    char *cells[CELLS];
    unsigned at[COLUMNS], count;

    if (!line)
        abort();
    memset(planned, 0, sizeof(*planned));
    count = split(line, cells);
    for (unsigned i = 0; i < COLUMNS; i++)
        at[i] =
            find_cell(cells, count, names[simulation->schedule->partner][i]);
    for (unsigned row = 0; (line = strsep(&rest, "\n")); row++) {
        count = split(line, cells);
        if (!is_of(simulation, cells[0], user))
            continue;
        if (planned->found)
            simulation_break(simulation, "a plan has one row for each user",
                             "user %u has two", user + 1);
        planned->found = true;
        planned->row = row;
        for (unsigned i = 0; i < COLUMNS; i++) {
            if (at[i] + 1 >= count)
                continue;
            (void)snprintf(planned->values[i], MODEL_VALUE, "%s", cells[at[i]]);
            (void)snprintf(planned->expected[i], MODEL_VALUE, "%s",
                           cells[at[i] + 1]);
        }
    }
    free(copy);
}

/* ---- the dry run --------------------------------------------------------- */

/* Rows that keep a value may take back what an earlier row has planned. */
static bool may_be_taken_back(const struct schedule *schedule, unsigned user)
{
    for (unsigned i = 0; i < schedule->row_count; i++)
        if (schedule->rows[i].user == user &&
            schedule->rows[i].kind == ROW_SAME)
            return true;
    return false;
}

static void approve(struct simulation *simulation)
{
    const struct buffer *file = disk_find(&simulation->disk, PLAN);
    unsigned char digest[HASH_SIZE];
    struct hash *hash = hash_new();

    if (!hash || !file || file->len == 0)
        abort();
    hash_update(hash, file->data, file->len);
    if (hash_digest(hash, digest))
        abort();
    hash_free(hash);
    run_summary_put_digest(simulation->approved, digest);
    simulation->rows = 0;
    for (size_t i = 0; i < file->len; i++)
        simulation->rows += file->data[i] == '\n';
    simulation->rows--;
}

void plan_file_check(struct simulation *simulation, const struct sim_run *run)
{
    const struct schedule *schedule = simulation->schedule;
    const struct model *model = &simulation->model;
    const struct buffer *file = disk_find(&simulation->disk, PLAN);
    struct planned planned;

    if (disk_find(&simulation->disk, PLAN ".journal") ||
        disk_find(&simulation->disk, PLAN ".part"))
        simulation_break(simulation, "a complete run leaves only OUTPUT",
                         "a file beside " PLAN " is left");
    for (unsigned i = 0; i < model->write_count; i++)
        if (model->writes[i].ours)
            simulation_break(simulation, "a dry run sends no update",
                             "user %u was updated", model->writes[i].user + 1);
    if (!file || file->len == 0)
        simulation_break(simulation, "a complete dry run has a plan",
                         PLAN " is missing");
    for (unsigned i = 0; i < schedule->row_count; i++) {
        unsigned user = schedule->rows[i].user;

        if (run->results[i].status != STATUS_WOULD_UPDATE ||
            may_be_taken_back(schedule, user))
            continue;
        find_planned(simulation, user, &planned);
        if (!planned.found)
            simulation_break(simulation, "users that would change are planned",
                             "user %u is not, but row %u would update them",
                             user + 1, i + 1);
    }
    if (!simulation->verdict.broken)
        approve(simulation);
}

/* ---- the run that applies it --------------------------------------------- */

static void check_write(struct simulation *simulation,
                        const struct model_write *write)
{
    struct planned planned;

    find_planned(simulation, write->user, &planned);
    for (unsigned i = 0; i < COLUMNS; i++) {
        const char *before = value_of(&write->before, i);
        const char *sent = value_of(&write->sent, i);

        if (strcmp(before, sent) == 0)
            continue;
        if (strcmp(planned.values[i], sent) != 0)
            simulation_break(simulation, "only what is planned is sent",
                             "user %u got %s instead of %s", write->user + 1,
                             sent, planned.values[i]);
        if (!model_had(&simulation->model, write, before, planned.expected[i]))
            simulation_break(simulation, kept,
                             "user %u had %s, but the plan expects %s",
                             write->user + 1, before, planned.expected[i]);
    }
}

static bool have_others_written(const struct model *model, unsigned user)
{
    for (unsigned i = 0; i < model->write_count; i++)
        if (!model->writes[i].ours && model->writes[i].user == user)
            return true;
    return false;
}

static bool is_conflict(const struct simulation *simulation, unsigned row)
{
    const struct buffer *file = disk_find(&simulation->disk, OUTPUT);
    char *copy = strdup(file && file->len ? file->data : "\n"), *rest = copy;
    const char *line = NULL;
    bool found;

    if (!copy)
        abort();
    for (unsigned i = 0; i <= row + 1 && rest; i++)
        line = strsep(&rest, "\n");
    found = line && strstr(line, "GuardMismatch");
    free(copy);
    return found;
}

void plan_file_check_applied(struct simulation *simulation, unsigned from)
{
    const struct schedule *schedule = simulation->schedule;
    const struct model *model = &simulation->model;
    struct planned planned;

    /* Where several writes have one stamp, nobody can tell them apart. */
    for (unsigned i = from; i < model->write_count && !schedule->coarse; i++)
        if (model->writes[i].ours)
            check_write(simulation, &model->writes[i]);
    for (unsigned i = 0; i < schedule->user_count; i++) {
        if (schedule->per_person > 1 || have_others_written(model, i))
            continue;
        find_planned(simulation, i, &planned);
        if (planned.found && is_conflict(simulation, planned.row))
            simulation_break(simulation,
                             "a plan is applied to users that nobody changed",
                             "user %u is Conflict", i + 1);
    }
}
