/*
 * --template: an INPUT to start from.
 */
#ifndef CLI_TEMPLATE_H
#define CLI_TEMPLATE_H

#include <stdio.h>

#include "cli/options.h"

/* Prints a header with the columns that an update of the service may set, and a
 * row of examples. The row lacks an Id, so that it fails if it is left in, and
 * is valid with one. Its last column is ignored and says so. */
void template_print(const struct options *options, FILE *stream);

#endif
