/*
 * A simulation: a run that is made of several processes, by a schedule, and the
 * check of all promises at its end.
 *
 * The operator of the simulation does what the manual says: a run that did not
 * finish is resumed by the command that it printed, or restarted, until it is
 * complete. Then, if the schedule says so, its failed rows are retried by
 * another run.
 */
#ifndef SIMULATION_H
#define SIMULATION_H

#include <stdbool.h>
#include <stdio.h>

#include "disk.h"
#include "ending/ending.h"
#include "host.h"
#include "model.h"
#include "network.h"
#include "report/run_summary.h"
#include "schedule.h"

#define SIMULATION_RUNS 2
#define SIMULATION_PARTS                                                       \
    (SCHEDULE_PARTS + 8) /* of a run; the last ones meet                       \
                            no faults */
#define SIMULATION_PROCESSES (SIMULATION_RUNS * SIMULATION_PARTS)

/* A row of OUTPUT. */
struct sim_result {
    enum status status;
    bool retryable;
    char error[40]; /* ErrorName */
};

/* What became of a run. */
struct sim_run {
    unsigned first_part; /* of its processes; they are numbered through */
    unsigned last_part;
    int64_t started;
    bool retries;   /* --retry-failed */
    bool restarted; /* what its processes before the first one did was
                       discarded */
    bool attempted[SCHEDULE_MAX_ROWS]; /* not: it keeps an earlier result */
    struct sim_result results[SCHEDULE_MAX_ROWS];
    bool update_sent[SCHEDULE_MAX_USERS];
};

/* How a process has ended, and what it printed. */
struct sim_ending {
    bool died; /* then nobody has seen the rest */
    enum exit_status status;
    struct run_summary summary;
    struct error error; /* ERROR_NONE: the run is complete */
    bool advised;       /* the command that resumes the run */
    int64_t give_up;    /* milliseconds, from the process's own --give-up */
    int64_t time_end;   /* microseconds, from --max-duration; 0: none */
    uint64_t most;      /* users that may be sent an update by then, from its
                           own --limit and --max-changes */
};

/* What happened in a schedule, for the table of coverage. */
enum sim_event {
    EVENT_KILLED,
    EVENT_POWER_CUT,
    EVENT_DISK_FAULT,
    EVENT_RESUMED,
    EVENT_ADVISED,
    EVENT_RESTARTED,
    EVENT_TORN_JOURNAL,
    EVENT_NO_RENAME,
    EVENT_NO_REMOVAL,
    EVENT_SECOND_LOST,
    EVENT_RETRIED,
    EVENT_APPROVED,
    EVENT_OUTAGE,
    EVENT_SUCCEEDED,
    EVENT_GAVE_UP,
    EVENT_SIGNAL,
    EVENT_SIGN_IN_FAILED,
    EVENT_PLANNED,
    EVENT_TIME,
    EVENT_BAD_USER,
    EVENT_NORMALIZED,
    EVENT_COARSE,
    EVENT_PARTNER,
    EVENT_LIMITED,
    EVENT_LATE,
    EVENT_UNKNOWN_ROW,
    EVENT_CONFLICT_ROW,
    EVENT_FAILED_ROW,
    EVENT_COUNT
};

/* The first promise that did not hold. */
struct sim_verdict {
    const char *broken; /* its name; NULL: all hold */
    char text[320];
};

struct simulation {
    const struct schedule *schedule;
    struct host host;
    struct disk disk;
    struct model model;
    struct sim_network network;
    unsigned part;            /* number of the present process */
    struct sim_ending ending; /* of the last one */
    int64_t window;           /* when the first process began that has the
                                 end of this one; 0: none has made a call */
    int64_t window_length;    /* microseconds */
    struct buffer before;     /* OUTPUT when the run began */
    const struct buffer *old_output;    /* the same, as the file that it was */
    struct buffer journal;              /* that --restart discarded last */
    bool discarded[SCHEDULE_MAX_USERS]; /* users who were sent an update by
                                           then */
    /* Of each process: when it died or failed, and what it did since when may
     * be lost by
     * --sync second; else INT64_MAX. */
    int64_t died_at[SIMULATION_PROCESSES];
    int64_t lost_since[SIMULATION_PROCESSES];
    bool planning;                     /* the run is the dry run of a plan */
    char approved[RUN_SUMMARY_DIGEST]; /* of its plan, which the run applies;
                                          "": it applies INPUT */
    unsigned rows;                     /* of what it applies */
    unsigned run_count;
    struct sim_run runs[SIMULATION_RUNS];
    bool events[EVENT_COUNT];
    bool faults[FAULT_COUNT];
    struct sim_verdict verdict;
};

const char *sim_event_name(enum sim_event event);

/* Runs the schedule. trace: NULL for none. It fills in events, faults and
 * verdict. */
void simulation_run(struct simulation *simulation,
                    const struct schedule *schedule, FILE *trace);

/* A promise does not hold. The first one is kept. */
void simulation_break(struct simulation *simulation, const char *promise,
                      const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* promises.c: checks a run that is complete, and after everything that was on
 * its way has arrived. */
void promises_check_run(struct simulation *simulation, unsigned number);

/* The promises about all runs together. */
void promises_check_all(struct simulation *simulation);

/* The rate limit of a process that has ended, and its calls at once. */
void promises_check_rate(struct simulation *simulation);
void promises_check_at_once(struct simulation *simulation);

#endif
