#include "cli/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/config_file.h"
#include "cli/setting_check.h"
#include "cli/setting_name.h"

#define CONFIG  "BAUSER_CONFIG"
#define PROFILE "BAUSER_PROFILE"

#define UNKNOWN_SIZE 600
#define LINES_MAX    ((size_t)128 * 1024) /* bytes of the lines of variables */

extern char **environ;

struct settings {
    const char *path; /* NULL: there is no place for a file */
    char *default_path;
    bool is_default;
    const char *profile;      /* NULL: none */
    struct config_file *file; /* NULL: none */
    char unknown[UNKNOWN_SIZE];
    struct arena lines; /* of variables that have several */
};

static const char *variable_value(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value ? value : NULL;
}

/* ---- life ---------------------------------------------------------------- */

static bool has_section(const struct settings *settings, const char *section)
{
    const struct config_file *file = settings->file;

    for (size_t i = 0; i < file->count; i++)
        if (!file->lines[i].key && strcmp(file->lines[i].section, section) == 0)
            return true;
    return false;
}

static int refuse_profile(const struct settings *settings, struct error *error)
{
    char names[400] = "";
    size_t len = 0;
    const char *name;
    struct suggestion nearest;

    suggest_init(&nearest, settings->profile);
    for (size_t i = 0; (name = settings_profile_name(settings, i)); i++) {
        suggest_offer(&nearest, name);
        if (len < sizeof(names))
            len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s",
                                    i > 0 ? ", " : "", name);
    }
    if (nearest.name)
        return error_set(error, ERROR_USAGE,
                         "%s has no profile '%s'; did you mean %s?",
                         settings->path, settings->profile, nearest.name);
    return error_set(error, ERROR_USAGE, "%s has no profile '%s'; %s%s",
                     settings->path, settings->profile,
                     *names ? "its profiles are: " : "add a section for it",
                     names);
}

static int check_profile(const struct settings *settings, struct error *error)
{
    if (!settings->profile)
        return 0;
    if (!settings->path)
        return error_set(error, ERROR_USAGE,
                         "--profile %s: HOME is not set, so the place of the "
                         "configuration file is not known; set it, or use "
                         "--config FILE",
                         settings->profile);
    if (!settings->file)
        return error_set(error, ERROR_USAGE,
                         "--profile %s: there is no configuration file %s; "
                         "create it, or use --config FILE",
                         settings->profile, settings->path);
    if (strcmp(settings->profile, SETTING_DEFAULTS_SECTION) == 0)
        return error_set(error, ERROR_USAGE,
                         "--profile: the section [%s] is used with each "
                         "profile, and is none itself; leave out --profile",
                         settings->profile);
    return has_section(settings, settings->profile)
               ? 0
               : refuse_profile(settings, error);
}

static int read_all(struct settings *settings, const struct file_system *files,
                    struct error *error)
{
    struct problem_list problems;

    problem_list_init(&problems);
    setting_check_environment(environ, &problems, settings->unknown,
                              sizeof(settings->unknown));
    if (settings->path &&
        config_file_read(&settings->file, settings->path, settings->is_default,
                         files, &problems, error))
        return -1;
    if (settings->file && setting_check_file(settings->file, &problems, error))
        return -1;
    return problem_list_check(&problems, error) ||
                   check_profile(settings, error)
               ? -1
               : 0;
}

int settings_read(struct settings **made, const struct options *command,
                  const struct file_system *files, struct error *error)
{
    struct settings *settings = calloc(1, sizeof(*settings));

    if (!settings)
        return error_memory(error);
    settings->path = command->config ? command->config : variable_value(CONFIG);
    settings->profile =
        command->profile ? command->profile : variable_value(PROFILE);
    settings->is_default = !settings->path;
    if (settings->is_default)
        settings->path = settings->default_path = config_file_default_path();
    if (read_all(settings, files, error)) {
        settings_free(settings);
        return -1;
    }
    *made = settings;
    return 0;
}

void settings_free(struct settings *settings)
{
    if (!settings)
        return;
    config_file_free(settings->file);
    if (settings->lines.blocks)
        arena_free(&settings->lines);
    free(settings->default_path);
    free(settings);
}

/* ---- values -------------------------------------------------------------- */

static const char *section_of(const struct settings *settings,
                              enum setting_source source)
{
    return source == SETTING_PROFILE ? settings->profile
                                     : SETTING_DEFAULTS_SECTION;
}

/* Is it a line of the section that gives the name a value? */
static bool is_value(const struct config_line *line, const char *section,
                     const char *name)
{
    return line->key && strcmp(line->section, section) == 0 &&
           strcmp(line->key, name) == 0;
}

static bool find_line(const struct settings *settings,
                      enum setting_source source, const char *name,
                      struct setting *setting)
{
    const char *section = settings ? section_of(settings, source) : NULL;
    const struct config_file *file = settings ? settings->file : NULL;

    for (size_t i = 0; section && file && i < file->count; i++) {
        const struct config_line *line = &file->lines[i];

        if (is_value(line, section, name)) {
            *setting = (struct setting){
                source, *line->value ? line->value : NULL, line->line};
            return true;
        }
    }
    return false;
}

bool settings_find_in(const struct settings *settings,
                      enum setting_source source, const char *name,
                      struct setting *setting)
{
    char variable[SETTING_NAME_SIZE];
    const char *value;

    if (source != SETTING_ENVIRONMENT)
        return find_line(settings, source, name, setting);
    setting_name_to_variable(variable, name);
    value = variable_value(variable);
    *setting = (struct setting){source, value, 0};
    return value != NULL;
}

struct setting settings_find(const struct settings *settings, const char *name)
{
    struct setting setting;

