/*
 * The table of options, from which parsing and --help both come.
 */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include <stddef.h>

#include "base/error.h"
#include "cli/options.h"

/* Groups of the help, in its order. */
enum option_group {
    GROUP_MODES,
    GROUP_INPUT,
    GROUP_OUTPUT,
    GROUP_SERVICE,
    GROUP_FLOW,
    GROUP_OTHER
};

struct option_spec;

/* Takes the option's value, NULL where it has none. ERROR_USAGE where the
 * value is wrong. */
typedef int option_set_fn(struct options *options,
                          const struct option_spec *spec, const char *value,
                          struct error *error);

struct option_spec {
    const char *name;     /* without "--" */
    const char *argument; /* what help calls its value; NULL: takes none */
    const char *text;
    option_set_fn *set;
    size_t offset; /* of the member of struct options that is set */
    int choice;    /* an option that chooses: the mode, or the action */
    unsigned min;  /* a number: from min to max, initial where not given */
    unsigned max;
    unsigned initial;
    const char *words[2]; /* one of two words: false and true */
    enum option_group group;
};

/* Sorted by group, and by name within a group; no name at the end. */
extern const struct option_spec option_specs[];

/* The spec's member, a number. */
unsigned *option_number(struct options *options,
                        const struct option_spec *spec);

#endif
