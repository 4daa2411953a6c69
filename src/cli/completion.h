/*
 * --completion: scripts with which a shell completes the options of the table,
 * their values, and columns.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include <stdio.h>

#include "cli/completion_shell.h"

/* Prints the script for a shell. */
void completion_print(FILE *stream, enum completion_shell shell);

#endif
