/*
 * What an earlier run with the same OUTPUT has left: is there a journal, and
 * does it count?
 */
#ifndef JOURNAL_EARLIER_RUN_H
#define JOURNAL_EARLIER_RUN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/file_system.h"
#include "journal/journal.h"
#include "journal/output_file.h"

/* As the members of struct recovery_setup. */
struct earlier_run_setup {
    const struct file_system *files;
    const char *path;
    const char *staging;
    const char *output;
    bool resume;
    bool restart;
};

struct earlier_run {
    struct buffer header; /* the text of its journal's header */
    bool ignored;         /* its journal does not count, and is replaced */
    bool finished;        /* the run is, and OUTPUT is as it was written */
};

/* Opens and locks its journal, reads the header and decides what the journal
 * means; recovery_open() describes how, and the errors. *journal is set in any
 * case, to NULL if there is none; the caller frees it. */
int earlier_run_open(struct earlier_run *earlier,
                     const struct earlier_run_setup *setup,
                     struct journal **journal, struct error *error);

/* Is the finished record the last one of the journal? output: what it says of
 * OUTPUT. */
bool earlier_run_read_finished(struct journal *journal,
                               char output[OUTPUT_FILE_SIZE]);

void earlier_run_clear(struct earlier_run *earlier);

#endif
