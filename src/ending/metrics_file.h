/*
 * --metrics FILE.
 */
#ifndef ENDING_METRICS_FILE_H
#define ENDING_METRICS_FILE_H

#include "base/error.h"
#include "base/file_system.h"
#include "report/run_summary.h"

/* Replaces the file at path by the metrics of the run, with mode 0644, since
 * others collect them and they contain no personal data. The times of the last
 * success are kept. ERROR_LOCAL if that fails, or if the file has another
 * content. */
int metrics_file_write(const struct file_system *files, const char *path,
                       const struct run_summary *summary, struct error *error);

#endif
