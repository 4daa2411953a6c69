/*
 * The state machine of one user: from its group of rows to their outcome.
 *
 * It knows neither sockets nor the clock: it fills in a request, is handed the
 * answer, and says whether another request is to be sent.
 */
#ifndef USER_TASK_H
#define USER_TASK_H

#include "error.h"
#include "grouper.h"
#include "http.h"
#include "merge.h"
#include "options.h"
#include "outcome.h"
#include "service.h"

enum task_state {
    TASK_QUEUED,   /* has its group; waits for a free slot */
    TASK_FETCHING, /* waits for GetUser's answer, in its slot */
    TASK_UPDATING, /* waits for UpdateUser's answer, in its slot */
    TASK_DONE      /* the outcome stands; waits to be reported and freed */
};

struct user_task {
    enum task_state state;
    const struct options *options;
    const struct service *service;
    const struct session *session;
    struct group *group; /* borrowed */
    struct merge merge;
    struct user *user; /* as fetched, then as sent; kept for the report */
    uint64_t shared;   /* hash of the shared values, as fetched */
    struct outcome outcome;
};

/* A task for a group, which must outlive it like all else. NULL without
 * memory. */
struct user_task *user_task_new(const struct options *options,
                                const struct session *session,
                                struct group *group);
void user_task_free(struct user_task *task);

/* What a step asks for. */
enum task_step {
    TASK_SEND,   /* send the request that was filled in */
    TASK_FINISH, /* the outcome stands */
    TASK_STOP    /* the run can't go on, for outcome.last's reason; the outcome
                    is told only where no later run can do better */
};

/* Fills in the first request, which must be cleared. */
enum task_step user_task_start(struct user_task *task,
                               struct http_request *request);

/* Takes the answer to the last request. The request, which must be cleared, is
 * filled in where another one is to be sent. */
enum task_step user_task_answer(struct user_task *task,
                                const struct http_response *response,
                                struct http_request *request);

#endif
