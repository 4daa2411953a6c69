/*
 * How the files of a run are written, from the options.
 */
#ifndef SETUP_FILE_FLAGS_H
#define SETUP_FILE_FLAGS_H

#include "cli/options.h"

/* enum atomic_file_flags. */
unsigned file_flags_make(const struct options *options);

#endif
