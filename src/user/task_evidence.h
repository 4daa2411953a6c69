/*
 * What a user task knows about its last update and about the versions of its
 * user: the evidence of evidence.h, from the user that was fetched last.
 *
 * now: milliseconds of a monotonic clock.
 */
#ifndef USER_TASK_EVIDENCE_H
#define USER_TASK_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "user/evidence.h"
#include "user/task.h"

/* Was the last update applied? The task has sent one. */
enum evidence_verdict task_evidence_judge(const struct user_task *task,
                                          int64_t now);

/* Does the user, of a response to any call, have the values of the rows in
 * these columns? Write-only ones are left out. A value that the service may
 * have normalized counts as the row's, unless the last update changed nothing
 * else than the form of values. */
bool task_evidence_shows(const struct user_task *task, const struct user *user,
                         column_mask columns);

/* The last update changed the form of values alone. Does this user, of the
 * response to it, have these values, as the service normalizes them, and new
 * stamps? */
bool task_evidence_shows_spelling(const struct user_task *task,
                                  const struct user *user);

/* Does the user have the stamps that the last update carried? */
bool task_evidence_same_stamps(const struct user_task *task);

/* Is the user a version that this run has replaced? */
bool task_evidence_is_stale(const struct user_task *task);

/* Milliseconds until the user, if it was updated by this run, is no longer an
 * older version. 0: it is none. */
int64_t task_evidence_wait(const struct user_task *task, int64_t now);

/* The outcome is final: the version that an update has replaced is recorded. */
void task_evidence_record(const struct user_task *task, int64_t now);

#endif
