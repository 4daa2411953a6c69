#define _GNU_SOURCE /* memmem(), memrchr() */
#include "files.h"

#include <stdlib.h>
#include <string.h>

#include "partner.h"

#define CLAIM_SIZE 30 /* bytes of its record from the type on */

/* ---- the input ----------------------------------------------------------- */

static unsigned id_of(const struct row_plan *row)
{
    return row->kind == ROW_NOBODY ? MODEL_NOBODY_ID + row->label
                                   : MODEL_FIRST_ID + row->user;
}

static void put_row(struct simulation *simulation, struct buffer *csv,
                    const struct row_plan *row)
{
    const struct model_fields *first =
        &simulation->model.users[row->user].versions[0].fields;
    char id[40], city[64] = "", title[100] = "";
    int failed;

    if (row->kind == ROW_SAME) {
        (void)snprintf(city, sizeof(city), "%s", first->city);
        (void)snprintf(title, sizeof(title), "%s", first->title);
    } else {
        model_format_value(city, 'c', row->label);
        model_format_value(title, 't', row->label);
    }
    if (row->kind == ROW_INVALID)
        (void)snprintf(title, sizeof(title), "%080u", row->label);
    (void)snprintf(id, sizeof(id),
                   simulation->schedule->partner ? PARTNER_ID : "%u",
                   id_of(row));
    failed = buffer_printf(csv, "%s,%s,%s,%s\n", id, row->city ? city : "",
                           row->title || row->kind == ROW_INVALID ? title : "",
                           row->kind == ROW_GUARDED ? first->name : "");
    if (failed)
        abort();
}

void files_put(struct simulation *simulation)
{
    const struct schedule *schedule = simulation->schedule;
    struct buffer csv;

    buffer_init(&csv, (size_t)1 << 20);
    if (buffer_puts(&csv, schedule->partner ? PARTNER_HEADER
                                            : "Id,City,JobTitle,UserName\n"))
        abort();
    for (unsigned i = 0; i < schedule->row_count; i++)
        put_row(simulation, &csv, &schedule->rows[i]);
    disk_put(&simulation->disk, INPUT, csv.data, csv.len);
    disk_put(&simulation->disk, REFRESH, "refresh0", strlen("refresh0"));
    buffer_free(&csv);
}

/* ---- the output ---------------------------------------------------------- */

/* Takes the next field of a line, which has no quoted line ends. */
static const char *take_field(const char *text, char *field, size_t size)
{
    size_t len = 0;
    bool quoted = *text == '"';

    for (text += quoted; *text; text++) {
        if (quoted ? *text == '"' && text[1] != '"'
                   : *text == ',' || *text == '\n')
            break;
        text += quoted && *text == '"';
        if (len + 1 < size)
            field[len++] = *text;
    }
    field[len] = '\0';
    text += quoted;
    return text + (*text == ',');
}

enum { FIELD_ROW, FIELD_ID, FIELD_STATUS, FIELD_NAME = 5, FIELD_RETRYABLE = 8 };

static void read_result(struct simulation *simulation, struct sim_run *run,
                        const char *line, unsigned expected)
{
    const struct schedule *schedule = simulation->schedule;
    char fields[FIELD_RETRYABLE + 1][48];
    struct sim_result *result;
    unsigned long row, id;

    for (unsigned i = 0; i <= FIELD_RETRYABLE; i++)
        line = take_field(line, fields[i], sizeof(fields[i]));
    row = strtoul(fields[FIELD_ROW], NULL, 10);
    if (row != expected || row > schedule->row_count) {
        simulation_break(simulation, "every row has one result",
                         "result %u is of row %lu", expected, row);
        return;
    }
    result = &run->results[row - 1];
    result->retryable = strcmp(fields[FIELD_RETRYABLE], "yes") == 0;
    (void)snprintf(result->error, sizeof(result->error), "%.39s",
                   fields[FIELD_NAME]);
    id = schedule->partner ? partner_id_number(fields[FIELD_ID])
                           : strtoul(fields[FIELD_ID], NULL, 10);
    if (id != id_of(&schedule->rows[row - 1]))
        simulation_break(simulation, "every row has one result",
                         "row %lu has the Id %s", row, fields[FIELD_ID]);
    if (!status_find(fields[FIELD_STATUS], &result->status))
        simulation_break(simulation, "every row has one result",
                         "row %lu has the status %s", row,
                         fields[FIELD_STATUS]);
}

