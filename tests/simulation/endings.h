/*
 * The promises about the end of a process: its exit status, the command that it
 * prints, its counts, and the files that it leaves.
 */
#ifndef ENDINGS_H
#define ENDINGS_H

#include "simulation.h"

/* A process has ended, and nothing has happened since. */
void endings_check_process(struct simulation *simulation);

/* The files of a process that has ended, or of its host. */
void endings_check_files(struct simulation *simulation);

/* The run is complete, and its results were read. */
void endings_check_complete(struct simulation *simulation,
                            const struct sim_run *run);

#endif
