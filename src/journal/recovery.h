/*
 * What a run has set out to do and has done, in OUTPUT.journal, so that a run
 * that was cut off can be taken up where it was.
 *
 * Records: a head with all that gives the run its meaning (identity.h); before
 * an update leaves, its intent; the result rows of each group when its outcome
 * is known, in one record (beyond 1 MiB in several); for a pipe, how much was
 * read and its hash; the run's own writes (written.h), where they are kept. No
 * values of users.
 */
#ifndef JOURNAL_RECOVERY_H
#define JOURNAL_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "cli/options.h"
#include "service/row.h"
#include "user/outcome.h"
#include "user/own_writes.h"

struct recovery;

/* Does a run with these options keep a journal? Not --check, which makes no
 * call; not where result rows hold values of users (--export, --diff), nor
 * where OUTPUT is standard output. */
bool recovery_is_kept(const struct options *options);

/* Looks for a journal that an earlier run left at path. One without a whole
 * head counts as none. ERROR_USAGE where there is one and the options have
 * neither --resume nor --restart: names the two ways on. */
struct recovery *recovery_open(const struct options *options, const char *path,
                               struct error *error);
void recovery_free(struct recovery *recovery);

/* What a replay calls, in the order of the records. */
struct recovery_handler {
    /* A result row of an earlier run. (In a journal that was changed by hand
     * a sequence may come twice.) */
    int (*row)(void *context, uint64_t sequence, enum status status,
               const char *text, size_t len, struct error *error);
    /* An update that an earlier run applied; see own_writes_add(). */
    void (*own_writes)(void *context, struct state before, struct state after);
    /* So much of a pipe had been read, and this was its hash; the last call
     * counts. */
    void (*checkpoint)(void *context, uint64_t bytes,
                       const unsigned char hash[HASH_SIZE]);
};

/* The run is about to begin. input: the SHA-256 of a file, NULL for a pipe.
 * Without an earlier journal (or with --restart) a new one is made, and its
 * head synced. With one, ERROR_USAGE where input, service or an option that
 * gives the run its meaning is another, naming what differs and what it was;
 * else its records are replayed. ERROR_LOCAL where reading or writing fails. On
 * failure nothing may be put; an earlier journal stays as it is. */
int recovery_begin(struct recovery *recovery, const unsigned char *input,
                   const struct recovery_handler *handler, void *context,
                   struct error *error);

/* Was an earlier run taken up? */
bool recovery_resumed(const struct recovery *recovery);

/* The update of the earlier run, its outcome open, that the row of this
 * sequence was part of; or NULL. Valid as long as the recovery. */
const struct sent *recovery_open_intent(const struct recovery *recovery,
                                        uint64_t sequence);

/* An update of this group is about to leave. -1 without memory. */
int recovery_put_intent(struct recovery *recovery, const struct group *group,
                        const struct sent *sent);

/* The result rows of one group (or of one row that never was in one): begin,
 * each row in the input's order, end. -1 without memory. All of them do nothing
 * where recovery is NULL, as the ones above and below. */
int recovery_begin_rows(struct recovery *recovery, enum status status);
int recovery_add_row(struct recovery *recovery, uint64_t sequence,
                     const char *text, size_t len);
int recovery_end_rows(struct recovery *recovery);

int recovery_put_own_write(struct recovery *recovery, struct state before,
                           struct state after);
int recovery_put_checkpoint(struct recovery *recovery, uint64_t bytes,
                            const unsigned char hash[HASH_SIZE]);

/* Once a turn of the loop, before calls leave: writes what was put, and syncs
 * it where the last sync is a second ago. now: milliseconds. ERROR_LOCAL. */
int recovery_flush(struct recovery *recovery, int64_t now, struct error *error);

/* Milliseconds until recovery_flush() has something to sync; -1: nothing. */
int64_t recovery_wait(const struct recovery *recovery, int64_t now);

/* The run stops and is to be taken up: all is synced. Where nothing was done
 * (no intent, no row, and no earlier run), the journal is removed instead, and
 * *kept says so. What was never begun is left as it is. */
int recovery_stop(struct recovery *recovery, bool *kept, struct error *error);

/* The run is complete: the journal is removed. */
int recovery_finish(struct recovery *recovery, struct error *error);

#endif
