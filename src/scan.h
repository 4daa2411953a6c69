/*
 * The first reading of a regular file: is the whole of it sound?
 */
#ifndef SCAN_H
#define SCAN_H

#include <signal.h>
#include <stdint.h>

#include "error.h"
#include "input.h"
#include "options.h"
#include "previous.h"

/* Reads the input to its end, from where it stands: compression, structure and
 * header are checked, not the rows' values. *rows becomes the number of data
 * rows. Where previous is given, its rows must be the input's (those of the
 * options' shard): ERROR_USAGE; it is rewound. ERROR_INPUT where the file is
 * refused, ERROR_STOPPED where *stop became nonzero meanwhile. */
int scan_input(struct input *input, const struct options *options,
               struct previous *previous, const volatile sig_atomic_t *stop,
               uint64_t *rows, struct error *error);

#endif
