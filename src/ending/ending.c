#include "ending/ending.h"

#include "journal/recovery.h"

uint64_t ending_rows_failed(const struct tally *tally)
{
    uint64_t rows = 0;

    for (unsigned i = 0; i < STATUS_COUNT; i++)
        if (!status_is_success((enum status)i))
            rows += tally->by_status[i];
    return rows;
}

static enum exit_status status_of_tally(const struct tally *tally)
{
    uint64_t succeeded = 0;

    if (tally->by_status[STATUS_UNKNOWN] > 0)
        return EXIT_SOME_UNKNOWN;
    for (unsigned i = 0; i < STATUS_COUNT; i++)
        if (status_is_success((enum status)i))
            succeeded += tally->by_status[i];
    return succeeded == tally->rows ? EXIT_ALL_SUCCEEDED : EXIT_SOME_FAILED;
}

enum exit_status ending_status(const struct tally *tally,
                               const struct error *error)
{
    if (!error)
        return status_of_tally(tally);
    switch (error->kind) {
    case ERROR_USAGE:
        return EXIT_USAGE;
    case ERROR_INPUT:
        return EXIT_INPUT;
    case ERROR_SIGN_IN:
        return EXIT_SIGN_IN;
    case ERROR_BUSY:
    case ERROR_STOPPED:
        return EXIT_STOPPED;
    case ERROR_PLANNED:
        return EXIT_PLANNED;
    case ERROR_NONE:
    case ERROR_VALUE:
    case ERROR_LOCAL:
        break;
    }
    return EXIT_LOCAL;
}

enum exit_status ending_detail(const struct options *options,
                               const struct tally *tally,
                               enum exit_status status)
{
    uint64_t others = tally->rows - tally->by_status[STATUS_MATCH] -
                      tally->by_status[STATUS_DRIFT];

    if (!options->detailed_exit_code)
        return status;
    if (options->mode == MODE_DRY_RUN && status == EXIT_ALL_SUCCEEDED &&
        tally->by_status[STATUS_WOULD_UPDATE] > 0)
        return EXIT_CHANGES;
    if (options->mode == MODE_RECONCILE && status == EXIT_SOME_FAILED &&
        others == 0)
        return EXIT_DRIFT;
    return status;
}

const char *ending_meaning(enum exit_status status)
{
    static const char *const meanings[] = {
        [EXIT_ALL_SUCCEEDED] = "every row succeeded",
        [EXIT_SOME_FAILED] =
            "finished; some rows are Failed, Conflict or Drift",
        [EXIT_USAGE] = "invalid usage or configuration; nothing was sent",
        [EXIT_INPUT] = "INPUT was rejected",
        [EXIT_SIGN_IN] = "the sign-in was rejected, or lacks a right",
        [EXIT_STOPPED] = "stopped early",
        [EXIT_LOCAL] = "a file, pipe or memory of this machine failed",
        [EXIT_SOME_UNKNOWN] = "finished; some rows are Unknown",
        [EXIT_CHANGES] = "finished; some rows would change their user",
        [EXIT_DRIFT] = "finished; some rows are Drift, all others Match",
        [EXIT_PLANNED] = "stopped as planned, by an option; to be resumed",
    };

    return meanings[status];
}

enum ending_advice ending_advise(const struct options *options,
                                 enum exit_status status)
{
    if (options->mode == MODE_CHECK ||
        (status != EXIT_SIGN_IN && status != EXIT_STOPPED &&
         status != EXIT_LOCAL && status != EXIT_PLANNED))
        return ENDING_NOTHING;
    return recovery_is_kept(options->mode, options->output, options->diff)
               ? ENDING_RESUME
               : ENDING_RUN_AGAIN;
}
