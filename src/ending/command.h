/*
 * Runs a command of the user.
 */
#ifndef ENDING_COMMAND_H
#define ENDING_COMMAND_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

/* Runs the command by sh -c, with that data on its standard input and without
 * the BAUSER_ variables, which may be secrets. Its standard output goes to
 * standard error, since standard output may be the result. A command that still
 * runs after so many milliseconds is ended, with its children. -1 with
 * ERROR_LOCAL if it cannot be run, or does not end with exit status 0. It need
 * not read its input. */
int command_run(const char *command, const char *data, size_t len,
                int milliseconds, struct error *error);

/* The same for a command without input, whose standard output is appended to
 * the buffer. It cannot ask anything on the terminal. */
int command_read(const char *command, struct buffer *output, int milliseconds,
                 struct error *error);

#endif
