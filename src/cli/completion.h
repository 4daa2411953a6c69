/*
 * --completion: scripts with which a shell completes the options of the table,
 * their values, and columns.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include <stdio.h>

enum completion_shell { COMPLETION_BASH, COMPLETION_ZSH, COMPLETION_FISH };

#define COMPLETION_SHELLS 3

/* The name of a shell, as in --completion. */
const char *completion_shell_name(enum completion_shell shell);

/* Prints the script for a shell. */
void completion_print(FILE *stream, enum completion_shell shell);

#endif
