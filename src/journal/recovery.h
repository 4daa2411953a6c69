/*
 * Recovery: OUTPUT.journal records what a run is about to do and what it has
 * done, so that a run that was interrupted can be resumed.
 *
 * Its records: the journal header with the run's fingerprint; the claim of each
 * process that writes to it (see journal.h); the intent of each update, written
 * ahead of it; the result record of each group of rows when its outcome is
 * known (a group of more than 1 MiB has several, and the last one completes
 * it); for a pipe, checkpoints of how much was read; and the run's own writes,
 * if they are kept; and at the end, before OUTPUT gets its name, that the run
 * is finished. The journal has no values of users.
 *
 * The journal and the staging file of OUTPUT belong together: the journal is
 * created before the first row is written to the staging file, and removed
 * after that file was renamed.
 *
 * All functions do nothing, successfully, if recovery is NULL: such a run keeps
 * no journal.
 */
#ifndef JOURNAL_RECOVERY_H
#define JOURNAL_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/file_system.h"
#include "base/hash.h"
#include "base/mode.h"
#include "journal/fingerprint.h"
#include "journal/replay.h"
#include "service/row.h"
#include "user/outcome.h"
#include "user/own_writes.h"

struct recovery;

#define RECOVERY_PROCESS_SIZE 256 /* bytes, with a NUL */

/* Does such a run keep a journal? Not --check, which makes no call; not if
 * result rows have values of users (--export, --diff) or OUTPUT is standard
 * output. output may be NULL with MODE_CHECK; diff is NULL without --diff. */
bool recovery_is_kept(enum mode mode, const char *output, const char *diff);

/* The paths are borrowed as long as the recovery. */
struct recovery_setup {
    const struct file_system *files; /* likewise */
    const char *path;                /* of the journal */
    const char *staging;             /* the staging file of OUTPUT, locked */
    const char *output;
    const char *process; /* a name that no other process has; see
                            RECOVERY_PROCESS_SIZE; copied */
    bool resume;         /* --resume */
    bool restart;        /* --restart */
    bool sync_second;    /* --sync second: intents are not synced at once */
};

/* Opens and locks the journal that an earlier run left at the path, if there is
 * one. ERROR_USAGE, with advice: there is one and neither resume nor restart is
 * set; or without restart, its header is damaged, or it is missing although the
 * staging file has rows. Two journals do not count, and are replaced:
 *
 * - the torn header of a run that was interrupted before its first call;
 * - that of a finished run whose OUTPUT is no longer the file that it wrote.
 * Its removal was interrupted, and its rows may be out of date. */
struct recovery *recovery_open(const struct recovery_setup *setup,
                               struct error *error);
void recovery_free(struct recovery *recovery);

/* The run is about to begin. Without an earlier journal (or with restart) a new
 * one is created, and its header synced. With one, its records are replayed, or
 * ERROR_USAGE if its fingerprint differs. (If it is of a finished run, a new
 * one replaces it then; the digest of the prior result does not count, since
 * OUTPUT is that run's result already.) ERROR_LOCAL if reading or writing
 * fails. After a failure nothing may be put, and an earlier journal stays; it
 * may have got a claim. */
int recovery_begin(struct recovery *recovery,
                   const struct fingerprint_setup *fingerprint,
                   const struct replay_handler *handler, void *context,
                   struct error *error);

/* Is an earlier run resumed? */
bool recovery_resumed(const struct recovery *recovery);

/* Is it a finished one? All its rows are in OUTPUT already. */
bool recovery_is_finished(const struct recovery *recovery);

/* The update of the earlier run, without a recorded outcome, that the row of
 * this sequence was part of; or NULL. Valid as long as the recovery. */
const struct sent *recovery_open_intent(const struct recovery *recovery,
                                        uint64_t sequence);

/* Puts the intent of an update of this group. The update may be sent after the
 * next recovery_flush(). -1 without memory. */
int recovery_put_intent(struct recovery *recovery, const struct group *group,
                        const struct sent *sent);

/* Put the result rows of one group (or of one row that never was in one):
 * begin, each row in the input's order, end. -1 without memory. */
int recovery_begin_rows(struct recovery *recovery, enum status status);
int recovery_add_row(struct recovery *recovery, uint64_t sequence,
                     const char *text, size_t len);
int recovery_end_rows(struct recovery *recovery);

/* -1 without memory. */
int recovery_put_own_write(struct recovery *recovery,
                           struct shared_state before,
                           struct shared_state after);
int recovery_put_checkpoint(struct recovery *recovery, uint64_t bytes,
                            const unsigned char hash[HASH_SIZE]);

/* To be called once a turn of the loop, before requests are sent: writes what
 * was put, and syncs it if it contains intents or if the last sync is a second
 * ago. now: milliseconds. ERROR_LOCAL, also if another process has changed the
 * journal: then nothing may be sent. */
int recovery_flush(struct recovery *recovery, int64_t now, struct error *error);

/* The run stops and can be resumed: everything is synced, and *kept is true. If
 * nothing was done (no intent, no row, and no earlier run), the journal is
 * removed and *kept is false. An earlier journal of a run that did not begin
 * stays as it is. */
int recovery_stop(struct recovery *recovery, bool *kept, struct error *error);

/* All rows of the run are in the staging file, and synced: records that it is
 * finished, and syncs. ERROR_LOCAL. */
int recovery_put_finished(struct recovery *recovery, struct error *error);

/* OUTPUT has its name: removes the journal. */
int recovery_finish(struct recovery *recovery, struct error *error);

#endif
