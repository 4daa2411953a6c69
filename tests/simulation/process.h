/*
 * One process of a simulated run: the program itself, with the operator's
 * command, from its start to its end or death.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>

#include "schedule.h"
#include "simulation.h"

#define PROCESS_COMMAND 760

struct process {
    const struct part_plan *plan;
    char command[PROCESS_COMMAND]; /* words, with one blank between them */
    bool restarts;                 /* --restart */
};

/* The plan of the last processes of a run. */
extern const struct part_plan process_without_faults;

/* What the operator sees of a process that has ended. */
enum process_end {
    PROCESS_COMPLETE,
    PROCESS_STOPPED,
    PROCESS_REFUSED,
    PROCESS_DIED
};

/* Writes the operator's command. how: "", or options that each begin with a
 * blank. */
void process_write_command(const struct simulation *simulation,
                           struct process *process, const char *how);

/* Runs the next process of the simulation by its command, and checks how it
 * ends. If the program prints advice, it becomes the command. */
enum process_end process_run(struct simulation *simulation,
                             struct process *process);

/* Did --max-duration stop it? */
bool process_is_stopped_by_time(const struct sim_ending *ending);

#endif
