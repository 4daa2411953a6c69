/*
 * Checks which options can be combined with each other, with the operands and
 * with the service.
 */
#ifndef CLI_COMBINATIONS_H
#define CLI_COMBINATIONS_H

#include "base/error.h"
#include "cli/options.h"

/* Makes the checks that need the whole command line. options->endpoint may be
 * NULL, which means the service's own address. Returns -1 with ERROR_USAGE; the
 * message names the options, or the service that does not support one. */
int combinations_check(const struct options *options, struct error *error);

#endif
