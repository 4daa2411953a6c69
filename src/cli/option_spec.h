/*
 * A row of the table of options.
 */
#ifndef CLI_OPTION_SPEC_H
#define CLI_OPTION_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "cli/options.h"

/* A set of modes. */
#define OPTION_MODE(mode) (1U << (mode))

/* Groups of --help-all, in its order. */
enum option_group {
    GROUP_MODES,
    GROUP_INPUT,
    GROUP_OUTPUT,
    GROUP_SERVICE,
    GROUP_FLOW,
    GROUP_MESSAGES
};

struct option_spec;

/* Sets the option. value is NULL if the option takes none. Returns -1 with
 * ERROR_USAGE if the value is wrong, or ERROR_LOCAL without memory. */
typedef int option_set_fn(struct options *options,
                          const struct option_spec *spec, const char *value,
                          struct error *error);

struct option_spec {
    const char *name;     /* without "--" */
    const char *argument; /* the name of its value in help; NULL: no value.
                             FILE and DIRECTORY are paths */
    const char *text;     /* what it does, for help */
    option_set_fn *set;
    size_t offset; /* of the member of struct options that it sets */
    int choice;    /* the mode, or the action, that it selects */
    unsigned min;  /* of a number: its bounds, and its default */
    unsigned max;
    unsigned initial;
    const char *words[2]; /* the two values, which mean false and true */
    enum option_group group;
    char letter;    /* short option; 0: none. These options take no value. */
    bool common;    /* is it in --help? */
    bool once;      /* never taken from the environment or a file; see
                       option_table_inherits() */
    bool secret;    /* others could use its value: an inherited one is not
                       printed */
    bool repeats;   /* its values accumulate */
    bool layout;    /* says how INPUT is written. An inherited value is not used
                       for a plan, which this program has written */
    unsigned modes; /* in which an inherited value is used; 0: all */
    const char *standard; /* the default, if it is neither a number nor a word;
                             NULL: none */
};

#endif
