/*
 * For tests of the dispatch: one over the fake service, without a run. The
 * groups of its tasks are made without a grouper.
 */
#ifndef FAKE_DISPATCH_H
#define FAKE_DISPATCH_H

#include "cli/option_table.h"
#include "dispatch/dispatch.h"
#include "fake_users.h"
#include "unit.h"

struct fake_dispatch {
    struct fake_service service;
    struct platform platform;
    struct options options;
    struct credentials credentials;
    struct tally tally;
    struct dispatch *dispatch; /* NULL: not opened yet */
    struct error error;
};

/* All users live in Bonn. The members may be changed until the dispatch is
 * opened; it must be freed. */
static inline void fake_dispatch_init(struct fake_dispatch *fake)
{
    memset(fake, 0, sizeof(*fake));
    fake->platform = fake_service_init(&fake->service);
    fake_options(&fake->options, &fake->credentials);
}

static inline void fake_dispatch_open(struct fake_dispatch *fake,
                                      const struct dispatch_handler *handler,
                                      void *context)
{
    const struct dispatch_setup setup = {
        .platform = &fake->platform,
        .options = &fake->options,
        .credentials = &fake->credentials,
        .tally = &fake->tally,
        .handler = handler,
        .context = context,
    };

    fake->dispatch = dispatch_new(&setup, &fake->error);
    if (!fake->dispatch)
        fail_msg("%s", fake->error.text);
}

/* Starts a group of one row, whose number this is. */
static inline void fake_begin(struct dispatch *dispatch, unsigned number,
                              const char *key, const char *cells)
{
    struct group *group = calloc(1, sizeof(*group));
    struct error error;

    assert_non_null(group);
    group->rows = make_row(number, key, cells);
    group->key = group->rows->key;
    if (dispatch_begin(dispatch, group, &error))
        fail_msg("%s", error.text);
}

/* Frees a task that has ended, and its group. */
static inline void fake_end_task(struct user_task *task)
{
    struct group *group = task->result.group;

    user_task_free(task);
    row_free_all(group->rows);
    free(group);
}

#endif
