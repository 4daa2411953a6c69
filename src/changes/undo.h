/*
 * --undo: the old values of all users that a run updates, as a file that can be
 * applied.
 *
 * FILE.journal contains the records of undo_record.h. The record of an update
 * is synced before the update is sent. When the run ends, or stops, FILE is
 * made of the records (see undo_rows.h). FILE.journal stays as long as the run
 * can be resumed.
 *
 * Its records are:
 *
 * - a header that names the run's OUTPUT;
 * - the updates, and their outcomes;
 * - that FILE was made, with its description, synced before it gets its name.
 *
 * Functions accept NULL for a run without --undo, do nothing and succeed.
 */
#ifndef CHANGES_UNDO_H
#define CHANGES_UNDO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_system.h"
#include "output/undo_rows.h"
#include "user/task.h"

struct undo;

/* The pointers are borrowed as long as the undo, except input. */
struct undo_setup {
    const struct file_system *files;
    const char *path;         /* FILE */
    const char *output;       /* the name of OUTPUT, without its directory */
    const struct stat *input; /* NULL: unknown */
    struct undo_text_setup rows;
    bool resume;   /* --resume */
    bool earlier;  /* an earlier run has left OUTPUT's journal */
    bool finished; /* OUTPUT is complete; only its journal was not removed */
};

/* Opens FILE.journal, or creates it unless an earlier run is to be resumed.
 * NULL: ERROR_USAGE
 *
 * - as atomic_file_open() for FILE and journal_open() for FILE.journal;
 * - if FILE exists and this run has not made it;
 * - if FILE.journal has updates, and the earlier run is not to be resumed, or
 *   there is none.
 *
 * ERROR_LOCAL. */
struct undo *undo_open(const struct undo_setup *setup, struct error *error);

/* Removes FILE.journal if it was created and undo_begin() has not succeeded.
 * NULL does nothing. */
void undo_free(struct undo *undo);

/* To be called when it is known whether the run was resumed. ERROR_USAGE if
 * FILE.journal does not belong to it, or is missing. */
int undo_begin(struct undo *undo, bool resumed, bool finished,
               struct error *error);

/* Puts the update that the task is about to send, unless it was put before. It
 * may be sent after undo_flush(). -1 without memory. */
int undo_put_update(struct undo *undo, struct user_task *task);

/* Puts the outcome of a task that is done. -1 without memory. */
int undo_put_outcome(struct undo *undo, const struct user_task *task);

/* To be called once a turn of the loop, before requests are sent and before the
 * results are written to the journal: writes what was put, and syncs it if
 * there are updates. ERROR_LOCAL. */
int undo_flush(struct undo *undo, struct error *error);

/* Did undo_flush() fail? Then no intent that was put may be written: a resumed
 * run could send its update again without the old values. */
bool undo_has_failed(const struct undo *undo);

/* The run stops, or all its rows have a result: makes FILE, if there are
 * updates. Nothing may be put afterwards. *users: how many users it has.
 * ERROR_LOCAL. */
int undo_make(struct undo *undo, uint64_t *users, struct error *error);

/* The run is finished, or has nothing to resume: removes FILE.journal.
 * ERROR_LOCAL. */
int undo_remove(struct undo *undo, struct error *error);

#endif
