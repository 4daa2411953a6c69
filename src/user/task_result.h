/*
 * The result of a user task: all that its result rows need.
 */
#ifndef USER_TASK_RESULT_H
#define USER_TASK_RESULT_H

#include "base/buffer.h"
#include "service/row.h"
#include "service/service.h"
#include "user/merge.h"
#include "user/outcome.h"

struct task_result {
    struct group *group; /* borrowed */
    struct merge merge;  /* of the group's rows */
    struct user *user;   /* owned; as fetched, as sent by an update, or as the
                            response to it shows (then for user_value() only);
                            NULL if the last fetch failed */
    struct outcome outcome;
    struct buffer before; /* owned; values before the last update that the
                             report may show, see change_examples.h */
};

#endif
