/*
 * A schedule: everything that one simulation does, made from a seed. What the
 * rows are, how the service behaves, what fails, and when each process dies.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "draw.h"

#define SCHEDULE_MAX_ROWS  120
#define SCHEDULE_MAX_USERS 60
#define SCHEDULE_PARTS     4 /* processes with faults */

/* What a call meets. */
enum fault {
    FAULT_SLOW,         /* it takes seconds */
    FAULT_REFUSED,      /* no connection */
    FAULT_LOST_REQUEST, /* it never arrives, and times out */
    FAULT_LOST_RESPONSE,
    FAULT_ERROR_BEFORE, /* 503 by the service, nothing was done */
    FAULT_ERROR_AFTER,  /* 500 by the service, after it was done */
    FAULT_LATE,         /* 504, and it is done seconds later */
    FAULT_STALE_READ,   /* from a replica that lags */
    FAULT_PAGE,         /* a proxy's page, with any status */
    FAULT_THROTTLED,    /* 429, without a reason */
    FAULT_AT_ONCE,      /* 207: too many calls at once */
    FAULT_BAD_NODE,     /* 401 from one of several nodes */
    FAULT_OTHER_WRITER, /* another program writes the user after GetUser */
    FAULT_COUNT
};

const char *fault_name(enum fault fault);

/* What the row asks for. */
enum row_kind {
    ROW_CHANGE,  /* new values */
    ROW_SAME,    /* the values that the user has at first */
    ROW_GUARDED, /* new values, if the user still has its name */
    ROW_NOBODY,  /* a user who does not exist */
    ROW_INVALID  /* a value that no service accepts */
};

struct row_plan {
    unsigned label; /* makes its values unique; does not change */
    unsigned user;
    enum row_kind kind;
    bool city; /* it has a value in these columns */
    bool title;
};

/* How one user always fails. */
enum bad_user {
    BAD_NONE,
    BAD_GET_500,
    BAD_UPDATE_500, /* nothing is done */
    BAD_429,
    BAD_401,
    BAD_PAGE,      /* 404, a page */
    BAD_REFUSED,   /* properly */
    BAD_UPDATE_401 /* not drawn with the others */
};

/* Limits of the service. */
enum limit_kind { LIMIT_NONE, LIMIT_WINDOW, LIMIT_LONG_WINDOW, LIMIT_AT_ONCE };

enum normalization { NORMALIZE_NOT, NORMALIZE_UPPER_CASE, NORMALIZE_BLANKS };

enum death { DEATH_KILL, DEATH_POWER };

/* One process. */
struct part_plan {
    uint64_t key;                  /* of its random decisions */
    unsigned chances[FAULT_COUNT]; /* per mille of the calls */
    enum death death;
    unsigned die_at;      /* operation; 0: never */
    unsigned full_at;     /* write; 0: never, also below */
    unsigned write_fails; /* write */
    unsigned sync_fails;  /* sync */
    int64_t sync_us;
    bool gets_fail; /* in the outage */
    bool updates_fail;
    int64_t outage_start; /* microseconds after its start; 0: no outage */
    int64_t outage_end;
    int64_t lock_end;   /* of the secret file's lock by another process */
    int64_t signal_at;  /* a signal asks it to stop; 0: none */
    int64_t clock_jump; /* microseconds, of the wall clock */
    bool token_fails;   /* now and then */
    int64_t revoked_at; /* all tokens are refused from then on; 0: none */
};

struct schedule {
    uint64_t seed;
    unsigned row_count;
    struct row_plan rows[SCHEDULE_MAX_ROWS];
    unsigned user_count;
    unsigned per_person; /* users */
    enum normalization normalization;
    bool partner;   /* Partner Center; else REST */
    bool no_etags;  /* no user of Partner Center has one */
    bool coarse;    /* stamps and times have seconds */
    int64_t lag_us; /* of a replica */
    enum limit_kind limit;
    unsigned limit_calls;
    unsigned bad_user;
    enum bad_user bad;
    bool renews;         /* signs in with a refresh token */
    unsigned token_life; /* seconds */
    bool retry_failed;   /* a second run retries failed rows */
    bool restarts;       /* a run that stopped may be restarted */
    bool sync_second;    /* --sync second */
    bool undo;           /* --undo; not with the two above, which it refuses */
    bool plan;           /* a dry run makes a plan, which is then applied; with
                            none of the four above */
    bool others_between;
    unsigned concurrency;
    unsigned window;
    unsigned retries;
    unsigned rate;        /* calls a second; 0: adaptive */
    unsigned give_up;     /* minutes */
    unsigned most;        /* --limit, users; 0: none */
    unsigned max_changes; /* likewise */
    unsigned seconds;     /* --max-duration; 0: none */
    unsigned part_count;
    struct part_plan parts[SCHEDULE_PARTS];
};

void schedule_make(struct schedule *schedule, uint64_t seed);

void schedule_print(const struct schedule *schedule, FILE *out);

/* Makes the schedule simpler in one way, by the number of the way. False: there
 * is no such way. *changed: whether it applied to this schedule. */
bool schedule_reduce(struct schedule *schedule, unsigned way, bool *changed);

#endif
