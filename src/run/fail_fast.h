/*
 * --fail-fast: if the first users of a run all fail with the same API error,
 * the run was wrong from the start, for example because the signed-in user
 * lacks a right. Then it stops, and their rows get no result.
 *
 * So tasks that fail in this way are held until another user has another
 * outcome, or all have failed; until then no further user starts. Bounded: at
 * most the limit.
 */
#ifndef RUN_FAIL_FAST_H
#define RUN_FAIL_FAST_H

#include <stdbool.h>

#include "base/error.h"
#include "service/api_error.h"
#include "user/user_task.h"

struct fail_fast {
    unsigned limit;         /* of users; 0: no task is held */
    bool any;               /* any API error, not only about rights */
    bool stopped;           /* so many have failed */
    unsigned started;       /* users */
    unsigned failed;        /* of them */
    struct api_error first; /* the error of the first */
    struct user_task *held; /* linked by their schedule, the newest first */
};

void fail_fast_init(struct fail_fast *fail_fast, unsigned limit, bool any);

/* May another user start? */
bool fail_fast_may_start(const struct fail_fast *fail_fast);

/* A user has started. */
void fail_fast_note_start(struct fail_fast *fail_fast);

enum fail_fast_step {
    FAIL_FAST_PASS, /* the task has its outcome; those that are held are to be
                       released */
    FAIL_FAST_HOLD, /* the task is held */
    FAIL_FAST_STOP  /* so is this one, and the run must stop */
};

/* Takes a task that is done. If it is held, the callee owns it. */
enum fail_fast_step fail_fast_take(struct fail_fast *fail_fast,
                                   struct user_task *task);

/* Returns a task that was held, for the caller to own, or NULL. No further task
 * is held, unless fail_fast_take() has returned FAIL_FAST_STOP. */
struct user_task *fail_fast_release(struct fail_fast *fail_fast);

/* Fills in the reason for the stop: ERROR_SIGN_IN. Returns -1. */
int fail_fast_explain(const struct fail_fast *fail_fast, struct error *error);

#endif
