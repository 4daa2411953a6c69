/*
 * The commands that resume a run or start it again, retry its failed rows,
 * apply the corrected ones, undo it, apply what --resolve has written, and
 * export a list.
 */
#ifndef CLI_RESUME_COMMAND_H
#define CLI_RESUME_COMMAND_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/options.h"
#include "cli/redirections.h"

/* Prints the command for a POSIX shell, and a line end: the quoted words of
 * argv, which command_line_parse() has accepted, with --resume, without
 * --restart, without the option that stopped the run ("--give-up"; NULL: none),
 * and, as all commands, without an --until that is a date. Standard input and
 * output are redirected as they were, if the run uses them. It is one line,
 * unless an argument contains a line end. */
void resume_command_print(const struct options *options, int argc, char *argv[],
                          const struct redirections *redirections,
                          const char *without, FILE *stream);

/* The same for any shard of the run, with "--shard K/N " before other options
 * that take a value, and nowhere else. */
void shard_command_print(const struct options *options, int argc, char *argv[],
                         const struct redirections *redirections, FILE *stream);

/* The same for the command that starts the run again, if no journal is kept:
 * without --resume, and with --restart if OUTPUT is a file, of which a part may
 * be left. */
void again_command_print(const struct options *options, int argc, char *argv[],
                         const struct redirections *redirections,
                         const char *without, FILE *stream);

/* The same for the command that retries the failed rows of the finished OUTPUT:
 * with --retry-failed, and without the options that exclude it. FILE of --undo
 * and that of --failed are others, since those of the run must stay: the names
 * end with this once more. has_undo: the run made its FILE of --undo; a retry
 * that did not leaves the name to the next one. */
#define RESUME_COMMAND_RETRIED ".retry.csv"
void retry_command_print(const struct options *options, int argc, char *argv[],
                         const struct redirections *redirections, bool has_undo,
                         FILE *stream);

/* The command that applies the file of --failed when somebody has corrected it,
 * with the same options otherwise, and other files. */
void corrected_command_print(const struct options *options, int argc,
                             char *argv[], FILE *stream);

/* The command that applies the file of --plan, which has this SHA-256, without
 * options of INPUT and of the run's files, but with what is configured of
 * --undo and --no-clobber, and with another FILE of --failed. */
void approve_command_print(const struct options *options, int argc,
                           char *argv[], const char *sha256, FILE *stream);

/* The command that applies the file of --undo, without options of INPUT and of
 * the run's files, and with another OUTPUT. */
void undo_command_print(const struct options *options, int argc, char *argv[],
                        FILE *stream);

/* The command that compares the rows of INPUT with the service, with another
 * OUTPUT beside that of the run. */
void reconcile_command_print(const struct options *options, int argc,
                             char *argv[],
                             const struct redirections *redirections,
                             FILE *stream);

/* The command that applies OUTPUT of --resolve, with the same options of INPUT.
 */
void resolved_command_print(const struct options *options, int argc,
                            char *argv[], FILE *stream);

/* Is INPUT standard input? */
bool resume_command_reads_standard_input(const struct options *options);

/* The command that exports the users of a list, without options of the run's
 * files, and with another OUTPUT. */
void export_command_print(const struct options *options, int argc, char *argv[],
                          FILE *stream);

/* Does the command lack the data of INPUT, because that is a pipe? */
bool resume_command_lacks_input(const struct options *options,
                                const struct redirections *redirections);

#endif
