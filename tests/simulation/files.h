/*
 * The files of a simulated run.
 */
#ifndef FILES_H
#define FILES_H

#include "simulation.h"

#define INPUT   "in.csv"
#define OUTPUT  "out.csv"
#define PARTIAL OUTPUT ".part"
#define JOURNAL OUTPUT ".journal"
#define FAILED  "failed.csv"
#define REFRESH "refresh"

/* Puts INPUT and the refresh token on the disk. */
void files_put(struct simulation *simulation);

/* The number of result rows in a file; the last one may be incomplete. */
unsigned files_count_rows(const struct simulation *simulation,
                          const char *path);

/* Is OUTPUT what it was when the run began? */
bool files_output_is_as_before(const struct simulation *simulation);

/* Keeps a copy of a file. NULL: there is none. */
void files_copy(struct buffer *copy, const struct buffer *file);

/* Does the journal say that a process has stopped at the run's end? */
bool files_has_reached_end(const struct simulation *simulation);

/* Is the journal still the one that was copied? Its first records contain a
 * random number. */
bool files_has_old_journal(const struct simulation *simulation);

/* Does the journal end with the record of a finished run? Its text is the same
 * in all releases with this format: a checksum, the type, a length, a line. */
bool files_is_finished(const struct buffer *journal);

/* Do the commands of this schedule have --failed? */
bool files_have_failed(const struct schedule *schedule);

/* The file of --failed must have the rows that were not applied, and later rows
 * of their users. */
void files_check_failed(struct simulation *simulation,
                        const struct sim_run *run);

/* Reads OUTPUT, which must be complete. */
void files_read_output(struct simulation *simulation, struct sim_run *run);

#endif
