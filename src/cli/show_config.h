/*
 * Prints the value of each option and credential, and where it comes from.
 */
#ifndef CLI_SHOW_CONFIG_H
#define CLI_SHOW_CONFIG_H

#include <stdio.h>

#include "base/error.h"
#include "cli/options.h"

/* Prints a section of a configuration file that has the same effect. Secrets,
 * and commands, which may contain some, are comments without their values. -1
 * with ERROR_USAGE if a credential is given twice. */
int show_config_print(const struct options *options, FILE *stream,
                      struct error *error);

#endif