    for (enum setting_source source = SETTING_ENVIRONMENT;
         source > SETTING_BUILT_IN; source--)
        if (settings_find_in(settings, source, name, &setting))
            return setting;
    return (struct setting){SETTING_BUILT_IN, NULL, 0};
}

void settings_label(const struct settings *settings, const char *name,
                    const struct setting *setting, char *text)
{
    if (setting->source == SETTING_ENVIRONMENT)
        setting_name_to_variable(text, name);
    else
        (void)snprintf(text, SETTINGS_LABEL_SIZE, "%s (%s:%u)", name,
                       settings ? settings->path : "", setting->line);
}

/* Each line of a variable is a value. The copies last as long as settings. */
static int each_line(struct settings *settings, const char *text,
                     int (*take)(void *context, const char *value,
                                 unsigned line),
                     void *context)
{
    size_t len;

    for (; *text; text += len + (text[len] != '\0')) {
        char *copy;

        len = strcspn(text, "\n");
        if (len == 0)
            continue;
        if (!settings->lines.blocks &&
            arena_init(&settings->lines, len + 1, LINES_MAX))
            return -1;
        copy = arena_take(&settings->lines, len + 1);
        if (!copy)
            return -1;
        memcpy(copy, text, len);
        copy[len] = '\0';
        if (take(context, copy, 0))
            return -1;
    }
    return 0;
}

int settings_each(struct settings *settings, const struct option_spec *spec,
                  const struct setting *setting,
                  int (*take)(void *context, const char *value, unsigned line),
                  void *context)
{
    const struct config_file *file = settings->file;

    if (!spec->repeats || !setting->value)
        return setting->value ? take(context, setting->value, setting->line)
                              : 0;
    if (setting->source == SETTING_ENVIRONMENT)
        return each_line(settings, setting->value, take, context);
    for (size_t i = 0; i < file->count; i++)
        if (is_value(&file->lines[i], section_of(settings, setting->source),
                     spec->name) &&
            *file->lines[i].value &&
            take(context, file->lines[i].value, file->lines[i].line))
            return -1;
    return 0;
}

/* ---- options ------------------------------------------------------------- */

/* The command line decides it: the settings are applied before its values. */
static bool is_plan(const struct options *options)
{
    return options->decided[option_table_index(option_table_find("--approve"))];
}

struct setting settings_used(const struct settings *settings,
                             const struct options *options,
                             const struct option_spec *spec, enum mode mode)
{
    if (!option_table_inherits(spec) ||
        options->decided[option_table_index(spec)] ||
        (spec->layout && is_plan(options)) ||
        (spec->modes && !(spec->modes & OPTION_MODE(mode))))
        return (struct setting){SETTING_BUILT_IN, NULL, 0};
    return settings_find(settings, spec->name);
}

/* What take_value() needs. */
struct applying {
    struct options *options;
    const struct option_spec *spec;
    struct error *error;
};

static int take_value(void *context, const char *value, unsigned line)
{
    const struct applying *applying = context;

    (void)line;
    return setting_check_set(applying->options, applying->spec, value,
                             applying->error);
}

int settings_apply(struct settings *settings, struct options *options,
                   enum mode mode, struct error *error)
{
    struct error reason;
    struct applying applying = {.options = options, .error = &reason};
    char label[SETTINGS_LABEL_SIZE];

    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        struct setting setting = settings_used(settings, options, spec, mode);

        error_memory(&reason); /* of settings_each() */
        applying.spec = spec;
        if (settings_each(settings, spec, &setting, take_value, &applying) == 0)
            continue;
        settings_label(settings, spec->name, &setting, label);
        return error_set(error, reason.kind, "%s: %s", label, reason.text);
    }
    return 0;
}

/* Does the text contain the option, not only one whose name begins so? */
static bool names_option(const char *text, const char *name)
{
    size_t len = strlen(name);

    while ((text = strstr(text, "--"))) {
        text += 2;
        if (strncmp(text, name, len) == 0 &&
            !strchr("abcdefghijklmnopqrstuvwxyz-", text[len]))
            return true;
    }
    return false;
}

void settings_explain(const struct settings *settings,
                      const struct options *options, struct error *error)
{
    const struct error plain = *error;
    char label[SETTINGS_LABEL_SIZE], text[ERROR_TEXT_SIZE];

    for (const struct option_spec *spec = option_table; spec->name; spec++) {
        struct setting setting =
            settings_used(settings, options, spec, options->mode);

        if (!setting.value || !names_option(plain.text, spec->name))
            continue;
        settings_label(settings, spec->name, &setting, label);
        (void)snprintf(text, sizeof(text), "%s", error->text);
        error_set(error, plain.kind,
                  "%s; --%s comes from %s: to ignore that, use --unset %s",
                  text, spec->name, label, spec->name);
    }
}

/* ---- facts --------------------------------------------------------------- */

const char *settings_path(const struct settings *settings)
{
    return settings ? settings->path : NULL;
}

bool settings_has_file(const struct settings *settings)
{
    return settings && settings->file;
}

bool settings_is_default_place(const struct settings *settings)
{
    return settings && settings->is_default;
}

const char *settings_profile(const struct settings *settings)
{
    return settings ? settings->profile : NULL;
}

const char *settings_profile_name(const struct settings *settings, size_t i)
{
    const struct config_file *file = settings->file;

    for (size_t line = 0; file && line < file->count; line++) {
        if (file->lines[line].key ||
            strcmp(file->lines[line].section, SETTING_DEFAULTS_SECTION) == 0)
            continue;
        if (i-- == 0)
            return file->lines[line].section;
    }
    return NULL;
}

const char *settings_unknown(const struct settings *settings)
{
    return settings ? settings->unknown : "";
}
