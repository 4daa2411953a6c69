/*
 * The first reading of a regular file: is the whole of it sound?
 */
#ifndef INPUT_SCAN_H
#define INPUT_SCAN_H

#include <signal.h>
#include <stdint.h>

#include "base/error.h"
#include "cli/options.h"
#include "input/input.h"
#include "output/prior_result.h"

/* Reads the input to its end, from where it stands: compression, structure and
 * header are checked, not the rows' values. *rows becomes the number of data
 * rows. Where previous is given, its rows must be the input's (those of the
 * options' shard): ERROR_USAGE; it is rewound. ERROR_INPUT where the file is
 * refused, ERROR_STOPPED where *stop became nonzero meanwhile. */
int validate_input(struct input *input, const struct options *options,
                   struct prior_result *prior,
                   const volatile sig_atomic_t *stop, uint64_t *rows,
                   struct error *error);

#endif
