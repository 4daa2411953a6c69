#include "ending/next_steps.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/disk_space.h"
#include "base/file.h"
#include "base/shell_quote.h"
#include "cli/redirections.h"
#include "cli/resume_command.h"
#include "ending/ending.h"
#include "service/service.h"

#define BYTES_PER_ROW 600 /* of the result and the journal, roughly */

#define TEXT_SIZE (PATH_MAX + 256)

static const struct redirections no_redirections = {"", ""};

static const struct redirections *redirections_of(const struct options *options)
{
    return options->redirections ? options->redirections : &no_redirections;
}

/* A command that is being printed. */
struct step {
    FILE *stream;
    char *command;
    size_t size;
};

/* false without memory: then the step is left out. */
static bool begin(struct step *step)
{
    *step = (struct step){.stream = NULL};
    step->stream = open_memstream(&step->command, &step->size);
    return step->stream != NULL;
}

/* Ends the printing. Returns what was printed, without its line end; NULL
 * without memory. */
static const char *finish(struct step *step)
{
    size_t len;

    if (fclose(step->stream) || !step->command)
        return NULL;
    len = strlen(step->command);
    if (len > 0 && step->command[len - 1] == '\n')
        step->command[len - 1] = '\0';
    return step->command;
}

/* Adds what was printed. */
static void end(struct step *step, struct run_summary *summary,
                const char *name, const char *text)
{
    const char *command = finish(step);

    if (command)
        run_summary_add_step(summary, name, text, command);
    free(step->command);
}

/* ---- a stopped run ------------------------------------------------------- */

/* The bytes that a resumed run will still write: as many a row as this one. */
static uint64_t needed_bytes(const char *output, const struct tally *tally)
{
    static const char *const ends[] = {".part", ".journal"};
    uint64_t left = tally->rows; /* if the number of rows is unknown */
    uint64_t bytes = 0;
    struct stat status;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char *name = file_name_beside(output, ends[i]);

        if (name && stat(name, &status) == 0)
            bytes += (uint64_t)status.st_size;
        free(name);
    }
    if (tally->rows_total > tally->rows)
        left = tally->rows_total - tally->rows;
    return tally->rows > 0 ? bytes / tally->rows * left : left * BYTES_PER_ROW;
}

/* What must be done before the run is resumed: "free 120 MB on /, then ". */
static void describe_room(char *text, size_t size,
                          const struct options *options,
                          const struct tally *tally, const struct error *error)
{
    const char *output = options->output;
    char advice[PATH_MAX + 64];

    text[0] = '\0';
    if (strcmp(output, "-") == 0)
        output = redirections_of(options)->output;
    if (error->disk_full && *output &&
        disk_space_advise(advice, sizeof(advice), output,
                          needed_bytes(output, tally)))
        (void)snprintf(text, size, "%s, then ", advice);
}

static const char *input_condition(const struct options *options)
{
    return resume_command_lacks_input(options, redirections_of(options))
               ? "with the same data in INPUT, "
               : "";
}

/* Somebody looks at the users of a canary before the rest is applied. */
static const char *purpose_of(const struct run_summary *summary, bool kept)
{
    if (!kept)
        return "to run it again";
    return summary->option && (strcmp(summary->option, "--limit") == 0 ||
                               strcmp(summary->option, "--max-changes") == 0)
               ? "to apply the rest, after you have checked the results so far"
               : "to resume";
}

static void add_resume(struct run_summary *summary,
                       const struct options *options, bool kept,
                       const struct error *error)
{
    char room[TEXT_SIZE], text[2 * TEXT_SIZE];
    struct step step;

    if (!begin(&step))
        return;
    describe_room(room, sizeof(room), options, &summary->tally, error);
    (void)snprintf(text, sizeof(text), "%s%s%s%s",
                   kept ? "" : "no journal is kept for such a run; ", room,
                   input_condition(options), purpose_of(summary, kept));
    (kept ? resume_command_print : again_command_print)(
        options, options->argc, options->argv, redirections_of(options),
        error->option, step.stream);
    end(&step, summary, kept ? "resume" : "run-again", text);
}

/* ---- a complete run ------------------------------------------------------ */

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* A pattern for the statuses of rows without success that the run has: ,Failed,
 * or ',(Failed|Conflict),' for a shell. */
static void print_statuses(FILE *stream, const struct tally *tally)
{
    const char *names[STATUS_COUNT] = {NULL};
    unsigned count = 0;

    for (unsigned i = 0; i < STATUS_COUNT; i++)
        if (tally->by_status[i] > 0 && !status_is_success((enum status)i))
            names[count++] = status_name((enum status)i);
    fputs(count == 1 ? "," : "-E ',(", stream);
    for (unsigned i = 0; i < count; i++)
        fprintf(stream, "%s%s", i > 0 ? "|" : "", names[i]);
    fputs(count == 1 ? "," : "),'", stream);
}

/* It may also find a row whose message contains such a word. */
static void add_list(struct run_summary *summary, const char *output)
{
    char text[SHELL_QUOTE_SIZE(PATH_MAX)];
    struct step step;

    if (!begin(&step))
        return;
    fputs(ends_with(output, ".gz") ? "zgrep " : "grep ", step.stream);
    print_statuses(step.stream, &summary->tally);
    shell_quote(text, sizeof(text), output);
    fprintf(step.stream, " %s%s\n", *output == '-' ? "-- " : "", text);
    end(&step, summary, "list-failed", "to list the rows without success");
}

static void add_retry(struct run_summary *summary,
                      const struct options *options)
{
    char text[TEXT_SIZE];
    struct step step;
    uint64_t rows = summary->tally.again;

    if (!begin(&step))
        return;
    (void)snprintf(text, sizeof(text),
                   "%sto retry the %" PRIu64 " %s that may succeed now",
                   input_condition(options), rows, rows == 1 ? "row" : "rows");
    retry_command_print(options, options->argc, options->argv,
                        redirections_of(options), summary->undone_users > 0,
                        step.stream);
    end(&step, summary, "retry-failed", text);
}

