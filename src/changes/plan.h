/*
 * --plan: what a dry run would change, as a file that can be approved and
 * applied.
 *
 * FILE.journal contains a record of each user that would change (see
 * plan_rows.h), synced before the results are written to OUTPUT.journal. When
 * all rows have a result, FILE is made of the records. A run that stops has no
 * FILE: it is resumed.
 *
 * Functions accept NULL for a run without --plan, do nothing and succeed.
 */
#ifndef CHANGES_PLAN_H
#define CHANGES_PLAN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/hash.h"
#include "output/undo_text.h"
#include "user/task.h"

struct plan;

/* The pointers are borrowed as long as the plan, except input. */
struct plan_setup {
    const struct file_system *files;
    const char *path;         /* FILE */
    const char *output;       /* the name of OUTPUT, without its directory */
    const struct stat *input; /* NULL: unknown */
    unsigned flags;           /* of enum atomic_file_flags */
    struct undo_text_setup rows;
    bool earlier;  /* there is an earlier run with this OUTPUT */
    bool finished; /* OUTPUT is complete; only its journal was not removed */
};

/* Opens FILE.journal, or creates it. NULL: as writer_open() for FILE and
 * journal_open() for FILE.journal; ERROR_USAGE if FILE.journal belongs to
 * another run; ERROR_LOCAL. */
struct plan *plan_open(const struct plan_setup *setup, struct error *error);

/* Removes FILE.journal if it was created and plan_begin() was not called. NULL
 * does nothing. */
void plan_free(struct plan *plan);

/* To be called when it is known whether the run was resumed. ERROR_USAGE if
 * FILE.journal is missing. ERROR_LOCAL. */
int plan_begin(struct plan *plan, bool resumed, bool finished,
               struct error *error);

/* Refuses, as ERROR_USAGE, an INPUT with columns that cannot be compared. */
int plan_check_columns(const struct plan *plan, column_mask columns,
                       struct error *error);

/* Puts a task that is done, before its result is put. If the plan cannot
 * contain its user, the rows fail. ERROR_LOCAL. */
int plan_put(struct plan *plan, struct user_task *task, struct error *error);

/* To be called once a turn of the loop, before the results are written to the
 * journal: writes what was put, and syncs it. ERROR_LOCAL. */
int plan_flush(struct plan *plan, struct error *error);

/* Did plan_flush() fail? Then no result that was put may be written: a resumed
 * run would not process its rows again. */
bool plan_has_failed(const struct plan *plan);

/* All rows have a result: writes and syncs the staging file of FILE.
 * source_rows: of INPUT. ERROR_LOCAL. */
int plan_make(struct plan *plan, uint64_t source_rows, struct error *error);

/* Renames it. ERROR_LOCAL. */
int plan_commit(struct plan *plan, struct error *error);

/* What FILE contains after plan_commit(): its users, and its SHA-256. -1 if
 * FILE cannot be read. */
int plan_describe(const struct plan *plan, uint64_t *users,
                  unsigned char digest[HASH_SIZE]);

/* The run is finished, or has nothing to resume: removes FILE.journal.
 * ERROR_LOCAL. */
int plan_remove(struct plan *plan, struct error *error);

#endif
