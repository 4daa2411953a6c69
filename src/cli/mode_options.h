/*
 * Options of a run, in modes that are no run.
 */
#ifndef CLI_MODE_OPTIONS_H
#define CLI_MODE_OPTIONS_H

#include "base/error.h"
#include "cli/options.h"

/* Refuses, as ERROR_USAGE, options that would have no effect, because the mode
 * is no run or has no files. Those that the environment or a profile sets for
 * all modes are ignored. */
int mode_options_check(const struct options *options, struct error *error);

#endif
