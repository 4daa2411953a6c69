#include "journal/earlier_run.h"

#include <string.h>

#include "journal/fingerprint.h"
#include "journal/output_file.h"
#include "journal/replay.h"

static int reject_missing(const struct earlier_run_setup *setup,
                          struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s has rows of a run that did not finish, but its "
                     "journal %s is missing: put the journal back to resume "
                     "that run, or use --restart to discard the rows",
                     setup->staging, setup->path);
}

static int reject_damaged(const struct earlier_run_setup *setup,
                          struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "%s does not begin with an intact journal header, so its "
                     "run cannot be resumed; rows of it may have been applied: "
                     "use --restart to discard the journal and start again",
                     setup->path);
}

static int reject_unfinished(const struct earlier_run_setup *setup,
                             struct error *error)
{
    return error_set(error, ERROR_USAGE,
                     "a run with this OUTPUT did not finish and left its "
                     "journal %s: use --resume to resume that run, or "
                     "--restart to discard what it left",
                     setup->path);
}

static bool has_rows(const struct earlier_run_setup *setup)
{
    return output_file_has_rows(setup->files, setup->staging);
}

/* There is no header. A run that was interrupted while it wrote the header has
 * written nothing else. */
static int judge_damage(struct earlier_run *earlier,
                        const struct earlier_run_setup *setup,
                        struct journal *journal, struct error *error)
{
    int more = has_rows(setup) ? 1 : journal_has_more(journal, error);

    if (more > 0)
        return reject_damaged(setup, error);
    earlier->ignored = true;
    return more;
}

bool earlier_run_read_finished(struct journal *journal,
                               char output[OUTPUT_FILE_SIZE])
{
    char type;

    return journal_read_last(journal, OUTPUT_FILE_SIZE - 1, &type, output) ==
               0 &&
           type == RECORD_FINISHED;
}

/* A finished run needs nothing but the rename, or not even that. */
static void judge_finished(struct earlier_run *earlier,
                           const struct earlier_run_setup *setup,
                           struct journal *journal)
{
    char written[OUTPUT_FILE_SIZE], present[OUTPUT_FILE_SIZE];

    if (!earlier_run_read_finished(journal, written))
        return;
    earlier->finished =
        output_file_describe(setup->files, setup->output, present) == 0 &&
        strcmp(present, written) == 0;
    earlier->ignored = !earlier->finished && !has_rows(setup);
}

static int read_header(struct earlier_run *earlier,
                       const struct earlier_run_setup *setup,
                       struct journal *journal, struct error *error)
{
    struct journal_record record;
    int found = journal_read(journal, &record, error);

    if (found < 0)
        return -1;
    if (found == 0)
        return judge_damage(earlier, setup, journal, error);
    if (record.type != RECORD_HEADER || !fingerprint_is_one(record.text))
        return reject_damaged(setup, error);
    if (buffer_append(&earlier->header, record.text, record.len))
        return error_memory(error);
    judge_finished(earlier, setup, journal);
    return setup->resume || earlier->ignored ? 0
                                             : reject_unfinished(setup, error);
}

int earlier_run_open(struct earlier_run *earlier,
                     const struct earlier_run_setup *setup,
                     struct journal **journal, struct error *error)
{
    bool missing;

    *earlier = (struct earlier_run){.ignored = setup->restart};
    buffer_init(&earlier->header, JOURNAL_MAX_TEXT);
    *journal = journal_open(setup->files, setup->path, &missing, error);
    if (!*journal && !missing)
        return -1;
    if (setup->restart)
        return 0;
    if (missing)
        return has_rows(setup) ? reject_missing(setup, error) : 0;
    return read_header(earlier, setup, *journal, error);
}

void earlier_run_clear(struct earlier_run *earlier)
{
    buffer_free(&earlier->header);
}
