/*
 * The run of --list: pages of a listing instead of groups of rows, and their
 * users as the rows of OUTPUT. Without a listing, run->listing is NULL.
 */
#ifndef RUN_LIST_H
#define RUN_LIST_H

#include "run/run.h"

/* Creates the listing. ERROR_LOCAL. */
int run_list_open(struct run *run, struct error *error);

/* Replays a row of the journal. ERROR_USAGE or ERROR_LOCAL. */
int run_list_replay(struct run *run, uint64_t sequence, const char *text,
                    size_t len, struct error *error);

/* The task of a page is done, and is freed. The run stops if the customers
 * cannot be listed. ERROR_LOCAL. */
int run_list_take(struct run *run, struct user_task *task, struct error *error);

/* The run stops before the task is done: frees it. why: as
 * dispatch_handler.released. */
int run_list_release(struct run *run, struct user_task *task,
                     const struct error *why, struct error *error);

/* All pages are done: stops the run if no customer could be listed. */
int run_list_end(struct run *run, struct error *error);

#endif