unsigned files_count_rows(const struct simulation *simulation, const char *path)
{
    const struct buffer *file = disk_find(&simulation->disk, path);
    const char *line = file && file->len ? file->data : NULL;
    unsigned count = 0;

    while (line && (line = strchr(line, '\n')) && *++line)
        count++;
    return count;
}

bool files_output_is_as_before(const struct simulation *simulation)
{
    const struct buffer *output = disk_find(&simulation->disk, OUTPUT);
    const struct buffer *before = &simulation->before;

    if (!output || output->len == 0)
        return before->len == 0;
    return output->len == before->len &&
           memcmp(output->data, before->data, output->len) == 0;
}

void files_copy(struct buffer *copy, const struct buffer *file)
{
    buffer_clear(copy);
    if (file && buffer_append(copy, file->data, file->len))
        abort();
}

/* "E LENGTH SECONDS 1 LENGTH:--max-duration ..." */
bool files_has_reached_end(const struct simulation *simulation)
{
    static const char option[] = ":--max-duration";
    const struct buffer *journal = disk_find(&simulation->disk, JOURNAL);
    const char *at = journal && journal->len ? journal->data : NULL;
    bool reached = false;

    while (at && (at = strstr(at, option))) {
        const char *blank =
            memrchr(journal->data, ' ', (size_t)(at - journal->data));

        reached = blank && blank[-1] == '1' && blank[-2] == ' ';
        at += strlen(option);
    }
    return reached;
}

/* A power cut may change what follows these records. */
bool files_has_old_journal(const struct simulation *simulation)
{
    const struct buffer *now = disk_find(&simulation->disk, JOURNAL);
    const struct buffer *old = &simulation->journal;
    const char *claim =
        old->len > 0 ? memmem(old->data, old->len, " N 000", 6) : NULL;
    size_t len = claim ? (size_t)(claim - old->data) + CLAIM_SIZE : 0;

    return now && claim && old->len > len && now->len > len &&
           memcmp(now->data, old->data, len) == 0;
}

bool files_is_finished(const struct buffer *journal)
{
    const char *line = memrchr(journal->data, 'F', journal->len);

    return line && line - journal->data >= 10 && line[-1] == ' ' &&
           line[1] == ' ' && line[-10] == '\n' && strlen(line) < 200;
}

void files_read_output(struct simulation *simulation, struct sim_run *run)
{
    const struct buffer *output = disk_find(&simulation->disk, OUTPUT);
    const char *line = output && output->len ? output->data : "";
    unsigned count = 0;

    while ((line = strchr(line, '\n')) && line[1] &&
           !simulation->verdict.broken)
        read_result(simulation, run, ++line, ++count);
    if (count != simulation->schedule->row_count)
        simulation_break(simulation, "every row has one result",
                         "%u results of %u rows", count,
                         simulation->schedule->row_count);
}

bool files_have_failed(const struct schedule *schedule)
{
    return schedule->seed % 3 == 0;
}

/* Was an earlier row of this user not applied? */
static bool is_repeated(const struct simulation *simulation,
                        const struct sim_run *run, unsigned row)
{
    const struct row_plan *rows = simulation->schedule->rows;

    for (unsigned i = 0; i < row; i++)
        if (!status_is_success(run->results[i].status) &&
            id_of(&rows[i]) == id_of(&rows[row]))
            return true;
    return false;
}

void files_check_failed(struct simulation *simulation,
                        const struct sim_run *run)
{
    const struct buffer *file = disk_find(&simulation->disk, FAILED);

    if (!files_have_failed(simulation->schedule))
        return;
    if (!file || disk_find(&simulation->disk, FAILED ".part"))
        simulation_break(simulation,
                         "rows that were not applied are in --failed", "%s",
                         file ? "its staging file is left" : "no file");
    for (unsigned i = 0; file && i < simulation->schedule->row_count; i++) {
        enum status status = run->results[i].status;
        bool wanted =
            !status_is_success(status) || is_repeated(simulation, run, i);
        char text[48];

        (void)snprintf(text, sizeof(text), ",%u,%s,", i + 1,
                       status_name(status));
        if ((strstr(file->data, text) != NULL) != wanted)
            simulation_break(simulation,
                             "rows that were not applied are in --failed",
                             "row %u is %s", i + 1, status_name(status));
    }
}
