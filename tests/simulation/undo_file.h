/*
 * The undo file of a simulated run.
 */
#ifndef UNDO_FILE_H
#define UNDO_FILE_H

#include "simulation.h"

/* Writes the name of a run's undo file. */
void undo_file_name(char name[DISK_NAME_SIZE], unsigned run);

/* Checks the undo file of a run that is complete: it has each user that the
 * service has updated, with the value before the first update of each column
 * and the value after the last one. */
void undo_file_check(struct simulation *simulation, unsigned number);

#endif
