/*
 * --help and --help-all, made from the table of options.
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdio.h>

/* Prints the usage, the most common options and some examples. */
void help_print(FILE *stream);

/* Prints all options by group, the services, the environment variables and the
 * exit statuses. */
void help_print_all(FILE *stream);

#endif
