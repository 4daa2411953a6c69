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

/* The option with this short form; NULL: none. */
const struct option_spec *option_table_find_letter(char letter);

/* Fills in the defaults, except the endpoint, which depends on the service and
 * the environment. */
void option_table_set_defaults(struct options *options);

#endif
