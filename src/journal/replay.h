/*
 * The types of a journal's records, and the replay of those that an earlier run
 * wrote. The fields of a record are those of field.h.
 */
#ifndef JOURNAL_REPLAY_H
#define JOURNAL_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "journal/intents.h"
#include "journal/journal.h"
#include "user/outcome.h"
#include "user/own_writes.h"

enum record_type {
    RECORD_HEADER = 'H',     /* the journal header: see fingerprint.h */
    RECORD_INTENT = 'I',     /* an intent: the rows of the update ("5,7-9"), its
                                key, and the members of a struct sent */
    RECORD_RESULT = 'R',     /* status, LF, and the sequence and text of each
                                row: all rows of a group, or its last ones */
    RECORD_PART = 'P',       /* the same, for earlier rows of the group; it only
                                counts if the group's RESULT follows, or the
                                INTENT of its update */
    RECORD_OWN_WRITE = 'W',  /* hash and time before, hash and time after */
    RECORD_CELLS = 'M',      /* of the group before it: the cells that
                                --reconcile compared, those that differ */
    RECORD_CHECKPOINT = 'C', /* bytes of a pipe, and their SHA-256 */
    RECORD_END = 'E',        /* the end of the run's time: seconds since 1970,
                                whether it was reached, the options; the last
                                one counts */
    RECORD_CLAIM = 'N',      /* a process that writes the following records:
                                host, process id and a random number */
    RECORD_FINISHED = 'F'    /* OUTPUT: inode, size and time of modification */
};

/* The functions that a replay calls, in the order of the records. */
struct replay_handler {
    /* A result row. If the journal was edited by hand, a sequence can occur
     * twice. */
    int (*row)(void *context, uint64_t sequence, enum status status,
               const char *text, size_t len, struct error *error);
    /* An update that was applied, or that was about to be sent; see
     * own_writes_add(). */
    void (*own_write)(void *context, struct shared_state before,
                      struct shared_state after);
    /* So many bytes of a pipe had been read, with that SHA-256. Each call
     * replaces the one before. */
    void (*checkpoint)(void *context, uint64_t bytes,
                       const unsigned char hash[HASH_SIZE]);
    /* So many cells of a group were compared, and so many of them differed.
     * NULL: is not called. */
    void (*cells)(void *context, uint64_t cells, uint64_t drifting);
    /* The end of the run's time, as recovery_put_end(). NULL: is not called. */
    void (*end)(void *context, int64_t seconds, bool reached, const char *text);
    /* The outcome of an update of the user with that key. NULL: is not called.
     */
    void (*update)(void *context, const char *key, const struct sent *sent,
                   enum status status);
};

/* Borrowed for the call. */
struct replay {
    const char *path;        /* of the journal, for messages */
    struct journal *journal; /* whose header was read */
    struct intents *intents; /* open intents are added to it */
    const struct replay_handler *handler;
    void *context;
};

/* Replays all records after the header, and prepares the intents for the
 * search. The parts of a group without its last record do not count, and
 * reading ends before them. ERROR_USAGE if this program can't have written a
 * record; ERROR_LOCAL; or the error of handler->row(). */
int replay_records(const struct replay *replay, struct error *error);

#endif
