#include "run/pipeline.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "ending/conclusion.h"
#include "run/run.h"

/* If a pipe sends nothing for so long, its open groups are closed. */
#define SILENCE_MS 1000

/* ---- the loop ----------------------------------------------------------- */

uint64_t run_rows_total(const struct run *run)
{
    return run->source ? row_source_selected(run->source) : 0;
}

/* waiting: why nothing moves; NULL: it does. */
static void show_progress(struct run *run, const char *waiting, int64_t now)
{
    const struct progress_state state = {
        .rows_done = run->tally->rows,
        .rows_total = run_rows_total(run),
        .by_status = run->tally->by_status,
        .waiting = waiting,
    };

    progress_update(&run->progress, &state, now);
}

static void report_wait(struct run *run, enum waiting_reason reason,
                        const struct waiting_fact *fact, int64_t now)
{
    char text[WAITING_TEXT_SIZE];
    int64_t since = run->waiting.states[reason].since;

    switch (waiting_note(&run->waiting, reason, fact, now)) {
    case WAITING_UNCHANGED:
        return;
    case WAITING_BEGINS:
        run_note_wait(run, reason, run->waiting.states[reason].since);
        waiting_format(text, reason, fact);
        waiting_add_outlook(text, fact, now);
        run_log_wait(run, "wait-begin", reason, text);
        break;
    case WAITING_ENDS:
        waiting_format_end(text, reason, fact, since, now);
        run_log_wait(run, "wait-end", reason, text);
        break;
    }
    progress_message(&run->progress, "%s", text);
}

/* Reports when a reason to wait begins or ends, and shows the progress. A run
 * that drains does not wait any more. */
static void report(struct run *run)
{
    struct waiting_fact facts[WAITING_REASONS];
    int64_t now = clock_ms(run->platform->clock);
    enum waiting_reason reported;
    char text[WAITING_TEXT_SIZE] = "";

    if (!run->draining) {
        dispatch_find_waits(run->dispatch, facts);
        for (unsigned i = 0; i < WAITING_REASONS; i++)
            report_wait(run, (enum waiting_reason)i, &facts[i], now);
        reported = waiting_reported(&run->waiting);
        /* The text costs more than the rest, and is rarely shown. */
        if (reported < WAITING_REASONS &&
            progress_wait(&run->progress, now) == 0) {
            /* Its last failure is too long for a terminal. */
            facts[WAITING_SUCCESS].failure = NULL;
            waiting_format(text, reported, &facts[reported]);
            waiting_add_outlook(text, &facts[reported], now);
        }
    }
    show_progress(run, text, now);
    run_note_course(run);
}

static int check_signal(struct run *run, struct error *error)
{
    struct error reason;

    if (!*run->stop || run->draining)
        return 0;
    error_set(&reason, ERROR_STOPPED, "stopped by a signal");
    if (run_stop_for(run, &reason, error))
        return -1;
    if (run->options->quiet || !run->dispatch)
        return 0;
    progress_message(&run->progress,
                     "stopping after the users in flight (%u) are done, in at "
                     "most %u s (--drain); a second signal, at least two "
                     "seconds later, stops at once",
                     dispatch_in_flight(run->dispatch), run->options->drain);
    return 0;
}

static int check_time(struct run *run, struct error *error)
{
    const struct clock *clock = run->platform->clock;
    struct error reason;

    if (run->draining || !time_bound_is_reached(
                             &run->time_bound, clock->wall_us(clock) / 1000000))
        return 0;
    run->time_bound.reached = true;
    time_bound_explain(&run->time_bound, &reason);
    return run_stop_for(run, &reason, error);
}

/* The descriptor of the input to wait for besides the connections, or -1. */
static int wanted_fd(const struct run *run)
{
    if (!run->source || run->stopping || run->readable ||
        !dispatch_has_room(run->dispatch) ||
        (row_source_is_as_expected(run->source) && !run_has_room(run)))
        return -1;
    return row_source_poll_fd(run->source);
}

static int wait_time(const struct run *run, int64_t now)
{
    int milliseconds = progress_wait(&run->progress, now);

    if (run->chunks == RUN_CHUNKS)
        return 0;
    if (milliseconds < 0 || milliseconds > SILENCE_MS)
        milliseconds = SILENCE_MS;
    if (run->draining && run->deadline - now < milliseconds)
        milliseconds = run->deadline > now ? (int)(run->deadline - now) : 0;
    return milliseconds;
}

/* poll(2) ignores descriptors below 0. */
static int wait_for_work(struct run *run, struct error *error)
{
    struct pollfd fds[] = {
        {.fd = wanted_fd(run), .events = POLLIN},
        {.fd = result_writer_poll_fd(run->results), .events = POLLOUT},
    };

    if (dispatch_wait(run->dispatch, fds, 2,
                      wait_time(run, clock_ms(run->platform->clock)), error))
        return -1;
    if (fds[0].fd < 0)
        return 0;
    if (fds[0].revents)
        run->readable = true;
    else if (row_source_is_as_expected(run->source) &&
             clock_ms(run->platform->clock) - run->heard >= SILENCE_MS)
        grouper_close(run->grouper);
    return 0;
}

/* Are only users left that have been started? */
static bool is_input_done(const struct run *run)
{
    return run->source && row_source_ended(run->source) &&
           grouper_is_blocked(run->grouper);
}

/* Can no other user show any more that the run is not wrong from the start? */
static bool must_release(const struct run *run)
{
    return run->fail_fast.held && dispatch_is_idle(run->dispatch) &&
           (run->stopping || is_input_done(run) || !run_has_room(run));
}

