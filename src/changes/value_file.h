/*
 * A file of values of users that a run makes of records: FILE of --undo and of
 * --plan. The records are in FILE.journal, since OUTPUT.journal contains no
 * values; its first record names the run's OUTPUT.
 */
#ifndef CHANGES_VALUE_FILE_H
#define CHANGES_VALUE_FILE_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file_system.h"
#include "journal/journal.h"
#include "output/writer.h"

/* The members are read by the modules that embed it; only the functions below
 * change them. */
struct value_file {
    const struct file_system *files;
    const char *title;       /* with which the header begins */
    const char *output;      /* the name of OUTPUT, without its directory */
    struct writer *writer;   /* of FILE */
    char *journal_path;      /* of FILE.journal */
    struct journal *journal; /* NULL: there is none */
    bool missing;            /* there was none at first */
};

/* Opens FILE, and FILE.journal if it exists. title and output are borrowed. -1
 * as writer_open() and journal_open(). */
int value_file_open(struct value_file *file,
                    const struct atomic_file_setup *setup, const char *title,
                    const char *output, struct error *error);

/* Closes both. */
void value_file_close(struct value_file *file);

/* What value_file_scan() finds. */
enum value_file_found {
    VALUE_FILE_UNREADABLE, /* the error is set */
    VALUE_FILE_OTHER,      /* records of a run with another OUTPUT */
    VALUE_FILE_UNBEGUN,    /* the header was not completed */
    VALUE_FILE_OWN
};

/* Reads FILE.journal from its start, and passes each record after the header to
 * note(). */
enum value_file_found value_file_scan(
    struct value_file *file,
    void (*note)(void *context, const struct journal_record *record),
    void *context, struct error *error);

/* An earlier run's records are read and will be continued: removes a torn end,
 * and syncs them, since the process that wrote them may have been killed.
 * ERROR_LOCAL. */
int value_file_continue(struct value_file *file, struct error *error);

/* Creates FILE.journal. -1 as journal_create() and journal_sync(). */
int value_file_create(struct value_file *file, struct error *error);

/* Removes FILE.journal, which is to be created again. ERROR_LOCAL. */
int value_file_discard(struct value_file *file, struct error *error);

/* Appends a record. -1 without memory. */
int value_file_put(struct value_file *file, char type, const char *text,
                   size_t len);

/* Syncs FILE.journal, unless that has failed before, and opens it again, to be
 * read from its start. ERROR_LOCAL. */
int value_file_reopen(struct value_file *file, bool failed,
                      struct error *error);

/* What was read of FILE.journal counts: removes a torn end. ERROR_LOCAL. */
int value_file_truncate(struct value_file *file, struct error *error);

/* Removes FILE.journal, and the staging file of FILE if FILE was not made: the
 * run is finished, or has nothing to resume. ERROR_LOCAL. */
int value_file_remove(struct value_file *file, struct error *error);

#endif
