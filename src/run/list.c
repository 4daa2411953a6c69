#include "run/run.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/guid.h"
#include "output/cell.h"
#include "run/listing.h"

#define MAX_ROW ((size_t)8 << 20) /* bytes of a row of OUTPUT */

/* ---- rows of OUTPUT ----------------------------------------------------- */

static int format_user(struct buffer *row, const char *const *values,
                       unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if ((i > 0 && buffer_puts(row, ",")) || cell_put_plain(row, values[i]))
            return -1;
    return buffer_puts(row, "\n");
}

static int put_user(void *context, const char *const *values,
                    struct error *error)
{
    struct run *run = context;
    unsigned count = run->options->service->list->column_count;
    struct buffer row;
    int result;

    buffer_init(&row, MAX_ROW);
    result = format_user(&row, values, count)
                 ? error_memory(error)
                 : result_writer_put_replayed(run->results, run->listed++,
                                              STATUS_LISTED, row.data, row.len,
                                              error);
    buffer_free(&row);
    return result;
}

/* It counts as a row, which is not in OUTPUT. */
static int put_failed(void *context, const char *customer, const char *text,
                      struct error *error)
{
    struct run *run = context;
    uint64_t before = run->failed_customers++;
    char key[sizeof("customer ") + GUID_SIZE]; /* as in a line of a retry */
    const struct log_entry entry = {.level = LOG_LEVEL_ERROR,
                                    .event = "customer-failed",
                                    .user = key,
                                    .rows = run->tally->rows,
                                    .text = text};

    if (before < RUN_SHOWN_FAILURES)
        progress_message(&run->progress,
                         "the users of customer %s cannot be listed: %s",
                         customer, text);
    else if (before == RUN_SHOWN_FAILURES)
        progress_message(&run->progress,
                         "further customers that cannot be listed are only in "
                         "the log (--log-file)");
    (void)snprintf(key, sizeof(key), "customer %s", customer);
    log_put(run->log, &entry);
    return result_writer_put_replayed(run->results, run->listed++,
                                      STATUS_FAILED, "", 0, error);
}

/* ---- the journal -------------------------------------------------------- */

int run_list_replay(struct run *run, uint64_t sequence, const char *text,
                    size_t len, struct error *error)
{
    return listing_replay(run->listing, sequence, text, len, error);
}

/* ---- the run ------------------------------------------------------------ */

int run_list_open(struct run *run, struct error *error)
{
    static const struct listing_handler handler = {put_user, put_failed};
    const struct listing_setup setup = {
        .service = run->options->service,
        .customer_id = run->options->customer_id,
        .deleted = run->options->deleted,
        .handler = &handler,
        .recorder = &run_row_recorder,
        .context = run,
    };

    run->listing = listing_new(&setup);
    return run->listing ? 0 : error_memory(error);
}

int run_list_take(struct run *run, struct user_task *task, struct error *error)
{
    int result = listing_done(run->listing, &task->result, error);

    user_task_free(task);
    return result ? run_stop_or_fail(run, error) : 0;
}

int run_list_release(struct run *run, struct user_task *task,
                     const struct error *why, struct error *error)
{
    struct group *group = task->result.group;

    user_task_free(task);
    listing_release(run->listing, group);
    return why ? run_stop_for(run, why, error) : 0;
}

int run_list_end(struct run *run, struct error *error)
{
    uint64_t customers = listing_customers(run->listing);
    struct error reason;

    if (run->stopping || customers == 0 ||
        listing_failures(run->listing) < customers)
        return 0;
    (void)error_set(&reason, ERROR_STOPPED,
                    "no customer could be listed; check --customer-id, and the "
                    "rights of the signed-in user");
    if (run->options->customer_id && !recovery_is_needed(run->recovery))
        reason.option = "--customer-id";
    return run_stop_for(run, &reason, error);
}
