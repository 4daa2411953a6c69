/*
 * Judges what the configuration file and the environment contain.
 */
#ifndef CLI_SETTING_CHECK_H
#define CLI_SETTING_CHECK_H

#include <stddef.h>

#include "base/error.h"
#include "cli/config_file.h"
#include "cli/option_table.h"
#include "cli/problem_list.h"

#define SETTING_DEFAULTS_SECTION "defaults"

/* Adds the problems of each line: unknown and repeated names, and values that
 * an option does not take. Makes paths absolute. -1 as ERROR_LOCAL without
 * memory.
 */
int setting_check_file(struct config_file *file, struct problem_list *problems,
                       struct error *error);

/* Adds the variables that begin with BAUSER_ and are not allowed, or that are
 * unknown and similar to known ones. Other unknown ones are those of somebody
 * else, and so are those that Kubernetes sets for a service "bauser", such as
 * BAUSER_PORT. They are appended to unknown, which is empty. */
void setting_check_environment(char *const *environment,
                               struct problem_list *problems, char *unknown,
                               size_t size);

/* Sets an option to a text: that of a switch is yes or no. As option_set_fn. */
int setting_check_set(struct options *options, const struct option_spec *spec,
                      const char *value, struct error *error);

#endif
