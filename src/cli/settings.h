/*
 * The values of options and credentials that come from the environment and from
 * the configuration file. Precedence: command line, environment, profile, the
 * section defaults, built-in value.
 *
 * In the file, an empty value means the built-in one, and a relative path
 * starts at the file's directory, or with "~/" at the home directory. An empty
 * variable counts as not set. A variable of an option that repeats has one
 * value in each line.
 */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/file_system.h"
#include "cli/option_table.h"

struct settings;

/* In ascending order of their precedence. */
enum setting_source {
    SETTING_BUILT_IN,
    SETTING_DEFAULTS, /* the section defaults */
    SETTING_PROFILE,
    SETTING_ENVIRONMENT
};

struct setting {
    enum setting_source source;
    const char *value; /* borrowed; NULL: built-in */
    unsigned line;     /* of the file */
};

/* Reads the file that the options of the command line, or the variables
 * BAUSER_CONFIG and BAUSER_PROFILE, name. Judges all lines of the file, also
 * those of other profiles, and the names of all variables that begin with
 * BAUSER_. -1 with ERROR_USAGE and all problems, or ERROR_LOCAL without memory.
 */
int settings_read(struct settings **made, const struct options *command,
                  const struct file_system *files, struct error *error);

/* NULL does nothing. */
void settings_free(struct settings *settings);

/* The functions below accept NULL: only the environment counts. */

/* The value with the highest precedence. */
struct setting settings_find(const struct settings *settings, const char *name);

/* The value from that source. False: it has none; an empty one is found, and
 * has the value NULL. */
bool settings_find_in(const struct settings *settings,
                      enum setting_source source, const char *name,
                      struct setting *setting);

/* Where the value comes from: the variable, or "NAME (FILE:LINE)". text has
 * SETTINGS_LABEL_SIZE bytes. */
#define SETTINGS_LABEL_SIZE 1024
void settings_label(const struct settings *settings, const char *name,
                    const struct setting *setting, char *text);

/* Calls take() with each value of the option from its source, and its line in
 * the file; one that repeats has several, which live as long as the settings.
 * Stops with -1 if take() returns it, or without memory. settings must not be
 * NULL. */
int settings_each(struct settings *settings, const struct option_spec *spec,
                  const struct setting *setting,
                  int (*take)(void *context, const char *value, unsigned line),
                  void *context);

/* Sets the options that the command line has not decided. An option that does
 * not apply to the mode is not set. */
int settings_apply(struct settings *settings, struct options *options,
                   enum mode mode, struct error *error);

/* The value that settings_apply() uses: settings_find(), unless the command
 * line has decided on the option, or the option does not apply to the mode or
 * to a plan. */
struct setting settings_used(const struct settings *settings,
                             const struct options *options,
                             const struct option_spec *spec, enum mode mode);

/* Appends to an error about options where those come from that the message
 * names and the command line does not. */
void settings_explain(const struct settings *settings,
                      const struct options *options, struct error *error);

/* The file that was read, or that does not exist at the default place, or NULL:
 * there is no place. The profile; NULL: none. */
const char *settings_path(const struct settings *settings);
bool settings_has_file(const struct settings *settings);
const char *settings_profile(const struct settings *settings);

/* Does the default place have the file? */
bool settings_is_default_place(const struct settings *settings);

/* The name of profile i; NULL: there are fewer. */
const char *settings_profile_name(const struct settings *settings, size_t i);

/* The variables that begin with BAUSER_ and mean nothing, separated by ", ";
 * "": there are none. */
const char *settings_unknown(const struct settings *settings);

#endif
