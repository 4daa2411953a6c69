/*
 * The command that resumes a run.
 */
#ifndef CLI_RESUME_COMMAND_H
#define CLI_RESUME_COMMAND_H

#include <stdio.h>

#include "cli/options.h"

/* Prints the command for a POSIX shell, and a line end: the quoted words of
 * argv, which command_line_parse() has accepted, with --resume and without
 * --restart. It is one line, unless an argument contains a line end. */
void resume_command_print(const struct options *options, int argc, char *argv[],
                          FILE *stream);

#endif