/* All rows are compared, since no INPUT has those alone that are Unknown. */
static void add_reconcile(struct run_summary *summary,
                          const struct options *options)
{
    char text[TEXT_SIZE];
    struct step step;
    uint64_t rows = summary->tally.by_status[STATUS_UNKNOWN];

    if (!begin(&step))
        return;
    (void)snprintf(text, sizeof(text),
                   "%sto compare all rows with the service, before you decide "
                   "on the %" PRIu64 " Unknown %s",
                   input_condition(options), rows, rows == 1 ? "row" : "rows");
    reconcile_command_print(options, options->argc, options->argv,
                            redirections_of(options), step.stream);
    end(&step, summary, "reconcile", text);
}

static void add_corrected(struct run_summary *summary,
                          const struct options *options)
{
    char text[TEXT_SIZE];
    struct step step;

    if (!begin(&step))
        return;
    (void)snprintf(text, sizeof(text), "to apply the rows of %s%s",
                   options->failed,
                   ending_rows_failed(&summary->tally) > summary->tally.again
                       ? ", after you have corrected them"
                       : " alone; none of them must be corrected");
    corrected_command_print(options, options->argc, options->argv, step.stream);
    end(&step, summary, "apply-failed", text);
}

/* No service returns a password, so none is undone. Whether one was sent is not
 * known here. */
static bool has_passwords(const struct service *service)
{
    for (unsigned i = 0; i < service->column_count; i++)
        if (service->columns[i].secret)
            return true;
    return false;
}

/* Also after a stopped run, for its updates so far. stopped: a resumed run
 * would keep the results of rows that were undone. */
static void add_undo(struct run_summary *summary, const struct options *options,
                     bool stopped)
{
    char rest[TEXT_SIZE], text[2 * TEXT_SIZE];
    struct step step;
    uint64_t users = summary->undone_users;

    if (!begin(&step))
        return;
    (void)snprintf(rest, sizeof(rest),
                   ", or of those whose rows you leave in %s", options->undo);
    (void)snprintf(
        text, sizeof(text), "to undo the updates of %" PRIu64 " %s%s%s", users,
        users == 1 ? "user" : "users",
        has_passwords(options->service) ? ", except for passwords" : "",
        stopped ? ", instead of resuming (then start again with "
                  "--restart and another --undo)"
                : rest);
    undo_command_print(options, options->argc, options->argv, step.stream);
    end(&step, summary, "undo", text);
}

/* The plan is to be reviewed first. */
static void add_approve(struct run_summary *summary,
                        const struct options *options)
{
    const struct run_plan *plan = &summary->plan;
    char text[TEXT_SIZE];
    struct step step;

    if (!begin(&step))
        return;
    (void)snprintf(text, sizeof(text),
                   "to apply the plan, after you have reviewed %s",
                   options->plan);
    approve_command_print(options, options->argc, options->argv, plan->sha256,
                          step.stream);
    end(&step, summary, "approve", text);
}

static void add_export(struct run_summary *summary,
                       const struct options *options)
{
    struct step step;

    if (!begin(&step))
        return;
    export_command_print(options, options->argc, options->argv, step.stream);
    end(&step, summary, "export", "to export all columns of these users");
}

static void add_after_completion(struct run_summary *summary,
                                 const struct options *options)
{
    bool to_file = options->output && strcmp(options->output, "-") != 0;
    bool has_errors = ending_rows_failed(&summary->tally) > 0;

    if (!to_file || !summary->complete)
        return;
    if (options->mode == MODE_LIST) {
        if (summary->tally.by_status[STATUS_LISTED] > 0)
            add_export(summary, options);
        return;
    }
    if (options->mode != MODE_EXPORT && has_errors)
        add_list(summary, options->output);
    if (options->plan && summary->plan.users > 0)
        add_approve(summary, options);
    if (options->mode == MODE_APPLY &&
        summary->tally.by_status[STATUS_UNKNOWN] > 0)
        add_reconcile(summary, options);
    if (options->mode == MODE_APPLY && summary->tally.again > 0)
        add_retry(summary, options);
    if (options->mode == MODE_APPLY && options->failed && has_errors)
        add_corrected(summary, options);
}

void next_steps_note_shard(struct run_summary *summary,
                           const struct options *options)
{
    struct step step;

    if (!options->argv || !begin(&step))
        return;
    shard_command_print(options, options->argc, options->argv,
                        redirections_of(options), step.stream);
    summary->shard.command = run_summary_keep(summary, finish(&step));
    free(step.command);
}

/* After ERROR_BUSY at the start, the other run may have another INPUT. If
 * nothing is recorded of the only customer to list, the same command fails. */
static bool is_resumable(const struct error *error, const struct tally *tally)
{
    return (error->kind != ERROR_BUSY || tally->calls > 0) &&
           !(error->option && strcmp(error->option, "--customer-id") == 0);
}

void next_steps_add(struct run_summary *summary, const struct options *options,
                    const struct error *error)
{
    enum exit_status status = (enum exit_status)summary->exit_status;
    enum ending_advice advice = ending_advise(options, status);
    bool stopped;

    if (!options->argv)
        return;
    stopped = advice != ENDING_NOTHING && is_resumable(error, &summary->tally);
    add_after_completion(summary, options);
    if (summary->undone_users > 0)
        add_undo(summary, options, stopped);
    if (stopped) /* bauser-batch(7) promises that it is the last line */
        add_resume(summary, options, advice == ENDING_RESUME, error);
}
