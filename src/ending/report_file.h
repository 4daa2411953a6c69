/*
 * The file of --report: the values of the report, from the summary of a run and
 * what was recorded.
 */
#ifndef ENDING_REPORT_FILE_H
#define ENDING_REPORT_FILE_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"
#include "report/record.h"
#include "report/run_summary.h"

/* Replaces options->report by the report, with mode 0600. before: rows whose
 * results were there before this part of the run. ERROR_LOCAL. */
int report_file_write(const struct file_system *files,
                      const struct options *options,
                      const struct run_summary *summary,
                      const struct run_record *record, uint64_t before,
                      struct error *error);

#endif
