/*
 * How the rows of INPUT are read, from the options.
 */
#ifndef SETUP_ROW_RULES_H
#define SETUP_ROW_RULES_H

#include "base/mode.h"
#include "cli/options.h"
#include "input/rules.h"

/* mode: of the run, which --review is not. The pointers are those of the
 * options. */
struct input_rules row_rules_make(const struct options *options,
                                  enum mode mode);

/* The same for the INPUT of an approved run, when its options no longer contain
 * --approve. A plan has the default layout, so only a --delimiter on the
 * command line counts. */
struct input_rules row_rules_make_plan(const struct options *options,
                                       enum mode mode);

#endif
