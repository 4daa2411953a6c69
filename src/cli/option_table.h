/*
 * The table of options, which both the parser and the help use.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "cli/option_spec.h"

/* Sorted by group, and by name within a group. The last entry has no name. */
extern const struct option_spec option_table[];

/* The option of a word "--NAME" or "--NAME=VALUE"; NULL: there is none. NAME
 * must not be abbreviated. */
const struct option_spec *option_table_find(const char *word);

/* Is the next word the value of this one? Short options take no value. */
bool option_table_takes_next(const char *word);

/* The option with this short form; NULL: none. */
const struct option_spec *option_table_find_letter(char letter);

/* Its index in the table. */
size_t option_table_index(const struct option_spec *spec);

/* Can the value come from the environment or the configuration file? A command
 * must show itself
 *
 * - what it does: the modes, --device;
 * - what it does to an earlier run: --restart, --resume, --retry-failed;
 * - to which rows: --limit, --shard, --users;
 * - which protection is off: --allow-suspicious, --force, --ignore-guards,
 *   --raw-messages, --report-values, --yes. */
bool option_table_inherits(const struct option_spec *spec);

/* Is the value a path? */
bool option_table_is_path(const struct option_spec *spec);

/* Fills in the defaults, except the endpoint, which depends on the service and
 * the environment. */
void option_table_set_defaults(struct options *options);

#endif
