/*
 * Parses the command line.
 */
#ifndef CLI_COMMAND_LINE_H
#define CLI_COMMAND_LINE_H

#include "base/error.h"
#include "base/file_system.h"
#include "cli/options.h"

/* Parses argv into options, which then point into argv; the order of argv does
 * not change.
 *
 * Options and operands can be mixed; "--" ends the options, and "-" is an
 * operand. A repeated option replaces its earlier value, so that a command can
 * be extended at its end. But --map and --ignore accumulate, and two modes
 * cannot be combined. Short options can be bundled, as in -qn. Long names must
 * be written in full, because an abbreviation in a script could mean something
 * else in a later version.
 *
 * Nothing after --help, --help-all or --version is parsed, and the other
 * members than options->action are then not valid. --show-config needs no
 * operands.
 *
 * Returns -1 with ERROR_USAGE if the command line is wrong, or ERROR_LOCAL
 * without memory. The message about an unknown option suggests the most similar
 * one, and never repeats a value, which may be a secret.
 *
 * Call options_clear() after success and after failure. */
int command_line_parse(struct options *options, int argc, char *argv[],
                       struct error *error);

/* The same, but options that the command line does not contain have their
 * values from the environment and the configuration file; see settings.h.
 * settings, which must outlive the options and is freed by settings_free(), is
 * NULL after a failure, and with --help and --version. */
int command_line_read(struct options *options, struct settings **settings,
                      int argc, char *argv[], const struct file_system *files,
                      struct error *error);

#endif
