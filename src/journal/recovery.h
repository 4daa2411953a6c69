/*
 * Recovery: OUTPUT.journal records what a run is about to do and what it has
 * done, so that a run that was interrupted can be resumed.
 *
 * Its records are:
 *
 * - the journal header, with the run's fingerprint;
 * - the claim of each process that writes the journal (see journal.h);
 * - the intent of each update, synced before the update is sent;
 * - the result record of each group of rows, written when its outcome is known
 *   (more than 1 MiB of rows become several records, and so do rows that were
 *   refused; they count if the last one is there, or the intent that follows);
 * - for a pipe, checkpoints of how much was read;
 * - the run's own writes, if they are needed;
 * - the end of its time, if there is one;
 * - that the run is finished, synced before OUTPUT is renamed.
 *
 * The journal contains no values of users. It belongs to the staging file of
 * OUTPUT: it is created before the first row is written there, and removed
 * after that file was renamed.
 *
 * A run without a journal has no recovery: all functions accept NULL, do
 * nothing and succeed.
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

/* Does a run with these options keep a journal? Not with --check, which makes
 * no call; not if its output contains values of users (--export, --diff); and
 * not if OUTPUT is standard output ("-"). output may be NULL with MODE_CHECK;
 * diff is NULL without --diff. */
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
 * one. NULL: ERROR_USAGE if there is a journal and neither resume nor restart
 * is set (the message contains both options), or if it can't be opened. Without
 * restart, ERROR_USAGE also if its header is damaged, or if it is missing
 * although the staging file has rows. ERROR_LOCAL. Two journals are ignored,
 * and replaced later:
 *
 * - the torn header of a run that was interrupted before its first call;
 * - that of a finished run whose OUTPUT is no longer the file that it wrote.
 * Its removal was interrupted, and its rows may be out of date. */
struct recovery *recovery_open(const struct recovery_setup *setup,
                               struct error *error);

/* NULL does nothing. The journal stays. */
void recovery_free(struct recovery *recovery);

/* To be called once, before anything is put. Replays the earlier journal, or
 * fails with ERROR_USAGE if its fingerprint differs. Without an earlier journal
 * creates one and syncs its header, replacing a file that was ignored. A
 * finished run with another fingerprint is replaced as well; for it, the digest
 * of the prior result does not count, since OUTPUT is its own result already.
 * ERROR_LOCAL if reading or writing fails. After a failure nothing may be put.
 * An earlier journal to be resumed then stays; it may have got a claim. */
int recovery_begin(struct recovery *recovery,
                   const struct fingerprint_setup *fingerprint,
                   const struct replay_handler *handler, void *context,
                   struct error *error);

/* Has recovery_begin() succeeded? */
bool recovery_has_begun(const struct recovery *recovery);

/* Is an earlier run resumed? */
bool recovery_resumed(const struct recovery *recovery);

/* Is the earlier run finished, so that all rows are in OUTPUT already? */
bool recovery_is_finished(const struct recovery *recovery);

/* The update of the earlier run that contained the row of this sequence, if its
 * outcome was not recorded; else NULL. Valid as long as the recovery. */
const struct sent *recovery_open_intent(const struct recovery *recovery,
                                        uint64_t sequence);

/* The number of such updates. */
size_t recovery_open_count(const struct recovery *recovery);

/* Puts the intent of an update of this group. The update may be sent after the
 * next recovery_flush(). -1 without memory. */
int recovery_put_intent(struct recovery *recovery, const struct group *group,
                        const struct sent *sent);

/* Put the result rows of one group with one status, or of a single row without
 * a group: begin, each row in the order of INPUT, end. text: the result row
 * with its line end. part: they only count together with what is put next,
 * which is rows of the same group, or the intent of its update. -1 without
 * memory. */
int recovery_begin_rows(struct recovery *recovery, enum status status);
int recovery_add_row(struct recovery *recovery, uint64_t sequence,
                     const char *text, size_t len);
int recovery_end_rows(struct recovery *recovery, bool part);

/* Puts an own write, as own_writes_add(). -1 without memory. */
int recovery_put_own_write(struct recovery *recovery,
                           struct shared_state before,
                           struct shared_state after);

/* Puts how many cells of a group --reconcile has compared, and how many of them
 * differ, after the group's result. -1 without memory. */
int recovery_put_cells(struct recovery *recovery, uint64_t cells,
                       uint64_t drifting);

/* Puts how many bytes of a pipe were read, and their SHA-256. -1 without
 * memory. */
int recovery_put_checkpoint(struct recovery *recovery, uint64_t bytes,
                            const unsigned char hash[HASH_SIZE]);

/* Puts the end of the run's time, in seconds since 1970, whether a part of the
 * run has stopped at it, and the options that set it. It is synced as an
 * intent. -1 without memory. */
int recovery_put_end(struct recovery *recovery, int64_t seconds, bool reached,
                     const char *end);

/* To be called once a turn of the loop, before requests are sent: writes what
 * was put, and syncs it if it contains intents, or if the last sync was a
 * second ago or earlier. now: milliseconds of a monotonic clock. ERROR_LOCAL,
 * also if another process has changed the journal: then nothing may be sent. */
int recovery_flush(struct recovery *recovery, int64_t now, struct error *error);

/* Syncs the intents that are not synced: --sync second, and other files will be
 * synced next, which may take long. ERROR_LOCAL. */
int recovery_sync_intents(struct recovery *recovery, struct error *error);

/* After recovery_flush(): milliseconds until its next call must sync, so that
 * nothing stays unsynced for longer than a second; -1: all is synced. */
int recovery_wait(const struct recovery *recovery, int64_t now);

/* To be called before rows are written to the staging file. ERROR_LOCAL if
 * another process has written to the journal: it writes the rows then. */
int recovery_check(struct recovery *recovery, struct error *error);

/* Has another process continued this run, because locks exclude nobody? */
bool recovery_is_foreign(const struct recovery *recovery);

/* Is there something to resume: an intent, a row, its end, or an earlier run?
 * If recovery_begin() was not called or failed: is there an earlier journal? */
bool recovery_is_needed(const struct recovery *recovery);

/* The run stops. If the journal is needed, or the staging file has rows, syncs
 * everything; else removes the journal. If recovery_begin() was not called or
 * failed, changes nothing. ERROR_LOCAL. */
int recovery_stop(struct recovery *recovery, struct error *error);

/* All rows of the run are in the staging file, and synced: records that it is
 * finished, and syncs. ERROR_LOCAL. */
int recovery_put_finished(struct recovery *recovery, struct error *error);

/* OUTPUT was renamed: removes the journal. ERROR_LOCAL. */
int recovery_finish(struct recovery *recovery, struct error *error);

#endif
