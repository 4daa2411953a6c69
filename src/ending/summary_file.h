/*
 * The file of a run's summary: --summary FILE, or OUTPUT.summary.json, or
 * OUTPUT.part.summary.json as long as OUTPUT is not complete.
 */
#ifndef ENDING_SUMMARY_FILE_H
#define ENDING_SUMMARY_FILE_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "report/run_summary.h"

/* The name of the file, which the caller frees. complete: of a run whose OUTPUT
 * is complete. NULL: none is written, or there is no memory. */
char *summary_file_name(const struct options *options, bool complete);

/* Writes the summary, with mode 0600, unless there is no name for it. Of a
 * complete run, also removes the summaries beside OUTPUT that are out of date.
 * ERROR_LOCAL. */
int summary_file_write(const struct file_system *files,
                       const struct options *options,
                       const struct run_summary *summary, struct error *error);

/* Where the summary of the run that wrote OUTPUT may be: --summary may be new,
 * or its FILE may describe another OUTPUT. */
enum summary_place { SUMMARY_BESIDE, SUMMARY_NAMED, SUMMARY_PLACES };

/* Reads the summary of an earlier run, also with --no-summary. The caller
 * clears it in any case. complete: as above. Returns NULL, or why it cannot be
 * read. */
const char *summary_file_read_at(const struct file_system *files,
                                 const struct options *options,
                                 enum summary_place place, bool complete,
                                 struct run_summary *summary);

/* The same, of --summary FILE if there is one, else of the one beside OUTPUT.
 */
const char *summary_file_read(const struct file_system *files,
                              const struct options *options, bool complete,
                              struct run_summary *summary);

/* ERROR_USAGE if INPUT is not the one that a summary records. recorded: its
 * SHA-256; "": unknown. digest: that of INPUT. advice: what follows in the
 * message. */
int summary_file_check_input(const struct options *options,
                             const char *recorded, const char *digest,
                             const char *advice, struct error *error);

#endif
