/*
 * Which options can be combined with each other, with the operands and with the
 * service.
 */
#ifndef CLI_COMBINATIONS_H
#define CLI_COMBINATIONS_H

#include "base/error.h"
#include "cli/options.h"

/* Checks what shows only when the whole command line is parsed.
 * options->endpoint may be NULL, which stands for the service's own address.
 * Returns -1 with ERROR_USAGE; the message names the options, or the service
 * that does not support one. */
int combinations_check(const struct options *options, struct error *error);

#endif
