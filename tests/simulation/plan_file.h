/*
 * The plan of a simulated dry run, and what a run does that has applied it.
 */
#ifndef PLAN_FILE_H
#define PLAN_FILE_H

#include "simulation.h"

#define PLAN "plan.csv"

/* Checks the plan of a dry run that is complete: nothing was sent, and each
 * user whose rows would update them is in the plan. Sets simulation->approved
 * and the number of rows of the next run. */
void plan_file_check(struct simulation *simulation, const struct sim_run *run);

/* Checks the run that has applied the plan. from: the number of writes before
 * it. */
void plan_file_check_applied(struct simulation *simulation, unsigned from);

#endif
