#define _DEFAULT_SOURCE /* strsep() */
#include "undo_file.h"

#include <stdlib.h>
#include <string.h>

#include "partner.h"

#define COLUMNS 2
#define CELLS   8 /* of a line */

static const char promise[] = "old values are in the undo file";

static const char *value_of(const struct model_fields *fields, unsigned column)
{
    return column == 0 ? fields->city : fields->title;
}

void undo_file_name(char name[DISK_NAME_SIZE], unsigned run)
{
    (void)snprintf(name, DISK_NAME_SIZE, "undo%u.csv", run);
}

/* What the service recorded of a column of a user. */
struct change {
    const struct model_write *first; /* NULL: the run did not change it */
    const struct model_write *last;
};

static bool is_in_run(const struct model_write *write,
                      const struct sim_run *run)
{
    return write->ours && write->part >= run->first_part &&
           write->part <= run->last_part;
}

static struct change find_change(const struct simulation *simulation,
                                 const struct sim_run *run, unsigned user,
                                 unsigned column)
{
    const struct model *model = &simulation->model;
    struct change change = {NULL, NULL};

    for (unsigned i = 0; i < model->write_count; i++) {
        const struct model_write *write = &model->writes[i];

        if (write->user != user || !is_in_run(write, run) ||
            strcmp(value_of(&write->sent, column),
                   value_of(&write->before, column)) == 0)
            continue;
        change.first = change.first ? change.first : write;
        change.last = write;
    }
    return change;
}

/* Splits a line without quotes into its cells. */
static unsigned split(char *line, char *cells[CELLS])
{
    unsigned count = 0;

    char *comma;

    for (cells[count++] = line; count < CELLS; cells[count++] = comma + 1) {
        comma = strchr(cells[count - 1], ',');
        if (!comma)
            break;
        *comma = '\0';
    }
    return count;
}

/* The position of a column in the header, or -1. */
static int find_cell(char *cells[CELLS], unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(cells[i], name) == 0)
            return (int)i;
    return -1;
}

/* Is it unclear which value is the oldest, or the newest? Others have written
 * the user, or the run has through other users of the person; where several
 * writes have one stamp, nobody can tell them apart; a stale read of a user
 * without an etag shows an older value. */
static bool is_unclear(const struct simulation *simulation, unsigned user)
{
    const struct model *model = &simulation->model;

    for (unsigned i = 0; i < model->write_count; i++)
        if (model->writes[i].user == user && !model->writes[i].ours)
            return true;
    return simulation->schedule->per_person > 1 ||
           simulation->schedule->coarse ||
           (simulation->schedule->no_etags &&
            simulation->network.met[FAULT_STALE_READ] > 0);
}

static bool is_of(const struct simulation *simulation, const char *line,
                  unsigned user)
{
    unsigned id = simulation->schedule->partner
                      ? partner_id_number(line)
                      : (unsigned)strtoul(line, NULL, 10);

    return id == MODEL_FIRST_ID + user;
}

/* What the file has of a column of a user: the newest row comes first. */
struct undone {
    char old[MODEL_VALUE]; /* of the last row; "": there is none */
    char newest_old[MODEL_VALUE];
    char newest_expected[MODEL_VALUE];
};

static void find_undone(const struct simulation *simulation, const char *text,
                        unsigned user, unsigned column, struct undone *undone)
{
    const char *const names[2][COLUMNS] = {{"City", "JobTitle"},
                                           {"firstName", "lastName"}};
    char *copy = strdup(text), *rest = copy;
    char *line = copy ? strsep(&rest, "\n") : NULL;
    char *cells[CELLS];
    int at;

    if (!line)
        abort();
    memset(undone, 0, sizeof(*undone));
    at = find_cell(cells, split(line, cells),
                   names[simulation->schedule->partner][column]);
    while (at >= 0 && (line = strsep(&rest, "\n"))) {
        if (!is_of(simulation, line, user) ||
            split(line, cells) <= (unsigned)at + 1 || !*cells[at])
            continue;
        (void)snprintf(undone->old, MODEL_VALUE, "%s", cells[at]);
        if (*undone->newest_old)
            continue;
        (void)snprintf(undone->newest_old, MODEL_VALUE, "%s", cells[at]);
        (void)snprintf(undone->newest_expected, MODEL_VALUE, "%s",
                       cells[at + 1]);
    }
    free(copy);
}

/* The newest row must accept the user as the last update has made them. */
static void check_column(struct simulation *simulation,
                         const struct sim_run *run, unsigned user,
                         unsigned column, const char *text)
{
    struct change change = find_change(simulation, run, user, column);
    char stored[MODEL_VALUE];
    const char *before, *sent;
    struct undone undone;

    if (!change.first || is_unclear(simulation, user))
        return;
    before = value_of(&change.first->before, column);
    sent = value_of(&change.last->sent, column);
    model_normalize(&simulation->model, sent, stored);
    find_undone(simulation, text, user, column, &undone);
    if (strcmp(undone.old, *before ? before : "delete_value") != 0)
        simulation_break(simulation, promise,
                         "user %u had %s, but the file has %s", user + 1,
                         before, undone.old);
    else if (strcmp(undone.newest_expected, sent) != 0 &&
             strcmp(undone.newest_expected, stored) != 0 &&
             strcmp(undone.newest_old, stored) != 0)
        simulation_break(simulation, promise,
                         "user %u was set to %s, but the file expects %s",
                         user + 1, sent, undone.newest_expected);
}

void undo_file_check(struct simulation *simulation, unsigned number)
{
    const struct sim_run *run = &simulation->runs[number];
    char name[DISK_NAME_SIZE], other[DISK_NAME_SIZE + 16];
    const struct buffer *file;

    undo_file_name(name, number);
    file = disk_find(&simulation->disk, name);
    (void)snprintf(other, sizeof(other), "%s.journal", name);
    if (disk_find(&simulation->disk, other))
        simulation_break(simulation, "a complete run leaves only OUTPUT",
                         "%s is left", other);
    for (unsigned i = 0; i < simulation->schedule->user_count; i++)
        for (unsigned column = 0; column < COLUMNS; column++)
            check_column(simulation, run, i, column,
                         file && file->len ? file->data : "\n");
}
