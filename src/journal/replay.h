/*
 * The types of a journal's records, and the replay of those that an earlier run
 * wrote. The fields of a record are those of field.h.
 */
#ifndef JOURNAL_REPLAY_H
#define JOURNAL_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"
#include "journal/intents.h"
#include "journal/journal.h"
#include "user/outcome.h"
#include "user/own_writes.h"

enum record_type {
    RECORD_HEADER = 'H', /* the journal header: see fingerprint.h */
    RECORD_INTENT = 'I', /* the write-ahead record of an update: its rows
                            ("5,7-9"), key, and the members of a struct sent */
    RECORD_RESULT = 'R', /* status, LF, and of each row its sequence and text:
                            all rows of a group, or its last ones */
    RECORD_PART = 'P',   /* the same, of rows of a large group that come before;
                            without its RESULT, the group has no result */
    RECORD_OWN_WRITE = 'W',  /* shared and time before, shared and time after */
    RECORD_CHECKPOINT = 'C', /* bytes of a pipe, and their SHA-256 */
    RECORD_CLAIM = 'N',      /* a process that writes the records which follow:
                                host, process id and a random number */
    RECORD_FINISHED = 'F'    /* OUTPUT: inode, size and time of modification */
};

/* What a replay calls, in the order of the records. */
struct replay_handler {
    /* A result row. (If the journal was edited by hand, a sequence may come
     * twice.) */
    int (*row)(void *context, uint64_t sequence, enum status status,
               const char *text, size_t len, struct error *error);
    /* An update that was applied; see own_writes_add(). */
    void (*own_write)(void *context, struct shared_state before,
                      struct shared_state after);
    /* So many bytes of a pipe had been read, with that hash; the last call
     * counts. */
    void (*checkpoint)(void *context, uint64_t bytes,
                       const unsigned char hash[HASH_SIZE]);
};

/* Borrowed for the call. */
struct replay {
    const char *path;        /* of the journal, for messages */
    struct journal *journal; /* whose header was read */
    struct intents *intents; /* where open intents are added */
    const struct replay_handler *handler;
    void *context;
};

/* Replays all records after the header, and prepares the intents for the
 * search. The parts of a group without its last record do not count, and the
 * journal ends before them. ERROR_USAGE if a record is not of this program;
 * ERROR_LOCAL; or the error of handler->row(). */
int replay_records(const struct replay *replay, struct error *error);

#endif