static bool is_all_done(const struct run *run)
{
    if (run->listing)
        return listing_is_done(run->listing);
    return row_source_ended(run->source) && grouper_is_empty(run->grouper);
}

static bool is_finished(const struct run *run)
{
    return dispatch_is_idle(run->dispatch) &&
           (run->stopping || is_all_done(run));
}

/* Stops the run if users were left to a resumed run. */
static void check_bounds(struct run *run)
{
    struct error reason;

    if (run->stopping || !bounds_stop(&run->bounds, is_input_done(run)))
        return;
    bounds_explain(&run->bounds, &reason);
    run_stop_when_done(run, &reason);
}

static int run_calls(struct run *run, struct error *error)
{
    for (;;) {
        if (check_signal(run, error) || check_time(run, error))
            return -1;
        if (dispatch_turn(run->dispatch, error) && run_stop_or_fail(run, error))
            return -1;
        if (run_start_users(run, error))
            return -1;
        check_bounds(run);
        if (run->stopping || is_input_done(run))
            dispatch_end_input(run->dispatch);
        if (run->draining && clock_ms(run->platform->clock) >= run->deadline)
            dispatch_abandon(run->dispatch);
        if (must_release(run)) {
            if (run_release_held(run, error))
                return -1;
            continue;
        }
        if (is_finished(run))
            return 0;
        if (wait_for_work(run, error) && run_stop_or_fail(run, error))
            return -1;
        if (recovery_check(run->recovery, error) ||
            result_writer_flush(run->results, error))
            return -1;
        report(run);
    }
}

/* Can the input be read now? Waits for a pipe, at most SILENCE_MS. */
static bool wait_for_pipe(const struct run *run)
{
    struct pollfd pipe = {.fd = row_source_poll_fd(run->source),
                          .events = POLLIN};

    return pipe.fd < 0 || poll(&pipe, 1, SILENCE_MS) > 0;
}

/* If standard output is a pipe, its reader limits the speed of the run. */
static void wait_for_reader(const struct run *run)
{
    struct pollfd reader = {.fd = result_writer_poll_fd(run->results),
                            .events = POLLOUT};

    if (result_writer_is_full(run->results))
        (void)poll(&reader, 1, SILENCE_MS);
}

static int run_check(struct run *run, struct error *error)
{
    uint64_t failed;

    while (!row_source_ended(run->source)) {
        if (check_signal(run, error))
            return -1;
        if (run->stopping)
            return 0;
        wait_for_reader(run);
        if (!result_writer_is_full(run->results) && wait_for_pipe(run) &&
            run_read(run, error) && run_stop_or_fail(run, error))
            return -1;
        if (result_writer_flush(run->results, error))
            return -1;
        show_progress(run, NULL, clock_ms(run->platform->clock));
        run_note_course(run);
    }
    failed = run->tally->by_status[STATUS_FAILED];
    if (!run->options->output && failed > RUN_SHOWN_FAILURES) {
        progress_message(&run->progress,
                         "failed rows that are not shown: %" PRIu64
                         "; add an OUTPUT to get all results",
                         failed - RUN_SHOWN_FAILURES);
    }
    return 0;
}

static int messages_fd(const struct platform *platform)
{
    return platform->messages ? platform->messages : STDERR_FILENO;
}

static int perform(struct run *run, const struct credentials *credentials,
                   struct error *error)
{
    const char *end = run->options->service->end;
    int64_t now;
    int result;

    if (run_open(run, credentials, error))
        return -1;
    now = run->heard = clock_ms(run->platform->clock);
    progress_init(&run->progress, messages_fd(run->platform),
                  !run->options->quiet && !run->options->no_progress,
                  run->tally->rows, now);
    run_note_course(run);
    if (end)
        log_event(run->log, LOG_LEVEL_WARN, "service-ends", 0, end);
    if (run->options->mode == MODE_CHECK) {
        run_warn(run);
        result = run_check(run, error);
    } else {
        run_print_estimate(run);
        result = run_calls(run, error);
    }
    if (result == 0 && run->listing)
        result = run_list_end(run, error);
    if (result) {
        /* The failure of this machine replaces any other reason. */
        run->stopping = run->draining = true;
        run->reason = *error;
        if (run->dispatch)
            dispatch_abandon(run->dispatch);
        run->fail_fast.stopped = true; /* no result can be written any more */
        (void)run_release_held(run, error);
    }
    return run_finish(run, error);
}

int pipeline_run(const struct platform *platform, const struct options *options,
                 const struct credentials *credentials,
                 const volatile sig_atomic_t *stop, struct run_summary *summary,
                 struct error *error)
{
    struct run run = {.platform = platform,
                      .options = options,
                      .stop = stop,
                      .summary = summary,
                      .tally = &summary->tally};
    int result;

    conclusion_begin(summary, platform, options);
    progress_init(&run.progress, messages_fd(platform), false, 0,
                  summary->started);
    result = perform(&run, credentials, error);
    if (!run.summarized)
        run_summarize(&run, result ? error : NULL);

    dispatch_free(run.dispatch);
    own_writes_free(run.own_writes);
    grouper_free(run.grouper);
    listing_free(run.listing);
    free(run.record);
    log_free(run.log);
    undo_free(run.undo);
    plan_free(run.plan);
    recovery_free(run.recovery);
    newer_rows_free(run.newer);
    prior_result_free(run.prior);
    failed_rows_free(run.failed);
    result_writer_free(run.results);
    row_source_free(run.source);
    return result;
}
