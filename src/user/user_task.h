/*
 * The state machine of one user: from its group of rows to their outcome.
 *
 * It knows neither sockets nor the clock: it fills in a request, is handed the
 * answer, and says what it needs next: a call, a wait, the end.
 */
#ifndef USER_USER_TASK_H
#define USER_USER_TASK_H

#include "base/error.h"
#include "base/http.h"
#include "base/mode.h"
#include "service/row.h"
#include "service/service.h"
#include "user/failure_summary.h"
#include "user/merge.h"
#include "user/outcome.h"

struct circuit_breaker;
struct own_writes;

/* What all tasks of a run share; borrowed. */
struct task_environment {
    const struct call_context *context; /* of GetUser and UpdateUser */
    struct circuit_breaker *breaker;    /* records how each call went */
    struct own_writes *own_writes;      /* updates of this run; NULL: they are
                                           not recorded */
    enum mode mode;
    unsigned retries;        /* of one group's calls */
    const char *clear_token; /* a cell that clears: no exported value may be
                                the same */
};

enum task_state {
    TASK_QUEUED,   /* has its group; waits for a free slot */
    TASK_FETCHING, /* waits for GetUser's answer, in its slot */
    TASK_UPDATING, /* waits for UpdateUser's answer, in its slot */
    TASK_WAITING,  /* has no slot; `resume` is what it waits to do again */
    TASK_DONE      /* the outcome stands; waits to be reported and freed */
};

/* What GetUser's answer is to decide. */
enum task_question {
    ASK_WHAT_CHANGES, /* the first fetch, or the user was written since */
    ASK_WHO_WROTE, /* the update was refused by a number that means a value or
                      something else: is the TimeStamp another one? */
    ASK_IF_APPLIED /* the update's outcome is in doubt */
};

struct user_task {
    enum task_state state;
    enum task_state resume; /* TASK_FETCHING, TASK_UPDATING */
    enum task_state called; /* likewise: the call that was answered last */
    enum task_question question;
    const struct task_environment *environment;
    const struct service *service; /* the environment's */
    struct group *group;           /* borrowed */
    struct merge merge;
    struct user *user; /* as fetched, then as sent; kept for the report */
    uint64_t shared;   /* hash of its shared values */
    uint64_t merged;   /* the same, as the last update has sent them */
    struct sent sent;  /* the last update; changes nothing: there was none */
    struct api_error refusal; /* what the last update met with */
    bool doubted;             /* one of the updates may have been applied */
    bool again;               /* the last one was refused and is sent again */
    struct failure_summary failures;
    unsigned retries;   /* failures that count for --retries */
    unsigned retried;   /* of them, when the last update met with its refusal */
    uint64_t successes; /* outage's, when the first of them came */
    unsigned merges;    /* anew, because the user was written meanwhile */
    unsigned busy;      /* refusals that may mean too many calls at once */
    struct outcome outcome;

    /* The dispatcher's own. */
    struct user_task *next;
    int64_t delay; /* TASK_WAIT: milliseconds */
    int64_t wake;
    unsigned token;    /* number of the access token of the last call */
    unsigned sign_ins; /* times that a token was refused */
};

/* A task for a group, which must outlive it like all else. NULL without
 * memory. */
struct user_task *user_task_new(const struct task_environment *environment,
                                struct group *group);
void user_task_free(struct user_task *task);

/* What a step asks for. */
enum task_step {
    TASK_SEND,   /* send the request that was filled in */
    TASK_WAIT,   /* free the slot; user_task_resume() after task->delay */
    TASK_FINISH, /* the outcome stands */
    TASK_STOP    /* the run can't go on, for outcome.last's reason; the outcome
                    is told only where no later run can do better */
};

/* Fills in the first request, which must be cleared. */
enum task_step user_task_start(struct user_task *task,
                               struct http_request *request);

/* The wait is over: fills in the request, which must be cleared. */
enum task_step user_task_resume(struct user_task *task,
                                struct http_request *request);

/* The request that was filled in can't be sent now: the task waits to fill it
 * in again. */
void user_task_hold(struct user_task *task);

/* Takes the answer to the last request. The request, which must be cleared, is
 * filled in where another one is to be sent. outcome.last.action says how the
 * call went. now: milliseconds of a steady clock. */
enum task_step user_task_answer(struct user_task *task,
                                const struct http_response *response,
                                struct http_request *request, int64_t now);

/* The service refuses the token of the last call, and there is no other one:
 * turns a wait for one into TASK_STOP. */
enum task_step user_task_refuse_sign_in(struct user_task *task);

/* The run ends before the task does, and no later run will settle it. Where an
 * update is out, the rows become Unknown; false: none is, and they have no
 * outcome. */
bool user_task_abandon(struct user_task *task);

#endif
